#pragma once

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/detect/autoregression.h"
#include "core/detect/row_matrix.h"

#include <string>
#include <vector>

namespace stint {

/// Lags and ridge of the autoregression baseline of forecasts, on differences to the last value.
inline constexpr Index forecastOrder = 31;
inline constexpr double forecastRidge = 30.0;

/// Plain forecasts of the next row that a model must beat. Plain data, to be stored in a file.
struct ForecastBaselines {
    Index period = 0; ///< of the season [rows]; 0: none
    Autoregression autoregression;
};

/// The forecasts of one baseline for one recording.
struct BaselineForecast {
    std::string name;
    RowMatrix forecast; ///< (rows, C); a row without an answer is NaN
};

/// Fits the baselines on standardised training rows.
///
/// \param parts  each (rows, C): consecutive rows
/// \param period of the season [rows], for example 24 for hourly rows; 0: no seasonal baseline
/// \return an error under the conditions of fitAutoregression
[[nodiscard]] Result<ForecastBaselines> fitForecastBaselines(const std::vector<RowMatrix>& parts,
                                                             Index period,
                                                             Index order = forecastOrder,
                                                             double ridge = forecastRidge);

/// Forecasts each row of a standardised recording, (rows, C), from the rows before it:
/// * "last value": x_{t-1},
/// * "seasonal": x_{t-period}; left out without a period,
/// * "ridge autoregression".
[[nodiscard]] std::vector<BaselineForecast> forecastByBaselines(const ForecastBaselines& baselines,
                                                                const RowMatrix& recording);

/// x_{t-lag} as the forecast of x_t, (rows, C); the first `lag` rows are NaN. lag >= 1.
[[nodiscard]] RowMatrix repeatedValue(const RowMatrix& recording, Index lag);

} // namespace stint
