#include "app/live/csv_lines.h"

#include "app/live/channel_names.h"
#include "core/series/csv_text.h"

#include <algorithm>
#include <utility>

namespace stint::app {

std::string quotedField(const std::string& name, char delimiter)
{
    std::string clean = withoutControls(name);
    if (clean.find_first_of(std::string("\"") + delimiter) == std::string::npos)
        return clean;
    return inQuotes(clean);
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
        text += quotedField(nameWithUnit(column.name, column.unit));
    }
    text += '\n';
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
        m_time.append(rows.time[static_cast<std::size_t>(r)], text);
        for (const std::ptrdiff_t from : m_from) {
            text += ',';
            if (from >= 0)
                appendNumber(text, rows.samples.values[static_cast<std::size_t>(r * width + from)]);
        }
        text += '\n';
    }
}

} // namespace stint::app
