#include "core/series/recording.h"

#include "core/series/time_unit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
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
    const TimeUnit unit = time.kind == TimeKind::Row
        ? TimeUnit::Second
        : timeUnitOf(time.unit).value_or(TimeUnit::Second);
    return shortestText(fromSeconds(seconds, unit), seconds, unit);
}

} // namespace stint
