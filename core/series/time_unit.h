#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stint {

/// The unit in which a column of numbers counts time.
enum class TimeUnit {
    Nanosecond,
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    SpreadsheetDay, ///< days since 1899-12-30, as spreadsheets write dates
};

/// The unit that a text such as "ms", "sec" or "µs" stands for, in any case.
[[nodiscard]] std::optional<TimeUnit> timeUnitOf(std::string_view text);

/// The short name: "ns", "us", "ms", "s", "min", "h", "d" or "spreadsheet day".
[[nodiscard]] std::string timeUnitName(TimeUnit unit);

/// A number of the unit in seconds, correctly rounded for seconds and their decimal parts. Days of
/// spreadsheets become seconds since 1970, to the millisecond that they are exact to.
[[nodiscard]] double toSeconds(double value, TimeUnit unit);

/// The inverse of toSeconds() up to rounding.
[[nodiscard]] double fromSeconds(double seconds, TimeUnit unit);

} // namespace stint
