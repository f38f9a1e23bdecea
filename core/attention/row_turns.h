#pragma once

#include "core/base/matrix.h"
#include "core/kernels/op_counts.h"

namespace stint {

/// Rotary positions: features (2i, 2i + 1) of every head of a query or key are turned by the angle
/// row * 10000^(-2i / head size), so that their product depends on the distance of two rows only.
///
/// Angles are formed in double precision from the row number: after days of rows, two neighbours
/// still differ by one step. The turns of a block of rows are computed once and serve all heads
/// and layers.
///
/// Thread safety: none; owned by the stepping thread.
template <typename T>
class RowTurns {
public:
    RowTurns() = default;
    /// \param maxRows most rows of one block; 0 for positions that do not turn.
    RowTurns(Index maxRows, Index heads, Index headSize);

    /// The rows first, first + 1, … of a recording.
    void setRows(Index first, Index rows) noexcept;

    /// Turns (rows, heads * headSize) in place; its first row is the block's row `from`. Nothing
    /// without rotary positions.
    void apply(T* z, Index zRow, Index from, Index rows, OpCounts& ops) const noexcept;

private:
    Index m_heads = 0;
    Index m_pairs = 0; // of one head
    AlignedVector<double> m_rates; // angle per row
    Matrix<T> m_cosines; // (maxRows, pairs)
    Matrix<T> m_sines;
};

extern template class RowTurns<float>;
extern template class RowTurns<double>;

} // namespace stint
