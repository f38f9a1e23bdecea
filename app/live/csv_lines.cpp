#include "app/live/csv_lines.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <utility>

namespace stint::app {

void appendNumber(std::string& text, double value)
{
    if (std::isnan(value))
        return;
    char digits[32];
    text.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
}

std::string quotedField(const std::string& name, char delimiter)
{
    std::string clean = name;
    std::ranges::replace_if(
        clean, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    if (clean.find_first_of(std::string("\"") + delimiter) == std::string::npos)
        return clean;
    std::string quoted = "\"";
    for (const char c : clean) {
        quoted += c;
        if (c == '"')
            quoted += c;
    }
    return quoted + "\"";
}

bool hasAll(const std::vector<WireChannel>& many, const std::vector<WireChannel>& few)
{
    return std::ranges::all_of(few, [&many](const WireChannel& wanted) {
        return std::ranges::any_of(
            many, [&wanted](const WireChannel& c) { return c.name == wanted.name; });
    });
}

bool sameNames(const std::vector<WireChannel>& a, const std::vector<WireChannel>& b)
{
    return std::ranges::equal(a, b, {}, &WireChannel::name, &WireChannel::name);
}

void CsvLines::setColumns(std::vector<WireChannel> columns) { m_columns = std::move(columns); }

void CsvLines::appendHeader(std::string& text) const
{
    text += "time";
    for (const WireChannel& column : m_columns) {
        text += ',';
        text += quotedField(column.unit.empty() ? column.name
                                                : column.name + " [" + column.unit + "]");
    }
    text += '\n';
}

void CsvLines::appendTime(double seconds, std::string& text)
{
    using namespace std::chrono;
    const double whole = std::floor(seconds);
    auto second = static_cast<std::int64_t>(whole);
    auto micros = static_cast<std::int64_t>(std::lround((seconds - whole) * 1e6));
    if (micros == 1'000'000) {
        micros = 0;
        ++second;
    }
    if (second != m_second) {
        m_second = second;
        const sys_seconds at {std::chrono::seconds(second)};
        const sys_days day = floor<days>(at);
        const year_month_day date(day);
        const hh_mm_ss clock(at - day);
        char out[64];
        std::snprintf(
            out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.", int {date.year()},
            unsigned {date.month()}, unsigned {date.day()}, static_cast<int>(clock.hours().count()),
            static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
        m_prefix = out;
    }
    text += m_prefix;
    char digits[6];
    for (std::size_t i = sizeof digits; i-- > 0; micros /= 10)
        digits[i] = static_cast<char>('0' + micros % 10);
    text.append(digits, sizeof digits);
    text += 'Z';
}

void CsvLines::appendRows(const LiveRows& rows, std::string& text)
{
    const std::vector<WireChannel>& channels = rows.samples.channels;
    m_from.assign(m_columns.size(), -1);
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
        const auto found = std::ranges::find(channels, m_columns[c].name, &WireChannel::name);
        if (found != channels.end())
            m_from[c] = found - channels.begin();
    }
    const auto width = static_cast<std::ptrdiff_t>(channels.size());
    for (Index r = 0; r < rows.samples.rows; ++r) {
        appendTime(rows.time[static_cast<std::size_t>(r)], text);
        for (const std::ptrdiff_t from : m_from) {
            text += ',';
            if (from >= 0)
                appendNumber(text, rows.samples.values[static_cast<std::size_t>(r * width + from)]);
        }
        text += '\n';
    }
}

} // namespace stint::app
