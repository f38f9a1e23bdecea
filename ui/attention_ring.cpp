#include "ui/attention_ring.h"

#include <algorithm>

namespace stint::ui {

void AttentionRing::append(const ResultBlock& block)
{
    const Index perRow = block.layers * block.heads * block.lags;
    if (block.attentionRows <= 0 || perRow <= 0
        || block.attention.size() < static_cast<std::size_t>(block.attentionRows * perRow))
        return;
    if (block.layers != m_layers || block.heads != m_heads || block.lags != m_lags
        || block.newestIsKey != m_newestIsKey) {
        clear();
        m_layers = block.layers;
        m_heads = block.heads;
        m_lags = block.lags;
        m_newestIsKey = block.newestIsKey;
        m_rows.assign(static_cast<std::size_t>(capacity), 0);
        m_weights.assign(static_cast<std::size_t>(capacity * perRow), 0.0F);
    }
    if (m_size > 0 && block.attentionFirstRow <= row(m_size - 1))
        clear();
    const Index skipped = std::max<Index>(block.attentionRows - capacity, 0);
    for (Index r = skipped; r < block.attentionRows; ++r) {
        const std::size_t target = slot(m_size);
        m_rows[target] = block.attentionFirstRow + r;
        std::copy_n(block.attention.begin() + r * perRow, perRow,
                    m_weights.begin() + static_cast<Index>(target) * perRow);
        if (m_size < capacity)
            ++m_size;
        else
            m_oldest = (m_oldest + 1) % capacity;
    }
}

void AttentionRing::clear()
{
    m_size = 0;
    m_oldest = 0;
}

void AttentionRing::renumber(Index rows)
{
    for (Index& row : m_rows)
        row -= rows;
    while (m_size > 0 && row(0) < 0) {
        m_oldest = (m_oldest + 1) % capacity;
        --m_size;
    }
}

Index AttentionRing::row(Index i) const { return m_rows[slot(i)]; }

std::span<const float> AttentionRing::weights(Index i, Index layer, Index head) const
{
    const Index perRow = m_layers * m_heads * m_lags;
    const Index offset = static_cast<Index>(slot(i)) * perRow + (layer * m_heads + head) * m_lags;
    return {m_weights.data() + offset, static_cast<std::size_t>(m_lags)};
}

std::size_t AttentionRing::slot(Index i) const
{
    return static_cast<std::size_t>((m_oldest + i) % capacity);
}

} // namespace stint::ui
