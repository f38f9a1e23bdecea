#include "core/series/table_rows.h"

#include "core/series/cell.h"
#include "core/series/plain_number.h"
#include "core/series/table_cell.h"
#include "core/series/text_encoding.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace stint {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
/// More rows than below a table stand summaries.
constexpr std::size_t noFooter = std::numeric_limits<std::size_t>::max() / 2;

} // namespace

RowReader::RowReader(const TableLayout& layout, const std::optional<DateColumns>& dates,
                     const std::vector<std::size_t>& textColumns, std::size_t lines)
    : m_layout(layout),
      m_dates(dates),
      m_delimiter(layout.dialect.delimiter),
      m_decimal(layout.dialect.decimal),
      m_quote(layout.dialect.quote),
      m_parts(layout.columns.size(), Part::Nothing),
      m_texts(textColumns),
      m_known(textColumns.size()),
      m_doubts(layout.columns.size()),
      m_line(layout.dataLine),
      m_room(lines + lines / 64 + 64),
      m_row(layout.columns.size(), missing),
      m_views(layout.columns.size())
{
    m_rows.values.resize(layout.columns.size());
    m_rows.texts.resize(layout.columns.size());
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        const ColumnType type = layout.columns[c].type;
        if (type != ColumnType::Number && type != ColumnType::Unknown)
            continue;
        m_parts[c] = Part::Number;
        m_numbers.push_back(c);
        m_rows.values[c].reserve(m_room);
        if (type == ColumnType::Unknown)
            m_unknown.push_back(c);
    }
    for (const std::size_t c : m_texts)
        m_parts[c] = Part::Text;
    if (m_dates) {
        m_parts[m_dates->date] = Part::Date;
        if (m_dates->timeOfDay)
            m_parts[*m_dates->timeOfDay] = Part::TimeOfDay;
        m_rows.dateSeconds.reserve(m_room);
    }
}

/// Grows by an eighth: doubling would hold up to three times what the values need.
void RowReader::makeRoom()
{
    constexpr std::size_t cells = 1U << 16U;
    m_room += m_room / 8 + std::clamp<std::size_t>(cells / (m_numbers.size() + 1), 64, 4096);
    for (const std::size_t c : m_numbers)
        m_rows.values[c].reserve(m_room);
    if (m_dates)
        m_rows.dateSeconds.reserve(m_room);
}

/// One entry per line: the first reason stands for all.
void RowReader::report(std::size_t column, const char* reason)
{
    const std::string_view text
        = column < m_cells.size() ? m_cells[column].text : std::string_view();
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
            {m_recordLine, excerptOf(text) + " in column " + excerptOf(layout.header) + reason});
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
            {m_recordLine,
             std::to_string(got) + (got == 1 ? " cell" : " cells") + " instead of "
                 + std::to_string(wanted)
                 + (got < wanted ? ": the rest counts as missing" : ": the rest is ignored")});
    if (got < wanted)
        m_padded += wanted - got;
}

/// A cell of a column of numbers as that column writes them.
CellKind RowReader::readNumberCell(std::string_view text, std::size_t column, double& value) const
{
    const auto& writing = m_layout.columns[column].writing;
    const CellKind kind = writing ? readWrittenCell(text, m_decimal, *writing, value)
                                  : readTableCell(text, m_decimal, value);
    const bool status = kind == CellKind::Other
        && m_layout.columns[column].type == ColumnType::Number && isStatusWord(text);
    return status ? CellKind::Missing : kind;
}

/// What a plain cell says to its column; false if that is not what the column expects.
bool RowReader::takePlainText(std::string_view text, std::size_t column)
{
    if (m_parts[column] != Part::Number) {
        m_views[column] = text;
        return true;
    }
    const CellKind kind = readNumberCell(text, column, m_row[column]);
    m_present += kind == CellKind::Number ? 1U : 0U;
    return kind != CellKind::Other;
}

