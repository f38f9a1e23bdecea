#include "core/detect/threshold.h"

#include "core/base/parse_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>

namespace stint {
namespace {

/// A number as a sentence shows it, whatever the locale of the machine.
std::string shown(double value)
{
    std::array<char, 32> text {};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::general, 6);
    return {text.data(), end.ptr};
}

/// Not below `value`, so that a held-out score at the threshold raises no alarm.
float roundedUp(double value)
{
    constexpr float largest = std::numeric_limits<float>::max();
    if (value >= static_cast<double>(largest))
        return largest;
    if (value < -static_cast<double>(largest))
        return -largest;
    const auto rounded = static_cast<float>(value);
    return static_cast<double>(rounded) < value ? std::nextafter(rounded, largest) : rounded;
}

/// The score that a fraction `target` exceeds if the upper tail falls exponentially: with the
/// largest m of N scores above u, and b the mean of what they are above it, P(score > x) is
/// (m / N) exp(-(x - u) / b).
double byExponentialTail(const std::vector<double>& ascending, std::size_t tail, double from,
                         double target)
{
    double excess = 0.0;
    for (std::size_t k = ascending.size() - tail; k < ascending.size(); ++k)
        excess += (ascending[k] - from) / static_cast<double>(tail);
    const double share = static_cast<double>(tail) / static_cast<double>(ascending.size());
    return from + excess * std::log(share / target);
}

/// The same if it falls like a power, that is, if the logarithms of the scores fall exponentially
/// above that of `from` > 0.
double byPowerTail(const std::vector<double>& ascending, std::size_t tail, double from,
                   double target)
{
    double steepness = 0.0;
    for (std::size_t k = ascending.size() - tail; k < ascending.size(); ++k)
        steepness += std::log(ascending[k] / from) / static_cast<double>(tail);
    const double share = static_cast<double>(tail) / static_cast<double>(ascending.size());
    return from * std::pow(share / target, steepness);
}

/// Beyond the held-out scores. Real scores have heavier tails than the exponential, but a power
/// fitted to few of them can be anywhere, so it is not followed further than twice the largest.
double extrapolated(const std::vector<double>& ascending, double target)
{
    constexpr std::size_t smallestTail = 10;
    constexpr double furthest = 2.0;
    const std::size_t count = ascending.size();
    const double largest = ascending.back();
    // A score is an error and 0 its natural end; with few rows all of them are the tail above it.
    if (count < 2 * smallestTail)
        return std::max(
            largest, byExponentialTail(ascending, count, std::min(0.0, ascending.front()), target));
    const std::size_t tail = std::max(smallestTail, count / 10);
    const double from = ascending[count - tail - 1];
    const double nearer = std::max(largest, byExponentialTail(ascending, tail, from, target));
    if (!(from > 0.0))
        return nearer;
    return std::max(nearer,
                    std::min(furthest * largest, byPowerTail(ascending, tail, from, target)));
}

} // namespace

const char* name(ThresholdRule rule) { return rule == ThresholdRule::Pot ? "pot" : "quantile"; }

Result<ThresholdRule> parseThresholdRule(std::string_view text)
{
    return parseName(text, std::array {ThresholdRule::Quantile, ThresholdRule::Pot},
                     "threshold rule");
}

Threshold calibrateThreshold(std::vector<double> heldOutNormalScores, double target)
{
    std::vector<double>& scores = heldOutNormalScores;
    scores.erase(
        std::remove_if(scores.begin(), scores.end(), [](double s) { return !std::isfinite(s); }),
        scores.end());
    std::sort(scores.begin(), scores.end());

    Threshold threshold;
    threshold.target = target;
    threshold.rows = static_cast<Index>(scores.size());
    if (scores.empty()) {
        threshold.value = std::numeric_limits<float>::max();
        threshold.remark
            = "There are no held-out normal rows to judge false alarms by, so no alarm "
              "is raised until a threshold is set by hand.";
        return threshold;
    }
    if (!(target > 0.0 && target < 1.0)) {
        threshold.value = roundedUp(scores.back());
        threshold.remark
            = "A false alarm target must lie between 0 and 100 %; the threshold is the "
              "largest of "
            + std::to_string(scores.size()) + " held-out scores.";
        return threshold;
    }

    // N + 1 - floor((N + 1) target) is the rank; the tolerance keeps 1000 x 0.001 at 1.
    const auto rows = static_cast<double>(scores.size());
    const double above = std::floor((rows + 1.0) * target + 1e-9);
    if (above >= 1.0) {
        const double rank = std::max(1.0, rows + 1.0 - above);
        threshold.value = roundedUp(scores[static_cast<std::size_t>(rank) - 1]);
        threshold.supported = true;
        return threshold;
    }
    threshold.value = roundedUp(extrapolated(scores, target));
    threshold.remark = shown(100.0 * target) + " % false alarms cannot be judged from "
        + std::to_string(scores.size()) + " held-out rows (at least "
        + shown(std::ceil(1.0 / target - 1.0 - 1e-9))
        + " are needed); the threshold is extrapolated.";
    return threshold;
}

} // namespace stint
