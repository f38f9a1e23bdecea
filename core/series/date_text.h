#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace stint {

/// Which part of a date with a trailing year comes first.
enum class DateOrder { DayFirst, MonthFirst };

/// A date, a time of day or both, as split from a text.
struct DateParts {
    bool hasDate = false;
    bool hasTime = false;
    bool yearFirst = false; ///< part is year, month, day; else two parts and the year
    bool namedMonth = false; ///< the month was a word; part is day, month, year
    char separator = '-'; ///< between the parts of the date
    std::array<int, 3> part {};
    double secondsOfDay = 0.0; ///< [s], less the offset from UTC
};

/// Splits ISO 8601 (T or a blank, a fraction, Z or an offset), YYYY/MM/DD, DD.MM.YYYY, MM/DD/YYYY,
/// DD-Mon-YYYY, Mon DD, YYYY, YYYYMMDD, YYYYMMDDhhmmss, with or without a weekday before it and a
/// time of day behind it (also with AM or PM), or a time of day or a time that has passed alone,
/// which may have more than 24 hours. Months have names in several languages. Nothing if the text
/// is something else or out of range.
[[nodiscard]] std::optional<DateParts> splitDate(std::string_view text);

/// Seconds since 1970-01-01 00:00 UTC, or since midnight if there is no date; nothing if there is
/// no such day. `order` matters for numbers with a trailing year only.
[[nodiscard]] std::optional<double> dateSeconds(const DateParts& parts, DateOrder order);

} // namespace stint
