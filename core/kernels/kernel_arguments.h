#pragma once

#include "core/base/types.h"

#include <cstdint>

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
    /// Sum k by threes: each three first among themselves, then to the rest. For B of -1, 0 and +1
    /// alone; the result is then that of TripleSumArguments, bit for bit. Vector kernels that have
    /// no such function do not look at it.
    bool byThrees = false;
};

/// One row of a product with weights of -1, 0 and +1 in 5 bits for every three: all 27 sums of
/// three inputs are made once, and each output adds those that its weights name.
///
/// Word (s, j) of the codes holds weights 18 s … 18 s + 17 of output j: three at a time in 5 bits,
/// the first lowest, as sum over i = 0..2 of (weight_i + 1) 3^i. Weights beyond the last are 0.
struct TripleSumArguments {
    Index n = 0;
    Index k = 0;
    const float* x = nullptr; ///< (k)
    const std::uint32_t* codes = nullptr; ///< (ceil(k / 18), codeRow)
    Index codeRow = 0; ///< n rounded up to the padding unit
    float* c = nullptr; ///< (n, padded) overwritten; must not overlap x
    const float* gain = nullptr; ///< (n, padded) or none
    const float* bias = nullptr; ///< (n, padded) or none
    bool relu = false;
};

inline constexpr Index weightsPerCode = 18;

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

/// out_j = exp(x_j - reference). Arguments up to 87 are good to a few units in the last place;
/// beyond, and below -87, the result is cut to the range of a float.
template <typename T>
struct ExponentialArguments {
    Index count = 0;
    T reference {};
    const T* x = nullptr; ///< (count)
    T* out = nullptr; ///< (count, padded) overwritten; padding becomes zero
};

/// out_i = sum of row i.
template <typename T>
struct RowSumArguments {
    Index rows = 0;
    Index cols = 0;
    const T* a = nullptr; ///< (rows, cols), padded with zeros
    Index aRow = 0;
    T* out = nullptr; ///< (rows) overwritten
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
