#include "core/encoder/window_encoder.h"

#include <algorithm>

namespace stint {

template <typename T>
WindowEncoder<T>::WindowEncoder(const Encoder<T>& encoder, Outputs outputs)
    : m_encoder(encoder),
      m_outputs(outputs),
      m_scratch(encoder.config(), encoder.config().window),
      m_tokens(encoder.config().window, encoder.config().width),
      m_keys(encoder.config().window, encoder.config().width),
      m_keysTransposed(encoder.config().width, encoder.config().window),
      m_values(encoder.config().window, encoder.config().width),
      m_queries(encoder.config().window, encoder.config().width),
      m_attended(encoder.config().window, encoder.config().width),
      m_weights(encoder.config().heads, encoder.config().window),
      m_answers(encoder.config().window, encoder.config().outputs)
{ }

template <typename T>
void WindowEncoder<T>::answer(const T* x, Index xRow, Index row, T* answer, T* attention,
                              PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    const Index newest = config.past();
    const bool hidden = config.newest == Newest::Hidden;
    const Index place = config.positions == Positions::WindowSine ? 0 : row;
    const Index realTokens = hidden ? newest : config.window;

    m_encoder.embed(x, xRow, realTokens, place, m_tokens.row(0), m_tokens.stride(), counts);
    if (hidden)
        m_encoder.embedHidden(1, place + newest, m_tokens.row(newest), m_tokens.stride(), counts);
    for (Index l = 0; l < config.layers; ++l)
        runLayer(l, realTokens, attention, counts);

    const Index first = m_outputs == Outputs::All ? 0 : newest;
    m_encoder.answer(m_tokens.row(newest), m_tokens.stride(), 1, answer, m_answers.stride(),
                     counts);
    if (first < newest) {
        // The papers' models answer for every token and read the last; their FLOPs count one head.
        PartCounts uncounted;
        m_encoder.answer(m_tokens.row(first), m_tokens.stride(), newest - first,
                         m_answers.row(first), m_answers.stride(), uncounted);
    }
}

template <typename T>
void WindowEncoder<T>::runLayer(Index layer, Index realTokens, T* attention,
                                PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    const auto& block = m_encoder.block(layer);
    const Index newest = config.past();
    const bool full = config.attention == AttentionMask::Full;
    // In the last layer only the newest token is asked for, unless all outputs are wanted.
    const bool pastGoesOn = layer + 1 < config.layers || m_outputs == Outputs::All;
    // With Step-T the newest token is nobody's key; hidden, it never is.
    const Index keyTokens = full ? realTokens : newest;
    OpCounts& projection = counts[Part::Projection];

    block.key.forward(m_tokens.row(0), m_tokens.stride(), keyTokens, m_keys.row(0), m_keys.stride(),
                      projection);
    block.value.forward(m_tokens.row(0), m_tokens.stride(), keyTokens, m_values.row(0),
                        m_values.stride(), projection);
    for (Index j = 0; j < keyTokens; ++j) {
        for (Index i = 0; i < config.width; ++i)
            m_keysTransposed(i, j) = m_keys(j, i);
    }
    const Index firstQuery = full && pastGoesOn ? 0 : newest;
    block.query.forward(m_tokens.row(firstQuery), m_tokens.stride(), config.window - firstQuery,
                        m_queries.row(firstQuery), m_queries.stride(), projection);

    const HeadAttention<T> heads {config.heads, config.headSize(), m_encoder.attentionScale()};
    if (!full && pastGoesOn)
        std::copy(m_values.row(0), m_values.row(newest), m_attended.row(0));
    const KeyValueView<T> seen {m_keysTransposed.row(0), m_keysTransposed.stride(), m_values.row(0),
                                m_values.stride(), keyTokens};
    for (Index r = firstQuery; r < config.window; ++r)
        heads.attend(m_queries.row(r), seen, m_weights, m_attended.row(r), counts[Part::Attention]);
    if (attention != nullptr) {
        // Lag 1 first; the newest token itself (lag 0) stands last where it is its own key.
        for (Index h = 0; h < config.heads; ++h) {
            T* to = attention + (layer * config.heads + h) * keyTokens;
            std::reverse_copy(m_weights.row(h), m_weights.row(h) + newest, to);
            if (keyTokens > newest)
                to[newest] = m_weights(h, newest);
        }
    }
    const Index firstRest = pastGoesOn ? 0 : newest;
    m_encoder.rest(layer, {m_attended.row(firstRest), m_attended.stride()},
                   config.window - firstRest, m_tokens.row(firstRest), m_tokens.stride(), m_scratch,
                   counts);
}

template class WindowEncoder<float>;
template class WindowEncoder<double>;

} // namespace stint
