#include "core/wire/text_number.h"

#include "core/wire/wire_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace stint {

namespace {

constexpr std::size_t longestUnit = 8;

bool readHex(std::string_view text, double& value)
{
    if (text.size() < 3 || text.size() > 18 || text[0] != '0' || (text[1] | 0x20) != 'x')
        return false;
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + 2, end, number, 16);
    if (read.ec != std::errc() || read.ptr != end)
        return false;
    value = static_cast<double>(number);
    return true;
}

bool isPartOfNumber(char c, char decimal)
{
    return (c >= '0' && c <= '9') || c == decimal || c == '+' || c == '-';
}

} // namespace

CellKind readWireNumber(std::string_view text, char decimal, double& value)
{
    const CellKind kind = readCell(text, decimal, value);
    return kind == CellKind::Other && readHex(text, value) ? CellKind::Number : kind;
}

NumberAndUnit readNumberAndUnit(std::string_view text, char decimal)
{
    NumberAndUnit read;
    const CellKind whole = readCell(text, decimal, read.value);
    if (whole != CellKind::Other) {
        read.ok = true;
        return read;
    }
    std::size_t end = text.size();
    while (end > 0 && !isPartOfNumber(text[end - 1], decimal))
        --end;
    const std::string_view unit = trimmed(text.substr(end));
    // "0xee" is a number of registers and not 0 of the unit "xee".
    const bool hex = end < text.size() && (text[end] | 0x20) == 'x';
    if (end == 0 || hex || unit.empty() || unit.size() > longestUnit || !isPlainText(unit)
        || readCell(text.substr(0, end), decimal, read.value) != CellKind::Number)
        return read;
    read.ok = true;
    read.unit = unit;
    return read;
}

} // namespace stint
