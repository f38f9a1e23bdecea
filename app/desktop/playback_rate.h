#pragma once

#include "core/base/types.h"

#include <chrono>

namespace stint::app {

/// Rows a second and engine time per row over about the last second.
class PlaybackRate {
public:
    using Clock = std::chrono::steady_clock;

    /// Counts answered rows and the time [s] the engine worked on them.
    void add(Index rows, double engineSeconds)
    {
        m_rows += static_cast<double>(rows);
        m_engineSeconds += engineSeconds;
    }

    /// Brings the figures up to date; call it at the pace of the display.
    void update(Clock::time_point now);

    [[nodiscard]] double rowsPerSecond() const { return m_rowsPerSecond; }
    /// Of the last rows that were answered; stays while nothing is. [µs]
    [[nodiscard]] double microsecondsPerStep() const { return m_microsecondsPerStep; }

private:
    Clock::time_point m_since = Clock::now();
    double m_rows = 0.0;
    double m_engineSeconds = 0.0;
    double m_rowsPerSecond = 0.0;
    double m_microsecondsPerStep = 0.0;
};

} // namespace stint::app
