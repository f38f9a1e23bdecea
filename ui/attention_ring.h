#pragma once

#include "core/detect/result_block.h"

#include <span>
#include <vector>

namespace stint::ui {

/// The attention of the newest rows that had one. L = layers, H = heads.
class AttentionRing {
public:
    static constexpr Index capacity = 600; ///< rows that are kept

    /// Takes over what a block has, if anything. Starts again when the shape changed or when the
    /// rows do not continue those that are kept.
    void append(const ResultBlock& block);

    void clear();

    /// Rows have other numbers from now on, smaller by `rows`.
    void renumber(Index rows);

    [[nodiscard]] Index size() const { return m_size; } ///< rows that are kept now
    [[nodiscard]] Index layers() const { return m_layers; }
    [[nodiscard]] Index heads() const { return m_heads; }
    [[nodiscard]] Index lags() const { return m_lags; } ///< keys of the newest token
    /// The smallest lag: 0 where the newest token is a key of its own, else 1.
    [[nodiscard]] Index firstLag() const { return m_newestIsKey ? 0 : 1; }
    /// The lag of the k-th key.
    [[nodiscard]] Index lag(Index k) const { return m_newestIsKey && k == m_lags - 1 ? 0 : k + 1; }

    /// Row of the recording that the i-th kept entry belongs to; 0 is the oldest, i < size().
    [[nodiscard]] Index row(Index i) const;

    /// Weights (lags) of one layer and head at the i-th kept entry; the k-th is that of lag(k).
    [[nodiscard]] std::span<const float> weights(Index i, Index layer, Index head) const;

private:
    [[nodiscard]] std::size_t slot(Index i) const;

    Index m_layers = 0;
    Index m_heads = 0;
    Index m_lags = 0;
    bool m_newestIsKey = false;
    Index m_oldest = 0; // slot of entry 0
    Index m_size = 0;
    std::vector<Index> m_rows; // (capacity)
    std::vector<float> m_weights; // (capacity, L, H, lags)
};

} // namespace stint::ui
