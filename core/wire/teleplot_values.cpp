#include "core/wire/teleplot_values.h"

#include "core/wire/text_number.h"
#include "core/wire/wire_text.h"

#include <cmath>

namespace stint {

namespace {

/// Values without a time that come in within this are of one sample [s]; drivers of serial ports
/// hand over what came in every 16 ms.
constexpr double moment = 0.03;
constexpr std::size_t mostMembers = 1024;
constexpr std::size_t mostValuesOfALine = 4096;
constexpr std::string_view sectionSign = "\xC2\xA7";
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Telemetry that is no number over time: texts, logs, three-dimensional shapes, curves of x and y.
bool isOther(std::string_view line)
{
    if (line.starts_with("3D|") || line.starts_with(':'))
        return true;
    const std::size_t bar = line.rfind('|');
    if (bar == std::string_view::npos)
        return false;
    const std::string_view flags = line.substr(bar + 1);
    return flags == "t" || flags.find("xy") != std::string_view::npos || flags.starts_with("t,")
        || flags.ends_with(",t");
}

} // namespace

bool TeleplotValues::take(std::string_view line, RowSink& sink)
{
    line = trimmed(line);
    if (line.empty())
        return true;
    if (line.front() != '>') {
        sink.bad(line, "no line that begins with >");
        return true;
    }
    line.remove_prefix(1);
    if (isOther(line))
        return true;
    if (!read(line)) {
        sink.bad(line, "no name with numbers");
        return true;
    }
    for (; m_done < m_line.values.size(); ++m_done) {
        const auto [time, value] = m_line.values[m_done];
        if (m_size > 0 && !belongs(time, sink) && !flush(sink))
            return false;
        add(time, value, sink);
    }
    if (complete() && !flush(sink))
        return false;
    m_done = 0;
    sink.good(line);
    return true;
}

void TeleplotValues::takeFirst(std::string_view line, RowSink& sink)
{
    if (line.starts_with('>'))
        static_cast<void>(take(line, sink));
}

bool TeleplotValues::passTime(RowSink& sink)
{
    return m_size == 0 || sink.arrival() - m_arrival <= moment || flush(sink);
}

bool TeleplotValues::read(std::string_view line)
{
    const std::size_t bar = line.rfind('|');
    line = line.substr(0, bar);
    const std::size_t sign = line.find(sectionSign);
    m_line.unit = {};
    if (sign != std::string_view::npos) {
        m_line.unit = line.substr(sign + sectionSign.size());
        line = line.substr(0, sign);
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || m_line.unit.size() > 32 || !isPlainText(m_line.unit))
        return false;
    const std::string_view name = line.substr(0, colon);
    m_line.name = trimmed(name.substr(0, name.find(',')));
    return isLabel(m_line.name) && readValues(line.substr(colon + 1));
}

bool TeleplotValues::readValues(std::string_view text)
{
    m_line.values.clear();
    while (m_line.values.size() < mostValuesOfALine) {
        const std::string_view part = text.substr(0, text.find(';'));
        const std::size_t colon = part.find(':');
        double time = nan;
        double value = 0.0;
        const std::string_view number
            = trimmed(colon == std::string_view::npos ? part : part.substr(colon + 1));
        if (colon != std::string_view::npos
            && (readCell(trimmed(part.substr(0, colon)), '.', time) != CellKind::Number
                || !std::isfinite(time)))
            return false;
        if (readCell(number, '.', value) == CellKind::Other || number.empty())
            return false;
        m_line.values.emplace_back(time, value);
        if (part.size() == text.size())
            return true;
        text.remove_prefix(part.size() + 1);
        if (text.empty()) // a semicolon at the end
            return true;
    }
    return false;
}

bool TeleplotValues::belongs(double time, const RowSink& sink) const
{
    if (m_size >= mostMembers || std::isnan(time) != std::isnan(m_time))
        return false;
    if (std::isnan(time) ? sink.arrival() - m_arrival > moment : time != m_time)
        return false;
    for (std::size_t i = 0; i < m_size; ++i)
        if (m_group[i].name == m_line.name)
            return false;
    return true;
}

void TeleplotValues::add(double time, double value, const RowSink& sink)
{
    if (m_size == 0) {
        m_time = time;
        m_arrival = sink.arrival();
    }
    if (m_size == m_group.size())
        m_group.emplace_back();
    Member& member = m_group[m_size++];
    member.name = m_line.name;
    member.unit = m_line.unit;
    member.value = value;
}

/// Whether the group looks like the one before, so that nothing more is waited for.
bool TeleplotValues::complete() const
{
    return m_size > 0 && m_size == m_lastSize && m_group[m_size - 1].name == m_lastName;
}

bool TeleplotValues::flush(RowSink& sink)
{
    if (m_size == 0)
        return true;
    m_values.clear();
    for (std::size_t i = 0; i < m_size; ++i)
        m_values.push_back({m_group[i].name, m_group[i].unit, m_group[i].value});
    const std::optional<double> seconds
        = std::isnan(m_time) ? std::nullopt : std::optional(m_time / 1000.0);
    if (sink.labelled(m_values, seconds, {}) == Taken::Stop)
        return false;
    m_lastSize = m_size;
    m_lastName = m_group[m_size - 1].name;
    m_size = 0;
    return true;
}

} // namespace stint
