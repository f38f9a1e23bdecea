#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// Longest cell in quotes [bytes].
inline constexpr std::ptrdiff_t longestQuotedCell = 65536;

/// One cell of a record: a view into the text, without quotes and without blanks around it.
struct Cell {
    std::string_view text;
    bool escaped = false; ///< holds doubled quotes that stand for one each

    /// A copy with doubled quotes made single.
    [[nodiscard]] std::string unescaped(char quote) const;
};

/// Walks over delimited text record by record as RFC 4180 has it: cells in quotes may hold
/// delimiters, line ends and doubled quotes. Blank lines and comments (lines that begin with '#',
/// "//" or a lone '%') are passed over. Lines end in LF or CRLF. A quote that is never closed
/// within 64 KiB is an ordinary character, so that one stray quote does not swallow a file.
///
/// Ownership: none; the text must outlive the splitter and every cell.
class RecordSplitter {
public:
    /// `delimiter` ' ' stands for a run of blanks and tabs. `line` is the number of the first line.
    RecordSplitter(std::string_view text, char delimiter, char quote, std::size_t offset = 0,
                   std::size_t line = 1);

    /// The cells of the next record; false at the end of the text.
    bool next(std::vector<Cell>& cells);

    /// The line on which the last record began, counted from 1.
    [[nodiscard]] std::size_t line() const { return m_recordLine; }

    /// Where the last record began [bytes].
    [[nodiscard]] std::size_t offset() const;

    /// The line that follows the last record.
    [[nodiscard]] std::size_t nextLine() const { return m_line; }

    /// Where the text that follows the last record begins [bytes].
    [[nodiscard]] std::size_t nextOffset() const
    {
        return static_cast<std::size_t>(m_at - m_begin);
    }

    /// Whether a cell of the last record began with a quote that nothing closed in the text at
    /// hand: with more text the record may turn out to be longer.
    [[nodiscard]] bool unclosed() const { return m_unclosed; }

    /// The latest comment before the last record, without '#'; empty if there was none.
    [[nodiscard]] std::string_view comment() const { return m_comment; }

private:
    bool skipToRecord();
    void splitDelimited(std::vector<Cell>& cells);
    void splitBlanks(std::vector<Cell>& cells);
    bool takeQuoted(std::vector<Cell>& cells);
    [[nodiscard]] bool atLineEnd() const { return m_at == m_end || *m_at == '\n'; }
    [[nodiscard]] bool atDelimiter() const;

    const char* m_begin;
    const char* m_end;
    const char* m_at;
    const char* m_record;
    char m_delimiter;
    char m_quote;
    std::size_t m_line;
    std::size_t m_recordLine;
    std::string_view m_comment;
    bool m_unclosed = false;
};

} // namespace stint
