#pragma once

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/detect/row_matrix.h"

#include <Eigen/Core>

#include <vector>

namespace stint {

/// Linear classes over many features: +1 for the own class and -1 for the others is fitted by least
/// squares with a ridge. Plain data, to be stored in a file. F = features, K = classes.
struct RidgeClassifier {
    Eigen::VectorXd mean; ///< (F) of the training features
    Eigen::VectorXd scale; ///< (F) their standard deviation, 1 where it is zero
    RowMatrix weights; ///< (K, F) on standardised features
    Eigen::VectorXd intercept; ///< (K)
    double ridge = 0.0; ///< that was chosen
};

/// Fits with the ridge of 0.001 to 1000 (ten, evenly spaced in logarithms) whose squared error on
/// left-out series is the least. Leaving each out in turn costs nothing extra: its error follows
/// from the fit to all.
///
/// \param features (N, F), finite; overwritten
/// \param labels   (N), 0..classes-1
[[nodiscard]] Result<RidgeClassifier>
fitRidgeClassifier(RowMatrix features, const std::vector<Index>& labels, Index classes);

/// How much speaks for each class, (K); the largest is the answer. `features` is (F).
[[nodiscard]] Eigen::VectorXd evidence(const RidgeClassifier& model,
                                       const Eigen::VectorXd& features);

} // namespace stint
