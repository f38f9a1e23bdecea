#include "core/series/named_table.h"

#include "core/series/cell_type.h"
#include "core/series/record_splitter.h"
#include "core/series/time_names.h"

#include <algorithm>
#include <map>
#include <vector>

namespace stint {

namespace {

constexpr std::size_t mostNameLines = 4;

/// What a record could be part of.
struct Line {
    LinePlace place;
    std::size_t cells = 0;
    std::size_t names = 0;
    std::size_t values = 0; ///< numbers, dates, times of day
    bool beginsWithName = false;
    bool beginsWithTime = false; ///< its name
    bool beginsWithUnit = false; ///< of time
    bool banner = false;
};

bool isValue(std::string_view cell, char decimal)
{
    const CellType type = cellType(cell, decimal);
    return type != CellType::Text && type != CellType::Missing;
}

Line lineOf(const std::vector<Cell>& cells, LinePlace place)
{
    Line line;
    line.place = place;
    line.banner = isBanner(cells);
    line.cells = cells.size();
    while (line.cells > 0 && cells[line.cells - 1].text.empty()) // delimiters at the end
        --line.cells;
    for (std::size_t c = 0; c < line.cells; ++c) {
        const std::string_view text = cells[c].text;
        const bool value = isValue(text, '.') || isValue(text, ',');
        const bool name = !value && cellType(text, '.') == CellType::Text;
        line.values += value ? 1U : 0U;
        line.names += name ? 1U : 0U;
        line.beginsWithName = line.beginsWithName || (c == 0 && name);
    }
    line.beginsWithTime = !cells.empty()
        && (timeNameRank(cells.front().text) > 0 || timeUnitInHeader(cells.front().text));
    line.beginsWithUnit = !cells.empty() && timeUnitOf(cells.front().text).has_value();
    return line;
}

std::vector<Line> linesOf(std::string_view text, char delimiter, char quote)
{
    std::vector<Line> lines;
    std::vector<Cell> cells;
    RecordSplitter splitter(text, delimiter, quote);
    while (splitter.next(cells))
        lines.push_back(lineOf(cells, {splitter.offset(), splitter.line()}));
    return lines;
}

bool isRow(const Line& line, std::size_t cells)
{
    return line.cells == cells && line.values > 0 && 2 * line.values >= line.cells
        && !line.beginsWithName;
}

/// The lowest line of names may be one cell longer, where the column of remarks has no cells.
bool isNames(const Line& line, std::size_t cells, bool lowest)
{
    const bool fits = line.cells == cells || (lowest && line.cells == cells + 1);
    return fits && line.values == 0 && 2 * line.names > line.cells;
}

/// Whether lines above hold a table that says as much.
bool hasTableAbove(const std::vector<Line>& lines, std::size_t end, std::size_t rows)
{
    std::map<std::size_t, std::size_t> found; // by cells
    for (std::size_t i = 0; i < end; ++i) {
        if (lines[i].cells > 1 && isRow(lines[i], lines[i].cells)
            && ++found[lines[i].cells] > std::max<std::size_t>(rows, 2))
            return true;
    }
    return false;
}

struct Found {
    std::size_t first = 0; ///< index of the first line of names; 0: there is none
    std::size_t cells = 0;
};

Found findTable(const std::vector<Line>& lines)
{
    Found found;
    if (lines.empty() || lines.back().cells < 2)
        return found;
    found.cells = lines.back().cells;
    std::size_t row = lines.size();
    while (row > 0 && isRow(lines[row - 1], found.cells))
        --row;
    const std::size_t rows = lines.size() - row;
    if (rows == 0)
        return found;
    std::size_t first = row;
    // Names stand together, without a blank line among them.
    // Above "Time,Volt" stand settings, which look like names of two columns too.
    const auto complete
        = [&] { return first < row && found.cells == 2 && lines[first].beginsWithTime; };
    while (first > 0 && row - first < mostNameLines && !complete()
           && isNames(lines[first - 1], found.cells, first == row)
           && (first == row || lines[first - 1].place.line + 1 == lines[first].place.line))
        --first;
    if (first < row && first > 0 && lines[first - 1].banner)
        --first;
    // "x-axis,1,2" above "second,Volt,Volt": channels are known by numbers.
    if (first == 1 && row == 2 && lines[1].beginsWithUnit && lines[0].beginsWithName
        && lines[0].cells == found.cells)
        return {0, found.cells};
    found.first = first < row && !hasTableAbove(lines, first, rows) ? first : 0;
    return found;
}

} // namespace

bool isBanner(const std::vector<Cell>& cells)
{
    return cells.size() > 1 && std::ranges::all_of(cells, [](const Cell& cell) {
               return cell.text.starts_with("--") && cell.text.ends_with("--");
           });
}

LinePlace namedTable(std::string_view head, char quote)
{
    LinePlace place;
    std::size_t most = 0;
    for (const char delimiter : {';', '\t', ',', '|', ' '}) {
        const std::vector<Line> lines = linesOf(head, delimiter, quote);
        const Found found = findTable(lines);
        if (found.first == 0 || found.cells <= most)
            continue;
        most = found.cells;
        place = lines[found.first].place;
    }
    return place;
}

} // namespace stint
