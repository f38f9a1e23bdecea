#include "core/series/column_types.h"

#include "core/series/cell_type.h"
#include "core/series/date_text.h"
#include "core/series/label_column.h"
#include "core/series/time_names.h"

#include <algorithm>
#include <array>

namespace stint {

namespace {

bool isCompactDate(std::string_view cell)
{
    const std::size_t digits = std::min(cell.find_first_not_of("0123456789"), cell.size());
    if (digits != 8 && digits != 12 && digits != 14)
        return false;
    const auto date = splitDate(cell);
    return date && date->part[0] >= 1900 && date->part[0] < 2200
        && dateSeconds(*date, DateOrder::DayFirst);
}

} // namespace

void judgeTypes(std::vector<ColumnLayout>& columns, char decimal)
{
    for (ColumnLayout& column : columns) {
        std::array<std::size_t, 5> counts {};
        for (const std::string_view cell : column.sample)
            ++counts[static_cast<std::size_t>(cellType(cell, decimal))];
        const auto of = [&counts](CellType t) { return counts[static_cast<std::size_t>(t)]; };
        std::size_t present = column.sample.size() - of(CellType::Missing);
        // "Bad" and its like stand in for numbers, so that they do not speak against them.
        if (4 * of(CellType::Number) >= present)
            present -= static_cast<std::size_t>(std::ranges::count_if(column.sample, isStatusWord));
        // Two thirds: one wrong cell among three does not make a column of numbers text.
        const auto mostly = [&](std::size_t count) { return 3 * count >= 2 * present; };
        if (present == 0)
            column.type = ColumnType::Unknown;
        else if (mostly(of(CellType::Number)))
            column.type = ColumnType::Number;
        else if (mostly(of(CellType::Date)))
            column.type = ColumnType::Date;
        else if (mostly(of(CellType::TimeOfDay)))
            column.type = ColumnType::TimeOfDay;
        else
            column.type = ColumnType::Text;
    }
}

void findCompactDates(std::vector<ColumnLayout>& columns)
{
    for (ColumnLayout& column : columns) {
        if (column.type != ColumnType::Number || timeNameRank(column.header) < 2)
            continue;
        std::size_t present = 0;
        std::size_t dates = 0;
        for (const std::string_view cell : column.sample) {
            present += cell.empty() ? 0U : 1U;
            dates += isCompactDate(cell) ? 1U : 0U;
        }
        if (present > 0 && 10 * dates >= 9 * present)
            column.type = ColumnType::Date;
    }
}

void findWritings(std::vector<ColumnLayout>& columns, char decimal)
{
    for (ColumnLayout& column : columns) {
        if (column.type != ColumnType::Text || isLabelName(column, {}))
            continue;
        column.writing = writingOf(column.sample, decimal);
        if (!column.writing)
            continue;
        column.type = ColumnType::Number;
        if (column.unit.empty())
            column.unit = column.writing->unit;
    }
}

} // namespace stint
