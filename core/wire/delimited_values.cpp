#include "core/wire/delimited_values.h"

#include "core/series/header_names.h"
#include "core/wire/text_number.h"
#include "core/wire/wire_text.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace stint {

namespace {

constexpr std::size_t mostFields = 4097; ///< one more than the sink takes
constexpr std::size_t longestName = 64;
constexpr std::size_t longestUnit = 8;

bool isBlank(char c) { return c == ' ' || c == '\t'; }

std::string_view withoutBlanks(std::string_view text)
{
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// "Temp", "Temp (C)", but not "Calibration done": what a lone word before numbers may be.
bool isLoneName(std::string_view text)
{
    const std::size_t blank = text.find(' ');
    return text.size() <= 32 && text.find_first_of(".!?:=") == std::string_view::npos
        && (blank == std::string_view::npos
            || (blank + 1 < text.size() && (text[blank + 1] == '(' || text[blank + 1] == '[')));
}

} // namespace

DelimitedValues::DelimitedValues(char delimiter, char decimal)
    : m_delimiter(delimiter), m_decimal(decimal)
{ }

bool DelimitedValues::take(std::string_view line, RowSink& sink)
{
    line = withoutBlanks(line);
    if (line.empty())
        return true;
    split(line, sink);
    if (readNumbers(sink)) {
        const Taken taken = sink.placed(m_values, m_names.empty() ? nullptr : &m_names, line);
        if (taken == Taken::Row)
            m_names.clear();
        return taken != Taken::Stop;
    }
    if (!readNames(sink))
        sink.bad(line, "no line of numbers");
    return true;
}

void DelimitedValues::takeFirst(std::string_view line, const RowSink& sink)
{
    split(withoutBlanks(line), sink);
    static_cast<void>(readNames(sink));
}

void DelimitedValues::split(std::string_view line, const RowSink& sink)
{
    m_fields.clear();
    const char* at = line.data();
    const char* const end = at + line.size();
    while (at <= end && m_fields.size() < mostFields) {
        const char* stop = at;
        if (m_delimiter == ' ') {
            while (stop != end && !isBlank(*stop))
                ++stop;
        } else {
            while (stop != end && *stop != m_delimiter)
                ++stop;
        }
        const std::string_view field(at, static_cast<std::size_t>(stop - at));
        m_fields.push_back(m_delimiter == ' ' ? field : withoutBlanks(field));
        at = stop + 1;
        while (m_delimiter == ' ' && at < end && isBlank(*at))
            ++at;
    }
    // A delimiter after the last number, as sketches write it, and no missing value.
    if (m_fields.size() > 1 && m_fields.back().empty() && m_fields.size() != sink.places())
        m_fields.pop_back();
}

bool DelimitedValues::readNumbers(const RowSink& sink)
{
    m_values.resize(m_fields.size());
    bool any = false;
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        const CellKind kind = readWireNumber(m_fields[i], m_decimal, m_values[i]);
        if (kind == CellKind::Other)
            return readUnits(sink);
        any = any || kind == CellKind::Number;
    }
    return any || (m_fields.size() > 1 && m_fields.size() == sink.places());
}

/// Numbers of which some have their unit attached. A unit that a place did not have before is a
/// broken digit rather than a unit.
bool DelimitedValues::readUnits(const RowSink& sink)
{
    const bool known = sink.places() == m_fields.size();
    std::vector<std::string> units(m_fields.size());
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        const NumberAndUnit read = readNumberAndUnit(m_fields[i], m_decimal);
        if (!read.ok || (known && !read.unit.empty() && sink.unitOf(i) != read.unit))
            return false;
        m_values[i] = read.value;
        units[i] = read.unit;
    }
    if (!known && m_names.size() != m_fields.size()) {
        m_header.assign(m_fields.size(), {});
        makeNames(units);
    }
    return true;
}

/// Messages between the data must not rename channels: a lone word, or as many words as there are
/// numbers between blanks.
bool DelimitedValues::mayNameNow(const RowSink& sink) const
{
    if (m_fields.empty() || m_fields.size() >= mostFields)
        return false;
    if (m_fields.size() == 1)
        return sink.places() == 0;
    return m_delimiter != ' ' || !sink.named();
}

bool DelimitedValues::readNames(const RowSink& sink)
{
    if (!mayNameNow(sink))
        return false;
    const bool lone = m_fields.size() == 1;
    std::set<std::string_view> different;
    bool shortFields = true;
    for (const std::string_view field : m_fields) {
        double value = 0.0;
        if (field.empty() || field.size() > longestName || !isPlainText(field)
            || readWireNumber(field, m_decimal, value) == CellKind::Number)
            return false;
        shortFields = shortFields && field.size() <= longestUnit;
        different.insert(field);
    }
    std::vector<std::string> units;
    if (shortFields && !m_names.empty() && m_header.size() == m_fields.size()) {
        units.assign(m_fields.begin(), m_fields.end());
    } else {
        // "mode:DIO, clock div:1" is a message.
        const bool labels = std::ranges::all_of(m_fields, [](std::string_view field) {
            return isLabel(field) && field.find_first_of(":=,;") == std::string_view::npos;
        });
        if (!labels || different.size() != m_fields.size() || (lone && !isLoneName(m_fields[0])))
            return false;
        m_header.assign(m_fields.begin(), m_fields.end());
    }
    makeNames(units);
    return true;
}

void DelimitedValues::makeNames(const std::vector<std::string>& units)
{
    std::vector<ColumnLayout> columns(m_header.size());
    HeaderRows rows {m_header};
    if (!units.empty())
        rows.push_back(units);
    nameColumns(rows, columns);
    m_names.resize(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i)
        m_names[i]
            = {columns[i].named ? columns[i].name : std::string(), columns[i].unit, m_header[i]};
}

} // namespace stint
