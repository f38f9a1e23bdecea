#pragma once

#include "core/base/matrix.h"
#include "core/encoder/encoder_parameters.h"

namespace stint {

/// Gradient of a per-token norm's gain and bias, both (d, padded); empty without a norm.
template <typename T>
struct NormGradient {
    AlignedVector<T> gain, bias;

    void setZero();
    NormGradient& operator+=(const NormGradient& other);
};

/// A per-token norm that learns; passes rows through unchanged when it has no size.
template <typename T>
class TrainableNorm {
public:
    TrainableNorm() = default;
    /// Starts at gain 1 and bias 0. \param width d, or 0 for no norm.
    explicit TrainableNorm(Index width);

    void forward(const Matrix<T>& x, Index rows, Matrix<T>& y) const;

    /// \param dY (rows, d); \param dX (rows, d) overwritten; may be the same object as dY.
    void backward(const Matrix<T>& x, const Matrix<T>& dY, Index rows, Matrix<T>& dX,
                  NormGradient<T>& gradient) const;

    [[nodiscard]] NormGradient<T> zeroGradient() const;
    [[nodiscard]] NormParameters<T> parameters() const;
    [[nodiscard]] AlignedVector<T>& gain() { return m_gain; }
    [[nodiscard]] AlignedVector<T>& bias() { return m_bias; }

private:
    Index m_width = 0;
    AlignedVector<T> m_gain, m_bias;
};

extern template class TrainableNorm<float>;
extern template class TrainableNorm<double>;

} // namespace stint
