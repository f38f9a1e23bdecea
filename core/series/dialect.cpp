#include "core/series/dialect.h"

#include "core/series/cell_type.h"
#include "core/series/record_splitter.h"
#include "core/series/table_cell.h"

#include <algorithm>
#include <array>
#include <map>

namespace stint {

namespace {

constexpr std::size_t headLines = 400;
constexpr std::size_t spreadCount = 256;

struct Candidate {
    char delimiter;
    double weight; ///< settles ties: the rarer character in ordinary text wins
};

constexpr std::array<Candidate, 5> candidates {
    {{';', 1.04}, {'\t', 1.03}, {',', 1.02}, {'|', 1.01}, {' ', 1.0}}};
constexpr double singleColumnWeight = 0.9;

enum class Decimals {
    None,
    Likely, ///< or a group of thousands
    Certain,
};

/// What the lines with one number of cells hold.
struct CellCount {
    std::size_t lines = 0;
    std::size_t cells = 0;
    std::size_t values = 0; ///< numbers, dates, times of day
    std::size_t missing = 0;
    std::array<std::size_t, 3> dots {}; ///< by Decimals
    std::array<std::size_t, 3> commas {};

    /// Numbers that may be groups of thousands decide only where nothing else does.
    [[nodiscard]] bool commaIsDecimal() const
    {
        const bool certain = dots[2] + commas[2] > 0;
        return certain ? commas[2] > 9 * dots[2] : commas[1] > 9 * dots[1];
    }
};

/// Whether the cell is a number with digits on both sides of `point`.
Decimals decimalsOf(std::string_view text, char point)
{
    const std::size_t at = text.rfind(point);
    const auto digitAt = [text](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (at == std::string_view::npos || at == 0 || at + 1 >= text.size() || !digitAt(at - 1)
        || !digitAt(at + 1) || text.find(point) != at || cellType(text, point) != CellType::Number)
        return Decimals::None;
    const std::size_t whole = at - (text.front() == '-' || text.front() == '+' ? 1 : 0);
    const bool group = text.size() - at == 4 && whole <= 3 && digitAt(at + 2) && digitAt(at + 3)
        && text[at - whole] != '0';
    return group ? Decimals::Likely : Decimals::Certain;
}

/// Whether a comma within the cell may be a decimal comma. Between commas it stands in quotes, and
/// three digits behind it are as likely a group of thousands.
bool mayHaveDecimalComma(std::string_view text, char delimiter)
{
    return delimiter != ',' || text.size() - std::min(text.rfind(','), text.size()) != 4;
}

void countCell(std::string_view text, char delimiter, CellCount& count)
{
    ++count.cells;
    CellType type = cellType(text, '.');
    const bool comma = mayHaveDecimalComma(text, delimiter);
    if (type == CellType::Text && comma)
        type = cellType(text, ',');
    const auto split = type == CellType::Text ? splitNumberWithUnit(text) : std::nullopt;
    if (split) {
        ++count.dots[static_cast<std::size_t>(decimalsOf(split->number, '.'))];
        if (comma)
            ++count.commas[static_cast<std::size_t>(decimalsOf(split->number, ','))];
    }
    if (type == CellType::Missing) {
        ++count.missing;
    } else if (type != CellType::Text) {
        ++count.values;
        ++count.dots[static_cast<std::size_t>(decimalsOf(text, '.'))];
        if (comma)
            ++count.commas[static_cast<std::size_t>(decimalsOf(text, ','))];
    }
}

class LineCounts {
public:
    LineCounts(char delimiter, char quote) : m_delimiter(delimiter), m_quote(quote) { }

    void add(std::string_view text)
    {
        RecordSplitter splitter(text, m_delimiter, m_quote);
        std::vector<Cell> cells;
        while (splitter.next(cells)) {
            CellCount& count = m_byCells[cells.size()];
            ++count.lines;
            ++m_lines;
            for (const Cell& cell : cells)
                countCell(cell.text, m_delimiter, count);
        }
    }

    /// The number of cells whose lines hold most values, else of most lines.
    [[nodiscard]] const std::pair<const std::size_t, CellCount>* usual() const
    {
        const std::pair<const std::size_t, CellCount>* best = nullptr;
        for (const auto& entry : m_byCells) {
            const CellCount& count = entry.second;
            if (best == nullptr || count.values > best->second.values
                || (count.values == best->second.values && count.lines > best->second.lines))
                best = &entry;
        }
        return best;
    }

    [[nodiscard]] std::size_t lines() const { return m_lines; }

private:
    char m_delimiter;
    char m_quote;
    std::size_t m_lines = 0;
    std::map<std::size_t, CellCount> m_byCells;
};

double score(std::size_t columns, const CellCount& count, std::size_t lines, double weight)
{
    const double consistent = static_cast<double>(count.lines) / static_cast<double>(lines);
    const double fitting = count.values == 0
        ? 0.0
        : static_cast<double>(count.values + count.missing) / static_cast<double>(count.cells);
    // A single column is what every absent delimiter makes of a text without numbers.
    if (columns == 1 && count.values == 0)
        return 0.0;
    return consistent * (0.3 + 0.7 * fitting) * (columns == 1 ? singleColumnWeight : weight);
}

/// A name without a comma above lines that are one number with one comma each.
bool isColumnOfDecimalCommas(std::string_view head)
{
    RecordSplitter splitter(head, ';', '"');
    std::vector<Cell> cells;
    std::size_t numbers = 0;
    bool named = false;
    while (splitter.next(cells)) {
        if (cells.size() != 1)
            return false;
        const std::string_view text = cells.front().text;
        const bool name = numbers == 0 && text.find(',') == std::string_view::npos
            && cellType(text, '.') == CellType::Text;
        if (!name && decimalsOf(text, ',') == Decimals::None)
            return false;
        named = named || name;
        numbers += name ? 0U : 1U;
    }
    return named && numbers > 1;
}

} // namespace

char detectQuote(std::string_view head)
{
    if (head.find('"') != std::string_view::npos)
        return '"';
    std::size_t opening = 0;
    for (std::size_t at = head.find('\''); at != std::string_view::npos;
         at = head.find('\'', at + 1)) {
        const bool first = at == 0 || std::string_view(",;\t|\n").find(head[at - 1]) < 5;
        opening += first ? 1U : 0U;
    }
    return opening >= 2 ? '\'' : '"';
}

std::string detectEndOfLine(std::string_view text)
{
    const std::string_view head = text.substr(0, 65536);
    std::size_t lf = 0;
    std::size_t crlf = 0;
    for (std::size_t i = 0; i < head.size(); ++i) {
        if (head[i] != '\n')
            continue;
        if (i > 0 && head[i - 1] == '\r')
            ++crlf;
        else
            ++lf;
    }
    if (lf + crlf == 0 && head.find('\r') != std::string_view::npos
        && text.find('\n') == std::string_view::npos)
        return "CR";
    return crlf > lf ? "CRLF" : "LF";
}

std::string_view firstLines(std::string_view text)
{
    std::size_t end = 0;
    for (std::size_t line = 0; line < headLines && end < text.size(); ++line) {
        const std::size_t newline = text.find('\n', end);
        end = newline == std::string_view::npos ? text.size() : newline + 1;
    }
    return text.substr(0, end);
}

std::vector<std::string_view> spreadLines(std::string_view text, std::size_t count)
{
    std::vector<std::string_view> lines;
    const std::size_t head = firstLines(text).size();
    const std::size_t distance = (text.size() - head) / count + 1;
    std::size_t done = head;
    for (std::size_t aim = head; aim < text.size(); aim += distance) {
        // The line that begins after the aim, unless it is the one taken before.
        const std::size_t before = aim == head ? head : text.find('\n', std::max(aim, done) - 1);
        if (before == std::string_view::npos)
            break;
        const std::size_t first = aim == head ? head : before + 1;
        if (first < done || first >= text.size())
            continue;
        done = std::min(text.find('\n', first), text.size());
        lines.push_back(text.substr(first, done - first));
    }
    return lines;
}

TableShape detectDialect(std::string_view text, const ReadChoices& choices)
{
    TableShape shape;
    const std::string_view head = firstLines(text);
    const std::vector<std::string_view> spread = spreadLines(text, spreadCount);
    shape.dialect.endOfLine = detectEndOfLine(text);
    shape.dialect.quote = detectQuote(head);
    double best = -1.0;
    std::vector<Candidate> tried(candidates.begin(), candidates.end());
    if (choices.delimiter)
        tried = {{*choices.delimiter, 1.0}};
    for (const Candidate& candidate : tried) {
        LineCounts counts(candidate.delimiter, shape.dialect.quote);
        counts.add(head);
        for (const std::string_view line : spread)
            counts.add(line);
        const auto* const usual = counts.usual();
        if (usual == nullptr)
            continue;
        const double points = score(usual->first, usual->second, counts.lines(), candidate.weight);
        if (points <= best)
            continue;
        best = points;
        shape.columns = usual->first;
        // Without any delimiter in sight the comma is what people expect to read.
        shape.dialect.delimiter
            = usual->first == 1 && !choices.delimiter ? ',' : candidate.delimiter;
        shape.dialect.regularity
            = static_cast<double>(usual->second.lines) / static_cast<double>(counts.lines());
        const CellCount& count = usual->second;
        const bool comma = count.commaIsDecimal();
        shape.dialect.decimal = choices.decimal.value_or(comma && usual->first > 1 ? ',' : '.');
    }
    if (shape.columns == 2 && shape.dialect.delimiter == ',' && !choices.delimiter
        && !choices.decimal && isColumnOfDecimalCommas(head)) {
        shape.columns = 1;
        shape.dialect.delimiter = ';';
        shape.dialect.decimal = ',';
    }
    return shape;
}

} // namespace stint
