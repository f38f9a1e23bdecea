#include "core/train/trainable_linear.h"

#include "core/kernels/kernels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stint {

namespace {

template <typename T>
T signOf(T value)
{
    return value < T {} ? T {-1} : T {1};
}

template <typename T>
AlignedVector<T> paddedZeros(Index size)
{
    return AlignedVector<T>(static_cast<std::size_t>(padded(size)), T {});
}

} // namespace

Index keptCount(Index count, double keep)
{
    return count - static_cast<Index>((1.0 - keep) * static_cast<double>(count));
}

template <typename T>
void topFraction(const Matrix<T>& scores, double keep, Matrix<T>& mask)
{
    const Index count = scores.rows() * scores.cols();
    std::vector<std::pair<T, Index>> ranked;
    ranked.reserve(static_cast<std::size_t>(count));
    for (Index r = 0; r < scores.rows(); ++r) {
        for (Index c = 0; c < scores.cols(); ++c)
            ranked.emplace_back(std::abs(scores(r, c)), r * scores.cols() + c);
    }
    const Index dropped = count - keptCount(count, keep);
    std::nth_element(ranked.begin(), ranked.begin() + dropped, ranked.end());
    mask.resize(scores.rows(), scores.cols());
    for (Index i = dropped; i < count; ++i) {
        const Index at = ranked[static_cast<std::size_t>(i)].second;
        mask(at / scores.cols(), at % scores.cols()) = T {1};
    }
}

template <typename T>
void LinearGradient<T>::setZero()
{
    effective.setZero();
    std::fill(bias.begin(), bias.end(), T {});
}

template <typename T>
LinearGradient<T>& LinearGradient<T>::operator+=(const LinearGradient& other)
{
    for (std::size_t i = 0; i < effective.storage().size(); ++i)
        effective.storage()[i] += other.effective.storage()[i];
    for (std::size_t i = 0; i < bias.size(); ++i)
        bias[i] += other.bias[i];
    return *this;
}

template <typename T>
TrainableLinear<T>::TrainableLinear(Index outputs, Index inputs, const LinearRecipe& recipe,
                                    Rng& rng)
{
    const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
    const auto draw = [&rng, bound] { return static_cast<T>(rng.uniform(-bound, bound)); };
    const auto drawMatrix = [&] {
        Matrix<T> m(outputs, inputs);
        for (Index r = 0; r < outputs; ++r)
            std::generate(m.row(r), m.row(r) + inputs, draw);
        return m;
    };
    Matrix<T> weight = drawMatrix();
    Matrix<T> score = recipe.format == WeightFormat::SparseBinary ? drawMatrix() : Matrix<T> {};
    std::vector<T> bias(static_cast<std::size_t>(recipe.bias != BiasKind::None ? outputs : 0));
    std::generate(bias.begin(), bias.end(), draw);
    *this = TrainableLinear(recipe, std::move(weight), std::move(score), bias);
}

template <typename T>
TrainableLinear<T>::TrainableLinear(const LinearRecipe& recipe, Matrix<T> weight, Matrix<T> score,
                                    const std::vector<T>& bias)
    : m_recipe(recipe),
      m_weight(std::move(weight)),
      m_score(std::move(score)),
      m_signs(outputs(), inputs()),
      m_signsTransposed(inputs(), outputs()),
      m_effective(outputs(), inputs()),
      m_dTrained(outputs(), inputs())
{
    if (!bias.empty()) {
        m_bias = paddedZeros<T>(outputs());
        std::copy(bias.begin(), bias.end(), m_bias.begin());
        m_dBias = paddedZeros<T>(outputs());
    }
    if (m_recipe.format == WeightFormat::SparseBinary) {
        Matrix<T> mask;
        topFraction(m_score, m_recipe.keep, mask);
        T sum {};
        for (Index r = 0; r < outputs(); ++r) {
            for (Index c = 0; c < inputs(); ++c)
                sum += std::abs(m_weight(r, c)) * mask(r, c);
        }
        const auto kept
            = static_cast<Index>(m_recipe.keep * static_cast<double>(outputs() * inputs()));
        const T alpha = sum / static_cast<T>(std::max<Index>(kept, 1));
        m_gain = paddedZeros<T>(outputs());
        std::fill_n(m_gain.begin(), outputs(), alpha);
        m_dGain = paddedZeros<T>(outputs());
    }
    prepare();
}

