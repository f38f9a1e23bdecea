#pragma once

#include "core/base/matrix.h"
#include "core/kernels/kernels.h"
#include "core/kernels/op_counts.h"
#include "core/weights/linear_parameters.h"

namespace stint {

/// One linear layer ready to run on blocks of rows: Y = gain ⊙ (X Bᵀ) + bias.
///
/// B is laid out transposed and padded once, here; the kernel is chosen here too, so nothing is
/// decided per step. Sparse binary weights run as ±1 and 0 in floats, the fastest exact form at the
/// sizes of one block (their zeros show in `executed`); in other precisions as sums of the kept
/// inputs.
///
/// Thread safety: immutable after construction.
template <typename T>
class Linear {
public:
    Linear() = default;
    explicit Linear(const LinearParameters<T>& parameters);

    [[nodiscard]] Index inputs() const { return m_transposed.rows(); }
    [[nodiscard]] Index outputs() const { return m_transposed.cols(); }

    /// \param x   (rows, inputs), rows `xRow` apart.
    /// \param y   (rows, outputs), rows `yRow` apart, padded; overwritten, must not overlap x.
    /// \param relu negative results become zero.
    void forward(const T* x, Index xRow, Index rows, T* y, Index yRow, OpCounts& ops,
                 bool relu = false) const noexcept;

private:
    Matrix<T> m_transposed; // (inputs, outputs)
    AlignedVector<T> m_gain; // padded, or empty
    AlignedVector<T> m_bias; // padded, or empty
    void (*m_kernel)(const ProductArguments<T>&) = nullptr;
    std::uint64_t m_kept = 0; // operations per row
    std::uint64_t m_executed = 0; // multiply-adds that the kernel carries out per row
};

extern template class Linear<float>;
extern template class Linear<double>;

} // namespace stint
