#include "core/series/label_column.h"

#include "core/series/cell.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace stint {

namespace {

constexpr std::array<std::string_view, 16> labelNames {
    "label",   "labels", "anomaly", "anomalies",   "is_anomaly",   "isanomaly",
    "outlier", "attack", "attacks", "changepoint", "change_point", "fault",
    "faults",  "target", "class",   "category"};
/// Of these, names whose whole numbers stand for classes rather than measure something.
constexpr std::array<std::string_view, 4> classNames {"label", "labels", "class", "category"};

bool isAskedFor(const ColumnLayout& column, const std::vector<std::string>& more)
{
    const std::string name = lowerCase(column.name);
    const std::string header = lowerCase(column.header);
    return std::ranges::any_of(more, [&](const std::string& wanted) {
        const std::string lower = lowerCase(wanted);
        return lower == name || lower == header;
    });
}

} // namespace

bool isLabelName(const ColumnLayout& column, const std::vector<std::string>& more)
{
    return std::ranges::find(labelNames, lowerCase(column.name)) != labelNames.end()
        || isAskedFor(column, more);
}

bool mayNameClasses(const ColumnLayout& column, const std::vector<std::string>& more)
{
    return column.type == ColumnType::Text ? isLabelName(column, more)
                                           : isAskedFor(column, more)
            || std::ranges::find(classNames, lowerCase(column.name)) != classNames.end();
}

bool isLabelContent(const ColumnLayout& column, const std::vector<double>& values)
{
    std::size_t zeros = 0;
    std::size_t ones = 0;
    for (const double value : values) {
        if (value == 0.0)
            ++zeros;
        else if (value == 1.0)
            ++ones;
        else if (!std::isnan(value))
            return false;
    }
    if (lowerCase(column.name) == "target")
        return zeros > 0 && ones > 0;
    return zeros + ones > 0;
}

LabelColumn makeLabel(const ColumnLayout& column, const std::vector<double>& values)
{
    LabelColumn label {column.name, {}};
    label.values.reserve(values.size());
    for (const double value : values)
        label.values.push_back(value == 1.0 ? 1 : 0);
    return label;
}

} // namespace stint
