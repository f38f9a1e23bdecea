#include "core/series/time_choice.h"

#include <algorithm>

namespace stint {

namespace {

std::string namesOf(const TableLayout& layout)
{
    constexpr std::size_t most = 12;
    std::string names;
    for (std::size_t c = 0; c < layout.columns.size() && c < most; ++c)
        names += (c > 0 ? ", " : "") + layout.columns[c].header;
    return layout.columns.size() > most ? names + " \xE2\x80\xA6" : names;
}

Result<std::size_t> columnOf(const std::string& wanted, const TableLayout& layout,
                             const std::string& name)
{
    for (std::size_t c = 0; c < layout.columns.size(); ++c)
        if (layout.columns[c].header == wanted || layout.columns[c].name == wanted)
            return c;
    return Error {name + " has no column \"" + wanted + "\"; it has " + namesOf(layout) + "."};
}

} // namespace

Result<TimeChoice> applyChoices(const ReadChoices& choices, TableLayout& layout,
                                const std::string& name)
{
    TimeChoice time;
    time.unit = timeUnitOf(choices.timeUnit);
    if (!choices.timeUnit.empty() && !time.unit)
        return Error {"\"" + choices.timeUnit
                      + "\" is no unit of time; use ns, us, ms, s, min, h, d or spreadsheet day."};
    if (!choices.timeColumn) {
        time.dates = chooseDateColumns(layout);
    } else if (!choices.timeColumn->empty()) {
        const Result<std::size_t> column = columnOf(*choices.timeColumn, layout, name);
        if (!column)
            return column.error();
        time.dates = dateColumnsAt(layout, *column);
        if (!time.dates && layout.columns[*column].type != ColumnType::Number)
            return Error {name + ": column \"" + *choices.timeColumn
                          + "\" holds neither numbers nor dates; choose another one as time."};
        if (!time.dates)
            time.number = *column;
    }
    time.chosen = choices.timeColumn.has_value();
    if (time.dates && choices.dateOrder) {
        time.dates->order = *choices.dateOrder;
        time.dates->orderGuessed = false;
    }
    for (const std::string& header : choices.leftOut) {
        const Result<std::size_t> column = columnOf(header, layout, name);
        if (!column)
            return column.error();
        const bool isTime = time.number == *column
            || (time.dates && (time.dates->date == *column || time.dates->timeOfDay == *column));
        if (!isTime)
            layout.columns[*column].type = ColumnType::Text;
    }
    return time;
}

} // namespace stint
