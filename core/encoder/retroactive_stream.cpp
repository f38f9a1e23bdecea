#include "core/encoder/retroactive_stream.h"

#include "core/encoder/lag_order.h"

#include <algorithm>
#include <cassert>

namespace stint {

template <typename T>
RetroactiveStream<T>::RetroactiveStream(const Encoder<T>& encoder, Index maxBlock)
    : m_encoder(encoder),
      m_maxBlock(maxBlock),
      m_rows(encoder.config().realRows(), encoder.config().heads, encoder.config().headSize()),
      m_residuals(encoder.config().realRows(), encoder.config().width, 1),
      m_blocks(encoder),
      m_scratch(encoder.config(), encoder.config().window),
      m_turns(encoder.config().positions == Positions::Rotary ? maxBlock : 0,
              encoder.config().heads, encoder.config().headSize()),
      m_content(maxBlock + 1, encoder.config().width),
      m_embedded(maxBlock, encoder.config().width),
      m_queries(maxBlock, encoder.config().width),
      m_keys(maxBlock, encoder.config().width),
      m_values(maxBlock, encoder.config().width),
      m_query(1, encoder.config().width),
      m_tokens(encoder.config().window, encoder.config().width),
      m_attended(encoder.config().window, encoder.config().width),
      m_weights(encoder.config().heads, encoder.config().window)
{
    assert(continualStepping(encoder.config()) == Stepping::Retroactive);
}

template <typename T>
void RetroactiveStream<T>::reset(Index row) noexcept
{
    m_rows.clear();
    m_residuals.clear();
    m_content.setZero();
    m_row = row;
    m_held = 0;
}

template <typename T>
Index RetroactiveStream<T>::held() const noexcept
{
    return std::min(m_encoder.config().past(), m_held);
}

template <typename T>
Index RetroactiveStream<T>::warmUpRemaining() const noexcept
{
    return m_encoder.config().past() - held();
}

template <typename T>
BiasByLag<T> RetroactiveStream<T>::biasByLag() const noexcept
{
    const auto bias = m_encoder.lagBias(0);
    return {bias.first, bias.row};
}

/// Everything about the rows of a block that does not depend on other rows.
template <typename T>
void RetroactiveStream<T>::project(const T* x, Index xRow, Index rows, PartCounts& counts) noexcept
{
    m_turns.setRows(m_row, rows);
    m_encoder.embed(x, xRow, rows, m_content.row(1), m_content.stride(), counts);
    std::copy(m_content.row(1), m_content.row(1 + rows), m_embedded.row(0));
    m_encoder.addPositions(m_embedded.row(0), m_embedded.stride(), rows, m_row, counts);

    const auto& block = m_encoder.block(0);
    OpCounts& ops = counts[Part::Projection];
    const auto forward = [&](const Linear<T>& linear, Matrix<T>& to) {
        linear.forward(m_embedded.row(0), m_embedded.stride(), rows, to.row(0), to.stride(), ops);
    };
    forward(block.query, m_queries);
    forward(block.key, m_keys);
    forward(block.value, m_values);
    m_turns.apply(m_queries.row(0), m_queries.stride(), 0, rows, ops);
    m_turns.apply(m_keys.row(0), m_keys.stride(), 0, rows, ops);
    for (Index r = 0; r < rows; ++r) {
        for (Index i = 0; i < m_queries.cols(); ++i)
            m_queries(r, i) *= m_encoder.attentionScale();
    }
    ops.gains += static_cast<std::uint64_t>(rows * m_queries.cols());
}

template <typename T>
void RetroactiveStream<T>::insert(Index r, PartCounts& counts) noexcept
{
    m_rows.insert(m_queries.row(r), m_keys.row(r), m_values.row(r), biasByLag(),
                  counts[Part::Attention]);
    m_residuals.append(m_embedded.row(r), 0, 1);
}

/// The query token of row r of the block, behind the rows held.
template <typename T>
void RetroactiveStream<T>::attendQueryToken(Index r, PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    const Index at = m_rows.size();
    const T* content = config.newest == Newest::Repeated ? m_content.row(r) : m_encoder.standIn();
    std::copy(content, content + config.width, m_tokens.row(at));
    m_encoder.addPositions(m_tokens.row(at), 0, 1, m_row + r, counts);
    OpCounts& ops = counts[Part::Projection];
    m_encoder.block(0).query.forward(m_tokens.row(at), 0, 1, m_query.row(0), 0, ops);
    m_turns.apply(m_query.row(0), 0, r, 1, ops);
    for (Index i = 0; i < config.width; ++i)
        m_query(0, i) *= m_encoder.attentionScale();
    ops.gains += static_cast<std::uint64_t>(config.width);
    m_rows.attendQuery(m_query.row(0), biasByLag(), m_weights, m_attended.row(at),
                       counts[Part::Attention]);
}

template <typename T>
void RetroactiveStream<T>::answerRow(Index r, T* answer, T* attention, PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    const Index rows = m_rows.size();
    const Index count = rows + (config.queryToken() ? 1 : 0);
    const Index oldest = m_residuals.size() - rows;
    std::copy(m_residuals.row(oldest), m_residuals.row(oldest + rows), m_tokens.row(0));
    m_rows.attend(m_attended.row(0), m_attended.stride(), counts[Part::Attention]);
    if (config.queryToken())
        attendQueryToken(r, counts);
    if (attention != nullptr) {
        if (!config.queryToken())
            m_rows.newestWeights(m_weights);
        for (Index h = 0; h < config.heads; ++h)
            writeByLag(config, m_weights.row(h), count - 1, attention + attentionAt(config, 0, h));
    }
    m_encoder.rest(0, {m_attended.row(0), m_attended.stride()}, count, m_tokens.row(0),
                   m_tokens.stride(), m_scratch, counts);
    m_blocks.run(1, m_tokens, count, m_row + r + 1 - count, attention, counts);
    m_encoder.pooledAnswer(m_tokens.row(0), m_tokens.stride(), count, answer, counts);
}

template <typename T>
void RetroactiveStream<T>::advance(Index rows) noexcept
{
    std::copy(m_content.row(rows), m_content.row(rows + 1), m_content.row(0));
    m_row += rows;
    m_held += rows;
}

template <typename T>
void RetroactiveStream<T>::absorb(const T* x, Index xRow, Index rows) noexcept
{
    PartCounts uncounted;
    while (rows > 0) {
        const Index block = std::min(rows, m_maxBlock);
        project(x, xRow, block, uncounted);
        for (Index r = 0; r < block; ++r)
            insert(r, uncounted);
        advance(block);
        x += block * xRow;
        rows -= block;
    }
}

template <typename T>
void RetroactiveStream<T>::step(const T* x, Index xRow, Index rows, T* answer, Index answerRow,
                                T* attention, PartCounts& counts) noexcept
{
    assert(rows <= m_maxBlock);
    const EncoderConfig& config = m_encoder.config();
    const Index attentionRow = config.layers * config.heads * config.newestKeys();
    project(x, xRow, rows, counts);
    for (Index r = 0; r < rows; ++r) {
        T* weights = attention == nullptr ? nullptr : attention + r * attentionRow;
        if (!config.queryToken())
            insert(r, counts);
        this->answerRow(r, answer + r * answerRow, weights, counts);
        if (config.queryToken())
            insert(r, counts);
    }
    advance(rows);
}

template class RetroactiveStream<float>;
template class RetroactiveStream<double>;

} // namespace stint
