#pragma once

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/detect/autoregression.h"
#include "core/detect/row_matrix.h"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace stint {

/// Fraction of the variance that the principal components of the PCA baseline keep. What is left
/// is its score; with 0.9 too little is left to tell an anomaly by.
inline constexpr double pcaVarianceKept = 0.5;

/// Added to every variance before the Mahalanobis baseline inverts the covariance, as a fraction of
/// the mean variance: a channel that never moved in training gets a small variance instead of none.
inline constexpr double mahalanobisShrinkage = 1e-3;

/// Order and ridge of the autoregression baseline (see fitAutoregression). The ridge suits the rows
/// of one recording; those of several that behave differently want more, up to about their number.
inline constexpr Index baselineOrder = 8;
inline constexpr double baselineRidge = 10.0;

/// Rows of the moving variance baseline, the answered one included.
inline constexpr Index movingVarianceRows = 20;

/// Plain detectors that a model must beat, fitted on the rows that train it. Plain data, to be
/// stored in a file. C = channels, K = principal components kept.
struct Baselines {
    Eigen::VectorXd mean; ///< (C) of the training rows
    RowMatrix components; ///< (K, C) orthonormal rows, K < C
    RowMatrix precision; ///< (C, C) inverse of the covariance with shrinkage
    Index varianceRows = movingVarianceRows; ///< window of the moving variance
    Autoregression autoregression;
    double autoregressionError = 1.0; ///< mean of meanSquaredError() on the training rows

    /// False for a model that carries none.
    [[nodiscard]] bool fitted() const { return mean.size() > 0; }
};

/// The raw scores of one baseline on one recording. They are smoothed by the caller, in the same
/// way as those of a model.
struct BaselineScore {
    std::string name;
    std::vector<double> scores; ///< (rows), NaN where there is no answer
};

/// Fits all baselines on standardised training rows.
///
/// \param parts each (rows, C): consecutive normal rows
/// \param ridge of the autoregression
/// \return an error under the conditions of fitAutoregression
[[nodiscard]] Result<Baselines> fitBaselines(const std::vector<RowMatrix>& parts,
                                             double ridge = baselineRidge);

/// Scores a standardised recording, (rows, C), by each baseline:
/// * "row norm": mean of the squared values of the row,
/// * "PCA residual": mean square of what the principal components leave,
/// * "Mahalanobis": squared Mahalanobis distance from the training mean, divided by C,
/// * "squared difference": mean of (x_t - x_{t-1})²; no answer for the first row,
/// * "moving variance": mean over channels of the variance of the newest `varianceRows` rows; no
///   answer before there are so many,
/// * "ridge autoregression": mean over channels of the squared prediction error, divided by the
/// same
///   on the training rows; no answer for the first `order` rows. One divisor for all channels: with
///   one each, a channel that is easy to predict would outweigh the others.
/// A row that depends on a value that is not finite has no answer.
[[nodiscard]] std::vector<BaselineScore> scoreBaselines(const Baselines& baselines,
                                                        const RowMatrix& recording);

} // namespace stint
