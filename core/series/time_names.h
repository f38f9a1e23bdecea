#pragma once

#include "core/series/time_unit.h"

#include <optional>
#include <string_view>

namespace stint {

/// How much the header of a column sounds like time: 2 for "time", "Timestamp (ms)", "__time" and
/// the like, 1 for "t" or a header in which time is one word of several, 0 for others.
[[nodiscard]] int timeNameRank(std::string_view header);

/// The unit that a header names: "Time (s)", "t [us]", "time_ms", "millis".
[[nodiscard]] std::optional<TimeUnit> timeUnitInHeader(std::string_view header);

} // namespace stint
