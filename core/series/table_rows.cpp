#include "core/series/table_rows.h"

#include "core/series/cell.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <unordered_map>
#include <utility>

namespace stint {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t rowsPerProgress = 8192;

/// The bad lines of one column that the sample knew nothing about: whether they are bad is decided
/// when the whole column has been seen.
struct Doubts {
    std::vector<BadLine> lines;
    std::size_t count = 0;
    std::size_t numbers = 0;
};

/// A cell for a message: short, and not cut within a character.
std::string quoted(std::string_view cell)
{
    constexpr std::size_t most = 24;
    std::size_t length = std::min(cell.size(), most);
    while (length > 0 && length < cell.size()
           && (static_cast<unsigned char>(cell[length]) & 0xC0U) == 0x80U)
        --length;
    std::string text(cell.substr(0, length));
    std::ranges::replace(text, '\n', ' ');
    return "\"" + text + (length < cell.size() ? "\xE2\x80\xA6\"" : "\"");
}

class RowReader {
public:
    RowReader(std::string_view text, const TableLayout& layout,
              const std::optional<DateColumns>& dates, const std::vector<std::size_t>& texts);

    TableRows read(const std::function<bool(double)>& progress);

private:
    void reserve();
    bool readRow();
    void readNumbers();
    void readNumber(std::size_t column);
    void readDateCells();
    void readTexts();
    bool keepRow();
    void dropRow();
    void report(std::size_t column, const char* reason);
    void reportLength();
    void settleDoubts();
    [[nodiscard]] bool isHeaderAgain() const;
    [[nodiscard]] std::string_view cell(std::size_t column) const
    {
        return column < m_cells.size() ? m_cells[column].text : std::string_view();
    }

    std::string_view m_text;
    const TableLayout& m_layout;
    const std::optional<DateColumns>& m_dates;
    RecordSplitter m_splitter;
    std::vector<std::size_t> m_numbers; ///< columns to read
    std::vector<std::size_t> m_texts; ///< columns to read as text
    std::vector<std::unordered_map<std::string_view, std::int32_t>> m_known; ///< of each of them
    std::vector<Doubts> m_doubts; ///< (columns)
    std::vector<Cell> m_cells;
    TableRows m_rows;
    std::size_t m_padded = 0; ///< cells added to short lines