/// A cell in quotes that ends on its line and holds no quotes; nullptr if it is anything else.
const char* RowReader::readQuotedCell(const char* at, std::size_t column)
{
    const char* const first = at + 1;
    if (m_parts[column] == Part::Number) {
        const char* const after = readPlainNumber(first, m_end, m_decimal, m_row[column]);
        if (after != nullptr && *after == m_quote && after[1] != m_quote) {
            ++m_present;
            return after + 1;
        }
    }
    const char* close = first;
    while (*close != m_quote && *close != '\n')
        ++close;
    if (*close == '\n' || close[1] == m_quote || close - at >= longestQuotedCell)
        return nullptr;
    const std::string_view text(first, static_cast<std::size_t>(close - first));
    return takePlainText(trimmed(text), column) ? close + 1 : nullptr;
}

/// A cell that belongs to its column and needs no closer look; nullptr if it is anything else.
const char* RowReader::readPlainCell(const char* at, std::size_t column)
{
    if (*at == m_quote)
        return readQuotedCell(at, column);
    if (m_parts[column] == Part::Number) {
        const char* const after = readPlainNumber(at, m_end, m_decimal, m_row[column]);
        if (after != nullptr) {
            ++m_present;
            return after;
        }
    }
    const char* end = at;
    while (*end != m_delimiter && *end != '\n' && !(m_delimiter == ' ' && *end == '\t'))
        ++end;
    const char* last = end;
    while (last != at && isBlank(last[-1]))
        --last;
    const std::string_view text(at, static_cast<std::size_t>(last - at));
    return takePlainText(text, column) ? end : nullptr;
}

/// Passes over blanks, and over the delimiters too where they are blanks.
const char* RowReader::passBlanks(const char* at) const
{
    while (isBlank(*at) || (m_delimiter == ' ' && *at == ' '))
        ++at;
    return at;
}

/// Stands behind a cell; returns where the next one begins, nullptr if the line has no more.
const char* RowReader::passDelimiter(const char* at) const
{
    if (m_delimiter == ' ') {
        const char* const next = passBlanks(at);
        return next == at || *next == '\n' ? nullptr : next;
    }
    at = passBlanks(at);
    return *at == m_delimiter ? passBlanks(at + 1) : nullptr;
}

/// Reads a line in which every cell is what its column expects, as nearly all are. Returns the
/// next line; nullptr, with nothing kept, if the line needs a closer look.
const char* RowReader::readPlainLine(const char* at)
{
    at = passBlanks(at);
    if (*at == '#' || *at == '/' || *at == '%' || *at == '\n')
        return nullptr;
    m_present = 0;
    const std::size_t columns = m_parts.size();
    for (std::size_t c = 0; c < columns; ++c) {
        at = readPlainCell(at, c);
        if (at != nullptr && c + 1 < columns)
            at = passDelimiter(at);
        if (at == nullptr)
            return nullptr;
    }
    while (*at == m_delimiter || isBlank(*at)) // delimiters at the end add no cells
        ++at;
    if (*at != '\n')
        return nullptr;
    if (m_dates)
        readDateCells();
    if (m_present == 0 || (m_dates && !m_seconds))
        return nullptr;
    storeRow();
    return at + 1;
}

void RowReader::readNumber(std::size_t column)
{
    double value = missing;
    if (column < m_cells.size()) {
        switch (readNumberCell(m_cells[column].text, column, value)) {
        case CellKind::Number:
            ++m_present;
            break;
        case CellKind::Other:
            ++m_failed;
            report(column, " is not a number");
            break;
        case CellKind::Missing:
            break;
        }
    }
    m_row[column] = value;
}

void RowReader::readDateCells()
{
    const std::string_view time = m_dates->timeOfDay ? m_views[*m_dates->timeOfDay] : "";
    m_seconds = readDate(*m_dates, m_views[m_dates->date], time);
    m_present += m_seconds ? 1U : 0U;
    if (m_seconds && m_dates->milliseconds) {
        const double milliseconds = m_row[*m_dates->milliseconds];
        *m_seconds += milliseconds == milliseconds ? milliseconds / 1e3 : 0.0;
    }
}

