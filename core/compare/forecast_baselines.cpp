#include "core/compare/forecast_baselines.h"

#include <cassert>
#include <limits>
#include <utility>

namespace stint {

Result<ForecastBaselines> fitForecastBaselines(const std::vector<RowMatrix>& parts, Index period,
                                               Index order, double ridge)
{
    if (period < 0)
        return Error {"The period of the seasonal forecast must not be negative; give the rows of "
                      "one season, or 0 for none."};
    Result<Autoregression> autoregression = fitAutoregression(parts, order, ridge, true);
    if (!autoregression)
        return autoregression.error();
    return ForecastBaselines {period, std::move(*autoregression)};
}

std::vector<BaselineForecast> forecastByBaselines(const ForecastBaselines& baselines,
                                                  const RowMatrix& recording)
{
    std::vector<BaselineForecast> forecasts;
    forecasts.push_back({"last value", repeatedValue(recording, 1)});
    if (baselines.period > 0)
        forecasts.push_back({"seasonal", repeatedValue(recording, baselines.period)});
    forecasts.push_back({"ridge autoregression", predict(baselines.autoregression, recording)});
    return forecasts;
}

RowMatrix repeatedValue(const RowMatrix& recording, Index lag)
{
    assert(lag >= 1);
    RowMatrix forecast = RowMatrix::Constant(recording.rows(), recording.cols(),
                                             std::numeric_limits<double>::quiet_NaN());
    const Index rows = recording.rows() - lag;
    if (rows > 0)
        forecast.bottomRows(rows) = recording.topRows(rows);
    return forecast;
}

} // namespace stint
