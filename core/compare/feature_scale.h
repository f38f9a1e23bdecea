#pragma once

#include "core/detect/row_matrix.h"

#include <Eigen/Core>

namespace stint {

/// Standardises features, (N, F), in place, and keeps by what: the mean (F) of each and its
/// standard deviation (F), 1 for one that does not vary.
void standardiseFeatures(RowMatrix& features, Eigen::VectorXd& mean, Eigen::VectorXd& scale);

} // namespace stint
