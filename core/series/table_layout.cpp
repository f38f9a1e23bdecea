#include "core/series/table_layout.h"

#include "core/series/cell.h"
#include "core/series/cell_type.h"
#include "core/series/column_types.h"
#include "core/series/header_names.h"
#include "core/series/named_table.h"
#include "core/series/preamble_facts.h"
#include "core/series/time_names.h"

#include <algorithm>
#include <array>

namespace stint {

namespace {

constexpr std::size_t spreadCount = 256;
constexpr std::size_t judgedRows = 10;
constexpr std::size_t mostHeaderRows = 4;

struct HeadRecord {
    std::vector<Cell> cells;
    std::size_t offset = 0;
    std::size_t line = 0;
    std::string_view comment; ///< the latest before it
};

std::vector<HeadRecord> readHead(std::string_view text, const Dialect& dialect, LinePlace from)
{
    std::vector<HeadRecord> records;
    const std::size_t length = firstLines(text.substr(from.offset)).size();
    RecordSplitter splitter(text.substr(0, from.offset + length), dialect.delimiter, dialect.quote,
                            from.offset, from.line);
    HeadRecord record;
    while (splitter.next(record.cells)) {
        record.offset = splitter.offset();
        record.line = splitter.line();
        record.comment = splitter.comment();
        records.push_back(record);
    }
    return records;
}

bool isName(const Cell& cell)
{
    return cellType(cell.text, '.') == CellType::Text
        && cell.text.find_first_of(":=,") == std::string_view::npos;
}

/// "Sampling frequency,50 Hz": a setting above a table of two columns, not two names.
bool isSetting(const std::vector<Cell>& cells)
{
    if (cells.size() != 2 || cells[1].text.empty())
        return false;
    const char first = cells[1].text.front();
    return first >= '0' && first <= '9'
        && (cells[1].text.find(' ') != std::string_view::npos
            || cellType(cells[1].text, '.') != CellType::Text);
}

class LayoutFinder {
public:
    /// \param from where the table may begin, at the earliest.
    LayoutFinder(std::string_view text, const TableShape& shape, const ReadChoices& choices,
                 LinePlace from);

    /// False if there is no table with numbers.
    bool find();
    [[nodiscard]] TableLayout take() { return std::move(m_layout); }

private:
    [[nodiscard]] std::size_t findTable();
    [[nodiscard]] std::size_t recordAtLine(std::size_t line) const;
    [[nodiscard]] std::optional<std::size_t> chosenTop() const;
    [[nodiscard]] std::size_t topOfHeader(std::size_t table) const;
    void findHeader(std::size_t table);
    void sampleFrom(std::size_t firstRecord);
    void sampleRecord(const std::vector<Cell>& cells);
    void readPreamble();
    /// Cells of a row in columns of numbers or dates.
    struct Fits {
        std::size_t present = 0;
        std::size_t fitting = 0; ///< of the type of their column
    };
    [[nodiscard]] Fits countFits(const std::vector<Cell>& cells) const;
    [[nodiscard]] bool namesTime(const std::vector<Cell>& cells) const;
    [[nodiscard]] bool isPartOfTable(const std::vector<Cell>& cells) const;
    [[nodiscard]] bool fitsTypes(const std::vector<Cell>& cells, bool emptyFits) const;
    [[nodiscard]] bool beginsTable(std::size_t record) const;
    [[nodiscard]] bool isHeader(const std::vector<Cell>& cells, bool lowest) const;
    [[nodiscard]] bool isLowestHeader(std::size_t record) const;
    [[nodiscard]] bool isSparseHeader(std::size_t record) const;
    [[nodiscard]] bool namesNumbers(const std::vector<Cell>& cells) const;
    [[nodiscard]] std::size_t filledColumns() const;
    [[nodiscard]] std::vector<std::string> texts(const std::vector<Cell>& cells) const;
    [[nodiscard]] HeaderRows commentedNames(std::size_t table) const;

