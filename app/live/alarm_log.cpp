#include "app/live/alarm_log.h"

#include <algorithm>
#include <utility>

namespace stint::app {

void AlarmLog::add(const ResultBlock& block, std::span<const double> times,
                   const std::vector<std::string>& channels)
{
    if (m_channels != channels)
        m_channels = channels;
    for (std::size_t r = 0; r < times.size(); ++r)
        m_times.push_back({block.firstRow + static_cast<Index>(r), times[r]});
    while (m_times.size() > keptTimes)
        m_times.pop_front();

    m_events.add(block);
    const auto& events = m_events.events();
    const Index firstKept = m_events.total() - std::ssize(events);
    for (; m_told < m_events.total(); ++m_told) {
        const auto at = static_cast<std::size_t>(std::max<Index>(m_told - firstKept, 0));
        if (std::exchange(m_open, true) && at > 0)
            tell(events[at - 1], true);
        m_begin = timeOf(events[at].first);
        tell(events[at], false);
    }
    const Index newest = block.firstRow + block.rows - 1;
    if (m_open && newest > events.back().last + alarmJoinGap)
        finish();
}

void AlarmLog::finish()
{
    if (std::exchange(m_open, false) && !m_events.events().empty())
        tell(m_events.events().back(), true);
}

void AlarmLog::clear()
{
    m_events.clear();
    m_told = 0;
    m_open = false;
    m_times.clear();
    const std::lock_guard lock(m_mutex);
    m_news.clear();
}

void AlarmLog::tell(const AlarmEvent& event, bool ended)
{
    LiveAlarm alarm;
    alarm.ended = ended;
    alarm.firstRow = event.first;
    alarm.lastRow = event.last;
    alarm.begin = m_begin;
    alarm.end = timeOf(event.last);
    alarm.peak = event.peak;
    alarm.topShare = event.topShare;
    if (event.topChannel >= 0 && event.topChannel < std::ssize(m_channels))
        alarm.topChannel = m_channels[static_cast<std::size_t>(event.topChannel)];
    const std::lock_guard lock(m_mutex);
    m_news.push_back(std::move(alarm));
    if (m_news.size() > mostWaiting)
        m_news.pop_front();
}

/// Time of a row, or of the nearest one that is known.
double AlarmLog::timeOf(Index row) const
{
    const auto at = std::ranges::lower_bound(m_times, row, {}, &RowTime::row);
    if (at != m_times.end())
        return at->time;
    return m_times.empty() ? 0.0 : m_times.back().time;
}

void AlarmLog::take(std::vector<LiveAlarm>& news)
{
    const std::lock_guard lock(m_mutex);
    news.insert(news.end(), m_news.begin(), m_news.end());
    m_news.clear();
}

} // namespace stint::app
