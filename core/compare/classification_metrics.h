#pragma once

#include "core/base/types.h"

#include <Eigen/Core>

#include <limits>
#include <span>

namespace stint {

/// Series by true class (row) and predicted class (column).
using ConfusionMatrix = Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// How well classes were told; NaN where no series has an answer. K = classes.
struct ClassificationMetrics {
    double accuracy = std::numeric_limits<double>::quiet_NaN();
    /// Mean of the F1 of the classes that occur, as true or as predicted ones; each counts the
    /// same, however rare it is.
    double macroF1 = std::numeric_limits<double>::quiet_NaN();
    ConfusionMatrix confusion; ///< (K, K)
    Index unanswered = 0; ///< left out: the prediction is no class
};

/// The same of counts that were gathered one by one. \param confusion (K, K)
[[nodiscard]] ClassificationMetrics metricsOf(ConfusionMatrix confusion);

/// \param predicted (N) classes 0..K-1; any other number stands for no answer
/// \param actual    (N) classes 0..K-1
[[nodiscard]] ClassificationMetrics classificationMetrics(std::span<const Index> predicted,
                                                          std::span<const Index> actual,
                                                          Index classes);

} // namespace stint
