#include "core/train/trainable_norm.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

template <typename T>
struct Moments {
    T mean {};
    T inverse {}; // 1 / sqrt(variance + eps)
};

template <typename T>
Moments<T> momentsOf(const T* token, Index width)
{
    Moments<T> m;
    for (Index i = 0; i < width; ++i)
        m.mean += token[i];
    m.mean /= static_cast<T>(width);
    T variance {};
    for (Index i = 0; i < width; ++i)
        variance += (token[i] - m.mean) * (token[i] - m.mean);
    m.inverse = T {1} / std::sqrt(variance / static_cast<T>(width) + static_cast<T>(1e-5));
    return m;
}

} // namespace

template <typename T>
void NormGradient<T>::setZero()
{
    std::fill(gain.begin(), gain.end(), T {});
    std::fill(bias.begin(), bias.end(), T {});
}

template <typename T>
NormGradient<T>& NormGradient<T>::operator+=(const NormGradient& other)
{
    for (std::size_t i = 0; i < gain.size(); ++i) {
        gain[i] += other.gain[i];
        bias[i] += other.bias[i];
    }
    return *this;
}

template <typename T>
TrainableNorm<T>::TrainableNorm(Index width) : m_width(width)
{
    const auto size = static_cast<std::size_t>(width == 0 ? 0 : padded(width));
    m_gain.assign(size, T {});
    m_bias.assign(size, T {});
    std::fill_n(m_gain.begin(), width, T {1});
}

template <typename T>
void TrainableNorm<T>::forward(const Matrix<T>& x, Index rows, Matrix<T>& y) const
{
    if (m_width == 0) {
        std::copy(x.row(0), x.row(rows), y.row(0));
        return;
    }
    for (Index r = 0; r < rows; ++r) {
        const Moments<T> m = momentsOf(x.row(r), m_width);
        for (Index i = 0; i < m_width; ++i) {
            const auto at = static_cast<std::size_t>(i);
            y(r, i) = (x(r, i) - m.mean) * m.inverse * m_gain[at] + m_bias[at];
        }
    }
}

/// With u = (x - mean) / sd and g = dY ⊙ gain: dX = (g - mean(g) - u mean(g ⊙ u)) / sd.
template <typename T>
void TrainableNorm<T>::backward(const Matrix<T>& x, const Matrix<T>& dY, Index rows, Matrix<T>& dX,
                                NormGradient<T>& gradient) const
{
    if (m_width == 0) {
        if (&dX != &dY)
            std::copy(dY.row(0), dY.row(rows), dX.row(0));
        return;
    }
    for (Index r = 0; r < rows; ++r) {
        const Moments<T> m = momentsOf(x.row(r), m_width);
        T meanG {};
        T meanGu {};
        for (Index i = 0; i < m_width; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const T u = (x(r, i) - m.mean) * m.inverse;
            const T g = dY(r, i) * m_gain[at];
            gradient.gain[at] += dY(r, i) * u;
            gradient.bias[at] += dY(r, i);
            meanG += g;
            meanGu += g * u;
        }
        meanG /= static_cast<T>(m_width);
        meanGu /= static_cast<T>(m_width);
        for (Index i = 0; i < m_width; ++i) {
            const T u = (x(r, i) - m.mean) * m.inverse;
            const T g = dY(r, i) * m_gain[static_cast<std::size_t>(i)];
            dX(r, i) = (g - meanG - u * meanGu) * m.inverse;
        }
    }
}

template <typename T>
NormGradient<T> TrainableNorm<T>::zeroGradient() const
{
    return {AlignedVector<T>(m_gain.size(), T {}), AlignedVector<T>(m_bias.size(), T {})};
}

template <typename T>
NormParameters<T> TrainableNorm<T>::parameters() const
{
    return {std::vector<T>(m_gain.begin(), m_gain.begin() + m_width),
            std::vector<T>(m_bias.begin(), m_bias.begin() + m_width)};
}

template struct NormGradient<float>;
template struct NormGradient<double>;
template class TrainableNorm<float>;
template class TrainableNorm<double>;

} // namespace stint
