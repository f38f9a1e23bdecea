#include "core/wire/wire_text.h"

#include "core/series/cell.h"

#include <algorithm>

namespace stint {

namespace {

constexpr std::size_t mostShown = 120;
constexpr std::size_t mostHexBytes = 40;

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t bytes = 1;
    bool valid = false;
    bool cut = false; ///< the text ends inside it
};

std::uint8_t byteAt(std::string_view text, std::size_t at)
{
    return static_cast<std::uint8_t>(text[at]);
}

/// How many bytes a code point has that begins with this one; 0 if none does.
std::size_t lengthOf(std::uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first < 0xE0)
        return 2;
    if (first >= 0xE0 && first < 0xF0)
        return 3;
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

CodePoint codePointAt(std::string_view text, std::size_t at)
{
    const std::uint8_t first = byteAt(text, at);
    const std::size_t length = lengthOf(first);
    if (length == 1)
        return {first, 1, true, false};
    if (length == 0)
        return {};
    std::uint32_t value = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if (at + i == text.size())
            return {0, i, false, true};
        const std::uint8_t next = byteAt(text, at + i);
        if ((next & 0xC0U) != 0x80U)
            return {};
        value = (value << 6U) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    if (overlong || surrogate || value > 0x10FFFF)
        return {};
    return {value, length, true, false};
}

bool isPrintable(std::uint32_t value)
{
    return value == '\t' || (value >= 0x20 && value != 0x7F && (value < 0x80 || value >= 0xA0));
}

char hexDigit(unsigned value) { return "0123456789ABCDEF"[value & 0xFU]; }

std::string hexStart(std::string_view raw)
{
    std::string text;
    for (const char c : raw.substr(0, mostHexBytes)) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (!text.empty())
            text += ' ';
        text += hexDigit(byte >> 4U);
        text += hexDigit(byte);
    }
    return text;
}

} // namespace

std::string_view textOf(std::span<const std::uint8_t> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool isPlainText(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = codePointAt(text, at);
        if (!point.valid || !isPrintable(point.value))
            return false;
        at += point.bytes;
    }
    return true;
}

double readablePart(std::string_view text)
{
    std::size_t begin = 0;
    while (begin < std::min<std::size_t>(text.size(), 3) && (byteAt(text, begin) & 0xC0U) == 0x80U)
        ++begin;
    std::size_t points = 0;
    std::size_t readable = 0;
    for (std::size_t at = begin; at < text.size();) {
        const CodePoint point = codePointAt(text, at);
        at += point.bytes;
        if (point.cut)
            break;
        ++points;
        const bool lineEnd = point.value == '\n' || point.value == '\r';
        if (point.valid && (lineEnd || isPrintable(point.value)))
            ++readable;
    }
    return points == 0 ? 0.0 : static_cast<double>(readable) / static_cast<double>(points);
}

std::string printableStart(std::string_view raw)
{
    const std::string_view start = raw.substr(0, mostShown);
    if (readablePart(start) < 0.7)
        return hexStart(raw);
    std::string text;
    for (std::size_t at = 0; at < start.size();) {
        const CodePoint point = codePointAt(start, at);
        if (point.cut)
            break;
        if (point.valid && isPrintable(point.value)) {
            text += point.value == '\t' ? std::string(" ") : std::string(start, at, point.bytes);
        } else {
            text += "\\x";
            text += hexDigit(byteAt(start, at) >> 4U);
            text += hexDigit(byteAt(start, at));
        }
        at += point.bytes;
        if (text.size() > mostShown - 4)
            break;
    }
    return text;
}

bool isLabel(std::string_view text)
{
    constexpr std::size_t longest = 64;
    constexpr std::string_view marks = "{}[]()<>\"'`|=*;$!#@\\,:";
    if (text.empty() || text.size() > longest || marks.find(text.front()) != std::string_view::npos)
        return false;
    const auto isLetter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || static_cast<std::uint8_t>(c) >= 0x80;
    };
    return std::ranges::any_of(text, isLetter)
        && text.find_first_of("\"{}") == std::string_view::npos && isPlainText(text);
}

} // namespace stint
