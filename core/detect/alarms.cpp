#include "core/detect/alarms.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <numeric>

namespace stint {

AlarmEvents::AlarmEvents(Index joinGap, std::size_t capacity)
    : m_joinGap(joinGap), m_capacity(capacity)
{
    assert(joinGap >= 1 && capacity >= 1);
}

void AlarmEvents::clear()
{
    m_run = 0;
    m_events.clear();
    m_total = 0;
    m_open = false;
}

void AlarmEvents::beginRun(std::uint64_t run, Index firstRow)
{
    m_run = run;
    m_open = false;
    while (!m_events.empty() && m_events.back().last >= firstRow) {
        m_events.pop_back();
        --m_total;
    }
}

void AlarmEvents::add(const ResultBlock& block)
{
    if (block.run < m_run)
        return;
    if (block.run > m_run)
        beginRun(block.run, block.firstRow);

    assert(static_cast<Index>(block.alarm.size()) >= block.rows);
    assert(static_cast<Index>(block.score.size()) >= block.rows);
    for (std::size_t row = 0; row < static_cast<std::size_t>(block.rows); ++row) {
        if (block.alarm[row] != 0)
            addAlarm(block, row);
    }
}

void AlarmEvents::addAlarm(const ResultBlock& block, std::size_t row)
{
    const Index position = block.firstRow + static_cast<Index>(row);
    if (!m_open || position - m_events.back().last > m_joinGap) {
        AlarmEvent event;
        event.first = position;
        event.peak = block.score[row];
        event.peakRow = position;
        m_events.push_back(event);
        ++m_total;
        if (m_events.size() > m_capacity)
            m_events.pop_front();
        m_open = true;
        m_sums.assign(static_cast<std::size_t>(block.channels), 0.0);
        m_encoderRows = 0;
        m_autoregressionRows = 0;
    }

    AlarmEvent& event = m_events.back();
    event.last = position;
    if (block.score[row] > event.peak) {
        event.peak = block.score[row];
        event.peakRow = position;
    }
    if (row < block.part.size()) {
        ++(block.part[row] == ScorePart::Encoder ? m_encoderRows : m_autoregressionRows);
        event.part
            = m_autoregressionRows > m_encoderRows ? ScorePart::Autoregression : ScorePart::Encoder;
    }
    addContributions(block, row, event);
}

void AlarmEvents::addContributions(const ResultBlock& block, std::size_t row, AlarmEvent& event)
{
    const auto channels = static_cast<std::size_t>(block.channels);
    if (channels == 0 || channels != m_sums.size()
        || block.contributions.size() < (row + 1) * channels)
        return;
    for (std::size_t channel = 0; channel < channels; ++channel) {
        const float share = block.contributions[row * channels + channel];
        m_sums[channel] += std::isfinite(share) ? static_cast<double>(share) : 0.0;
    }
    const auto top = std::max_element(m_sums.begin(), m_sums.end());
    const double sum = std::accumulate(m_sums.begin(), m_sums.end(), 0.0);
    event.topChannel = static_cast<Index>(std::distance(m_sums.begin(), top));
    event.topShare = sum > 0.0 ? *top / sum : 0.0;
}

} // namespace stint
