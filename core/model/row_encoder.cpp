#include "core/model/row_encoder.h"

#include <algorithm>
#include <cassert>

namespace stint {

RowEncoder::RowEncoder(const FamilyVariant& variant, Index channels, Index lags,
                       Inference inference, Index maxBlock)
    : m_variant(variant),
      m_channels(channels),
      m_lags(lags),
      m_encoder(variant.config, variant.parameters),
      m_window(m_encoder),
      m_history(variant.config.past() + lags - 1 + maxBlock, channels)
{
    if (lags > 1)
        m_stacked.resize(m_history.rows(), lags * channels);
    if (inference == Inference::Continual)
        m_stream.emplace(m_encoder, maxBlock);
}

void RowEncoder::reset(Index row) noexcept
{
    m_row = row;
    m_held = 0;
    m_before = 0;
    if (m_stream)
        m_stream->reset(row);
}

void RowEncoder::take(const float* z, Index zRow, Index rows) noexcept
{
    assert(m_before + rows <= m_history.rows());
    for (Index r = 0; r < rows; ++r)
        std::copy(z + r * zRow, z + r * zRow + m_channels, m_history.row(m_before + r));
    if (m_lags == 1)
        return;
    for (Index r = 0; r < rows; ++r) {
        float* to = m_stacked.row(m_before + r);
        // The newest row first. Rows before the first one do not exist; no whole window has them.
        for (Index lag = 0; lag < m_lags; ++lag) {
            const float* from = m_history.row(std::max<Index>(m_before + r - lag, 0));
            std::copy(from, from + m_channels, to + lag * m_channels);
        }
    }
}

Index RowEncoder::unanswered(Index rows) const
{
    return std::clamp<Index>(lead() - m_held, 0, rows);
}

void RowEncoder::absorb(Index first, Index count) noexcept
{
    if (m_stream && count > 0)
        m_stream->absorb(token(first), tokens().stride(), count);
}

void RowEncoder::answerByWindow(Index first, Index count, Matrix<float>& answers, Index keep,
                                AttentionRows& attention, PartCounts& counts) noexcept
{
    const Index newest = config().newest == Newest::Visible ? 1 : 0;
    for (Index r = 0; r < count; ++r) {
        const Index at = first + r;
        const Index past = std::min(config().past(), m_held + at);
        const Index keptAt = r - (count - keep);
        float* weights
            = keptAt >= 0 ? attention.weights.data() + keptAt * attention.perRow : nullptr;
        m_window.answer(token(at - past), tokens().stride(), past + newest, m_row + at - past,
                        answers.row(r), weights, counts);
    }
}

void RowEncoder::answer(Index first, Index count, Matrix<float>& answers, Index keep,
                        AttentionRows& attention, PartCounts& counts) noexcept
{
    attention.keys = config().newestKeys();
    attention.perRow = config().layers * config().heads * attention.keys;
    attention.weights.resize(static_cast<std::size_t>(keep * attention.perRow));
    if (!m_stream) {
        answerByWindow(first, count, answers, keep, attention, counts);
        return;
    }
    const auto all = static_cast<std::size_t>(count * attention.perRow);
    if (keep > 0 && m_blockAttention.size() < all)
        m_blockAttention.resize(all);
    m_stream->step(token(first), tokens().stride(), count, answers.row(0), answers.stride(),
                   keep > 0 ? m_blockAttention.data() : nullptr, counts);
    if (keep > 0)
        std::copy(m_blockAttention.begin() + (count - keep) * attention.perRow,
                  m_blockAttention.begin() + count * attention.perRow, attention.weights.begin());
}

void RowEncoder::handOver(AttentionRows& attention, Index keep, Index after, ResultBlock& out) const
{
    out.layers = config().layers;
    out.heads = config().heads;
    out.lags = attention.keys;
    out.newestIsKey = config().newestIsKey();
    out.attentionRows = keep;
    out.attentionFirstRow = after - keep;
    out.attention.swap(attention.weights);
}

void RowEncoder::advance(Index rows) noexcept
{
    m_row += rows;
    m_held += rows;
    const Index end = m_before + rows;
    const Index kept = std::min(end, lead());
    std::copy(m_history.row(end - kept), m_history.row(end), m_history.row(0));
    if (m_lags > 1)
        std::copy(m_stacked.row(end - kept), m_stacked.row(end), m_stacked.row(0));
    m_before = kept;
}

} // namespace stint
