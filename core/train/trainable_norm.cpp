#include "core/train/trainable_norm.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

constexpr double epsilon = 1e-5;
constexpr double momentum = 0.1;

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
    m.inverse = T {1} / std::sqrt(variance / static_cast<T>(width) + static_cast<T>(epsilon));
    return m;
}

template <typename T>
void addTo(AlignedVector<T>& to, const AlignedVector<T>& from)
{
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] += from[i];
}

/// Calls visit(token, place) for the tokens of a window in the order of time.
template <typename Visit>
void forEachToken(const PassLayout::Window& window, Visit visit)
{
    for (Index j = 0; j < window.past; ++j)
        visit(window.first + j, j);
    visit(window.newest, window.past);
}

template <typename T>
T& at(AlignedVector<T>& values, Index i)
{
    return values[static_cast<std::size_t>(i)];
}

template <typename T>
const T& at(const AlignedVector<T>& values, Index i)
{
    return values[static_cast<std::size_t>(i)];
}

} // namespace

Index NormTokens::count() const
{
    Index sum = 0;
    for (const RowRange& range : rows)
        sum += range.count();
    return sum;
}

template <typename T>
void NormGradient<T>::setZero()
{
    for (AlignedVector<T>* values : {&gain, &bias, &mean, &variance})
        std::fill(values->begin(), values->end(), T {});
    tokens = T {};
}

template <typename T>
NormGradient<T>& NormGradient<T>::operator+=(const NormGradient& other)
{
    addTo(gain, other.gain);
    addTo(bias, other.bias);
    addTo(mean, other.mean);
    addTo(variance, other.variance);
    tokens += other.tokens;
    return *this;
}

template <typename T>
TrainableNorm<T>::TrainableNorm(Norm kind, Index width, Index window)
    : m_kind(kind), m_width(width), m_size(kind == Norm::Time ? window : width)
{
    if (kind == Norm::None)
        m_size = 0;
    const auto size = static_cast<std::size_t>(m_size == 0 ? 0 : padded(m_size));
    m_gain.assign(size, T {});
    m_bias.assign(size, T {});
    std::fill_n(m_gain.begin(), m_size, T {1});
    if (kind == Norm::Batch) {
        m_mean.assign(size, T {});
        m_variance.assign(size, T {1});
    }
}

template <typename T>
void TrainableNorm<T>::forward(const Matrix<T>& x, const NormTokens& tokens, Matrix<T>& y,
                               bool learning, NormMoments<T>& moments) const
{
    switch (m_kind) {
    case Norm::None:
        for (const RowRange& range : tokens.rows)
            std::copy(x.row(range.first), x.row(range.last), y.row(range.first));
        return;
    case Norm::Token:
        return tokenForward(x, tokens, y);
    case Norm::Batch:
        return batchForward(x, tokens, y, learning, moments);
    case Norm::Time:
        return timeForward(x, tokens, y, moments);
    }
}

template <typename T>
void TrainableNorm<T>::backward(const Matrix<T>& x, const NormMoments<T>& moments,
                                const Matrix<T>& dY, const NormTokens& tokens, Matrix<T>& dX,
                                NormGradient<T>& gradient) const
{
    switch (m_kind) {
    case Norm::None:
        for (const RowRange& range : tokens.rows) {
            if (&dX != &dY)
                std::copy(dY.row(range.first), dY.row(range.last), dX.row(range.first));
        }
        return;
    case Norm::Token:
        return tokenBackward(x, dY, tokens, dX, gradient);
    case Norm::Batch:
        return batchBackward(x, moments, dY, tokens, dX, gradient);
    case Norm::Time:
        return timeBackward(x, moments, dY, tokens, dX, gradient);
    }
}

template <typename T>
void TrainableNorm<T>::tokenForward(const Matrix<T>& x, const NormTokens& tokens,
                                    Matrix<T>& y) const
{
    for (const RowRange& range : tokens.rows) {
        for (Index r = range.first; r < range.last; ++r) {
            const Moments<T> m = momentsOf(x.row(r), m_width);
            for (Index i = 0; i < m_width; ++i)
                y(r, i) = (x(r, i) - m.mean) * m.inverse * at(m_gain, i) + at(m_bias, i);
        }
    }
}

