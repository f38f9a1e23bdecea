#include "core/compare/feature_scale.h"

#include <cmath>

namespace stint {

void standardiseFeatures(RowMatrix& features, Eigen::VectorXd& mean, Eigen::VectorXd& scale)
{
    mean = features.colwise().mean().transpose();
    features.rowwise() -= mean.transpose();
    scale = features.array().square().colwise().mean().sqrt().matrix().transpose();
    // Rounding leaves a trace of the mean in a feature that does not vary.
    for (Eigen::Index k = 0; k < scale.size(); ++k)
        scale(k) = scale(k) > 1e-12 * (1.0 + std::abs(mean(k))) ? scale(k) : 1.0;
    features.array().rowwise() /= scale.transpose().array();
}

} // namespace stint
