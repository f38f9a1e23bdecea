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
    Matrix<T> score = recipe.scored() ? drawMatrix() : Matrix<T> {};
    if (recipe.start == WeightStart::SignedConstant) {
        const T size = static_cast<T>(bound / std::sqrt(3.0)); // as large as uniform ones
        for (T& w : weight.storage())
            w = w == T {} ? w : size * signOf(w);
    }
    if (recipe.scored() && recipe.start == WeightStart::RankedScores)
        score = weight;
    std::vector<T> bias(static_cast<std::size_t>(recipe.bias == BiasKind::None ? 0 : outputs));
    // Behind a closed gate nothing may be added either.
    if (!recipe.gated)
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
    if (m_recipe.binary() || m_recipe.gated) {
        m_gain = paddedZeros<T>(outputs());
        m_dGain = paddedZeros<T>(outputs());
    }
    if (m_recipe.binary()) {
        Matrix<T> mask(outputs(), inputs());
        keepMask(mask);
        m_layerGain = meanKeptMagnitude(mask);
        std::fill_n(m_gain.begin(), outputs(), m_layerGain);
    }
    prepare();
}

/// 1 where a weight is kept, else 0.
template <typename T>
void TrainableLinear<T>::keepMask(Matrix<T>& mask) const
{
    if (m_recipe.prunes()) {
        topFraction(m_recipe.scored() ? m_score : m_weight, m_recipe.keep, mask);
        return;
    }
    for (Index r = 0; r < outputs(); ++r)
        std::fill_n(mask.row(r), inputs(), T {1});
}

/// The paper's alpha: sum of the kept magnitudes over int(keep N).
template <typename T>
T TrainableLinear<T>::meanKeptMagnitude(const Matrix<T>& mask) const
{
    T sum {};
    for (Index r = 0; r < outputs(); ++r) {
        for (Index c = 0; c < inputs(); ++c)
            sum += std::abs(m_weight(r, c)) * mask(r, c);
    }
    const double keep = m_recipe.prunes() ? m_recipe.keep : 1.0;
    const auto kept = static_cast<Index>(keep * static_cast<double>(outputs() * inputs()));
    return sum / static_cast<T>(std::max<Index>(kept, 1));
}

template <typename T>
void TrainableLinear<T>::prepare()
{
    keepMask(m_signs);
    if (m_recipe.binary() && m_recipe.gain != GainKind::Row) {
        if (m_recipe.gain == GainKind::Paper)
            m_layerGain = meanKeptMagnitude(m_signs);
        std::fill_n(m_gain.begin(), outputs(), m_layerGain);
    }
    for (Index r = 0; r < outputs(); ++r) {
        const T gain = m_gain.empty() ? T {1} : m_gain[static_cast<std::size_t>(r)];
        for (Index c = 0; c < inputs(); ++c) {
            const T w = m_weight(r, c);
            const T b = m_signs(r, c) * (m_recipe.binary() ? signOf(w) : w);
            m_signs(r, c) = b;
            m_signsTransposed(c, r) = b;
            m_effective(r, c) = gain * b;
        }
    }
}

template <typename T>
void TrainableLinear<T>::forward(const Matrix<T>& x, RowRange rows, Matrix<T>& y, bool relu) const
{
    kernels<T>().product({.m = rows.count(),
                          .n = outputs(),
                          .k = inputs(),
                          .a = x.row(rows.first),
                          .aRow = x.stride(),
                          .aCol = 1,
                          .b = m_signsTransposed.row(0),
                          .bRow = m_signsTransposed.stride(),
                          .c = y.row(rows.first),
                          .cRow = y.stride(),
                          .gain = m_gain.empty() ? nullptr : m_gain.data(),
                          .bias = m_bias.empty() ? nullptr : m_bias.data(),
                          .accumulate = false,
                          .relu = relu});
}

template <typename T>
void TrainableLinear<T>::backward(const Matrix<T>& x, const Matrix<T>& dY, RowRange rows,
                                  Matrix<T>* dX, bool addToDx, LinearGradient<T>& gradient) const
{
    if (dX != nullptr) {
        kernels<T>().product({.m = rows.count(),
                              .n = inputs(),
                              .k = outputs(),
                              .a = dY.row(rows.first),
                              .aRow = dY.stride(),
                              .aCol = 1,
                              .b = m_effective.row(0),
                              .bRow = m_effective.stride(),
                              .c = dX->row(rows.first),
                              .cRow = dX->stride(),
                              .gain = nullptr,
                              .bias = nullptr,
                              .accumulate = addToDx,
                              .relu = false});
    }
    kernels<T>().product({.m = outputs(),
                          .n = inputs(),
                          .k = rows.count(),
                          .a = dY.row(rows.first),
                          .aRow = 1,
                          .aCol = dY.stride(),
                          .b = x.row(rows.first),
                          .bRow = x.stride(),
                          .c = gradient.effective.row(0),
                          .cRow = gradient.effective.stride(),
                          .gain = nullptr,
                          .bias = nullptr,
                          .accumulate = true,
                          .relu = false});
    if (m_bias.empty())
        return;
    for (Index r = rows.first; r < rows.last; ++r) {
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
    const bool scored = m_recipe.scored();
    const bool scaled = m_recipe.gated && !m_recipe.binary();
    m_dLayerGain = T {};
    for (Index r = 0; r < outputs(); ++r) {
        const T factor = scaled ? m_gain[static_cast<std::size_t>(r)] : T {1};
        T dGain {};
        for (Index c = 0; c < inputs(); ++c) {
            const T d = gradient.effective(r, c);
            dGain += d * m_signs(r, c);
            m_dTrained(r, c) = scored ? d * m_weight(r, c) * signOf(m_score(r, c)) : d * factor;
        }
        m_dLayerGain += dGain;
        if (!m_dGain.empty())
            m_dGain[static_cast<std::size_t>(r)] = dGain;
    }
    if (!m_bias.empty())
        std::copy(gradient.bias.begin(), gradient.bias.end(), m_dBias.begin());
}

template <typename T>
std::vector<TrainedSlot<T>> TrainableLinear<T>::slots()
{
    const bool scored = m_recipe.scored();
    Matrix<T>& trained = scored ? m_score : m_weight;
    std::vector<TrainedSlot<T>> slots {{{trained.storage()}, {m_dTrained.storage()}, scored}};
    if (m_recipe.gated || (m_recipe.binary() && m_recipe.gain == GainKind::Row))
        slots.push_back({{m_gain}, {m_dGain}});
    else if (m_recipe.binary() && m_recipe.gain == GainKind::Layer)
        slots.push_back({{&m_layerGain, 1}, {&m_dLayerGain, 1}});
    if (m_recipe.bias == BiasKind::Trained && !m_bias.empty())
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
