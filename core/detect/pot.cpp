#include "core/detect/pot.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint {
namespace {

/// The most alarms in a row that are taken as normal. A smoothed score that is above stays so for
/// about its span; fewer than that would leave out a part of each such group.
constexpr double largestAllowance = 20.0;

/// How much one excess may raise the threshold, as a fraction of how far that is above the level.
/// The scores of a fault that creeps up just below the threshold look like a tail that grows
/// heavier with each row, and a threshold far out in it would rise faster than they do.
constexpr double steepestRise = 0.005;

/// Scores are floats elsewhere; so limited, no sum of them overflows.
double limited(double score)
{
    constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
    return std::clamp(score, -largest, largest);
}

} // namespace

StreamingThreshold::StreamingThreshold(std::span<const double> heldOutNormalScores,
                                       const PotSettings& settings)
    : m_settings(settings)
{
    const bool sane = settings.risk > 0.0 && settings.risk < 1.0;
    m_settings.drift = std::max<Index>(0, settings.drift);
    m_settings.mostExcesses = std::max<Index>(1, settings.mostExcesses);
    m_now.ascending.reserve(static_cast<std::size_t>(m_settings.mostExcesses));
    m_now.newest.reserve(static_cast<std::size_t>(m_settings.mostExcesses));
    m_now.recent.reserve(static_cast<std::size_t>(m_settings.drift));

    std::vector<double> deviations; // in the order of time
    for (const double heldOut : heldOutNormalScores) {
        if (!std::isfinite(heldOut))
            continue;
        const double score = limited(heldOut);
        // The first score has no mean before it.
        if (m_settings.drift == 0 || !m_now.recent.empty())
            deviations.push_back(score - m_now.mean);
        addToMean(score);
    }
    m_fixed = deviations.empty() || !sane;
    m_now.above = limited(std::numeric_limits<double>::max());
    if (!deviations.empty()) {
        std::vector<double> ascending = deviations;
        std::sort(ascending.begin(), ascending.end());
        m_now.above = ascending.back();
        const double below = sane
            ? std::clamp(std::min(settings.level, 1.0 - 2.0 * settings.risk), 0.0, 1.0)
            : 1.0;
        const auto rank = static_cast<std::size_t>(below * static_cast<double>(ascending.size()));
        m_level = ascending[std::min(rank, ascending.size() - 1)];
    }
    if (!m_fixed) {
        for (const double deviation : deviations) {
            m_now.rows += 1.0;
            if (deviation > m_level)
                addExcess(deviation - m_level);
        }
        refit();
    }
    // A copy has no spare room of its own, and reset() must not take any away.
    m_start = m_now;
}

bool StreamingThreshold::step(double rowScore) noexcept
{
    if (std::isnan(rowScore))
        return false;
    const double score = limited(rowScore);
    const bool alarm = score > threshold();
    if (m_fixed) {
        if (!alarm)
            addToMean(score);
        return alarm;
    }
    m_now.allowance = std::min(largestAllowance, m_now.allowance + m_settings.risk);
    const double highest = m_level + (1.0 + steepestRise) * (m_now.above - m_level);
    if (alarm) {
        ++m_now.alarmsInRow;
        if (m_now.allowance >= 1.0) {
            m_now.allowance -= 1.0;
            m_now.rows += 1.0;
            addExcess(meanExcessBeyond(m_now.tail, m_now.above - m_level));
            refit();
            m_now.above = std::min(m_now.above, highest);
        }
        if (m_settings.adoptAfter > 0 && m_settings.drift > 0
            && m_now.alarmsInRow >= m_settings.adoptAfter) {
            restartMean();
            addToMean(score);
        }
        return true;
    }
    m_now.alarmsInRow = 0;
    m_now.rows += 1.0;
    const double excess = score - m_now.mean - m_level;
    if (excess > 0.0)
        addExcess(excess);
    addToMean(score);
    if (excess > 0.0) {
        refit();
        m_now.above = std::min(m_now.above, highest);
    }
    return false;
}

void StreamingThreshold::addExcess(double excess) noexcept
{
    const auto most = static_cast<std::size_t>(m_settings.mostExcesses);
    std::vector<double>& ascending = m_now.ascending;
    m_now.excesses += 1.0;
    if (m_now.newest.size() < most) {
        m_now.newest.push_back(excess);
    } else {
        double& oldest = m_now.newest[m_now.oldest];
        ascending.erase(std::lower_bound(ascending.begin(), ascending.end(), oldest));
        oldest = excess;
        m_now.oldest = (m_now.oldest + 1) % most;
    }
    ascending.insert(std::upper_bound(ascending.begin(), ascending.end(), excess), excess);
}

void StreamingThreshold::refit() noexcept
{
    m_now.tail = fitParetoTail(m_now.ascending);
    const double ratio = m_now.excesses > 0.0 ? m_settings.risk * m_now.rows / m_now.excesses : 1.0;
    m_now.above = m_level + excessAbove(m_now.tail, ratio);
}

void StreamingThreshold::addToMean(double score) noexcept
{
    const auto rows = static_cast<std::size_t>(m_settings.drift);
    if (rows == 0)
        return;
    if (m_now.recent.size() < rows) {
        m_now.recent.push_back(score);
        m_now.sum += score;
    } else {
        m_now.sum += score - m_now.recent[m_now.nextRecent];
        m_now.recent[m_now.nextRecent] = score;
        m_now.nextRecent = (m_now.nextRecent + 1) % rows;
        if (m_now.nextRecent == 0) {
            // Added up anew once per round, so that rounding never accumulates.
            m_now.sum = 0.0;
            for (const double value : m_now.recent)
                m_now.sum += value;
        }
    }
    m_now.mean = m_now.sum / static_cast<double>(m_now.recent.size());
}

void StreamingThreshold::restartMean() noexcept
{
    m_now.recent.clear();
    m_now.nextRecent = 0;
    m_now.sum = 0.0;
    m_now.alarmsInRow = 0;
}

Threshold calibratePot(std::vector<double> heldOutNormalScores, double target)
{
    Threshold threshold = calibrateThreshold(heldOutNormalScores, target);
    PotSettings settings;
    settings.risk = target;
    settings.mostExcesses = std::max<Index>(1, threshold.rows);
    const double value = StreamingThreshold(heldOutNormalScores, settings).threshold();
    constexpr float largest = std::numeric_limits<float>::max();
    threshold.value = static_cast<float>(std::min(value, static_cast<double>(largest)));
    if (static_cast<double>(threshold.value) < value)
        threshold.value = std::nextafter(threshold.value, largest);
    return threshold;
}

} // namespace stint
