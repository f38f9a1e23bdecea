#include "core/detect/row_judge.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint {
namespace {

StreamingThreshold streamingOf(const Threshold& calibrated, const ThresholdMotion& motion)
{
    const std::vector<double> heldOut(calibrated.heldOut.begin(), calibrated.heldOut.end());
    PotSettings settings;
    settings.risk = calibrated.target;
    settings.drift = std::clamp<Index>(motion.drift, 0, mostDrift);
    settings.adoptAfter = settings.drift;
    return {heldOut, settings};
}

/// Scores are floats: one is above the result where it is above `value`, and nowhere else.
float roundedDown(double value)
{
    constexpr float largest = std::numeric_limits<float>::max();
    const auto bounded
        = std::clamp(value, -static_cast<double>(largest), static_cast<double>(largest));
    const auto rounded = static_cast<float>(bounded);
    return static_cast<double>(rounded) > bounded ? std::nextafter(rounded, -largest) : rounded;
}

} // namespace

RowJudge::RowJudge(const Threshold& calibrated, const ThresholdMotion& motion)
    : m_streaming(streamingOf(calibrated, motion))
{ }

float RowJudge::threshold() const noexcept { return roundedDown(m_streaming.threshold()); }

void RowJudge::judge(ResultBlock& block)
{
    block.thresholds.resize(static_cast<std::size_t>(block.rows));
    for (std::size_t row = 0; row < block.thresholds.size(); ++row) {
        block.thresholds[row] = threshold();
        block.alarm[row] = m_streaming.step(static_cast<double>(block.score[row])) ? 1 : 0;
    }
    block.threshold = threshold();
}

} // namespace stint
