#pragma once

#include "core/wire/arrival_clock.h"
#include "core/wire/wire_rows.h"

#include <limits>
#include <vector>

namespace stint::app {

/// When samples were taken, on the clock of this machine: by the device's own time where it sends
/// one that keeps going forward, else by when they arrived, evenly spaced. Each row is later than
/// the one before.
///
/// Thread safety: none.
class RowTimes {
public:
    /// A device's time that is further than this from the arrival is set anew [s].
    static constexpr double mostDrift = 2.0;
    static constexpr double leastStep = 1.5e-6; ///< [s] what a recording can tell apart

    /// \param times (R) [s] since 1970-01-01 UTC, overwritten.
    void time(const WireRows& rows, std::vector<double>& times);

    /// Rows per second; 0 before it is known.
    [[nodiscard]] double rate() const;

    /// The connection was lost: what comes next is not spread over the gap.
    void restart();

private:
    void byDevice(const WireRows& rows, std::vector<double>& times);

    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    ArrivalClock m_arrivals;
    double m_offset = none; ///< from the device's time to ours [s]
    double m_newest = -std::numeric_limits<double>::infinity(); ///< time of the newest row [s]
};

} // namespace stint::app
