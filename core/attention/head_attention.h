#pragma once

#include "core/base/matrix.h"
#include "core/kernels/kernels.h"
#include "core/kernels/op_counts.h"

#include <algorithm>

namespace stint {

/// Consecutive keys and values of one layer, where they stand in memory.
template <typename T>
struct KeyValueView {
    const T* keys = nullptr; ///< transposed: element i of key j is keys[i * keyRow + j]
    Index keyRow = 0;
    const T* values = nullptr; ///< element i of value j is values[j * valueRow + i]
    Index valueRow = 0;
    Index count = 0; ///< of keys and of values
    const T* bias = nullptr; ///< of key j in head h is bias[h * biasRow + j]; or none
    Index biasRow = 0;
};

/// All heads of one query token over the same keys and values.
template <typename T>
struct HeadAttention {
    Index heads = 1;
    Index headSize = 1;
    T scale = T {1};

    /// Without keys nothing is seen and `out` is zero.
    /// \param query   (heads * headSize)
    /// \param weights (heads, count) overwritten: softmax weights in the order of the keys
    /// \param out     (heads * headSize) overwritten
    void attend(const T* query, const KeyValueView<T>& seen, Matrix<T>& weights, T* out,
                OpCounts& ops) const noexcept
    {
        if (seen.count == 0) { // nothing is seen
            std::fill(out, out + heads * headSize, T {});
            return;
        }
        const Kernels<T> kernel = kernels<T>();
        for (Index h = 0; h < heads; ++h) {
            const Index at = h * headSize;
            kernel.attend({.count = seen.count,
                           .headSize = headSize,
                           .scale = scale,
                           .query = query + at,
                           .keys = seen.keys + at * seen.keyRow,
                           .keyRow = seen.keyRow,
                           .values = seen.values + at,
                           .valueRow = seen.valueRow,
                           .bias = seen.bias == nullptr ? nullptr : seen.bias + h * seen.biasRow,
                           .weights = weights.row(h),
                           .out = out + at});
        }
        const auto inLanes = [&kernel](Index size) {
            return (size + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
        };
        const Index executed = inLanes(seen.count) * headSize + seen.count * inLanes(headSize);
        ops.operations += static_cast<std::uint64_t>(2 * heads * seen.count * headSize);
        ops.executed += static_cast<std::uint64_t>(heads * executed);
        ops.exponentials += static_cast<std::uint64_t>(heads * seen.count);
        ops.gains += static_cast<std::uint64_t>(heads * seen.count);
        ops.additions += static_cast<std::uint64_t>(seen.bias == nullptr ? 0 : heads * seen.count);
    }
};

} // namespace stint
