#include "app/live/row_times.h"

#include <algorithm>
#include <cmath>

namespace stint::app {

void RowTimes::time(const WireRows& rows, std::vector<double>& times)
{
    times.resize(static_cast<std::size_t>(rows.rows));
    if (times.empty())
        return;
    // Asked in any case, for the rate.
    m_arrivals.time(rows.arrival.back(), rows.rows, times.data());
    if (std::ranges::all_of(rows.deviceTime, [](double t) { return std::isfinite(t); }))
        byDevice(rows, times);
    for (double& t : times) {
        t = std::max(t, m_newest + leastStep);
        m_newest = t;
    }
}

void RowTimes::byDevice(const WireRows& rows, std::vector<double>& times)
{
    for (std::size_t r = 0; r < times.size(); ++r) {
        const double device = rows.deviceTime[r];
        const double expected = device + m_offset; // NaN before the first
        const bool goesOn
            = std::abs(expected - rows.arrival[r]) <= mostDrift && expected > m_newest;
        if (!goesOn)
            m_offset = rows.arrival[r] - device;
        times[r] = device + m_offset;
    }
}

double RowTimes::rate() const { return m_arrivals.rate(); }

void RowTimes::restart() { m_arrivals.reset(); }

} // namespace stint::app