    // Of the row at hand:
    std::size_t m_present = 0;
    std::size_t m_failed = 0;
    bool m_reported = false;
};

RowReader::RowReader(std::string_view text, const TableLayout& layout,
                     const std::optional<DateColumns>& dates, const std::vector<std::size_t>& texts)
    : m_text(text),
      m_layout(layout),
      m_dates(dates),
      m_splitter(text, layout.dialect.delimiter, layout.dialect.quote, layout.dataOffset,
                 layout.dataLine),
      m_texts(texts),
      m_known(texts.size()),
      m_doubts(layout.columns.size())
{
    m_rows.values.resize(layout.columns.size());
    m_rows.texts.resize(layout.columns.size());
    for (std::size_t c = 0; c < layout.columns.size(); ++c)
        if (layout.columns[c].type == ColumnType::Number
            || layout.columns[c].type == ColumnType::Unknown)
            m_numbers.push_back(c);
}

void RowReader::reserve()
{
    const std::string_view head = firstLines(m_text);
    const auto lines = static_cast<std::size_t>(std::ranges::count(head, '\n')) + 1;
    const std::size_t byLength = m_text.size() / (head.size() / lines + 1) + 1;
    // Every full row takes at least a character per column, whatever the first lines look like.
    const std::size_t rows = std::min(byLength, m_text.size() / m_layout.columns.size() + 1);
    for (const std::size_t c : m_numbers)
        m_rows.values[c].reserve(rows);
    if (m_dates) {
        m_rows.dateSeconds.reserve(rows);
        m_rows.dateText.reserve(rows);
    }
}

/// One entry per line: the first reason stands for all.
void RowReader::report(std::size_t column, const char* reason)
{
    const std::string_view text = cell(column);
    const ColumnLayout& layout = m_layout.columns[column];
    const bool doubtful = layout.type == ColumnType::Unknown;
    Doubts& doubts = m_doubts[column];
    std::vector<BadLine>& lines = doubtful ? doubts.lines : m_rows.badLines;
    if (doubtful)
        ++doubts.count;
    else if (std::exchange(m_reported, true))
        return;
    else
        ++m_rows.badLineCount;
    if (lines.size() < mostBadLines)
        lines.push_back(
            {m_splitter.line(), quoted(text) + " in column " + quoted(layout.header) + reason});
}

void RowReader::reportLength()
{
    const std::size_t wanted = m_layout.columns.size();
    const std::size_t got = m_cells.size();
    const auto isEmpty = [](const Cell& cell) { return cell.text.empty(); };
    if (got == wanted)
        return;
    if (got > wanted
        && std::all_of(m_cells.begin() + static_cast<std::ptrdiff_t>(wanted), m_cells.end(),
                       isEmpty))
        return;
    m_reported = true;
    ++m_rows.badLineCount;
    if (m_rows.badLines.size() < mostBadLines)
        m_rows.badLines.push_back(
            {m_splitter.line(),
             std::to_string(got) + (got == 1 ? " cell" : " cells") + " instead of "
                 + std::to_string(wanted)
                 + (got < wanted ? ": the rest counts as missing" : ": the rest is ignored")});
    if (got < wanted)
        m_padded += wanted - got;
}

void RowReader::readNumber(std::size_t column)
{
    double value = missing;
    if (column < m_cells.size()) {
        switch (readCell(m_cells[column].text, m_layout.dialect.decimal, value)) {
        case CellKind::Number:
            ++m_present;
            ++m_doubts[column].numbers;
            break;
        case CellKind::Other:
            ++m_failed;
            report(column, " is not a number");
            break;
        case CellKind::Missing:
            break;
        }
    }
    m_rows.values[column].push_back(value);
}

void RowReader::readNumbers()
{
    for (const std::size_t column : m_numbers)
        readNumber(column);
}

void RowReader::readDateCells()
{
    const std::string_view date = cell(m_dates->date);
    const std::string_view time = m_dates->timeOfDay ? cell(*m_dates->timeOfDay) : "";
    const auto seconds = readDate(*m_dates, date, time);
    double ignored = 0.0;
    if (seconds) {
        ++m_present;
    } else if (readCell(date, '.', ignored) != CellKind::Missing) {
        ++m_failed;
        report(m_dates->date, " is not a date or time");
    }
    m_rows.dateSeconds.push_back(seconds.value_or(missing));
    std::string text(date);
    if (m_dates->timeOfDay)
        text.append(" ").append(time);
    m_rows.dateText.push_back(std::move(text));
}

void RowReader::readTexts()
{
    for (std::size_t i = 0; i < m_texts.size(); ++i) {
        TextColumn& column = m_rows.texts[m_texts[i]];
        const std::string_view text = cell(m_texts[i]);
        double ignored = 0.0;
        if (readCell(text, '.', ignored) == CellKind::Missing) {
            column.values.push_back(-1);
            continue;
        }
        // The views into the text of the file outlive the reader.
        const auto [known, isNew]
            = m_known[i].try_emplace(text, static_cast<std::int32_t>(column.texts.size()));
        if (isNew)
            column.texts.emplace_back(text);
        column.values.push_back(known->second);
    }
}

bool RowReader::isHeaderAgain() const
{
    std::size_t same = 0;
    const std::size_t count = std::min(m_cells.size(), m_layout.columns.size());
    for (std::size_t c = 0; c < count; ++c)
        same += m_cells[c].text == m_layout.columns[c].header ? 1U : 0U;
    return 2 * same > count;
}

void RowReader::dropRow()
{
    for (const std::size_t column : m_numbers)
        m_rows.values[column].pop_back();
    if (m_dates) {
        m_rows.dateSeconds.pop_back();
        m_rows.dateText.pop_back();
    }
    for (const std::size_t column : m_texts)
        m_rows.texts[column].values.pop_back();
}

/// Whether the row that was just read says anything. A row of measurements that failed as a whole
/// is kept, so that time goes on; what is no row at all is not.
bool RowReader::keepRow()
{
    if (m_present > 0 || m_layout.columns.size() == 1)
        return true;
    if (m_failed == 0)
        return std::ranges::any_of(m_cells, [](const Cell& cell) { return !cell.text.empty(); })
            && m_cells.size() >= m_layout.columns.size();
    return !isHeaderAgain() && 2 * m_cells.size() > m_layout.columns.size();
}

bool RowReader::readRow()
{
    if (!m_splitter.next(m_cells))
        return false;
    m_present = 0;
    m_failed = 0;
    m_reported = false;
    const std::size_t bad = m_rows.badLineCount;
    reportLength();
    if (m_dates)
        readDateCells();
    readNumbers();
    readTexts();
    if (keepRow()) {
        ++m_rows.rows;
        return true;
    }
    dropRow();
    const bool blank = std::ranges::all_of(m_cells, [](const Cell& c) { return c.text.empty(); });
    if (bad != m_rows.badLineCount && m_rows.badLineCount <= mostBadLines) {
        m_rows.badLines.pop_back();
        if (!blank)
            m_rows.badLines.push_back({m_splitter.line(),
                                       isHeaderAgain() ? "the header again: left out"
                                                       : "no cell could be read: left out"});
    }
    if (blank)
        m_rows.badLineCount = bad;
    return true;
}

/// Columns whose sample was empty: numbers after all, or text.
void RowReader::settleDoubts()
{
    for (const std::size_t column : m_numbers) {
        Doubts& doubts = m_doubts[column];
        if (m_layout.columns[column].type != ColumnType::Unknown || doubts.count == 0)
            continue;
        if (doubts.numbers < 2 * doubts.count) {
            m_rows.values[column] = {};
            continue;
        }
        m_rows.badLineCount += doubts.count;
        std::ranges::move(doubts.lines, std::back_inserter(m_rows.badLines));
    }
    std::ranges::stable_sort(m_rows.badLines, {}, &BadLine::line);
    if (m_rows.badLines.size() > mostBadLines)
        m_rows.badLines.resize(mostBadLines);
}

TableRows RowReader::read(const std::function<bool(double)>& progress)
{
    reserve();
    std::size_t untilProgress = rowsPerProgress;
    while (readRow()) {
        if (m_padded > 2 * m_text.size() + 1'000'000) {
            m_rows.tooShort = true;
            break;
        }
        if (--untilProgress != 0)
            continue;
        untilProgress = rowsPerProgress;
        const double done
            = static_cast<double>(m_splitter.offset()) / static_cast<double>(m_text.size());
        if (progress && !progress(done)) {
            m_rows.stopped = true;
            break;
        }
    }
    settleDoubts();
    return std::move(m_rows);
}

} // namespace

TableRows readRows(std::string_view text, const TableLayout& layout,
                   const std::optional<DateColumns>& dates,
                   const std::vector<std::size_t>& textColumns,
                   const std::function<bool(double)>& progress)
{
    return RowReader(text, layout, dates, textColumns).read(progress);
}

} // namespace stint
