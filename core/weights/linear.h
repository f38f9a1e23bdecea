#pragma once

#include "core/base/matrix.h"
#include "core/kernels/kernels.h"
#include "core/kernels/op_counts.h"
#include "core/weights/linear_parameters.h"

#include <cstdint>
#include <vector>

namespace stint {

/// One linear layer ready to run on blocks of rows: Y = gain ⊙ (X Bᵀ) + bias.
///
/// B is laid out transposed and padded once, here; the kernel is chosen here too, so nothing is
/// decided per step. Binary weights run as ±1 and 0 in floats (zeros show in `executed`), the
/// fastest exact form for blocks of rows. One row at a time, layers of at least 64 x 64 such
/// weights run packed where the processor has a kernel for it: 1.8 bits a weight, sums of three
/// inputs looked up (TripleSumArguments). Both forms add in the same order, so their results are
/// the same bits. In other precisions sparse binary weights run as sums of the kept inputs.
///
/// Thread safety: immutable after construction.
template <typename T>
class Linear {
public:
    Linear() = default;
    explicit Linear(const LinearParameters<T>& parameters);

    [[nodiscard]] Index inputs() const { return m_transposed.rows(); }
    [[nodiscard]] Index outputs() const { return m_transposed.cols(); }

    /// Single rows run on packed weights.
    [[nodiscard]] bool packed() const { return !m_codes.empty(); }

    /// \param x   (rows, inputs), rows `xRow` apart.
    /// \param y   (rows, outputs), rows `yRow` apart, padded; overwritten, must not overlap x.
    /// \param relu negative results become zero.
    void forward(const T* x, Index xRow, Index rows, T* y, Index yRow, OpCounts& ops,
                 bool relu = false) const noexcept;

private:
    void pack(const LinearParameters<T>& parameters);
    void count(std::uint64_t rows, std::uint64_t executed, OpCounts& ops) const noexcept;

    Matrix<T> m_transposed; // (inputs, outputs)
    std::vector<std::uint32_t> m_codes; // (ceil(inputs / 18), padded outputs), or empty
    void (*m_tripleSum)(const TripleSumArguments&) = nullptr; // with codes only
    AlignedVector<T> m_gain; // padded, or empty
    AlignedVector<T> m_bias; // padded, or empty
    void (*m_kernel)(const ProductArguments<T>&) = nullptr;
    std::uint64_t m_kept = 0; // operations per row
    std::uint64_t m_executed = 0; // multiply-adds that the kernel carries out per row of a block
    std::uint64_t m_executedPacked = 0; // additions for a single row, tables included
};

extern template class Linear<float>;
extern template class Linear<double>;

} // namespace stint
