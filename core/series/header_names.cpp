#include "core/series/header_names.h"

#include "core/series/cell.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace stint {

namespace {

std::size_t namesRow(const HeaderRows& rows)
{
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::set<std::string> different(rows[r].begin(), rows[r].end());
        different.erase(std::string());
        if (different.size() > most) {
            most = different.size();
            best = r;
        }
    }
    return best;
}

/// Whether what stands in brackets is an index, as in "gyro[0]" or "acc[x]", and not a unit.
bool isIndex(std::string_view inside, bool attached)
{
    if (std::ranges::all_of(inside, [](char c) { return c >= '0' && c <= '9'; }))
        return true;
    return attached && inside.size() == 1
        && std::string_view("xyzijkXYZ").find(inside.front()) != std::string_view::npos;
}

/// "Time (s)" into "Time" and "s"; other texts stay whole.
std::pair<std::string, std::string> splitUnit(std::string_view header)
{
    const std::string whole(header);
    if (header.size() < 4 || (header.back() != ')' && header.back() != ']'))
        return {whole, {}};
    const std::size_t open = header.rfind(header.back() == ')' ? '(' : '[');
    if (open == std::string_view::npos || open == 0)
        return {whole, {}};
    const std::string_view inside = trimmed(header.substr(open + 1, header.size() - open - 2));
    const std::string_view name = trimmed(header.substr(0, open));
    if (inside.empty() || inside.size() > 16 || name.empty()
        || isIndex(inside, header[open - 1] != ' '))
        return {whole, {}};
    return {std::string(name), std::string(inside)};
}

/// Names are how a model finds its channels, so that two columns must not share one.
void makeUnique(std::vector<ColumnLayout>& columns)
{
    std::multiset<std::string> names;
    for (const ColumnLayout& column : columns)
        names.insert(column.name);
    for (ColumnLayout& column : columns)
        if (names.count(column.name) > 1)
            column.name = column.header;
    std::set<std::string> taken;
    for (ColumnLayout& column : columns) {
        const std::string plain = column.name;
        for (int copy = 2; !taken.insert(column.name).second; ++copy)
            column.name = plain + " " + std::to_string(copy);
    }
}

} // namespace

void nameColumns(const HeaderRows& rows, std::vector<ColumnLayout>& columns)
{
    const std::size_t names = namesRow(rows);
    const auto cellOf = [&](std::size_t row, std::size_t column) -> std::string {
        if (row >= rows.size())
            return {};
        const std::size_t shift = rows[row].size() + 1 == columns.size() ? 1 : 0;
        if (column < shift || column - shift >= rows[row].size())
            return {};
        return rows[row][column - shift];
    };
    for (std::size_t c = 0; c < columns.size(); ++c) {
        ColumnLayout& column = columns[c];
        column.header = cellOf(names, c);
        column.named = !column.header.empty();
        if (!column.named)
            column.header = "column " + std::to_string(c + 1);
        std::tie(column.name, column.unit) = splitUnit(column.header);
        const std::string unit = cellOf(names + 1, c);
        if (!unit.empty() && unit.size() <= 24)
            column.unit
                = splitUnit("x " + unit).second.empty() ? unit : splitUnit("x " + unit).second;
    }
    makeUnique(columns);
}

} // namespace stint
