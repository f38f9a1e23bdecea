#pragma once

#include "core/base/matrix.h"
#include "core/encoder/encoder_parameters.h"
#include "core/train/pass_layout.h"

namespace stint {

/// Gradient of a norm's gain and bias, (d) or (n), padded; empty without a norm. For a batch norm
/// also the statistics of the batch, which travel with the gradient so that pieces of a batch are
/// put together in a fixed order.
template <typename T>
struct NormGradient {
    AlignedVector<T> gain, bias;
    AlignedVector<T> mean, variance; ///< (d, padded), each piece weighted by its tokens
    T tokens {};

    void setZero();
    NormGradient& operator+=(const NormGradient& other);
};

/// What a forward pass keeps for the backward pass: mean and 1 / deviation of each set of numbers
/// that was normalised together.
template <typename T>
struct NormMoments {
    Matrix<T> mean, inverse; ///< (1, d) for a batch norm, (windows, d) for a norm over time
    std::vector<T> variance; ///< (d) of a batch
};

/// The tokens that go through a norm.
struct NormTokens {
    std::vector<RowRange> rows; ///< in the order of sums
    const std::vector<PassLayout::Window>* windows = nullptr; ///< for a norm over time

    [[nodiscard]] Index count() const;
};

/// A norm that learns (encoder_config.h, Norm); passes rows through unchanged for Norm::None.
///
/// Batch: while learning by the statistics of the tokens at hand, otherwise by running means
/// (momentum 0.1); parameters() folds those into gain and bias.
template <typename T>
class TrainableNorm {
public:
    TrainableNorm() = default;
    /// Starts at gain 1 and bias 0. \param window n, for a norm over time.
    TrainableNorm(Norm kind, Index width, Index window);

    /// \param learning whether a batch norm goes by the batch and keeps its moments.
    void forward(const Matrix<T>& x, const NormTokens& tokens, Matrix<T>& y, bool learning,
                 NormMoments<T>& moments) const;

    /// After a forward pass with `learning`.
    /// \param dY (tokens, d); \param dX (tokens, d) overwritten; may be the same object as dY.
    void backward(const Matrix<T>& x, const NormMoments<T>& moments, const Matrix<T>& dY,
                  const NormTokens& tokens, Matrix<T>& dX, NormGradient<T>& gradient) const;

    [[nodiscard]] NormGradient<T> zeroGradient() const;
    /// Moves the running means towards the statistics of a batch.
    void absorb(const NormGradient<T>& gradient);
    [[nodiscard]] NormParameters<T> parameters() const;
    [[nodiscard]] AlignedVector<T>& gain() { return m_gain; }
    [[nodiscard]] AlignedVector<T>& bias() { return m_bias; }

private:
    void tokenForward(const Matrix<T>& x, const NormTokens& tokens, Matrix<T>& y) const;
    void tokenBackward(const Matrix<T>& x, const Matrix<T>& dY, const NormTokens& tokens,
                       Matrix<T>& dX, NormGradient<T>& gradient) const;
    void momentsOfBatch(const Matrix<T>& x, const NormTokens& tokens,
                        NormMoments<T>& moments) const;
    void batchForward(const Matrix<T>& x, const NormTokens& tokens, Matrix<T>& y, bool learning,
                      NormMoments<T>& moments) const;
    void batchBackward(const Matrix<T>& x, const NormMoments<T>& moments, const Matrix<T>& dY,
                       const NormTokens& tokens, Matrix<T>& dX, NormGradient<T>& gradient) const;
    void timeForward(const Matrix<T>& x, const NormTokens& tokens, Matrix<T>& y,
                     NormMoments<T>& moments) const;
    void timeBackward(const Matrix<T>& x, const NormMoments<T>& moments, const Matrix<T>& dY,
                      const NormTokens& tokens, Matrix<T>& dX, NormGradient<T>& gradient) const;

    Norm m_kind = Norm::None;
    Index m_width = 0;
    Index m_size = 0; // of gain and bias
    AlignedVector<T> m_gain, m_bias;
    AlignedVector<T> m_mean, m_variance; // running, (d, padded)
};

extern template class TrainableNorm<float>;
extern template class TrainableNorm<double>;

} // namespace stint
