#pragma once

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/detect/row_matrix.h"

#include <Eigen/Core>

#include <vector>

namespace stint {

/// Ridge vector autoregression: x_t is predicted as intercept + sum over k = 1..order of
/// W_k x_{t-k}, on standardised values. C = channels.
struct Autoregression {
    Index order = 0;
    Index channels = 0;
    RowMatrix weights; ///< (C, C * order); column block k - 1 multiplies x_{t-k}
    Eigen::VectorXd intercept; ///< (C)
    double ridge = 0.0; ///< that it was fitted with
    /// How it was fitted, and is to be fitted again: x_t - x_{t-1} from x_{t-k} - x_{t-1}. The
    /// weights are for plain values all the same, so predict() makes no difference.
    bool onDifferences = false;
};

/// Fits by least squares plus ridge x (sum of squared weights), in closed form; the intercept is
/// not penalised. The penalty is added to sums over rows, so it weighs less the more rows there
/// are.
///
/// On differences to the last value, x_t - x_{t-1} is predicted as intercept + sum over
/// k = 2..order of W_k (x_{t-k} - x_{t-1}), and the ridge pulls towards repeating the last value
/// instead of towards the mean: it forecasts better where the level wanders. The result is stored
/// for plain values, W_1 = 1 - sum of the other W_k.
///
/// \param parts each (rows, C): consecutive rows; no prediction reaches from one into another
/// \return an error if the parts differ in channels, hold a value that is not finite, or have too
///         few rows: 2 predicted rows are needed, without a penalty C * order + 1; on differences
///         the order must be at least 2
[[nodiscard]] Result<Autoregression> fitAutoregression(const std::vector<RowMatrix>& parts,
                                                       Index order, double ridge,
                                                       bool onDifferences = false);

/// Predictions for the rows of one recording or part: (rows, C), the first `order` rows NaN.
[[nodiscard]] RowMatrix predict(const Autoregression& model, const RowMatrix& part);

/// Mean of the squared prediction error of each channel over all predicted rows of the parts, (C);
/// at least `smallestMeanError`, so that dividing by it is safe for a constant channel. A score
/// divided by it is about 1 on rows like these.
[[nodiscard]] Eigen::VectorXd meanSquaredError(const Autoregression& model,
                                               const std::vector<RowMatrix>& parts);

/// A thousandth of a standard deviation, squared.
inline constexpr double smallestMeanError = 1e-6;

} // namespace stint
