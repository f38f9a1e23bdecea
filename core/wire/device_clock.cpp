#include "core/wire/device_clock.h"

#include "core/series/cell.h"
#include "core/series/time_names.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace stint {

namespace {

/// A value that does not run on weighs as much as four that do, so that broken digits and resets of
/// the device do not add up in a long run.
constexpr int breachWeight = 4;
constexpr int mostDoubt = 12;

TimeUnit unitBySize(double value)
{
    const double size = std::abs(value);
    if (size >= 1e17)
        return TimeUnit::Nanosecond;
    if (size >= 1e14)
        return TimeUnit::Microsecond;
    if (size >= 1e11)
        return TimeUnit::Millisecond;
    const bool date = size >= 1e9 && size < 4e9;
    return date || std::floor(value) != value ? TimeUnit::Second : TimeUnit::Millisecond;
}

} // namespace

int deviceTimeRank(std::string_view name)
{
    const std::string lower = lowerCase(trimmed(name));
    if (lower == "ms" || lower == "us" || lower == "ts")
        return 2;
    const int rank = timeNameRank(name);
    if (rank != 1)
        return rank;
    // Rank 1 is also given to names in which time is one word of several, such as "time on".
    const bool shortName = lower[0] == 't' ? lower.size() == 1 || lower.find_first_of(" _([") == 1
                                           : lower.starts_with("sec");
    return shortName || lower.starts_with("ts") ? 1 : 0;
}

DeviceClock::DeviceClock(std::string_view name, std::string_view unit)
    : m_unit(timeUnitOf(unit)), m_strict(deviceTimeRank(name) < 2)
{
    if (!m_unit)
        m_unit = timeUnitInHeader(name);
    if (!m_unit)
        m_unit = timeUnitOf(name).has_value() && name.size() == 2 ? timeUnitOf(name) : std::nullopt;
}

bool DeviceClock::runsOn(double value) const noexcept
{
    if (!m_started)
        return std::isfinite(value);
    return std::isfinite(value) && (m_strict ? value > m_last : value >= m_last);
}

bool DeviceClock::wouldGiveUp(double value) const noexcept
{
    return !std::isnan(value) && !runsOn(value) && m_doubt + breachWeight >= mostDoubt;
}

double DeviceClock::seconds(double value)
{
    if (!std::isfinite(value))
        return std::numeric_limits<double>::quiet_NaN();
    const bool on = runsOn(value);
    m_doubt = on ? std::max(0, m_doubt - 1) : m_doubt + breachWeight;
    if (!m_started && !m_unit)
        m_unit = unitBySize(value);
    m_started = true;
    m_last = value;
    return on ? toSeconds(value, *m_unit) : std::numeric_limits<double>::quiet_NaN();
}

} // namespace stint
