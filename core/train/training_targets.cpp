#include "core/train/training_targets.h"

#include "core/model/lagged_product.h"

#include <algorithm>
#include <limits>

namespace stint {

TrainingTargets::TrainingTargets(const std::vector<TrainingRows>& rows, const Family& family)
{
    for (const TrainingRows& part : rows) {
        const Matrix<float>& z = *part.z;
        // The first rows of a stretch have no lags of their own.
        const Index begin = part.begin + family.lags - 1;
        m_sequences.push_back({.inputs = inputsFor(z, family.lags),
                               .targets = targetsFor(z, family),
                               .begin = std::min(begin, part.trainEnd),
                               .trainEnd = part.trainEnd,
                               .validationEnd = part.validationEnd});
    }
}

const Matrix<float>* TrainingTargets::inputsFor(const Matrix<float>& z, Index lags)
{
    if (lags == 1)
        return &z;
    auto& stacked = m_inputs[&z];
    if (stacked)
        return stacked.get();
    stacked = std::make_unique<Matrix<float>>(z.rows(), lags * z.cols());
    for (Index t = 0; t < z.rows(); ++t) {
        for (Index lag = 0; lag < lags; ++lag) {
            const float* from = z.row(std::max<Index>(t - lag, 0));
            std::copy(from, from + z.cols(), stacked->row(t) + lag * z.cols());
        }
    }
    return stacked.get();
}

const Matrix<float>* TrainingTargets::targetsFor(const Matrix<float>& z, const Family& family)
{
    if (family.skip == SkipPath::None)
        return &z;
    auto& targets = m_targets[&z];
    if (targets)
        return targets.get();
    targets = std::make_unique<Matrix<float>>(z.rows(), z.cols());
    const bool linear = family.skip == SkipPath::Autoregression;
    const Index order = std::min(linear ? family.autoregression.order : 1, z.rows());
    Matrix<float> skip(z.rows(), z.cols());
    if (linear && z.rows() > order) {
        const LaggedProduct product(family.autoregression, z.stride());
        OpCounts uncounted;
        product.predict(z.row(order), z.rows() - order, skip, uncounted);
    } else {
        for (Index t = order; t < z.rows(); ++t)
            std::copy(z.row(t - 1), z.row(t - 1) + z.cols(), skip.row(t - order));
    }
    for (Index t = 0; t < z.rows(); ++t) {
        for (Index c = 0; c < z.cols(); ++c)
            (*targets)(t, c) = t < order ? std::numeric_limits<float>::quiet_NaN()
                                         : z(t, c) - skip(t - order, c);
    }
    return targets.get();
}

} // namespace stint
