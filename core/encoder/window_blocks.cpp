#include "core/encoder/window_blocks.h"

#include "core/encoder/lag_order.h"

#include <algorithm>

namespace stint {

template <typename T>
WindowBlocks<T>::WindowBlocks(const Encoder<T>& encoder, bool allOutputs)
    : m_encoder(encoder),
      // Over time a norm needs all tokens, to the last block; so does a mean.
      m_allOutputs(allOutputs || encoder.config().norm == Norm::Time
                   || encoder.config().pooling == Pooling::Mean),
      m_scratch(encoder.config(), encoder.config().window),
      m_turns(encoder.config().positions == Positions::Rotary ? encoder.config().window : 0,
              encoder.config().heads, encoder.config().headSize()),
      m_keys(encoder.config().window, encoder.config().width),
      m_keysTransposed(encoder.config().width, encoder.config().window),
      m_values(encoder.config().window, encoder.config().width),
      m_queries(encoder.config().window, encoder.config().width),
      m_attended(encoder.config().window, encoder.config().width),
      m_weights(encoder.config().heads, encoder.config().window)
{ }

template <typename T>
auto WindowBlocks<T>::asked(Index layer, Index count) const noexcept -> Asked
{
    const EncoderConfig& config = m_encoder.config();
    const Index newest = count - 1;
    const bool allGoOn = layer + 1 < config.layers || m_allOutputs;
    Asked asked;
    asked.count = count;
    asked.firstOutput = allGoOn ? 0 : newest;
    asked.keys = config.newestIsKey() ? count : newest;
    asked.firstQuery = config.mixesPast() && allGoOn ? 0 : newest;
    if (config.attention == AttentionMask::SelfOnly) {
        asked.keys = 0;
        asked.firstQuery = count;
    }
    return asked;
}

template <typename T>
void WindowBlocks<T>::project(Index layer, const Matrix<T>& tokens, const Asked& asked,
                              OpCounts& ops) noexcept
{
    const auto& block = m_encoder.block(layer);
    const Index width = m_encoder.config().width;
    const auto forward = [&](const Linear<T>& linear, Index first, Index end, Matrix<T>& to) {
        if (end > first)
            linear.forward(tokens.row(first), tokens.stride(), end - first, to.row(first),
                           to.stride(), ops);
    };
    if (m_encoder.config().attention == AttentionMask::SelfOnly) {
        forward(block.value, asked.firstOutput, asked.count, m_values);
        return;
    }
    forward(block.key, 0, asked.keys, m_keys);
    forward(block.value, 0, asked.keys, m_values);
    forward(block.query, asked.firstQuery, asked.count, m_queries);
    m_encoder.applyFixedMasks(layer, asked.count, &m_queries, &m_keys, &m_values);
    m_turns.apply(m_keys.row(0), m_keys.stride(), 0, asked.keys, ops);
    m_turns.apply(m_queries.row(asked.firstQuery), m_queries.stride(), asked.firstQuery,
                  asked.count - asked.firstQuery, ops);
    for (Index j = 0; j < asked.keys; ++j) {
        for (Index i = 0; i < width; ++i)
            m_keysTransposed(i, j) = m_keys(j, i);
    }
}

template <typename T>
void WindowBlocks<T>::attend(Index layer, const Asked& asked, T* attention, OpCounts& ops) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    // A token that attends to itself alone sees its own value.
    const Index selfEnd
        = config.attention == AttentionMask::SelfOnly ? asked.count : asked.firstQuery;
    for (Index r = asked.firstOutput; r < selfEnd; ++r)
        std::copy(m_values.row(r), m_values.row(r) + config.width, m_attended.row(r));

    const HeadAttention<T> heads {config.heads, config.headSize(), m_encoder.attentionScale()};
    for (Index r = asked.firstQuery; r < asked.count; ++r) {
        const auto bias = m_encoder.lagBias(r);
        const KeyValueView<T> seen {.keys = m_keysTransposed.row(0),
                                    .keyRow = m_keysTransposed.stride(),
                                    .values = m_values.row(0),
                                    .valueRow = m_values.stride(),
                                    .count = asked.keys,
                                    .bias = bias.first,
                                    .biasRow = bias.row};
        heads.attend(m_queries.row(r), seen, m_weights, m_attended.row(r), ops);
    }
    if (attention == nullptr)
        return;
    if (config.attention == AttentionMask::SelfOnly) {
        writeSelfOnly(config, layer, attention);
        return;
    }
    for (Index h = 0; h < config.heads; ++h)
        writeByLag(config, m_weights.row(h), asked.count - 1,
                   attention + attentionAt(config, layer, h));
}

template <typename T>
void WindowBlocks<T>::run(Index firstLayer, Matrix<T>& tokens, Index count, Index row, T* attention,
                          PartCounts& counts) noexcept
{
    m_turns.setRows(row, count);
    for (Index l = firstLayer; l < m_encoder.config().layers; ++l) {
        const Asked tokensAsked = asked(l, count);
        project(l, tokens, tokensAsked, counts[Part::Projection]);
        attend(l, tokensAsked, attention, counts[Part::Attention]);
        const Index first = tokensAsked.firstOutput;
        m_encoder.rest(l, {m_attended.row(first), m_attended.stride()}, count - first,
                       tokens.row(first), tokens.stride(), m_scratch, counts);
    }
}

template class WindowBlocks<float>;
template class WindowBlocks<double>;

} // namespace stint
