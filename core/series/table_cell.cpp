#include "core/series/table_cell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace stint {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t longestNumber = 64;

/// Marks that are no words of any column; in small letters.
constexpr std::array missingMarks {
    "<null>"sv,   "(null)"sv,   "#wert!"sv,  "#nv"sv,     "#bezug!"sv, "#zahl!"sv, "#name?"sv,
    "#valeur!"sv, "#nombre!"sv, "#null!"sv,  "#valor!"sv, "n.d."sv,    "n.v."sv,   "k.a."sv,
    "n/v"sv,      "nodata"sv,   "novalue"sv, "ovrflw"sv,  "overflow"sv};

/// What stands in for a number where a sensor, a range or a connection failed; in small letters.
constexpr std::array statusWords {"bad"sv,          "bad input"sv,   "bad data"sv,
                                  "bad value"sv,    "no data"sv,     "no value"sv,
                                  "no sample"sv,    "no result"sv,   "not available"sv,
                                  "unavailable"sv,  "unknown"sv,     "invalid"sv,
                                  "error"sv,        "err"sv,         "fehler"sv,
                                  "erreur"sv,       "ol"sv,          "+ol"sv,
                                  "-ol"sv,          "o.l"sv,         "over"sv,
                                  "+over"sv,        "-over"sv,       "overrange"sv,
                                  "over range"sv,   "over load"sv,   "overload"sv,
                                  "under"sv,        "underrange"sv,  "under range"sv,
                                  "range"sv,        "open"sv,        "short"sv,
                                  "i/o timeout"sv,  "timeout"sv,     "comm fail"sv,
                                  "comm error"sv,   "configure"sv,   "pt created"sv,
                                  "scan off"sv,     "calc failed"sv, "intf shut"sv,
                                  "arc off-line"sv, "shutdown"sv,    "offline"sv,
                                  "disconnected"sv, "undefined"sv,   "undef"sv,
                                  "missing"sv,      "fault"sv,       "uncertain"sv,
                                  "stale"sv,        "fail"sv,        "failed"sv,
                                  "mm"sv,           "trace"sv,       "not connected"sv,
                                  "burnout"sv};

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> twoWords {
    {{"off", "on"},
     {"no", "yes"},
     {"nein", "ja"},
     {"aus", "ein"},
     {"non", "oui"},
     {"closed", "open"},
     {"inactive", "active"},
     {"low", "high"},
     {"f", "t"}}};

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }

constexpr bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The length of the sign between groups of thousands that the text begins with; 0 if there is
/// none.
std::size_t groupSign(std::string_view text, char decimal)
{
    for (const std::string_view sign : {decimal == '.' ? ","sv : "."sv, "'"sv, " "sv, "\xC2\xA0"sv,
                                        "\xE2\x80\xAF"sv, "\xE2\x80\x89"sv, "\xE2\x80\x99"sv})
        if (text.starts_with(sign))
            return sign.size();
    return 0;
}

std::size_t digitsAtFront(std::string_view text)
{
    return std::min(text.find_first_not_of("0123456789"), text.size());
}

/// "1'234'567,8" without its groups; empty if the text has none or they are not of three digits.
std::string withoutGroups(std::string_view text, char decimal)
{
    std::string plain;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        plain.push_back(text.front());
        text.remove_prefix(1);
    }
    std::size_t digits = digitsAtFront(text);
    if (digits < 1 || digits > 3 || text.front() == '0')
        return {};
    plain.append(text.substr(0, digits));
    text.remove_prefix(digits);
    const std::size_t length = groupSign(text, decimal);
    const std::string_view sign = text.substr(0, length);
    if (length == 0)
        return {};
    while (text.starts_with(sign)) {
        text.remove_prefix(length);
        digits = digitsAtFront(text);
        if (digits != 3)
            return {};
        plain.append(text.substr(0, 3));
        text.remove_prefix(3);
    }
    if (!text.empty() && text.front() != decimal)
        return {};
    return plain.append(text);
}

bool readHexadecimal(std::string_view text, double& value)
{
    if (text.size() < 3 || text.size() > 15 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
        return false;
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), number, 16);
    if (read.ec != std::errc {} || read.ptr != text.data() + text.size())
        return false;
    value = static_cast<double>(number);
    return true;
}

/// The text without blanks of typography around it.
std::string_view withoutWideBlanks(std::string_view text)
{
    for (const std::string_view blank : {"\xC2\xA0"sv, "\xE2\x80\xAF"sv}) {
        while (text.starts_with(blank))
            text.remove_prefix(blank.size());
        while (text.ends_with(blank))
            text.remove_suffix(blank.size());
    }
    return trimmed(text);
}

bool isMissingMark(std::string_view text)
{
    if (text.find_first_not_of('*') == std::string_view::npos
        || text.find_first_not_of("-.") == std::string_view::npos)
        return true;
    return text.size() <= 8
        && std::ranges::find(missingMarks, lowerCase(text)) != missingMarks.end();
}

/// The word's value in a column of two words: 0, 1, or nothing.
std::optional<double> wordValue(const std::string& lower, const CellWriting& writing)
{
    if (lower == writing.low)
        return 0.0;
    return lower == writing.high ? std::optional(1.0) : std::nullopt;
}

