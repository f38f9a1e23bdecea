#pragma once

#include "core/series/time_unit.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace stint {

/// How much the name of a channel sounds like the time of the device: 2 for "time", "timestamp",
/// "millis", "ms", "Time (ms)" and the like, 1 for "t" or "sec", 0 for others.
[[nodiscard]] int deviceTimeRank(std::string_view name);

/// The numbers of a channel that is named like a time, in seconds. Where no unit is named, dates
/// are told by their size, other whole numbers are taken for milliseconds and broken ones for
/// seconds.
class DeviceClock {
public:
    DeviceClock() = default;

    /// A time channel of that name, with its unit if one is written beside the name.
    DeviceClock(std::string_view name, std::string_view unit);

    /// Whether this value would show that the channel is no time: it has run backwards (or, with a
    /// name of rank 1, not forwards) too often.
    [[nodiscard]] bool wouldGiveUp(double value) const noexcept;

    /// The value in seconds; NaN where it runs backwards, as when the device starts anew.
    [[nodiscard]] double seconds(double value);

private:
    [[nodiscard]] bool runsOn(double value) const noexcept;

    std::optional<TimeUnit> m_unit;
    bool m_strict = false; ///< a weak name: equal values count against it
    bool m_started = false;
    double m_last = 0.0;
    int m_doubt = 0; ///< grows with every value that does not run on, falls with those that do
};

} // namespace stint
