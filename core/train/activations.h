#pragma once

#include "core/base/matrix.h"

#include <cmath>
#include <numbers>

namespace stint {

/// The derivative of ReLU in place. \param active (rows, f) after it.
template <typename T>
void reluBackward(const Matrix<T>& active, Index rows, Matrix<T>& d)
{
    for (Index r = 0; r < rows; ++r) {
        for (Index i = 0; i < active.cols(); ++i)
            d(r, i) = active(r, i) > T {} ? d(r, i) : T {};
    }
}

/// x Φ(x) with Φ the normal distribution (Activation::Gelu).
template <typename T>
void gelu(const Matrix<T>& x, Index rows, Matrix<T>& y)
{
    const T root = std::numbers::sqrt2_v<T> / T {2};
    for (Index r = 0; r < rows; ++r) {
        for (Index i = 0; i < x.cols(); ++i)
            y(r, i) = x(r, i) * (T {1} + std::erf(x(r, i) * root)) / T {2};
    }
}

/// Its derivative Φ(x) + x φ(x) in place. \param x (rows, f) before it.
template <typename T>
void geluBackward(const Matrix<T>& x, Index rows, Matrix<T>& d)
{
    const T root = std::numbers::sqrt2_v<T> / T {2};
    const T density = std::numbers::inv_sqrtpi_v<T> * root;
    for (Index r = 0; r < rows; ++r) {
        for (Index i = 0; i < x.cols(); ++i) {
            const T v = x(r, i);
            d(r, i)
                *= (T {1} + std::erf(v * root)) / T {2} + v * density * std::exp(-v * v / T {2});
        }
    }
}

} // namespace stint
