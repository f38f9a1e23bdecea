#pragma once

#include <Eigen/Core>

namespace stint {

/// Rows x channels of standardised values, a row contiguous. Double: used where models are fitted
/// and judged, not on the path of a single step.
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

} // namespace stint
