#include "core/detect/readable_score.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <utility>

namespace stint {
namespace {

constexpr std::size_t quantileSteps = 32;

double between(double x, double x0, double x1, double y0, double y1)
{
    return y0 + (y1 - y0) * ((x - x0) / (x1 - x0));
}

/// A usable unit of distance, whatever the scores are.
double unitOf(double distance)
{
    const bool usable = std::isfinite(distance) && distance > std::numeric_limits<double>::min();
    return usable ? distance : 1.0;
}

} // namespace

NormalQuantiles normalQuantiles(std::span<const double> heldOutNormalScores)
{
    std::vector<double> scores;
    std::copy_if(heldOutNormalScores.begin(), heldOutNormalScores.end(), std::back_inserter(scores),
                 [](double s) { return std::isfinite(s); });
    std::sort(scores.begin(), scores.end());
    NormalQuantiles quantiles;
    if (scores.empty())
        return quantiles;
    for (std::size_t k = 0; k <= quantileSteps; ++k) {
        const double place
            = static_cast<double>(k * (scores.size() - 1)) / static_cast<double>(quantileSteps);
        const auto before = static_cast<std::size_t>(place);
        const std::size_t after = std::min(before + 1, scores.size() - 1);
        const double share = place - static_cast<double>(before);
        quantiles.push_back((1.0 - share) * scores[before] + share * scores[after]);
    }
    return quantiles;
}

NormalQuantiles shortQuantiles(std::span<const double> heldOutNormalScores)
{
    NormalQuantiles quantiles = normalQuantiles(heldOutNormalScores);
    for (double& value : quantiles) {
        std::array<char, 32> text {};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                       std::chars_format::scientific, 3);
        std::from_chars(text.data(), end.ptr, value);
    }
    return quantiles;
}

ReadableScore::ReadableScore(NormalQuantiles quantiles, double threshold)
    : m_quantiles(std::move(quantiles))
{
    m_raw.reserve(m_quantiles.size() + 1);
    m_readable.reserve(m_quantiles.size() + 1);
    moveThreshold(threshold);
}

void ReadableScore::moveThreshold(double threshold)
{
    assert(std::isfinite(threshold));
    m_raw.clear();
    m_readable.clear();
    const NormalQuantiles& quantiles = m_quantiles;
    const double last = static_cast<double>(quantiles.size()) - 1.0;
    for (std::size_t k = 0; k < quantiles.size() && quantiles[k] < threshold; ++k) {
        // The lowest quarter of a step keeps room for scores below all normal ones.
        const double readable = 0.5 * (static_cast<double>(k) + 0.25) / (last + 0.5);
        if (!m_raw.empty() && quantiles[k] <= m_raw.back()) {
            m_readable.back() = readable;
            continue;
        }
        m_raw.push_back(quantiles[k]);
        m_readable.push_back(readable);
    }
    m_below = unitOf(threshold - (m_raw.empty() ? threshold : m_raw.front()));
    m_above = threshold > 0.0 ? unitOf(threshold) : m_below;
    m_raw.push_back(threshold);
    m_readable.push_back(0.5);
}

double ReadableScore::fromRaw(double score) const
{
    if (std::isnan(score))
        return score;
    if (score >= m_raw.back())
        return 1.0 - 0.5 / (1.0 + (score - m_raw.back()) / m_above);
    if (score < m_raw.front())
        return m_readable.front() / (1.0 + (m_raw.front() - score) / m_below);
    const auto above = std::upper_bound(m_raw.begin(), m_raw.end(), score);
    const auto k = static_cast<std::size_t>(above - m_raw.begin());
    return between(score, m_raw[k - 1], m_raw[k], m_readable[k - 1], m_readable[k]);
}

double ReadableScore::toRaw(double readable) const
{
    if (std::isnan(readable))
        return readable;
    if (readable >= 0.5)
        return m_raw.back() + m_above * (0.5 / std::max(0.0, 1.0 - readable) - 1.0);
    if (readable < m_readable.front())
        return m_raw.front() - m_below * (m_readable.front() / std::max(0.0, readable) - 1.0);
    const auto above = std::upper_bound(m_readable.begin(), m_readable.end(), readable);
    const auto k = static_cast<std::size_t>(above - m_readable.begin());
    return between(readable, m_readable[k - 1], m_readable[k], m_raw[k - 1], m_raw[k]);
}

} // namespace stint
