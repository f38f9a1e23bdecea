#include "core/series/cell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>

namespace stint {

namespace {

constexpr std::array<double, 23> powersOfTen {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
/// What programs write for "no value", the errors of spreadsheets included.
constexpr std::array<std::string_view, 25> missingMarkers {
    "nan",   "na",    "n/a",    "null",    "-",      "none",    "?",       "--",      "---",
    "nil",   "n.a.",  "<na>",   "#n/a",    "\\n",    ".",       "missing", "#value!", "#div/0!",
    "#num!", "#ref!", "#name?", "1.#qnan", "1.#ind", "-1.#ind", "-1.#qnan"};

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Plain decimals of at most 15 digits: both the digits and the power of ten are exact doubles, so
/// that one division rounds correctly (Clinger). False for everything else.
bool readShortDecimal(const char* at, const char* last, char decimal, double& value)
{
    const bool negative = *at == '-';
    if (negative || *at == '+')
        ++at;
    std::uint64_t digits = 0;
    const char* const start = at;
    for (; at != last && isDigit(*at); ++at)
        digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
    auto count = at - start;
    std::size_t fraction = 0;
    if (at != last && *at == decimal) {
        const char* const point = at++;
        for (; at != last && isDigit(*at); ++at)
            digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
        fraction = static_cast<std::size_t>(at - point - 1);
        count += static_cast<std::ptrdiff_t>(fraction);
    }
    if (at != last || count == 0 || count > 15)
        return false;
    const double magnitude = static_cast<double>(digits) / powersOfTen[fraction];
    value = negative ? -magnitude : magnitude;
    return true;
}

/// Every other spelling of a number: many digits, exponents, inf.
bool readAnyNumber(std::string_view text, char decimal, double& value)
{
    std::array<char, 128> buffer {};
    if (text.size() >= buffer.size())
        return false;
    if (decimal != '.') {
        if (text.find('.') != std::string_view::npos)
            return false;
        std::ranges::replace_copy(text, buffer.begin(), decimal, '.');
        text = {buffer.data(), text.size()};
    }
    if (text.front() == '+') {
        text.remove_prefix(1);
        if (text.empty() || text.front() == '-')
            return false;
    }
    double read = 0.0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), read);
    if (result.ptr != text.data() + text.size() || result.ec == std::errc::invalid_argument)
        return false;
    if (result.ec == std::errc::result_out_of_range) {
        // Too small is zero, too large is infinite, as in arithmetic.
        const std::size_t exponent = text.find_first_of("eE");
        const bool tiny = exponent != std::string_view::npos
            ? exponent + 1 < text.size() && text[exponent + 1] == '-'
            : text.substr(0, 3).find('.') != std::string_view::npos;
        read = tiny ? 0.0 : std::numeric_limits<double>::infinity();
        if (text.front() == '-')
            read = -read;
    }
    value = read;
    return true;
}

} // namespace

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n\f\v";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

CellKind readCell(std::string_view text, char decimal, double& value)
{
    value = std::numeric_limits<double>::quiet_NaN();
    if (text.empty())
        return CellKind::Missing;
    if (readShortDecimal(text.data(), text.data() + text.size(), decimal, value))
        return CellKind::Number;
    if (text.size() <= 8) {
        const std::string lower = lowerCase(trimmed(text));
        if (lower.empty() || std::ranges::find(missingMarkers, lower) != missingMarkers.end())
            return CellKind::Missing;
        if (lower == "-nan" || lower == "+nan")
            return CellKind::Missing;
        if (lower == "1.#inf" || lower == "-1.#inf") {
            value = lower.front() == '-' ? -std::numeric_limits<double>::infinity()
                                         : std::numeric_limits<double>::infinity();
            return CellKind::Number;
        }
        if (lower == "true" || lower == "false") {
            value = lower == "true" ? 1.0 : 0.0;
            return CellKind::Number;
        }
    }
    if (readAnyNumber(text, decimal, value) && value == value) // nan(…) is not a number
        return CellKind::Number;
    value = std::numeric_limits<double>::quiet_NaN();
    return CellKind::Other;
}

} // namespace stint