/// A row's time as the file writes it, in as many columns as it takes.
void RowReader::keepDateText()
{
    const std::string_view date = m_views[m_dates->date];
    if (!m_dates->timeOfDay && !m_dates->milliseconds) {
        unsigned char bits = 0;
        for (const char c : date)
            bits |= static_cast<unsigned char>(c);
        if (bits < 0x80)
            m_rows.dateText.add(date);
        else
            m_rows.dateText.add(asUtf8(date));
        return;
    }
    std::string text = asUtf8(date);
    if (m_dates->timeOfDay)
        text += " " + asUtf8(m_views[*m_dates->timeOfDay]);
    const double milliseconds = m_dates->milliseconds ? m_row[*m_dates->milliseconds] : -1.0;
    if (milliseconds >= 0.0 && milliseconds < 1e3) {
        const auto whole = static_cast<int>(milliseconds);
        text += whole < 10 ? ".00" : whole < 100 ? ".0" : ".";
        text += std::to_string(whole);
    }
    m_rows.dateText.add(text);
}

void RowReader::readTexts()
{
    for (std::size_t i = 0; i < m_texts.size(); ++i) {
        TextColumn& column = m_rows.texts[m_texts[i]];
        const std::string_view text = m_views[m_texts[i]];
        double ignored = 0.0;
        if (readCell(text, '.', ignored) == CellKind::Missing) {
            column.values.push_back(-1);
            continue;
        }
        const auto known = m_known[i].find(text);
        if (known != m_known[i].end()) {
            column.values.push_back(known->second);
            continue;
        }
        const auto index = static_cast<std::int32_t>(column.texts.size());
        m_known[i].emplace(text, index);
        column.texts.push_back(asUtf8(text));
        column.values.push_back(index);
    }
}

/// Appends the row at hand to the columns.
void RowReader::storeRow()
{
    if (m_rows.rows == m_room)
        makeRoom();
    ++m_rows.rows;
    for (const std::size_t c : m_numbers)
        m_rows.values[c].push_back(m_row[c]);
    for (const std::size_t c : m_unknown)
        m_doubts[c].numbers += m_row[c] == m_row[c] ? 1U : 0U;
    readTexts();
    if (!m_dates)
        return;
    if (m_seconds)
        m_footer = 0;
    else if (!m_wordForDate)
        m_footer = noFooter; // a row without a time is none of a footer
    else if (m_footer++ == 0)
        m_footerLine = m_recordLine;
    m_rows.dateSeconds.push_back(m_seconds.value_or(missing));
    keepDateText();
}

bool RowReader::isHeaderAgain() const
{
    std::size_t same = 0;
    const std::size_t count = std::min(m_cells.size(), m_layout.columns.size());
    for (std::size_t c = 0; c < count; ++c)
        same += m_cells[c].text == m_layout.columns[c].header ? 1U : 0U;
    return 2 * same > count;
}

/// Whether the row that was just read says anything. A row of measurements that failed as a whole
/// is kept, so that time goes on; what is no row at all is not.
bool RowReader::keepRow() const
{
    if (m_present > 0 || m_layout.columns.size() == 1)
        return true;
    if (m_failed == 0)
        return std::ranges::any_of(m_cells, [](const Cell& cell) { return !cell.text.empty(); })
            && m_cells.size() >= m_layout.columns.size();
    return !isHeaderAgain() && 2 * m_cells.size() > m_layout.columns.size();
}

