#pragma once

#include "core/base/matrix.h"
#include "core/kernels/kernels.h"
#include "core/kernels/op_counts.h"

namespace stint {

/// All heads of one query token over the same consecutive keys and values.
template <typename T>
struct HeadAttention {
    Index heads = 1;
    Index headSize = 1;
    T scale = T {1};

    /// \param query   (heads * headSize)
    /// \param keys    transposed, stride keyRow; first key attended to
    /// \param values  row by row, stride valueRow
    /// \param weights (heads, count) overwritten: softmax weights, oldest key first
    /// \param out     (heads * headSize) overwritten
    void attend(const T* query, const T* keys, Index keyRow, const T* values, Index valueRow,
                Index count, Matrix<T>& weights, T* out, OpCounts& ops) const noexcept
    {
        const Kernels<T> kernel = kernels<T>();
        for (Index h = 0; h < heads; ++h) {
            const Index at = h * headSize;
            kernel.attend({.count = count,
                           .headSize = headSize,
                           .scale = scale,
                           .query = query + at,
                           .keys = keys + at * keyRow,
                           .keyRow = keyRow,
                           .values = values + at,
                           .valueRow = valueRow,
                           .weights = weights.row(h),
                           .out = out + at});
        }
        const auto up = [&kernel](Index size) {
            return (size + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
        };
        ops.operations += static_cast<std::uint64_t>(2 * heads * count * headSize);
        ops.executed
            += static_cast<std::uint64_t>(heads * (up(count) * headSize + count * up(headSize)));
        ops.exponentials += static_cast<std::uint64_t>(heads * count);
        ops.gains += static_cast<std::uint64_t>(heads * count);
    }
};

} // namespace stint
