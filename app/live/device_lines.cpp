#include "app/live/device_lines.h"

#include "app/live/csv_lines.h"
#include "core/series/csv_text.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace stint::app {

namespace {

/// Characters of a name that would end it, by format.
const char* marksOf(const WireFormat& format)
{
    switch (format.kind) {
    case WireKind::Delimited:
        return format.delimiter == ' ' ? " \t" : "";
    case WireKind::Labelled:
        return " ,:;\t";
    case WireKind::Teleplot:
        return ":;|,";
    default:
        return "";
    }
}

} // namespace

Result<DeviceLines> DeviceLines::create(const WireFormat& format, std::vector<WireChannel> channels)
{
    if (isBinary(format.kind))
        return Error {"Rows cannot be written as \"" + wireFormatText(format)
                      + "\"; choose csv, labels, teleplot, json, comment, dollar or nmea."};
    if (channels.empty())
        return Error {"There is no channel to be written; choose a recording with numbers."};
    return DeviceLines(format, std::move(channels));
}

DeviceLines::DeviceLines(const WireFormat& format, std::vector<WireChannel> channels)
    : m_format(format), m_channels(std::move(channels))
{
    const std::string marks = marksOf(format);
    for (WireChannel& channel : m_channels)
        std::ranges::replace_if(
            channel.name,
            [&marks](char c) {
                return marks.find(c) != std::string::npos || static_cast<unsigned char>(c) < 0x20;
            },
            '_');
}

void DeviceLines::appendStart(std::string& text) const
{
    text += '\n';
    if (m_format.kind != WireKind::Delimited)
        return;
    for (std::size_t c = 0; c < m_channels.size(); ++c) {
        const WireChannel& channel = m_channels[c];
        const bool alone = m_format.delimiter == ' ';
        if (c > 0)
            text += m_format.delimiter;
        text += quotedField(alone ? channel.name : nameWithUnit(channel.name, channel.unit),
                            m_format.delimiter);
    }
    text += '\n';
}

void DeviceLines::appendRow(std::span<const double> values, double time, std::string& text) const
{
    switch (m_format.kind) {
    case WireKind::Labelled:
        appendLabelled(values, text);
        return;
    case WireKind::Teleplot:
        appendTeleplot(values, time, text);
        return;
    case WireKind::Json:
        appendJson(values, time, text);
        return;
    case WireKind::Nmea:
        appendNmea(values, text);
        return;
    case WireKind::CommentFrame:
        text += "/*";
        appendFields(values, m_format.delimiter, text);
        text += "*/\n";
        return;
    case WireKind::DollarFrame:
        text += '$';
        appendFields(values, ' ', text);
        text += ';';
        return;
    default:
        appendFields(values, m_format.delimiter, text);
        text += '\n';
        return;
    }
}

void DeviceLines::appendFields(std::span<const double> values, char delimiter,
                               std::string& text) const
{
    // Nothing between blanks, or on a line of its own, would not count as a missing value.
    const bool needsWord = delimiter == ' ' || values.size() == 1;
    for (std::size_t c = 0; c < values.size(); ++c) {
        if (c > 0)
            text += delimiter;
        const std::size_t begin = text.size();
        if (std::isnan(values[c]) && needsWord)
            text += "nan";
        appendNumber(text, values[c]);
        if (m_format.decimal == ',')
            std::replace(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), '.', ',');
    }
}

void DeviceLines::appendLabelled(std::span<const double> values, std::string& text) const
{
    bool first = true;
    for (std::size_t c = 0; c < values.size(); ++c) {
        if (std::isnan(values[c]))
            continue;
        text += std::exchange(first, false) ? "" : ",";
        text += m_channels[c].name + ":";
        appendNumber(text, values[c]);
    }
    text += '\n';
}

void DeviceLines::appendTeleplot(std::span<const double> values, double time,
                                 std::string& text) const
{
    for (std::size_t c = 0; c < values.size(); ++c) {
        if (std::isnan(values[c]))
            continue;
        text += ">" + m_channels[c].name + ":";
        appendNumber(text, 1000.0 * time);
        text += ':';
        appendNumber(text, values[c]);
        if (!m_channels[c].unit.empty())
            text += "§" + m_channels[c].unit;
        text += '\n';
    }
}

void DeviceLines::appendJson(std::span<const double> values, double time, std::string& text) const
{
    text += "{\"ts\":";
    appendNumber(text, 1000.0 * time);
    for (std::size_t c = 0; c < values.size(); ++c) {
        text += ','
            + nlohmann::json(m_channels[c].name)
                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
            + ':';
        if (std::isfinite(values[c]))
            appendNumber(text, values[c]);
        else
            text += "null";
    }
    text += "}\n";
}

void DeviceLines::appendNmea(std::span<const double> values, std::string& text) const
{
    std::string body = "PSTNT,";
    appendFields(values, ',', body);
    unsigned sum = 0;
    for (const char c : body)
        sum ^= static_cast<unsigned char>(c);
    constexpr char digits[] = "0123456789ABCDEF";
    text += '$' + body + '*' + digits[sum >> 4U] + digits[sum & 0xFU] + "\r\n";
}

} // namespace stint::app
