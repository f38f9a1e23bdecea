#include "core/wire/json_values.h"

#include "core/series/cell.h"

#include <charconv>
#include <cstdint>
#include <limits>

namespace stint {

namespace {

constexpr int deepest = 32;
constexpr std::size_t mostValues = 1024;
constexpr std::size_t longestPath = 256;

bool endsWord(char c) { return c == ',' || c == '}' || c == ']' || isJsonBlank(c); }

/// A code point of the basic plane in UTF-8; halves of surrogate pairs become '?'.
void appendCodePoint(std::uint32_t point, std::string& text)
{
    if (point >= 0xD800 && point < 0xE000) {
        text += '?';
    } else if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += static_cast<char>(0xC0U | (point >> 6U));
        text += static_cast<char>(0x80U | (point & 0x3FU));
    } else {
        text += static_cast<char>(0xE0U | (point >> 12U));
        text += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
        text += static_cast<char>(0x80U | (point & 0x3FU));
    }
}

} // namespace

bool JsonValues::read(std::string_view object)
{
    m_at = object.data();
    m_end = m_at + object.size();
    m_path.clear();
    m_paths.clear();
    m_entries.clear();
    m_values.clear();
    if (!skip('{') || !readObject(1))
        return false;
    skipBlanks();
    if (m_at != m_end)
        return false;
    const std::string_view paths = m_paths;
    for (const Entry& entry : m_entries)
        m_values.push_back({paths.substr(entry.path, entry.length), {}, entry.value});
    return true;
}

void JsonValues::skipBlanks()
{
    while (m_at != m_end && isJsonBlank(*m_at))
        ++m_at;
}

bool JsonValues::skip(char c)
{
    skipBlanks();
    if (m_at == m_end || *m_at != c)
        return false;
    ++m_at;
    return true;
}

/// After its opening brace.
bool JsonValues::readObject(int depth)
{
    if (skip('}'))
        return true;
    const std::size_t length = m_path.size();
    do {
        skipBlanks();
        if (!readString(m_text) || !skip(':') || length + m_text.size() + 1 > longestPath)
            return false;
        if (length > 0)
            m_path += '/';
        m_path += m_text;
        if (!readValue(depth))
            return false;
        m_path.resize(length);
    } while (skip(','));
    return skip('}');
}

/// After its opening bracket.
bool JsonValues::readArray(int depth)
{
    if (skip(']'))
        return true;
    const std::size_t length = m_path.size();
    std::size_t place = 0;
    do {
        m_path += '/' + std::to_string(place++);
        if (m_path.size() > longestPath || !readValue(depth))
            return false;
        m_path.resize(length);
    } while (skip(','));
    return skip(']');
}

bool JsonValues::readValue(int depth)
{
    skipBlanks();
    if (m_at == m_end || depth > deepest)
        return false;
    switch (*m_at) {
    case '{':
        ++m_at;
        return readObject(depth + 1);
    case '[':
        ++m_at;
        return readArray(depth + 1);
    case '"':
        return readText();
    default:
        return readWord();
    }
}

bool JsonValues::readText()
{
    if (!readString(m_text))
        return false;
    double value = 0.0;
    if (readCell(m_text, '.', value) == CellKind::Number)
        add(value);
    return true;
}

/// A number, true, false or null.
bool JsonValues::readWord()
{
    const char* const begin = m_at;
    while (m_at != m_end && !endsWord(*m_at))
        ++m_at;
    const std::string_view word(begin, static_cast<std::size_t>(m_at - begin));
    double value = 0.0;
    const CellKind kind = readCell(word, '.', value);
    if (word.empty() || kind == CellKind::Other)
        return false;
    add(value);
    return m_entries.size() <= mostValues;
}

bool JsonValues::readString(std::string& text)
{
    text.clear();
    if (m_at == m_end || *m_at != '"')
        return false;
    ++m_at;
    for (;;) {
        const char* const begin = m_at;
        while (m_at != m_end && *m_at != '"' && *m_at != '\\'
               && static_cast<std::uint8_t>(*m_at) >= 0x20)
            ++m_at;
        text.append(begin, m_at);
        if (m_at == m_end || static_cast<std::uint8_t>(*m_at) < 0x20)
            return false;
        if (*m_at++ == '"')
            return true;
        if (!readEscape(text))
            return false;
    }
}

/// After the backslash.
bool JsonValues::readEscape(std::string& text)
{
    if (m_at == m_end)
        return false;
    const char c = *m_at++;
    if (c != 'u') {
        constexpr std::string_view codes = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const std::size_t at = codes.find(c);
        if (at == std::string_view::npos)
            return false;
        text += meanings[at];
        return true;
    }
    std::uint32_t point = 0;
    if (m_end - m_at < 4)
        return false;
    const auto read = std::from_chars(m_at, m_at + 4, point, 16);
    if (read.ec != std::errc() || read.ptr != m_at + 4)
        return false;
    m_at += 4;
    appendCodePoint(point, text);
    return true;
}

void JsonValues::add(double value)
{
    m_entries.push_back({m_paths.size(), m_path.size(), value});
    m_paths += m_path;
}

} // namespace stint
