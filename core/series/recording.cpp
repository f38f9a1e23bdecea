#include "core/series/recording.h"

#include "core/series/time_unit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <system_error>

namespace stint {

namespace {

/// The fewest decimals of `value` that read back as `seconds`; the shortest text if none do.
std::string shortestText(double value, double seconds, TimeUnit unit)
{
    std::array<char, 512> buffer {};
    char* const first = buffer.data();
    char* const last = first + buffer.size();
    for (int decimals = 0; decimals <= 17; ++decimals) {
        const auto written = std::to_chars(first, last, value, std::chars_format::fixed, decimals);
        if (written.ec != std::errc {})
            break;
        double back = 0.0;
        std::from_chars(first, written.ptr, back);
        if (toSeconds(back, unit) == seconds)
            return {first, written.ptr};
    }
    return {first, std::to_chars(first, last, value).ptr};
}

/// "2026-11-22 06:05:34.25": as many decimals of a second as are needed, to the microsecond.
std::string isoText(double seconds)
{
    using namespace std::chrono;
    constexpr double farthest = 2.5e11; // some years before 9999
    if (!(std::abs(seconds) < farthest))
        return {};
    const sys_time<microseconds> time {microseconds(std::llround(seconds * 1e6))};
    const auto date = floor<days>(time);
    const year_month_day day {date};
    const hh_mm_ss clock {time - date};
    std::array<char, 64> text {};
    const int length = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d.%06d",
        static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
        static_cast<unsigned>(day.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count()));
    std::string iso(text.data(), static_cast<std::size_t>(std::max(length, 0)));
    iso.resize(iso.find_last_not_of('0') + 1);
    if (!iso.empty() && iso.back() == '.')
        iso.pop_back();
    return iso;
}

} // namespace

std::optional<ClassColumn> Recording::classes(const std::string& columnName) const
{
    for (const ClassColumn& column : classColumns) {
        if (column.name == columnName)
            return column;
    }
    const LabelColumn* binary = label(columnName);
    if (binary == nullptr)
        return std::nullopt;
    return ClassColumn {columnName, {"0", "1"}, {binary->values.begin(), binary->values.end()}};
}

std::vector<Index> Recording::seriesBounds() const
{
    std::vector<Index> bounds = seriesStarts;
    if (bounds.empty())
        bounds.push_back(0);
    bounds.push_back(rows());
    return bounds;
}

const LabelColumn* Recording::label(const std::string& labelName) const
{
    const auto found = std::ranges::find(labels, labelName, &LabelColumn::name);
    return found == labels.end() ? nullptr : &*found;
}

std::string timeText(const Recording& recording, Index row)
{
    const TimeAxis& time = recording.time;
    const auto at = static_cast<std::size_t>(row);
    if (at < time.text.size())
        return time.text[at];
    const double seconds = time.seconds[at];
    if (!std::isfinite(seconds))
        return {};
    if (time.kind == TimeKind::Date && time.unit == "date")
        return isoText(seconds);
    const TimeUnit unit = time.kind == TimeKind::Row
        ? TimeUnit::Second
        : timeUnitOf(time.unit).value_or(TimeUnit::Second);
    return shortestText(fromSeconds(seconds, unit), seconds, unit);
}

} // namespace stint
