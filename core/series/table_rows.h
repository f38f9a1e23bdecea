#pragma once

#include "core/series/table_layout.h"
#include "core/series/time_column.h"
#include "core/series/time_texts.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stint {

/// A column of a few texts that repeat.
struct TextColumn {
    std::vector<std::string> texts; ///< distinct, as they appear
    std::vector<std::int32_t> values; ///< (rows) index into texts, -1 where missing
};

/// The rows of a table, column by column.
struct TableRows {
    std::vector<std::vector<double>> values; ///< (columns)(rows); no rows where left out as text
    std::vector<TextColumn> texts; ///< (columns); no rows but where asked for
    std::vector<double> dateSeconds; ///< (rows) [s]; empty without a column of dates
    TimeTexts dateText; ///< (rows) as written
    std::vector<BadLine> badLines; ///< the first 1000, in order
    std::size_t badLineCount = 0;
    std::size_t rows = 0;
    bool tooShort = false; ///< so many lines lacked cells that this is no table
};

/// Most bad lines that are kept with their reasons.
constexpr std::size_t mostBadLines = 1000;

/// Reads the rows of a table block by block: the layout's columns of numbers, and of dates if
/// given. A cell that does not fit its column and a line with too few or too many cells become bad
/// lines; lines without any cell are passed over; a header that is repeated is left out.
///
/// Ownership: refers to layout and dates, which must outlive it.
class RowReader {
public:
    /// \param textColumns columns of text that are read too.
    /// \param lines about how many there will be, so that columns need not grow.
    RowReader(const TableLayout& layout, const std::optional<DateColumns>& dates,
              const std::vector<std::size_t>& textColumns, std::size_t lines);

    /// Reads all rows that are certain to be complete.
    /// \param text begins where the call before ended; lines end in LF or CRLF.
    /// \param last nothing follows; the last line ends in LF too.
    /// \returns how much of the text was read [bytes]; 0 if no row in it is complete.
    std::size_t read(std::string_view text, bool last);

    /// Whether so many lines lacked cells that this is no table.
    [[nodiscard]] bool tooShort() const { return m_rows.tooShort; }

    /// What has been read so far.
    [[nodiscard]] const TableRows& rows() const { return m_rows; }

    /// Hands over what was read since the last call; reading goes on behind it. Columns whose
    /// sample was empty stay as they are.
    TableRows takeRows();

    /// Settles what only the whole file can tell and hands over the rows.
    TableRows finish();

private:
    /// What becomes of the cells of a column.
    enum class Part : unsigned char { Number, Date, TimeOfDay, Text, Nothing };

    /// The bad lines of one column that the sample knew nothing about: whether they are bad is
    /// decided when the whole column has been seen.
    struct Doubts {
        std::vector<BadLine> lines;
        std::size_t count = 0;
        std::size_t numbers = 0;
    };

    /// Lets texts be looked up without a copy.
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view> {}(text);
        }
    };
    using KnownTexts = std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>>;

    void makeRoom();
    [[nodiscard]] const char* passBlanks(const char* at) const;
    [[nodiscard]] const char* passDelimiter(const char* at) const;
    const char* readPlainLine(const char* at);
    const char* readPlainCell(const char* at, std::size_t column);
    const char* readQuotedCell(const char* at, std::size_t column);
    CellKind readNumberCell(std::string_view text, std::size_t column, double& value) const;
    bool takePlainText(std::string_view text, std::size_t column);
    const char* readRecord(const char* at, const char* end, bool last);
    void readCells();
    void readNumber(std::size_t column);
    void readDateCells();
    void keepDateText();
    void readTexts();
    [[nodiscard]] bool keepRow() const;
    void storeRow();
    void passOver(std::size_t badBefore);
    void report(std::size_t column, const char* reason);
    void reportLength();
    void settleDoubts();
    void dropFooter();
    [[nodiscard]] bool isHeaderAgain() const;
    [[nodiscard]] bool isBlank(char c) const
    {
        return (c == ' ' || c == '\r' || c == '\t') && c != m_delimiter;
    }

    const TableLayout& m_layout;
    const std::optional<DateColumns>& m_dates;
    char m_delimiter;
    char m_decimal;
    char m_quote;
    std::vector<Part> m_parts; ///< (columns)
    std::vector<std::size_t> m_numbers; ///< columns to read
    std::vector<std::size_t> m_texts; ///< columns to read as text
    std::vector<std::size_t> m_unknown; ///< columns whose sample was empty
    std::vector<KnownTexts> m_known; ///< of each column of text
    std::vector<Doubts> m_doubts; ///< (columns)
    TableRows m_rows;
    std::size_t m_line; ///< number of the next one
    std::size_t m_bytes = 0; ///< read so far
    std::size_t m_room; ///< rows for which columns have memory
    std::size_t m_padded = 0; ///< cells added to short lines
    std::size_t m_footer = 0; ///< rows at the end with a word in place of a date
    std::size_t m_footerLine = 0; ///< of the first of them

    const char* m_end = nullptr; ///< of the lines at hand

    // Of the row at hand:
    std::vector<Cell> m_cells;
    std::vector<double> m_row; ///< (columns)
    std::vector<std::string_view> m_views; ///< (columns) cells of dates and texts
    std::optional<double> m_seconds; ///< of its date
    std::size_t m_recordLine = 1;
    std::size_t m_present = 0;
    std::size_t m_failed = 0;
    bool m_reported = false;
    bool m_wordForDate = false;
};

} // namespace stint
