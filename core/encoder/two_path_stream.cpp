#include "core/encoder/two_path_stream.h"

#include <algorithm>
#include <cassert>

namespace stint {

template <typename T>
TwoPathStream<T>::TwoPathStream(const Encoder<T>& encoder, Index maxBlock)
    : m_encoder(encoder),
      m_maxBlock(maxBlock),
      m_scratch(encoder.config(), maxBlock),
      m_past(maxBlock, encoder.config().width),
      m_current(maxBlock, encoder.config().width),
      m_keys(maxBlock, encoder.config().width),
      m_queries(maxBlock, encoder.config().width),
      m_attended(maxBlock, encoder.config().width),
      m_weights(encoder.config().heads, encoder.config().past())
{
    const EncoderConfig& config = encoder.config();
    assert(!continualRefusal(config));
    for (Index l = 0; l < config.layers; ++l)
        m_caches.emplace_back(config.past(), config.width, maxBlock);
}

template <typename T>
void TwoPathStream<T>::reset(Index row) noexcept
{
    for (KeyValueCache<T>& cache : m_caches)
        cache.clear();
    m_row = row;
    m_held = 0;
}

template <typename T>
Index TwoPathStream<T>::warmUpRemaining() const noexcept
{
    return std::max<Index>(m_encoder.config().past() - m_held, 0);
}

template <typename T>
void TwoPathStream<T>::runPast(Index rows, PartCounts& counts) noexcept
{
    for (Index l = 0; l < m_encoder.config().layers; ++l) {
        KeyValueCache<T>& cache = m_caches[static_cast<std::size_t>(l)];
        const auto& block = m_encoder.block(l);
        cache.reserve(rows);
        T* values = cache.nextValues();
        block.key.forward(m_past.row(0), m_past.stride(), rows, m_keys.row(0), m_keys.stride(),
                          counts[Part::Projection]);
        block.value.forward(m_past.row(0), m_past.stride(), rows, values, cache.valueStride(),
                            counts[Part::Projection]);
        cache.append(m_keys.row(0), m_keys.stride(), rows);
        // A past token attends to itself alone: what it attends to is its own value.
        if (l + 1 < m_encoder.config().layers)
            m_encoder.rest(l, {values, cache.valueStride()}, rows, m_past.row(0), m_past.stride(),
                           m_scratch, counts);
    }
}

template <typename T>
void TwoPathStream<T>::runCurrent(Index layer, Index rows, T* attention,
                                  PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    const KeyValueCache<T>& cache = m_caches[static_cast<std::size_t>(layer)];
    const HeadAttention<T> heads {config.heads, config.headSize(), m_encoder.attentionScale()};
    const Index past = config.past();

    m_encoder.block(layer).query.forward(m_current.row(0), m_current.stride(), rows,
                                         m_queries.row(0), m_queries.stride(),
                                         counts[Part::Projection]);
    for (Index r = 0; r < rows; ++r) {
        // The cache already holds the rows of this block; row r sees the `past` rows before it.
        const Index first = cache.size() - rows + r - past;
        const KeyValueView<T> seen {cache.keys(first), cache.keyStride(), cache.values(first),
                                    cache.valueStride(), past};
        heads.attend(m_queries.row(r), seen, m_weights, m_attended.row(r), counts[Part::Attention]);
        if (attention == nullptr)
            continue;
        for (Index h = 0; h < config.heads; ++h) {
            T* to = attention + ((r * config.layers + layer) * config.heads + h) * past;
            std::reverse_copy(m_weights.row(h), m_weights.row(h) + past, to);
        }
    }
    m_encoder.rest(layer, {m_attended.row(0), m_attended.stride()}, rows, m_current.row(0),
                   m_current.stride(), m_scratch, counts);
}

template <typename T>
void TwoPathStream<T>::absorb(const T* x, Index xRow, Index rows) noexcept
{
    PartCounts uncounted;
    while (rows > 0) {
        const Index block = std::min(rows, m_maxBlock);
        m_encoder.embed(x, xRow, block, m_row, m_past.row(0), m_past.stride(), uncounted);
        runPast(block, uncounted);
        m_row += block;
        m_held += block;
        x += block * xRow;
        rows -= block;
    }
}

template <typename T>
void TwoPathStream<T>::step(const T* x, Index xRow, Index rows, T* answer, Index answerRow,
                            T* attention, PartCounts& counts) noexcept
{
    assert(warmUpRemaining() == 0 && rows <= m_maxBlock);
    m_encoder.embed(x, xRow, rows, m_row, m_past.row(0), m_past.stride(), counts);
    if (m_encoder.config().newest == Newest::Hidden)
        m_encoder.embedHidden(rows, m_row, m_current.row(0), m_current.stride(), counts);
    else
        std::copy(m_past.row(0), m_past.row(rows), m_current.row(0));

    runPast(rows, counts);
    for (Index l = 0; l < m_encoder.config().layers; ++l)
        runCurrent(l, rows, attention, counts);
    m_encoder.answer(m_current.row(0), m_current.stride(), rows, answer, answerRow, counts);
    m_row += rows;
    m_held += rows;
}

template class TwoPathStream<float>;
template class TwoPathStream<double>;

} // namespace stint
