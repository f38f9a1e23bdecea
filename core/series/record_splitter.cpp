#include "core/series/record_splitter.h"

#include "core/series/cell.h"

#include <algorithm>
#include <cstring>

namespace stint {

namespace {

constexpr bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// '#' always; "//" too; '%' with a blank or another one behind it, because "%user" is a name.
bool beginsComment(const char* at, const char* end)
{
    if (*at == '#')
        return true;
    const char next = at + 1 != end ? at[1] : '\n';
    return (*at == '/' && next == '/')
        || (*at == '%' && (isBlank(next) || next == '%' || next == '\n'));
}

std::string_view view(const char* first, const char* last)
{
    return {first, static_cast<std::size_t>(last - first)};
}

} // namespace

std::string Cell::unescaped(char quote) const
{
    std::string plain(text);
    if (escaped) {
        const auto pair = [quote](char a, char b) { return a == quote && b == quote; };
        plain.erase(std::unique(plain.begin(), plain.end(), pair), plain.end());
    }
    return plain;
}

RecordSplitter::RecordSplitter(std::string_view text, char delimiter, char quote,
                               std::size_t offset, std::size_t line)
    : m_begin(text.data()),
      m_end(text.data() + text.size()),
      m_at(m_begin + std::min(offset, text.size())),
      m_record(m_at),
      m_delimiter(delimiter),
      m_quote(quote),
      m_line(line),
      m_recordLine(line)
{ }

std::size_t RecordSplitter::offset() const { return static_cast<std::size_t>(m_record - m_begin); }

bool RecordSplitter::atDelimiter() const
{
    return m_delimiter == ' ' ? isBlank(*m_at) : *m_at == m_delimiter;
}

bool RecordSplitter::next(std::vector<Cell>& cells)
{
    cells.clear();
    m_unclosed = false;
    if (!skipToRecord())
        return false;
    if (m_delimiter == ' ')
        splitBlanks(cells);
    else
        splitDelimited(cells);
    if (m_at != m_end) {
        ++m_at;
        ++m_line;
    }
    return true;
}

/// Stands at the first character of the next line that is neither blank nor a comment.
bool RecordSplitter::skipToRecord()
{
    while (m_at != m_end) {
        m_record = m_at;
        m_recordLine = m_line;
        const char* first = m_at;
        while (first != m_end && isBlank(*first))
            ++first;
        const bool content = first != m_end && *first != '\n';
        if (content && !beginsComment(first, m_end))
            return true;
        const void* const found = std::memchr(first, '\n', static_cast<std::size_t>(m_end - first));
        m_at = found == nullptr ? m_end : static_cast<const char*>(found);
        if (first != m_at)
            m_comment = trimmed(view(first + (*first == '/' ? 2 : 1), m_at));
        if (m_at != m_end) {
            ++m_at;
            ++m_line;
        }
    }
    return false;
}

void RecordSplitter::splitDelimited(std::vector<Cell>& cells)
{
    for (;;) {
        while (m_at != m_end && isBlank(*m_at) && *m_at != m_delimiter)
            ++m_at;
        if (m_at == m_end || *m_at != m_quote || !takeQuoted(cells)) {
            const char* const first = m_at;
            const char* last = m_at;
            while (last != m_end && *last != m_delimiter && *last != '\n')
                ++last;
            m_at = last;
            while (last != first && isBlank(last[-1]))
                --last;
            cells.push_back({view(first, last)});
        }
        if (atLineEnd())
            return;
        ++m_at;
    }
}

void RecordSplitter::splitBlanks(std::vector<Cell>& cells)
{
    for (;;) {
        while (m_at != m_end && isBlank(*m_at))
            ++m_at;
        if (atLineEnd())
            return;
        if (*m_at == m_quote && takeQuoted(cells))
            continue;
        const char* const first = m_at;
        while (!atLineEnd() && !isBlank(*m_at))
            ++m_at;
        cells.push_back({view(first, m_at)});
    }
}

/// Takes a cell that begins with a quote; false, at the same place, if the quote is not closed.
bool RecordSplitter::takeQuoted(std::vector<Cell>& cells)
{
    const char* const start = m_at;
    const char* const limit = start + std::min(m_end - start, longestQuotedCell);
    const char* close = start + 1;
    bool escaped = false;
    for (;; close += 2) {
        const void* const found
            = std::memchr(close, m_quote, static_cast<std::size_t>(limit - close));
        if (found == nullptr) {
            m_unclosed = m_unclosed || limit == m_end;
            return false;
        }
        close = static_cast<const char*>(found);
        if (close + 1 >= limit || close[1] != m_quote)
            break;
        escaped = true;
    }
    m_at = close + 1;
    while (!atLineEnd() && isBlank(*m_at) && !(atDelimiter() && m_delimiter != ' '))
        ++m_at;
    Cell cell {trimmed(view(start + 1, close)), escaped};
    const bool closed = atLineEnd() || atDelimiter() || (m_delimiter == ' ' && isBlank(m_at[-1]));
    if (!closed) {
        // Text after the closing quote: the quotes were part of the text.
        while (!atLineEnd() && !atDelimiter())
            ++m_at;
        cell = {trimmed(view(start, m_at)), false};
    }
    m_line += static_cast<std::size_t>(std::count(start, close, '\n'));
    cells.push_back(cell);
    return true;
}

} // namespace stint
