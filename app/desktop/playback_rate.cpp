#include "app/desktop/playback_rate.h"

namespace stint::app {

void PlaybackRate::update(Clock::time_point now)
{
    constexpr double period = 0.7; // [s]
    const double elapsed = std::chrono::duration<double>(now - m_since).count();
    if (elapsed < period)
        return;
    m_rowsPerSecond = m_rows / elapsed;
    if (m_rows > 0.0)
        m_microsecondsPerStep = 1e6 * m_engineSeconds / m_rows;
    m_rows = 0.0;
    m_engineSeconds = 0.0;
    m_since = now;
}

} // namespace stint::app
