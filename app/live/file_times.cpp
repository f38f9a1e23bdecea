#include "app/live/file_times.h"

#include <algorithm>
#include <cmath>

namespace stint::app {

namespace {

constexpr double behind = 1e-3; ///< of a step, for a time that repeats
constexpr double apart = 1e-15; ///< of a time, so that neighbours differ
constexpr double jitter = 2.0; ///< steps back that are no new beginning

} // namespace

double FileTimes::next(double seconds)
{
    if (!std::isfinite(m_newest))
        return std::isfinite(seconds) ? seconds : 0.0;
    if (!std::isfinite(seconds))
        return m_newest + m_step;
    const double time = seconds + m_offset;
    if (time > m_newest) {
        m_step = time - m_newest;
        return time;
    }
    if (m_newest - time <= jitter * m_step)
        return m_newest + std::max(behind * m_step, apart * std::abs(m_newest));
    m_offset += m_newest + m_step - time;
    return m_newest + m_step;
}

void FileTimes::time(std::span<const double> seconds, std::vector<double>& times)
{
    times.clear();
    for (const double value : seconds) {
        m_newest = next(value);
        times.push_back(m_newest);
    }
}

} // namespace stint::app
