#include "core/series/long_table.h"

#include "core/series/cell.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace stint {

namespace {

using namespace std::string_view_literals;

constexpr std::array signalNames {
    "tag"sv,       "tagname"sv,  "tag_name"sv,  "varname"sv,   "variable"sv, "sensor"sv,
    "sensor_id"sv, "signal"sv,   "channel"sv,   "parameter"sv, "metric"sv,   "field"sv,
    "_field"sv,    "point"sv,    "pointname"sv, "entity_id"sv, "series"sv,   "name"sv,
    "item"sv,      "tagindex"sv, "__name__"sv};
constexpr std::array valueNames {"value"sv, "val"sv,     "varvalue"sv, "_value"sv, "wert"sv,
                                 "state"sv, "reading"sv, "valeur"sv,   "data"sv};

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& names, const std::string& name)
{
    return std::ranges::find(names, lowerCase(name)) != names.end();
}

} // namespace

bool isSignalName(const ColumnLayout& column)
{
    return column.type == ColumnType::Text && isOneOf(signalNames, column.name);
}

std::optional<Error> longTableError(const TableLayout& layout, const TableRows& rows,
                                    const TimeAxis& time, const std::string& name)
{
    const bool hasValue = std::ranges::any_of(layout.columns, [](const ColumnLayout& column) {
        return column.type == ColumnType::Number && isOneOf(valueNames, column.name);
    });
    // A time that does not go on says that rows are not one after the other.
    if (!hasValue || time.nonMonotonic == 0)
        return std::nullopt;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        const std::size_t signals = rows.texts[c].texts.size();
        if (signals < 2 || !isSignalName(layout.columns[c]))
            continue;
        return Error {name + " lists " + std::to_string(signals)
                      + " signals one below the other, told apart by column \""
                      + layout.columns[c].header
                      + "\"; export it with one column per signal, or leave that column out to "
                        "read all rows as one channel."};
    }
    return std::nullopt;
}

} // namespace stint
