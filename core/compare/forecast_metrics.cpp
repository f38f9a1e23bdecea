#include "core/compare/forecast_metrics.h"

#include <cassert>

namespace stint {

ForecastErrors::ForecastErrors(Index channels)
    : m_squares(Eigen::VectorXd::Zero(channels)), m_absolutes(Eigen::VectorXd::Zero(channels))
{ }

void ForecastErrors::add(const RowMatrix& forecast, const RowMatrix& actual, Index first,
                         Index last)
{
    assert(forecast.rows() == actual.rows() && forecast.cols() == actual.cols());
    assert(actual.cols() == m_squares.size() && first >= 0 && last <= actual.rows());
    Eigen::VectorXd error(m_squares.size());
    for (Index row = first; row < last; ++row) {
        error = forecast.row(row) - actual.row(row);
        if (!error.allFinite()) {
            ++m_unanswered;
            continue;
        }
        m_squares += error.cwiseAbs2();
        m_absolutes += error.cwiseAbs();
        ++m_rows;
    }
}

ForecastMetrics ForecastErrors::metrics() const
{
    ForecastMetrics metrics;
    metrics.rows = m_rows;
    metrics.unanswered = m_unanswered;
    const double nothing = std::numeric_limits<double>::quiet_NaN();
    metrics.channelMse = Eigen::VectorXd::Constant(m_squares.size(), nothing);
    metrics.channelMae = metrics.channelMse;
    if (m_rows == 0 || m_squares.size() == 0)
        return metrics;
    metrics.channelMse = m_squares / static_cast<double>(m_rows);
    metrics.channelMae = m_absolutes / static_cast<double>(m_rows);
    metrics.mse = metrics.channelMse.mean();
    metrics.mae = metrics.channelMae.mean();
    return metrics;
}

ForecastMetrics forecastMetrics(const RowMatrix& forecast, const RowMatrix& actual)
{
    ForecastErrors errors(actual.cols());
    errors.add(forecast, actual, 0, actual.rows());
    return errors.metrics();
}

} // namespace stint