/// The cells of a record, each as its column expects it or reported.
void RowReader::readCells()
{
    m_present = 0;
    m_failed = 0;
    m_reported = false;
    reportLength();
    for (std::size_t c = 0; c < m_views.size(); ++c)
        m_views[c] = c < m_cells.size() ? m_cells[c].text : std::string_view();
    if (m_dates) {
        if (m_dates->milliseconds)
            readNumber(*m_dates->milliseconds);
        readDateCells();
        double ignored = 0.0;
        m_wordForDate
            = !m_seconds && readCell(m_views[m_dates->date], '.', ignored) == CellKind::Other;
        if (m_wordForDate) {
            ++m_failed;
            report(m_dates->date, " is not a date or time");
        }
    }
    for (const std::size_t column : m_numbers)
        readNumber(column);
}

/// Says of a record that is no row what it is instead.
void RowReader::passOver(std::size_t badBefore)
{
    const bool blank = std::ranges::all_of(m_cells, [](const Cell& c) { return c.text.empty(); });
    if (badBefore != m_rows.badLineCount && m_rows.badLineCount <= mostBadLines) {
        m_rows.badLines.pop_back();
        if (!blank)
            m_rows.badLines.push_back({m_recordLine,
                                       isHeaderAgain() ? "the header again: left out"
                                                       : "no cell could be read: left out"});
    }
    if (blank)
        m_rows.badLineCount = badBefore;
}

/// Reads the next record in full. Returns where the one after it begins; nullptr if the record may
/// go on behind the text.
const char* RowReader::readRecord(const char* at, const char* end, bool last)
{
    RecordSplitter splitter({at, static_cast<std::size_t>(end - at)}, m_delimiter, m_quote, 0,
                            m_line);
    if (!splitter.next(m_cells)) {
        m_line = splitter.nextLine();
        return end;
    }
    const char* const next = at + splitter.nextOffset();
    if (!last && splitter.unclosed())
        return nullptr;
    m_line = splitter.nextLine();
    m_recordLine = splitter.line();
    const std::size_t bad = m_rows.badLineCount;
    readCells();
    if (keepRow())
        storeRow();
    else
        passOver(bad);
    return next;
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

std::size_t RowReader::read(std::string_view text, bool last)
{
    const std::size_t size = last ? text.size() : text.rfind('\n') + 1;
    const char* at = text.data();
    const char* const end = at + size;
    m_end = end;
    while (at != end && !m_rows.tooShort) {
        const char* next = readPlainLine(at);
        if (next != nullptr)
            ++m_line;
        else
            next = readRecord(at, end, last);
        if (next == nullptr)
            break;
        m_bytes += static_cast<std::size_t>(next - at);
        at = next;
        m_rows.tooShort = m_padded > 2 * m_bytes + 1'000'000;
    }
    return static_cast<std::size_t>(at - text.data());
}

TableRows RowReader::takeRows()
{
    TableRows taken;
    taken.values.resize(m_layout.columns.size());
    taken.texts.resize(m_layout.columns.size());
    taken.tooShort = m_rows.tooShort;
    std::swap(taken, m_rows);
    m_room = 0;
    for (KnownTexts& known : m_known)
        known.clear();
    return taken;
}

/// "Average;12,5" below the last row: lines with a word in place of a date are no rows.
void RowReader::dropFooter()
{
    constexpr std::size_t most = 32;
    const std::size_t kept = m_rows.rows - std::min(m_footer, m_rows.rows);
    if (!m_dates || m_footer == 0 || m_footer > most || kept == 0)
        return;
    for (const std::size_t c : m_numbers)
        m_rows.values[c].resize(kept);
    for (const std::size_t c : m_texts)
        m_rows.texts[c].values.resize(kept);
    m_rows.dateSeconds.resize(kept);
    m_rows.dateText.keep(kept);
    m_rows.rows = kept;
    for (BadLine& bad : m_rows.badLines)
        if (bad.line >= m_footerLine)
            bad.why += ", below the last row: left out";
}

TableRows RowReader::finish()
{
    dropFooter();
    settleDoubts();
    return std::move(m_rows);
}

} // namespace stint
