#pragma once

#include <span>
#include <vector>

namespace stint {

/// Quantiles of the scores of held-out normal rows: plain data, to be stored beside a threshold.
/// Entry k of n is the score that a fraction k / (n - 1) of the rows is below, ascending; empty if
/// no row had a score.
using NormalQuantiles = std::vector<double>;

/// \param heldOutNormalScores in any order; values that are not finite are left out
[[nodiscard]] NormalQuantiles normalQuantiles(std::span<const double> heldOutNormalScores);

/// The same with four digits, which is more than a person reads and short in a file.
[[nodiscard]] NormalQuantiles shortQuantiles(std::span<const double> heldOutNormalScores);

/// A score as a person reads it, from 0 to 1 and 0.5 exactly at the threshold:
/// * below the threshold, half the fraction of normal rows that are under the score (less a
///   hundredth, which is left for scores below all of them);
/// * above it, 1 - threshold / (2 score): 0.75 at twice the threshold, 0.95 at ten times. With a
///   threshold that is not positive the distance from the lowest normal score takes its place.
///
/// The map rises strictly wherever doubles can tell, so the order of rows and every curve over
/// thresholds are those of the raw score, and it can be turned back. It costs a search among some
/// thirty numbers and allocates only when made.
///
/// Under a threshold that moves the quantiles stay those of the held-out rows.
class ReadableScore {
public:
    /// \param quantiles as normalQuantiles() makes them; none are needed
    /// \param threshold finite; an alarm is a raw score > threshold, hence a readable one > 0.5
    ReadableScore(NormalQuantiles quantiles, double threshold);

    /// The same for another threshold, as one that moves with the rows needs; allocates nothing.
    void moveThreshold(double threshold);

    /// NaN where the score is NaN.
    [[nodiscard]] double fromRaw(double score) const;

    /// The raw score that reads as `readable`, in [0, 1]; the ends are infinite.
    [[nodiscard]] double toRaw(double readable) const;

private:
    NormalQuantiles m_quantiles;
    std::vector<double> m_raw; ///< strictly ascending, the threshold last
    std::vector<double> m_readable; ///< of the same scores, strictly ascending, 0.5 last
    double m_above = 1.0; ///< how far above the threshold a score reads 0.75
    double m_below = 1.0; ///< how far below the first entry a score reads half of it
};

} // namespace stint