/// The two words if the cells hold no others and both of them.
std::optional<CellWriting> wordsOf(const std::vector<std::string_view>& cells, char decimal)
{
    for (const auto& [low, high] : twoWords) {
        const CellWriting writing {{}, std::string(low), std::string(high)};
        std::array<std::size_t, 2> found {};
        bool others = false;
        for (const std::string_view cell : cells) {
            double value = 0.0;
            const auto word = wordValue(lowerCase(cell.substr(0, 12)), writing);
            if (word)
                ++found[static_cast<std::size_t>(*word)];
            else
                others = others || readTableCell(cell, decimal, value) != CellKind::Missing;
        }
        if (!others && found[0] > 0 && found[1] > 0)
            return writing;
    }
    return std::nullopt;
}

} // namespace

CellKind readTableCell(std::string_view text, char decimal, double& value)
{
    const CellKind kind = readCell(text, decimal, value);
    if (kind != CellKind::Other || text.size() > longestNumber)
        return kind;
    const double nothing = value;
    const std::string_view bare = withoutWideBlanks(text);
    if (bare.empty() || isMissingMark(bare))
        return CellKind::Missing;
    if (readHexadecimal(bare, value))
        return CellKind::Number;
    std::string plain(bare);
    if (plain.starts_with("\xE2\x88\x92")) // the minus sign of typography
        plain.replace(0, 3, "-");
    const std::string ungrouped = withoutGroups(plain, decimal);
    if (!ungrouped.empty())
        plain = ungrouped;
    if (plain != text && readCell(plain, decimal, value) == CellKind::Number)
        return CellKind::Number;
    value = nothing;
    return CellKind::Other;
}

bool isStatusWord(std::string_view text)
{
    text = trimmed(text);
    if (text.size() < 2 || text.size() > 16)
        return false;
    if ((text.front() == '[' && text.back() == ']') || (text.front() == '<' && text.back() == '>'))
        text = text.substr(1, text.size() - 2);
    return std::ranges::find(statusWords, lowerCase(text)) != statusWords.end();
}

std::optional<NumberWithUnit> splitNumberWithUnit(std::string_view text)
{
    constexpr std::size_t longestUnit = 12;
    std::size_t last = 0; // behind the last digit that belongs to the number
    const std::size_t from = text.find_first_not_of("+-\xE2\x88\x92 ");
    if (from == std::string_view::npos || !isDigit(text[from]) || text.size() > longestNumber)
        return std::nullopt;
    for (last = from; last < text.size(); ++last) {
        const bool exponent = (text[last] == 'e' || text[last] == 'E') && last + 2 < text.size()
            && (isDigit(text[last + 1])
                || ((text[last + 1] == '-' || text[last + 1] == '+') && isDigit(text[last + 2])));
        if (exponent)
            last += 1;
        else if (!isDigit(text[last])
                 && (last + 1 >= text.size() || !isDigit(text[last + 1])
                     || std::string_view(".,' ").find(text[last]) > 3))
            break;
    }
    const std::string_view unit = withoutWideBlanks(text.substr(last));
    if (unit.empty() || unit.size() > longestUnit)
        return std::nullopt;
    const auto mayBegin = [](char c) {
        return isLetter(c) || static_cast<unsigned char>(c) >= 0x80 || c == '%' || c == '/'
            || c == '$' || c == '"' || c == '\'';
    };
    if (!mayBegin(unit.front()) || unit.find_first_of(":=;,_#") != std::string_view::npos)
        return std::nullopt;
    return NumberWithUnit {text.substr(0, last), unit};
}

std::optional<CellWriting> writingOf(const std::vector<std::string_view>& cells, char decimal)
{
    CellWriting writing;
    std::size_t present = 0;
    std::size_t fitting = 0;
    for (const std::string_view cell : cells) {
        double value = 0.0;
        if (readTableCell(cell, decimal, value) == CellKind::Missing || isStatusWord(cell))
            continue;
        ++present;
        const auto split = splitNumberWithUnit(cell);
        if (!split || readTableCell(split->number, decimal, value) != CellKind::Number)
            continue;
        if (writing.unit.empty())
            writing.unit = std::string(split->unit);
        fitting += split->unit == writing.unit ? 1U : 0U;
    }
    if (fitting > 0 && 10 * fitting >= 9 * present)
        return writing;
    return wordsOf(cells, decimal);
}

CellKind readWrittenCell(std::string_view text, char decimal, const CellWriting& writing,
                         double& value)
{
    const CellKind kind = readTableCell(text, decimal, value);
    if (kind != CellKind::Other)
        return kind;
    if (writing.unit.empty()) {
        if (const auto word = wordValue(lowerCase(text.substr(0, 12)), writing)) {
            value = *word;
            return CellKind::Number;
        }
        return CellKind::Other;
    }
    const auto split = splitNumberWithUnit(text);
    return split && split->unit == writing.unit ? readTableCell(split->number, decimal, value)
                                                : CellKind::Other;
}

} // namespace stint
