#pragma once

#include "core/base/types.h"

namespace stint {

/// C (m, n) = A (m, k) B (k, n), then per column: times gain, plus bias; then plus the old C; then
/// negative values to zero. Every element is summed over k in order, whatever m is, so the result
/// of a row does not depend on the rows computed with it.
///
/// A is addressed with two strides, so that its transpose costs nothing. `n` is rounded up to the
/// padding unit by kernels: rows of B and C, gain and bias must be padded to it.
template <typename T>
struct ProductArguments {
    Index m = 0;
    Index n = 0;
    Index k = 0;
    const T* a = nullptr;
    Index aRow = 0; ///< from A(i, j) to A(i + 1, j)
    Index aCol = 1; ///< from A(i, j) to A(i, j + 1)
    const T* b = nullptr;
    Index bRow = 0;
    T* c = nullptr;
    Index cRow = 0;
    const T* gain = nullptr; ///< (n) or none
    const T* bias = nullptr; ///< (n) or none
    bool accumulate = false; ///< add to C
    bool relu = false;
};

/// One query of one head over `count` consecutive cached keys and values:
/// weights = softmax(scale * query · keys + bias), out = weights · values.
template <typename T>
struct AttendArguments {
    Index count = 0; ///< keys attended to, >= 1
    Index headSize = 0;
    T scale = T {1};
    const T* query = nullptr; ///< (headSize)
    const T* keys = nullptr; ///< transposed: element i of key j is keys[i * keyRow + j]
    Index keyRow = 0;
    const T* values = nullptr; ///< element i of value j is values[j * valueRow + i]
    Index valueRow = 0;
    const T* bias = nullptr; ///< (count) added to the logits, or none; as readable as a row of keys
    T* weights = nullptr; ///< (count, padded) softmax weights, overwritten; padding becomes zero
    T* out = nullptr; ///< (headSize) overwritten
};

/// The gradient of AttendArguments: from dOut to the query, keys, values and bias.
template <typename T>
struct AttendGradientArguments {
    Index count = 0;
    Index headSize = 0;
    T scale = T {1};
    const T* query = nullptr; ///< (headSize)
    const T* keys = nullptr; ///< transposed, stride `row`
    const T* values = nullptr; ///< transposed, stride `row`
    Index row = 0; ///< stride of all four transposed tables
    const T* weights = nullptr; ///< (count, padded) from the forward pass
    const T* dOut = nullptr; ///< (headSize)
    T* dQuery = nullptr; ///< (headSize) added to
    T* dKeys = nullptr; ///< transposed, added to
    T* dValues = nullptr; ///< transposed, added to
    /// (count) added to, or none; as writable as a row of dKeys. Not times scale.
    T* dBias = nullptr;
    T* scratch = nullptr; ///< (count, padded)
};

} // namespace stint
