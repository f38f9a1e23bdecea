#pragma once

#include "core/compare/series_set.h"

#include <Eigen/Core>

namespace stint {

/// A series by four numbers per channel, (4 C): mean, standard deviation, smallest and largest
/// value of channel 0, then of channel 1, and so on. The series has at least one row.
[[nodiscard]] Eigen::VectorXd summaryOf(const RowMatrix& series);

/// The simplest classifier: the class whose mean summary is nearest. Plain data, to be stored in a
/// file. F = 4 C.
struct ClassCentroids {
    Eigen::VectorXd mean; ///< (F) of the summaries
    Eigen::VectorXd scale; ///< (F) their standard deviation, 1 where it is zero
    RowMatrix centroids; ///< (K, F) of the standardised summaries; NaN for a class without series
};

[[nodiscard]] Result<ClassCentroids> fitClassCentroids(const SeriesSet& set);

/// The class of a series; -1 if it has no rows, other channels, or a value that is not
/// finite.
[[nodiscard]] Index classify(const ClassCentroids& model, const RowMatrix& series);

} // namespace stint
