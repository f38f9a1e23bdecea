#include "core/series/time_unit.h"

#include "core/series/cell.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace stint {

namespace {

constexpr double spreadsheetEpoch = 25569.0; // the day of 1970-01-01

struct UnitSpelling {
    std::string_view text;
    TimeUnit unit;
};

// U+00B5 (micro sign) and U+03BC (Greek mu) look the same and are both in use.
constexpr std::array<UnitSpelling, 32> spellings {{
    {"ns", TimeUnit::Nanosecond},
    {"nsec", TimeUnit::Nanosecond},
    {"nanos", TimeUnit::Nanosecond},
    {"nanoseconds", TimeUnit::Nanosecond},
    {"us", TimeUnit::Microsecond},
    {"usec", TimeUnit::Microsecond},
    {"\xC2\xB5s", TimeUnit::Microsecond},
    {"\xCE\xBCs", TimeUnit::Microsecond},
    {"micros", TimeUnit::Microsecond},
    {"microseconds", TimeUnit::Microsecond},
    {"ms", TimeUnit::Millisecond},
    {"msec", TimeUnit::Millisecond},
    {"millis", TimeUnit::Millisecond},
    {"milliseconds", TimeUnit::Millisecond},
    {"s", TimeUnit::Second},
    {"sec", TimeUnit::Second},
    {"secs", TimeUnit::Second},
    {"second", TimeUnit::Second},
    {"seconds", TimeUnit::Second},
    {"sek", TimeUnit::Second},
    {"min", TimeUnit::Minute},
    {"mins", TimeUnit::Minute},
    {"minute", TimeUnit::Minute},
    {"minutes", TimeUnit::Minute},
    {"h", TimeUnit::Hour},
    {"hr", TimeUnit::Hour},
    {"hour", TimeUnit::Hour},
    {"hours", TimeUnit::Hour},
    {"d", TimeUnit::Day},
    {"day", TimeUnit::Day},
    {"days", TimeUnit::Day},
    {"spreadsheet day", TimeUnit::SpreadsheetDay},
}};

} // namespace

std::optional<TimeUnit> timeUnitOf(std::string_view text)
{
    const std::string lower = lowerCase(trimmed(text));
    const auto* const found = std::ranges::find(spellings, lower, &UnitSpelling::text);
    if (found == spellings.end())
        return std::nullopt;
    return found->unit;
}

std::string timeUnitName(TimeUnit unit)
{
    switch (unit) {
    case TimeUnit::Nanosecond:
        return "ns";
    case TimeUnit::Microsecond:
        return "us";
    case TimeUnit::Millisecond:
        return "ms";
    case TimeUnit::Second:
        return "s";
    case TimeUnit::Minute:
        return "min";
    case TimeUnit::Hour:
        return "h";
    case TimeUnit::Day:
        return "d";
    case TimeUnit::SpreadsheetDay:
        return "spreadsheet day";
    }
    return "s";
}

double toSeconds(double value, TimeUnit unit)
{
    // Dividing by an exact power of ten rounds once; multiplying by 0.001 would round twice.
    switch (unit) {
    case TimeUnit::Nanosecond:
        return value / 1e9;
    case TimeUnit::Microsecond:
        return value / 1e6;
    case TimeUnit::Millisecond:
        return value / 1e3;
    case TimeUnit::Second:
        return value;
    case TimeUnit::Minute:
        return value * 60.0;
    case TimeUnit::Hour:
        return value * 3600.0;
    case TimeUnit::Day:
        return value * 86400.0;
    case TimeUnit::SpreadsheetDay:
        return std::round((value - spreadsheetEpoch) * 86400e3) / 1e3;
    }
    return value;
}

double fromSeconds(double seconds, TimeUnit unit)
{
    switch (unit) {
    case TimeUnit::Nanosecond:
        return seconds * 1e9;
    case TimeUnit::Microsecond:
        return seconds * 1e6;
    case TimeUnit::Millisecond:
        return seconds * 1e3;
    case TimeUnit::Second:
        return seconds;
    case TimeUnit::Minute:
        return seconds / 60.0;
    case TimeUnit::Hour:
        return seconds / 3600.0;
    case TimeUnit::Day:
        return seconds / 86400.0;
    case TimeUnit::SpreadsheetDay:
        return seconds / 86400.0 + spreadsheetEpoch;
    }
    return seconds;
}

} // namespace stint
