#pragma once

#include <charconv>
#include <cmath>
#include <iterator>
#include <string>

namespace stint {

/// Appends the shortest text that reads back as the same number; nothing for NaN.
template <typename Number>
void appendNumber(std::string& text, Number value)
{
    if (std::isnan(value))
        return;
    char digits[32];
    text.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
}

/// The text between quotes, those in it doubled (RFC 4180).
[[nodiscard]] inline std::string inQuotes(const std::string& text)
{
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"')
            quoted += c;
    }
    return quoted + "\"";
}

/// "name [unit]" as headers have it; the name alone without a unit.
[[nodiscard]] inline std::string nameWithUnit(const std::string& name, const std::string& unit)
{
    return unit.empty() ? name : name + " [" + unit + "]";
}

} // namespace stint