template <typename T>
void TrainableLinear<T>::prepare()
{
    const bool binary = m_recipe.format == WeightFormat::SparseBinary;
    if (binary)
        topFraction(m_score, m_recipe.keep, m_signs);
    for (Index r = 0; r < outputs(); ++r) {
        const T gain = binary ? m_gain[static_cast<std::size_t>(r)] : T {1};
        for (Index c = 0; c < inputs(); ++c) {
            const T b = binary ? m_signs(r, c) * signOf(m_weight(r, c)) : m_weight(r, c);
            m_signs(r, c) = b;
            m_signsTransposed(c, r) = b;
            m_effective(r, c) = gain * b;
        }
    }
}

template <typename T>
void TrainableLinear<T>::forward(const Matrix<T>& x, Index rows, Matrix<T>& y, bool relu) const
{
    kernels<T>().product({.m = rows,
                          .n = outputs(),
                          .k = inputs(),
                          .a = x.row(0),
                          .aRow = x.stride(),
                          .aCol = 1,
                          .b = m_signsTransposed.row(0),
                          .bRow = m_signsTransposed.stride(),
                          .c = y.row(0),
                          .cRow = y.stride(),
                          .gain = m_gain.empty() ? nullptr : m_gain.data(),
                          .bias = m_bias.empty() ? nullptr : m_bias.data(),
                          .accumulate = false,
                          .relu = relu});
}

template <typename T>
void TrainableLinear<T>::backward(const Matrix<T>& x, const Matrix<T>& dY, Index rows,
                                  Matrix<T>* dX, bool addToDx, LinearGradient<T>& gradient) const
{
    if (dX != nullptr) {
        kernels<T>().product({.m = rows,
                              .n = inputs(),
                              .k = outputs(),
                              .a = dY.row(0),
                              .aRow = dY.stride(),
                              .aCol = 1,
                              .b = m_effective.row(0),
                              .bRow = m_effective.stride(),
                              .c = dX->row(0),
                              .cRow = dX->stride(),
                              .gain = nullptr,
                              .bias = nullptr,
                              .accumulate = addToDx,
                              .relu = false});
    }
    kernels<T>().product({.m = outputs(),
                          .n = inputs(),
                          .k = rows,
                          .a = dY.row(0),
                          .aRow = 1,
                          .aCol = dY.stride(),
                          .b = x.row(0),
                          .bRow = x.stride(),
                          .c = gradient.effective.row(0),
                          .cRow = gradient.effective.stride(),
                          .gain = nullptr,
                          .bias = nullptr,
                          .accumulate = true,
                          .relu = false});
    if (m_bias.empty())
        return;
    for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < outputs(); ++c)
            gradient.bias[static_cast<std::size_t>(c)] += dY(r, c);
    }
}

template <typename T>
LinearGradient<T> TrainableLinear<T>::zeroGradient() const
{
    return {Matrix<T>(outputs(), inputs()), paddedZeros<T>(outputs())};
}

template <typename T>
void TrainableLinear<T>::collect(const LinearGradient<T>& gradient)
{
    for (Index r = 0; r < outputs(); ++r) {
        T dGain {};
        for (Index c = 0; c < inputs(); ++c) {
            const T d = gradient.effective(r, c);
            if (m_recipe.format == WeightFormat::SparseBinary) {
                m_dTrained(r, c) = d * m_weight(r, c) * signOf(m_score(r, c));
                dGain += d * m_signs(r, c);
            } else {
                m_dTrained(r, c) = d;
            }
        }
        if (!m_gain.empty())
            m_dGain[static_cast<std::size_t>(r)] = dGain;
    }
    if (!m_bias.empty())
        std::copy(gradient.bias.begin(), gradient.bias.end(), m_dBias.begin());
}

template <typename T>
auto TrainableLinear<T>::slots() -> std::vector<Slot>
{
    Matrix<T>& trained = m_recipe.format == WeightFormat::SparseBinary ? m_score : m_weight;
    std::vector<Slot> slots {{{trained.storage()}, {m_dTrained.storage()}}};
    if (!m_gain.empty())
        slots.push_back({{m_gain}, {m_dGain}});
    if (!m_bias.empty())
        slots.push_back({{m_bias}, {m_dBias}});
    return slots;
}

template <typename T>
LinearParameters<T> TrainableLinear<T>::parameters() const
{
    LinearParameters<T> p;
    p.format = m_recipe.format;
    p.weight = m_signs;
    const auto used = [this](const AlignedVector<T>& from) {
        return from.empty() ? std::vector<T> {}
                            : std::vector<T>(from.begin(), from.begin() + outputs());
    };
    p.gain = used(m_gain);
    p.bias = used(m_bias);
    return p;
}

template void topFraction<float>(const Matrix<float>&, double, Matrix<float>&);
template void topFraction<double>(const Matrix<double>&, double, Matrix<double>&);
template struct LinearGradient<float>;
template struct LinearGradient<double>;
template class TrainableLinear<float>;
template class TrainableLinear<double>;

} // namespace stint
