#include "core/encoder/two_path_stream.h"

#include "core/encoder/lag_order.h"

#include <algorithm>
#include <cassert>

namespace stint {

template <typename T>
TwoPathStream<T>::TwoPathStream(const Encoder<T>& encoder, Index maxBlock)
    : m_encoder(encoder),
      m_maxBlock(maxBlock),
      m_alone(encoder.config().attention == AttentionMask::SelfOnly),
      m_mean(encoder.config().pooling == Pooling::Mean),
      m_scratch(encoder.config(), maxBlock),
      m_content(maxBlock + 1, encoder.config().width),
      m_past(maxBlock, encoder.config().width),
      m_current(maxBlock, encoder.config().width),
      m_keys(maxBlock, encoder.config().width),
      m_values(maxBlock, encoder.config().width),
      m_queries(maxBlock, encoder.config().width),
      m_attended(maxBlock, encoder.config().width),
      m_weights(encoder.config().heads, encoder.config().window)
{
    const EncoderConfig& config = encoder.config();
    assert(continualStepping(config) == Stepping::TwoPath);
    if (!m_alone) {
        for (Index l = 0; l < config.layers; ++l)
            m_caches.emplace_back(config.past(), config.width, maxBlock);
        if (config.positions == Positions::Rotary)
            m_turns = RowTurns<T>(maxBlock, config.heads, config.headSize());
        if (config.positionsOfWindow())
            m_placed = PlacedKeys<T>(config.window, config.width);
    }
    if (m_mean)
        m_outputs = RowHistory<T>(config.past(), config.width, maxBlock);
}

template <typename T>
void TwoPathStream<T>::reset(Index row) noexcept
{
    for (KeyValueCache<T>& cache : m_caches)
        cache.clear();
    m_outputs.clear();
    m_content.setZero();
    m_row = row;
    m_held = 0;
}

template <typename T>
Index TwoPathStream<T>::held() const noexcept
{
    return pastKeys(0);
}

template <typename T>
Index TwoPathStream<T>::warmUpRemaining() const noexcept
{
    return m_encoder.config().past() - held();
}

/// Rows before row r of the block in its window.
template <typename T>
Index TwoPathStream<T>::pastKeys(Index r) const noexcept
{
    return std::min(m_encoder.config().past(), m_held + r);
}

/// Whether the newest token attends to itself with a key that the past path does not have: in the
/// first block a visible row's token is the same on both paths.
template <typename T>
bool TwoPathStream<T>::hasOwnKeys(Index layer) const noexcept
{
    const EncoderConfig& config = m_encoder.config();
    return config.newestIsKey() && (layer > 0 || config.newest != Newest::Visible);
}

template <typename T>
void TwoPathStream<T>::embedPast(const T* x, Index xRow, Index rows, PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    if (m_alone && config.newest == Newest::Zeroed)
        return; // nobody ever looks at a row
    m_encoder.embed(x, xRow, rows, m_content.row(1), m_content.stride(), counts);
    if (m_alone && config.newest == Newest::Repeated)
        return;
    std::copy(m_content.row(1), m_content.row(1 + rows), m_past.row(0));
    // What is fixed to the window is added when the place in it is known.
    if (!config.positionsOfWindow())
        m_encoder.addPositions(m_past.row(0), m_past.stride(), rows, m_row, counts);
}

template <typename T>
void TwoPathStream<T>::embedCurrent(Index rows, PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    if (config.newest == Newest::Visible && !config.positionsOfWindow()) {
        std::copy(m_past.row(0), m_past.row(rows), m_current.row(0));
        return;
    }
    for (Index r = 0; r < rows; ++r) {
        const T* content = config.newest == Newest::Visible ? m_content.row(r + 1)
            : config.newest == Newest::Repeated             ? m_content.row(r)
                                                            : m_encoder.standIn();
        std::copy(content, content + config.width, m_current.row(r));
        const Index place = config.positionsOfWindow() ? pastKeys(r) : m_row + r;
        m_encoder.addPositions(m_current.row(r), 0, 1, place, counts);
    }
}

template <typename T>
void TwoPathStream<T>::runPast(Index rows, PartCounts& counts) noexcept
{
    const Index layers = m_encoder.config().layers;
    if (m_alone && !m_mean)
        return;
    for (Index l = 0; l < layers; ++l) {
        const auto& block = m_encoder.block(l);
        OpCounts& ops = counts[Part::Projection];
        TokenRows<T> attended {m_values.row(0), m_values.stride()};
        block.value.forward(m_past.row(0), m_past.stride(), rows, m_values.row(0),
                            m_values.stride(), ops);
        if (!m_alone) {
            KeyValueCache<T>& cache = m_caches[static_cast<std::size_t>(l)];
            block.key.forward(m_past.row(0), m_past.stride(), rows, m_keys.row(0), m_keys.stride(),
                              ops);
            m_turns.apply(m_keys.row(0), m_keys.stride(), 0, rows, ops);
            cache.reserve(rows);
            std::copy(m_values.row(0), m_values.row(rows), cache.nextValues());
            cache.append(m_keys.row(0), m_keys.stride(), rows);
        }
        // A past token attends to itself alone: what it attends to is its own value.
        if (l + 1 < layers || m_mean)
            m_encoder.rest(l, attended, rows, m_past.row(0), m_past.stride(), m_scratch, counts);
    }
    if (m_mean) {
        m_encoder.finishTokens(m_past.row(0), m_past.stride(), rows);
        m_outputs.append(m_past.row(0), m_past.stride(), rows);
    }
}

template <typename T>
void TwoPathStream<T>::projectCurrent(Index layer, Index rows, OpCounts& ops) noexcept
{
    const auto& block = m_encoder.block(layer);
    block.query.forward(m_current.row(0), m_current.stride(), rows, m_queries.row(0),
                        m_queries.stride(), ops);
    m_turns.apply(m_queries.row(0), m_queries.stride(), 0, rows, ops);
    if (!hasOwnKeys(layer))
        return;
    block.key.forward(m_current.row(0), m_current.stride(), rows, m_keys.row(0), m_keys.stride(),
                      ops);
    m_turns.apply(m_keys.row(0), m_keys.stride(), 0, rows, ops);
    block.value.forward(m_current.row(0), m_current.stride(), rows, m_values.row(0),
                        m_values.stride(), ops);
}

/// The newest token of row r of the block over its keys.
template <typename T>
void TwoPathStream<T>::attendCurrent(Index layer, Index rows, Index r, T* attention,
                                     PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    KeyValueCache<T>& cache = m_caches[static_cast<std::size_t>(layer)];
    const Index past = pastKeys(r);
    // The cache already holds the rows of this block, row r at `own`, as later rows will see them.
    const Index own = cache.size() - rows + r;
    const Index first = own - past;
    const bool swapped = hasOwnKeys(layer);
    if (swapped)
        cache.swap(own, m_keys.row(r), m_values.row(r));
    const auto bias = m_encoder.lagBias(past);
    KeyValueView<T> seen {.keys = cache.keys(first),
                          .keyRow = cache.keyStride(),
                          .values = cache.values(first),
                          .valueRow = cache.valueStride(),
                          .count = past + (config.newestIsKey() ? 1 : 0),
                          .bias = bias.first,
                          .biasRow = bias.row};
    OpCounts& ops = counts[Part::Attention];
    if (config.positionsOfWindow())
        seen = m_placed.place(seen, swapped ? past : seen.count, m_encoder.positionKeys(),
                              m_encoder.positionValues(), ops);
    const HeadAttention<T> heads {config.heads, config.headSize(), m_encoder.attentionScale()};
    heads.attend(m_queries.row(r), seen, m_weights, m_attended.row(r), ops);
    if (swapped)
        cache.swap(own, m_keys.row(r), m_values.row(r));
    for (Index h = 0; attention != nullptr && h < config.heads; ++h)
        writeByLag(config, m_weights.row(h), past, attention + attentionAt(config, layer, h));
}

template <typename T>
void TwoPathStream<T>::runCurrent(Index layer, Index rows, T* attention,
                                  PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    const Index attentionRow = config.layers * config.heads * config.newestKeys();
    projectCurrent(layer, rows, counts[Part::Projection]);
    for (Index r = 0; r < rows; ++r)
        attendCurrent(layer, rows, r, attention == nullptr ? nullptr : attention + r * attentionRow,
                      counts);
    m_encoder.rest(layer, {m_attended.row(0), m_attended.stride()}, rows, m_current.row(0),
                   m_current.stride(), m_scratch, counts);
}

/// The same where every token sees itself only.
template <typename T>
void TwoPathStream<T>::runAlone(Index layer, Index rows, T* attention, PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    for (Index r = 0; attention != nullptr && r < rows; ++r)
        writeSelfOnly(config, layer, attention + r * config.layers * config.heads);
    if (m_mean)
        return; // the past path has done it: all tokens are alike
    m_encoder.block(layer).value.forward(m_current.row(0), m_current.stride(), rows,
                                         m_values.row(0), m_values.stride(),
                                         counts[Part::Projection]);
    m_encoder.rest(layer, {m_values.row(0), m_values.stride()}, rows, m_current.row(0),
                   m_current.stride(), m_scratch, counts);
}

/// The head, on the newest tokens or on the means of their windows.
template <typename T>
void TwoPathStream<T>::finish(Index rows, T* answer, Index answerRow, PartCounts& counts) noexcept
{
    const Index width = m_encoder.config().width;
    if (m_alone && m_mean)
        std::copy(m_past.row(0), m_past.row(rows), m_current.row(0));
    m_encoder.finishTokens(m_current.row(0), m_current.stride(), rows);
    for (Index r = 0; m_mean && r < rows; ++r) {
        // Summed anew: what is added and later subtracted would leave its rounding errors behind.
        const Index past = pastKeys(r);
        const Index own = m_outputs.size() - rows + r;
        T* sum = m_current.row(r);
        for (Index j = own - past; j < own; ++j) {
            const T* output = m_outputs.row(j);
            for (Index i = 0; i < width; ++i)
                sum[i] += output[i];
        }
        for (Index i = 0; i < width; ++i)
            sum[i] /= static_cast<T>(past + 1);
        counts[Part::Head].additions += static_cast<std::uint64_t>(past * width);
        counts[Part::Head].gains += static_cast<std::uint64_t>(width);
    }
    m_encoder.head(m_current.row(0), m_current.stride(), rows, answer, answerRow, counts);
}

template <typename T>
void TwoPathStream<T>::advance(Index rows) noexcept
{
    std::copy(m_content.row(rows), m_content.row(rows + 1), m_content.row(0));
    m_row += rows;
    m_held += rows;
}

template <typename T>
void TwoPathStream<T>::absorb(const T* x, Index xRow, Index rows) noexcept
{
    PartCounts uncounted;
    while (rows > 0) {
        const Index block = std::min(rows, m_maxBlock);
        m_turns.setRows(m_row, block);
        embedPast(x, xRow, block, uncounted);
        runPast(block, uncounted);
        advance(block);
        x += block * xRow;
        rows -= block;
    }
}

template <typename T>
void TwoPathStream<T>::step(const T* x, Index xRow, Index rows, T* answer, Index answerRow,
                            T* attention, PartCounts& counts) noexcept
{
    assert(rows <= m_maxBlock);
    m_turns.setRows(m_row, rows);
    embedPast(x, xRow, rows, counts);
    if (!(m_alone && m_mean))
        embedCurrent(rows, counts);
    runPast(rows, counts);
    for (Index l = 0; l < m_encoder.config().layers; ++l) {
        if (m_alone)
            runAlone(l, rows, attention, counts);
        else
            runCurrent(l, rows, attention, counts);
    }
    finish(rows, answer, answerRow, counts);
    advance(rows);
}

template class TwoPathStream<float>;
template class TwoPathStream<double>;

} // namespace stint