    std::string_view m_text;
    const ReadChoices& m_choices;
    TableLayout m_layout;
    std::vector<HeadRecord> m_head;
    std::vector<std::string_view> m_spread;
};

LayoutFinder::LayoutFinder(std::string_view text, const TableShape& shape,
                           const ReadChoices& choices, LinePlace from)
    : m_text(text),
      m_choices(choices),
      m_head(readHead(text, shape.dialect, from)),
      m_spread(spreadLines(text.substr(from.offset), spreadCount))
{
    m_layout.dialect = shape.dialect;
    m_layout.columns.resize(shape.columns);
}

void LayoutFinder::sampleRecord(const std::vector<Cell>& cells)
{
    if (cells.size() != m_layout.columns.size())
        return;
    for (std::size_t c = 0; c < cells.size(); ++c)
        m_layout.columns[c].sample.push_back(cells[c].text);
}

void LayoutFinder::sampleFrom(std::size_t firstRecord)
{
    for (ColumnLayout& column : m_layout.columns)
        column.sample.clear();
    for (std::size_t r = firstRecord; r < m_head.size(); ++r)
        sampleRecord(m_head[r].cells);
    std::vector<Cell> cells;
    for (const std::string_view line : m_spread) {
        RecordSplitter splitter(line, m_layout.dialect.delimiter, m_layout.dialect.quote);
        if (splitter.next(cells))
            sampleRecord(cells);
    }
    judgeTypes(m_layout.columns, m_layout.dialect.decimal);
}

LayoutFinder::Fits LayoutFinder::countFits(const std::vector<Cell>& cells) const
{
    Fits fits;
    const std::size_t count = std::min(cells.size(), m_layout.columns.size());
    for (std::size_t c = 0; c < count; ++c) {
        const ColumnType wanted = m_layout.columns[c].type;
        if (wanted == ColumnType::Text || wanted == ColumnType::Unknown)
            continue;
        const CellType type = cellType(cells[c].text, m_layout.dialect.decimal);
        if (type == CellType::Missing)
            continue;
        ++fits.present;
        const bool fit = (wanted == ColumnType::Number && type == CellType::Number)
            || (wanted == ColumnType::Date && type == CellType::Date)
            || (wanted == ColumnType::TimeOfDay && type == CellType::TimeOfDay);
        fits.fitting += fit ? 1U : 0U;
    }
    return fits;
}

/// Whether more than half of the cells that stand in columns of numbers or dates are such.
bool LayoutFinder::fitsTypes(const std::vector<Cell>& cells, bool emptyFits) const
{
    const Fits fits = countFits(cells);
    return fits.present == 0 ? emptyFits : 2 * fits.fitting > fits.present;
}

/// "time,1,2,3": the names of the other columns are numbers, the name of the time gives it away.
bool LayoutFinder::namesTime(const std::vector<Cell>& cells) const
{
    const std::size_t count = std::min(cells.size(), m_layout.columns.size());
    for (std::size_t c = 0; c < count; ++c)
        if (m_layout.columns[c].type != ColumnType::Text && timeNameRank(cells[c].text) > 0)
            return true;
    return namesNumbers(cells);
}

/// "Wavelength,400,410,420" at the very top: rising numbers as names behind a first one.
bool LayoutFinder::namesNumbers(const std::vector<Cell>& cells) const
{
    const bool first = &cells == &m_head.front().cells;
    if (!first || cells.size() < 3 || cells.size() != m_layout.columns.size()
        || m_layout.columns.front().type != ColumnType::Number
        || cellType(cells.front().text, '.') != CellType::Text)
        return false;
    double before = 0.0;
    for (std::size_t c = 1; c < cells.size(); ++c) {
        double value = 0.0;
        if (readCell(cells[c].text, m_layout.dialect.decimal, value) != CellKind::Number
            || (c > 1 && value <= before))
            return false;
        before = value;
    }
    return true;
}

/// The columns but those at the end that hold nothing.
std::size_t LayoutFinder::filledColumns() const
{
    std::size_t columns = m_layout.columns.size();
    while (columns > 1 && m_layout.columns[columns - 1].type == ColumnType::Unknown)
        --columns;
    return columns;
}

bool LayoutFinder::beginsTable(std::size_t record) const
{
    const std::size_t columns = m_layout.columns.size();
    const auto& first = m_head[record].cells;
    if (2 * first.size() < columns || namesTime(first) || !fitsTypes(first, false))
        return false;
    const std::size_t last = std::min(record + judgedRows, m_head.size());
    std::size_t fitting = 0;
    for (std::size_t r = record; r < last; ++r)
        fitting += fitsTypes(m_head[r].cells, true) ? 1U : 0U;
    return 3 * fitting >= 2 * (last - record);
}

/// The first record on this line or after it.
std::size_t LayoutFinder::recordAtLine(std::size_t line) const
{
    const auto found = std::ranges::find_if(
        m_head, [line](const HeadRecord& record) { return record.line >= line; });
    return static_cast<std::size_t>(found - m_head.begin());
}

/// The first record of the header where a person says how many lines come before it.
std::optional<std::size_t> LayoutFinder::chosenTop() const
{
    if (!m_choices.preambleLines)
        return std::nullopt;
    return recordAtLine(*m_choices.preambleLines + 1);
}

/// Index of the first record of the table; the number of records if there is none.
std::size_t LayoutFinder::findTable()
{
    // Types are first judged with the lower half of the lines, because what stands above a table
    // may be longer than a short table, then again from the table on.
    const auto asLong = [this](std::size_t record) {
        return m_head[record].cells.size() == m_layout.columns.size();
    };
    std::size_t top = m_head.size() / 2;
    while (top < m_head.size() && !asLong(top))
        ++top;
    for (; top == m_head.size() || (top > 0 && !asLong(top)); --top)
        if (top == 0)
            break;
    sampleFrom(top);
    const std::size_t least = chosenTop().value_or(0);
    if (m_choices.headerLines && m_choices.preambleLines)
        return recordAtLine(*m_choices.preambleLines + *m_choices.headerLines + 1);
    std::size_t table = least;
    while (table < m_head.size() && !beginsTable(table))
        ++table;
    // Rows with a wrong cell or two just above belong to the table, not to its header.
    while (table > least && table < m_head.size() && isPartOfTable(m_head[table - 1].cells))
        --table;
    return table;
}

/// Whether a row has the cells of a table and at least one of them fits.
bool LayoutFinder::isPartOfTable(const std::vector<Cell>& cells) const
{
    return cells.size() == m_layout.columns.size() && !namesTime(cells)
        && countFits(cells).fitting > 0;
}

/// Only the lowest header row may be one cell short, where the column of row numbers has no name,
/// or one longer, where the column of remarks has no cells.
bool LayoutFinder::isHeader(const std::vector<Cell>& cells, bool lowest) const
{
    const std::size_t columns = m_layout.columns.size();
    const auto filled = static_cast<std::size_t>(
        std::ranges::count_if(cells, [](const Cell& cell) { return !cell.text.empty(); }));
    const bool shorter = lowest && cells.size() + 1 == columns && columns > 1;
    const bool longer
        = cells.size() > columns && (filled <= columns || (lowest && cells.size() == columns + 1));
    return (cells.size() == columns || shorter || longer) && 2 * filled > cells.size();
}

/// Directly above the rows stand names of the first columns, or of more columns than rows have.
bool LayoutFinder::isLowestHeader(std::size_t record) const
{
    const auto& cells = m_head[record].cells;
    const std::size_t filled = filledColumns();
    const std::size_t named = std::min(cells.size(), filled);
    const bool adjacent
        = record + 1 < m_head.size() && m_head[record].line + 1 == m_head[record + 1].line;
    if (isHeader(cells, true))
        return true;
    if (named < 2 || !adjacent || 2 * named < filled)
        return false;
    return std::all_of(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(named),
                       [](const Cell& cell) { return cellType(cell.text, '.') == CellType::Text; });
}

/// A row of remarks to some of the columns, such as "","","Avg","Smp".
bool LayoutFinder::isSparseHeader(std::size_t record) const
{
    const auto& cells = m_head[record].cells;
    return cells.size() == m_layout.columns.size()
        && std::ranges::all_of(cells, [](const Cell& cell) {
               return cell.text.empty() || cellType(cell.text, '.') == CellType::Text;
           });
}

std::vector<std::string> LayoutFinder::texts(const std::vector<Cell>& cells) const
{
    std::vector<std::string> row;
    row.reserve(cells.size());
    for (const Cell& cell : cells)
        row.push_back(cell.unescaped(m_layout.dialect.quote));
    const auto named = static_cast<std::size_t>(
        std::ranges::count_if(row, [](const std::string& text) { return !text.empty(); }));
    const std::size_t columns = m_layout.columns.size();
    if (row.size() > columns)
        row.resize(named > columns ? filledColumns() : columns);
    return row;
}

/// Names in the last comment above the table, as some tools write them ("# time,a,b" or
/// "# Labels: a,b").
HeaderRows LayoutFinder::commentedNames(std::size_t table) const
{
    std::string_view comment = m_head[table].comment;
    const std::size_t label = comment.find(":=") != std::string_view::npos ? comment.find(":=") + 2
                                                                           : comment.find(": ") + 1;
    for (const std::size_t from : {std::size_t {0}, label}) {
        for (const char delimiter : {m_layout.dialect.delimiter, ','}) {
            RecordSplitter splitter(comment.substr(std::min(from, comment.size())), delimiter,
                                    m_layout.dialect.quote);
            std::vector<Cell> cells;
            if (splitter.next(cells) && cells.size() == m_layout.columns.size()
                && std::ranges::all_of(cells, isName))
                return {texts(cells)};
        }
    }
    return {};
}

/// The highest row that belongs to the header; the table itself if there is none.
std::size_t LayoutFinder::topOfHeader(std::size_t table) const
{
    if (const auto chosen = chosenTop())
        return std::min(*chosen, table);
    if (m_choices.headerLines)
        return table - std::min(table, *m_choices.headerLines);
    std::size_t first = table;
    const std::size_t most = m_layout.columns.size() == 1 ? 1 : mostHeaderRows;
    if (table > 1 && most > 1 && isSparseHeader(table - 1)
        && isHeader(m_head[table - 2].cells, true))
        --first;
    const std::size_t lowest = first;
    const auto belongs = [&](std::size_t record) {
        const auto& cells = m_head[record].cells;
        if (record + 1 == lowest)
            return isLowestHeader(record);
        // Above names that are more than the columns may stand as many.
        const auto& below = m_head[lowest - 1].cells;
        const bool asLong = cells.size() == below.size() && isLowestHeader(record);
        return (isHeader(cells, false) || asLong) && !isSetting(cells);
    };
    while (first > 0 && table - first < most && belongs(first - 1))
        --first;
    return first;
}

void LayoutFinder::findHeader(std::size_t table)
{
    std::size_t first = topOfHeader(table);
    HeaderRows rows;
    for (std::size_t r = first; r < table; ++r)
        rows.push_back(texts(m_head[r].cells));
    const bool chosen = m_choices.preambleLines || m_choices.headerLines;
    // "---load--- ---cpu---": a banner over groups of names belongs to the header.
    if (!chosen && first != table && first > 0 && isBanner(m_head[first - 1].cells))
        --first;
    const std::size_t top = m_head[first].line;
    m_layout.dialect.headerLines = table - first;
    m_layout.dialect.preambleLines = top - 1;
    if (rows.empty() && m_choices.headerLines != std::size_t {0})
        rows = commentedNames(table);
    nameColumns(rows, m_layout.columns);
    // A delimiter at the end of every line makes a column of nothing.
    while (m_layout.columns.size() > 1 && !m_layout.columns.back().named
           && m_layout.columns.back().type == ColumnType::Unknown)
        m_layout.columns.pop_back();
}

/// What comments and other lines above the table say about it.
void LayoutFinder::readPreamble()
{
    const PreambleFacts facts
        = preambleFacts(m_text.substr(0, m_layout.dataOffset), m_layout.columns.size());
    m_layout.rate = facts.rate;
    const std::size_t units = facts.units.size();
    for (std::size_t c = 0; c < m_layout.columns.size() && units > 0; ++c) {
        ColumnLayout& column = m_layout.columns[c];
        if (column.unit.empty() && (units > 1 ? c < units : timeNameRank(column.header) == 0))
            column.unit = facts.units[units > 1 ? c : 0];
    }
}

bool LayoutFinder::find()
{
    const std::size_t table = findTable();
    if (table == m_head.size())
        return false;
    m_layout.dataOffset = m_head[table].offset;
    m_layout.dataLine = m_head[table].line;
    sampleFrom(table);
    findHeader(table);
    findCompactDates(m_layout.columns);
    findWritings(m_layout.columns, m_layout.dialect.decimal);
    readPreamble();
    return std::ranges::find(m_layout.columns, ColumnType::Number, &ColumnLayout::type)
        != m_layout.columns.end();
}

/// Where the table may begin, unless a person says so: what stands above must not be taken for it.
LinePlace earliestTable(std::string_view text, const ReadChoices& choices)
{
    if (choices.preambleLines || choices.headerLines || choices.delimiter)
        return {};
    const std::string_view head = firstLines(text);
    return namedTable(head, detectQuote(head));
}

bool hasOneLine(std::string_view text)
{
    return trimmed(text).find('\n') == std::string_view::npos;
}

} // namespace

Result<TableLayout> detectLayout(std::string_view text, const std::string& name,
                                 const ReadChoices& choices)
{
    if (trimmed(text).empty())
        return Error {name + " is empty; choose a file that holds a table."};
    if (hasOneLine(text))
        return Error {name
                      + " has only one line; a recording needs a line of names and lines of "
                        "numbers below it."};
    const LinePlace from = earliestTable(text, choices);
    const TableShape shape = detectDialect(text.substr(from.offset), choices);
    if (shape.columns > mostColumns)
        return Error {name + " has " + std::to_string(shape.columns) + " columns, more than "
                      + std::to_string(mostColumns) + "; split it into tables of fewer columns."};
    LayoutFinder finder(text, shape, choices, from);
    if (!finder.find())
        return Error {name
                      + " has no column of numbers; choose a table in which at least one "
                        "column holds measurements."};
    return finder.take();
}

} // namespace stint
