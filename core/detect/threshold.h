#pragma once

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/detect/readable_score.h"

#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// From which score on a row is an alarm, and what is known about it.
struct Threshold {
    float value = 0.0F; ///< alarm where score > value
    double target = 0.0; ///< fraction of normal rows that may be above
    Index rows = 0; ///< held-out rows it was calibrated on
    bool supported = false; ///< the rows suffice to judge the target
    std::string remark; ///< one sentence where not supported, else empty
    NormalQuantiles quantiles; ///< of the held-out scores, for a score that reads from 0 to 1
    /// The newest held-out scores in the order of time, which a threshold that moves begins with;
    /// empty where a model was saved without them.
    std::vector<float> heldOut;
};

/// How a threshold is taken from held-out normal scores.
enum class ThresholdRule {
    Quantile, ///< calibrateThreshold()
    Pot, ///< peaks over threshold: calibratePot() of core/detect/pot.h
};

[[nodiscard]] const char* name(ThresholdRule rule);
[[nodiscard]] Result<ThresholdRule> parseThresholdRule(std::string_view text);

/// The threshold that at most a fraction `target` of normal rows exceeds, from the scores of normal
/// rows that neither trained nor validated the model: the ceil((N + 1)(1 - target))-th smallest of
/// N (the conformal quantile). For exchangeable rows the expected false alarm rate is then at most
/// `target`; smoothed scores of neighbouring rows resemble each other, so they count for fewer rows
/// than there are.
///
/// Where N is too small for the target, the tail is extended: an exponential and a power are fitted
/// to the largest 10 % of the scores (at least 10 of them; with fewer than 20 an exponential to
/// all), and the larger result is taken, the power up to twice the largest score. It is never below
/// the largest score, is not supported and says so. Without any score the value is the largest
/// float: no alarm is raised.
///
/// \param heldOutNormalScores in any order; values that are not finite are left out
/// \param target              in (0, 1), else the largest score is taken and not supported
[[nodiscard]] Threshold calibrateThreshold(std::vector<double> heldOutNormalScores, double target);

} // namespace stint
