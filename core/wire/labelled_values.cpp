#include "core/wire/labelled_values.h"

#include "core/wire/text_number.h"
#include "core/wire/wire_text.h"

#include <algorithm>
#include <limits>

namespace stint {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view separators = ",;\t";
constexpr std::size_t longestUnit = 8;
constexpr std::size_t mostValues = 1024;

void skip(std::string_view& text, std::string_view characters)
{
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

/// What stands before the first of the characters, or all of it.
std::string_view upTo(std::string_view text, std::string_view characters)
{
    return text.substr(0, text.find_first_of(characters));
}

/// A unit that stands apart from its number: a short word that is followed by a separator or by
/// nothing, and not by the colon of a label.
std::string_view unitApart(std::string_view& rest)
{
    std::string_view after = rest;
    skip(after, " ");
    const std::string_view word = upTo(after, " ,;\t:=");
    if (after.size() == rest.size() || word.empty() || word.size() > longestUnit
        || !isPlainText(word))
        return {};
    after.remove_prefix(word.size());
    skip(after, " ");
    if (!after.empty() && separators.find(after.front()) == std::string_view::npos)
        return {};
    rest = after;
    return word;
}

} // namespace

LabelledValues::LabelledValues(char decimal) : m_decimal(decimal) { }

bool LabelledValues::take(std::string_view line, RowSink& sink)
{
    m_values.clear();
    std::string_view rest = line;
    skip(rest, " \t,;");
    if (rest.empty())
        return true;
    while (!rest.empty()) {
        if (m_values.size() == mostValues || !readOne(rest, sink)) {
            sink.bad(line, "no labels with numbers");
            return true;
        }
        skip(rest, " \t,;");
    }
    return sink.labelled(m_values, std::nullopt, line) != Taken::Stop;
}

bool LabelledValues::readOne(std::string_view& rest, const RowSink& sink)
{
    const std::size_t colon = rest.find_first_of(":=");
    if (colon == std::string_view::npos)
        return false;
    WireValue value;
    value.label = trimmed(rest.substr(0, colon));
    // A label that is known has been looked at before.
    const std::string* const unit = sink.unitOf(value.label);
    if (unit == nullptr
        && (!isLabel(value.label) || value.label.find_first_of(",;") != std::string_view::npos))
        return false;
    rest.remove_prefix(colon + 1);
    skip(rest, blanks);
    const std::string_view number = upTo(rest, m_decimal == ',' ? "; \t" : ",; \t");
    rest.remove_prefix(number.size());
    if (number.empty()) {
        value.value = std::numeric_limits<double>::quiet_NaN();
        m_values.push_back(value);
        return true;
    }
    // Not hexadecimal: "load:0x3fff0018,len:4" of a boot message is no measurement.
    const NumberAndUnit read = readNumberAndUnit(number, m_decimal);
    if (!read.ok)
        return false;
    value.value = read.value;
    value.unit = read.unit.empty() ? unitApart(rest) : read.unit;
    if (unit != nullptr && !value.unit.empty() && *unit != value.unit)
        return false;
    m_values.push_back(value);
    return true;
}

} // namespace stint
