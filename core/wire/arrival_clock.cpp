#include "core/wire/arrival_clock.h"

#include <algorithm>

namespace stint {

namespace {

constexpr double mostAway = 0.5; ///< from the arrival [s]
/// The rate is measured over one to two of these stretches [s], so that it follows a slow drift.
constexpr double stretch = 15.0;
/// How far a block moves towards its arrival: by much in the beginning, later only to follow drift.
constexpr double leastPull = 0.02;
constexpr double pullOfBlocks = 2.0;

} // namespace

void ArrivalClock::time(double arrival, Index count, double* times) noexcept
{
    if (count <= 0)
        return;
    const auto samples = static_cast<double>(count);
    const double expected = m_last + samples * m_period;
    const bool paused = m_samples > 0 && arrival - expected > std::max(mostAway, 4.0 * m_period);
    if (m_samples == 0 || paused)
        start(arrival);
    else if (expected - arrival > mostAway / 2.0)
        m_blocks = 0; // the device has become faster
    const double before = std::max(m_last, arrival - mostAway - samples * m_period);
    const double pull = std::max(leastPull, pullOfBlocks / static_cast<double>(++m_blocks));
    double end = m_last + samples * m_period;
    end += std::min(pull, 1.0) * (arrival - end);
    end = std::max(std::clamp(end, arrival - mostAway, arrival + mostAway), before);
    for (Index i = 0; i < count; ++i)
        times[i] = before + (end - before) * static_cast<double>(i + 1) / samples;
    m_last = end;
    measure(arrival, count);
}

void ArrivalClock::start(double arrival) noexcept
{
    // The device is the same, so its rate counts until it is measured anew.
    m_blocks = 0;
    m_last = std::max(arrival, m_last);
}

void ArrivalClock::measure(double arrival, Index count) noexcept
{
    // The samples of the first block came in before the measured time began.
    if (m_blocks == 1) {
        m_first = arrival;
        m_samples = 1;
        m_nextSamples = 0;
        return;
    }
    m_samples += static_cast<std::uint64_t>(count);
    const double span = arrival - m_first;
    if (span > 0.0)
        m_period = span / static_cast<double>(m_samples - 1);
    if (span < stretch)
        return;
    if (m_nextSamples == 0) {
        m_next = arrival;
        m_nextSamples = m_samples;
    } else if (arrival - m_next >= stretch) {
        m_samples -= m_nextSamples - 1;
        m_first = m_next;
        m_nextSamples = m_samples;
        m_next = arrival;
    }
}

double ArrivalClock::rate() const noexcept { return m_period > 0.0 ? 1.0 / m_period : 0.0; }

void ArrivalClock::reset() noexcept { *this = ArrivalClock(); }

} // namespace stint