/// With u = (x - mean) / sd and g = dY ⊙ gain: dX = (g - mean(g) - u mean(g ⊙ u)) / sd. The same
/// holds for every norm here, over the numbers that are normalised together.
template <typename T>
void TrainableNorm<T>::tokenBackward(const Matrix<T>& x, const Matrix<T>& dY,
                                     const NormTokens& tokens, Matrix<T>& dX,
                                     NormGradient<T>& gradient) const
{
    const auto ofRow = [&](Index r) {
        const Moments<T> m = momentsOf(x.row(r), m_width);
        T meanG {};
        T meanGu {};
        for (Index i = 0; i < m_width; ++i) {
            const T u = (x(r, i) - m.mean) * m.inverse;
            const T g = dY(r, i) * at(m_gain, i);
            at(gradient.gain, i) += dY(r, i) * u;
            at(gradient.bias, i) += dY(r, i);
            meanG += g;
            meanGu += g * u;
        }
        meanG /= static_cast<T>(m_width);
        meanGu /= static_cast<T>(m_width);
        for (Index i = 0; i < m_width; ++i) {
            const T u = (x(r, i) - m.mean) * m.inverse;
            const T g = dY(r, i) * at(m_gain, i);
            dX(r, i) = (g - meanG - u * meanGu) * m.inverse;
        }
    };
    for (const RowRange& range : tokens.rows) {
        for (Index r = range.first; r < range.last; ++r)
            ofRow(r);
    }
}

template <typename T>
void TrainableNorm<T>::momentsOfBatch(const Matrix<T>& x, const NormTokens& tokens,
                                      NormMoments<T>& moments) const
{
    const auto count = static_cast<T>(tokens.count());
    T* mean = moments.mean.row(0);
    T* variance = moments.variance.data();
    for (const RowRange& range : tokens.rows) {
        for (Index r = range.first; r < range.last; ++r) {
            for (Index i = 0; i < m_width; ++i)
                mean[i] += x(r, i);
        }
    }
    for (Index i = 0; i < m_width; ++i)
        mean[i] /= count;
    for (const RowRange& range : tokens.rows) {
        for (Index r = range.first; r < range.last; ++r) {
            for (Index i = 0; i < m_width; ++i)
                variance[i] += (x(r, i) - mean[i]) * (x(r, i) - mean[i]);
        }
    }
    for (Index i = 0; i < m_width; ++i)
        variance[i] /= count;
}

template <typename T>
void TrainableNorm<T>::batchForward(const Matrix<T>& x, const NormTokens& tokens, Matrix<T>& y,
                                    bool learning, NormMoments<T>& moments) const
{
    moments.mean.resize(1, m_width);
    moments.inverse.resize(1, m_width);
    moments.variance.assign(static_cast<std::size_t>(m_width), T {});
    T* mean = moments.mean.row(0);
    T* inverse = moments.inverse.row(0);
    if (learning) {
        momentsOfBatch(x, tokens, moments);
    } else {
        std::copy_n(m_mean.begin(), m_width, mean);
        std::copy_n(m_variance.begin(), m_width, moments.variance.begin());
    }
    for (Index i = 0; i < m_width; ++i)
        inverse[i] = T {1}
            / std::sqrt(moments.variance[static_cast<std::size_t>(i)] + static_cast<T>(epsilon));
    for (const RowRange& range : tokens.rows) {
        for (Index r = range.first; r < range.last; ++r) {
            for (Index i = 0; i < m_width; ++i)
                y(r, i) = (x(r, i) - mean[i]) * inverse[i] * at(m_gain, i) + at(m_bias, i);
        }
    }
}

template <typename T>
void TrainableNorm<T>::batchBackward(const Matrix<T>& x, const NormMoments<T>& moments,
                                     const Matrix<T>& dY, const NormTokens& tokens, Matrix<T>& dX,
                                     NormGradient<T>& gradient) const
{
    const T* mean = moments.mean.row(0);
    const T* inverse = moments.inverse.row(0);
    const auto count = static_cast<T>(tokens.count());
    AlignedVector<T> sumG(m_gain.size(), T {});
    AlignedVector<T> sumGu(m_gain.size(), T {});
    for (const RowRange& range : tokens.rows) {
        for (Index r = range.first; r < range.last; ++r) {
            for (Index i = 0; i < m_width; ++i) {
                at(sumG, i) += dY(r, i);
                at(sumGu, i) += dY(r, i) * (x(r, i) - mean[i]) * inverse[i];
            }
        }
    }
    for (const RowRange& range : tokens.rows) {
        for (Index r = range.first; r < range.last; ++r) {
            for (Index i = 0; i < m_width; ++i) {
                const T u = (x(r, i) - mean[i]) * inverse[i];
                dX(r, i) = (dY(r, i) - at(sumG, i) / count - u * at(sumGu, i) / count)
                    * at(m_gain, i) * inverse[i];
            }
        }
    }
    for (Index i = 0; i < m_width; ++i) {
        at(gradient.gain, i) += at(sumGu, i);
        at(gradient.bias, i) += at(sumG, i);
        at(gradient.mean, i) += count * mean[i];
        at(gradient.variance, i) += count * moments.variance[static_cast<std::size_t>(i)];
    }
    gradient.tokens += count;
}

