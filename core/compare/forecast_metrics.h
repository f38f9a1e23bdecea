#pragma once

#include "core/base/types.h"
#include "core/detect/row_matrix.h"

#include <Eigen/Core>

#include <limits>

namespace stint {

/// How far forecasts are from what was measured, on standardised values; NaN where no row counts.
/// C = channels.
struct ForecastMetrics {
    double mse = std::numeric_limits<double>::quiet_NaN(); ///< over rows and channels
    double mae = std::numeric_limits<double>::quiet_NaN(); ///< over rows and channels
    Eigen::VectorXd channelMse; ///< (C)
    Eigen::VectorXd channelMae; ///< (C)
    Index rows = 0; ///< that count
    Index unanswered = 0; ///< left out: a forecast or a measured value is not finite
};

/// Errors of forecasts, added up over the recordings of a pool.
class ForecastErrors {
public:
    explicit ForecastErrors(Index channels);

    /// Takes the rows [first, last) of one recording. `forecast` and `actual` are (rows, C).
    void add(const RowMatrix& forecast, const RowMatrix& actual, Index first, Index last);

    [[nodiscard]] ForecastMetrics metrics() const;

private:
    Eigen::VectorXd m_squares;
    Eigen::VectorXd m_absolutes;
    Index m_rows = 0;
    Index m_unanswered = 0;
};

/// The metrics of all rows of one recording.
[[nodiscard]] ForecastMetrics forecastMetrics(const RowMatrix& forecast, const RowMatrix& actual);

} // namespace stint