template <typename T>
void TrainableNorm<T>::timeForward(const Matrix<T>& x, const NormTokens& tokens, Matrix<T>& y,
                                   NormMoments<T>& moments) const
{
    const auto windows = static_cast<Index>(tokens.windows->size());
    moments.mean.resize(windows, m_width);
    moments.inverse.resize(windows, m_width);
    for (Index w = 0; w < windows; ++w) {
        const PassLayout::Window& window = (*tokens.windows)[static_cast<std::size_t>(w)];
        const auto count = static_cast<T>(window.past + 1);
        for (Index i = 0; i < m_width; ++i) {
            T mean {};
            T variance {};
            forEachToken(window, [&](Index r, Index) { mean += x(r, i); });
            mean /= count;
            forEachToken(window,
                         [&](Index r, Index) { variance += (x(r, i) - mean) * (x(r, i) - mean); });
            const T inverse = T {1} / std::sqrt(variance / count + static_cast<T>(epsilon));
            moments.mean(w, i) = mean;
            moments.inverse(w, i) = inverse;
            forEachToken(window, [&](Index r, Index place) {
                y(r, i) = (x(r, i) - mean) * inverse * at(m_gain, place) + at(m_bias, place);
            });
        }
    }
}

template <typename T>
void TrainableNorm<T>::timeBackward(const Matrix<T>& x, const NormMoments<T>& moments,
                                    const Matrix<T>& dY, const NormTokens& tokens, Matrix<T>& dX,
                                    NormGradient<T>& gradient) const
{
    for (Index w = 0; w < moments.mean.rows(); ++w) {
        const PassLayout::Window& window = (*tokens.windows)[static_cast<std::size_t>(w)];
        const auto count = static_cast<T>(window.past + 1);
        for (Index i = 0; i < m_width; ++i) {
            const T mean = moments.mean(w, i);
            const T inverse = moments.inverse(w, i);
            T meanG {};
            T meanGu {};
            forEachToken(window, [&](Index r, Index place) {
                const T u = (x(r, i) - mean) * inverse;
                const T g = dY(r, i) * at(m_gain, place);
                at(gradient.gain, place) += dY(r, i) * u;
                at(gradient.bias, place) += dY(r, i);
                meanG += g / count;
                meanGu += g * u / count;
            });
            forEachToken(window, [&](Index r, Index place) {
                const T u = (x(r, i) - mean) * inverse;
                dX(r, i) = (dY(r, i) * at(m_gain, place) - meanG - u * meanGu) * inverse;
            });
        }
    }
}

template <typename T>
NormGradient<T> TrainableNorm<T>::zeroGradient() const
{
    const auto zeros = [](std::size_t size) { return AlignedVector<T>(size, T {}); };
    return {zeros(m_gain.size()), zeros(m_bias.size()), zeros(m_mean.size()),
            zeros(m_variance.size())};
}

template <typename T>
void TrainableNorm<T>::absorb(const NormGradient<T>& gradient)
{
    if (m_kind != Norm::Batch || !(gradient.tokens > T {1}))
        return;
    const auto share = static_cast<T>(momentum);
    const T unbiased = gradient.tokens / (gradient.tokens - T {1});
    for (Index i = 0; i < m_width; ++i) {
        at(m_mean, i) += share * (at(gradient.mean, i) / gradient.tokens - at(m_mean, i));
        at(m_variance, i)
            += share * (at(gradient.variance, i) / gradient.tokens * unbiased - at(m_variance, i));
    }
}

template <typename T>
NormParameters<T> TrainableNorm<T>::parameters() const
{
    NormParameters<T> p {std::vector<T>(m_gain.begin(), m_gain.begin() + m_size),
                         std::vector<T>(m_bias.begin(), m_bias.begin() + m_size)};
    for (Index i = 0; m_kind == Norm::Batch && i < m_width; ++i) {
        const auto k = static_cast<std::size_t>(i);
        p.gain[k] /= std::sqrt(m_variance[k] + static_cast<T>(epsilon));
        p.bias[k] -= m_mean[k] * p.gain[k];
    }
    return p;
}

template struct NormGradient<float>;
template struct NormGradient<double>;
template class TrainableNorm<float>;
template class TrainableNorm<double>;

} // namespace stint
