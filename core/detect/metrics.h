#pragma once

#include "core/base/types.h"

#include <cstddef>
#include <limits>
#include <span>

/// How well scores tell anomalous rows from normal ones. For every function here:
///
/// * `scores` (N) and `labels` (N) belong to the same rows; a label other than 0 marks an anomaly.
/// * A row raises an alarm when its score is greater than the threshold, as in the program.
/// * Rows without an answer are left out by the caller: a score that is NaN is an error of the
///   caller and asserted. Rows of equal score are taken together, so their order never matters.
/// * If all rows are normal, or all are anomalous, there is nothing to tell apart: NaN.
/// * `starts` names the first row of each recording when several are pooled (row 0 may be left
///   out), so that no labelled segment reaches from one recording into the next.
namespace stint {

/// Area under the receiver operating characteristic: the chance that a row labelled anomalous
/// scores higher than a normal one, ties counted as one half.
[[nodiscard]] double rocAuc(std::span<const double> scores, std::span<const unsigned char> labels);

/// Area under the precision-recall curve as a sum of steps: precision times the recall gained at
/// each distinct score, without interpolation.
[[nodiscard]] double averagePrecision(std::span<const double> scores,
                                      std::span<const unsigned char> labels);

/// The best F1 over all thresholds. It needs the labels, so it is an upper bound of what a
/// threshold can reach and not what a user gets.
struct BestF1 {
    double f1 = std::numeric_limits<double>::quiet_NaN();
    double threshold = std::numeric_limits<double>::quiet_NaN(); ///< f1At() here is `f1`
};

/// The best F1 and the highest threshold that reaches it.
[[nodiscard]] BestF1 bestF1(std::span<const double> scores, std::span<const unsigned char> labels);

/// F1 of the alarms at a threshold; 0 if no anomalous row raises one.
[[nodiscard]] double f1At(std::span<const double> scores, std::span<const unsigned char> labels,
                          double threshold);

/// F1 after every labelled segment with at least one alarm is counted as found in full. Published
/// for comparison only: random scores reach high values on long segments.
[[nodiscard]] double pointAdjustedF1At(std::span<const double> scores,
                                       std::span<const unsigned char> labels, double threshold,
                                       std::span<const std::size_t> starts = {});

/// The best point-adjusted F1 over all thresholds, and the highest threshold that reaches it.
/// MISLEADING as a measure of a detector: one alarm anywhere in a segment earns the whole segment,
/// and random scores reach 0.9 and more on most public sets. It is here because papers print it.
[[nodiscard]] BestF1 bestPointAdjustedF1(std::span<const double> scores,
                                         std::span<const unsigned char> labels,
                                         std::span<const std::size_t> starts = {});

/// Fraction of labelled segments with at least one alarm when the threshold is the
/// (1 - falseAlarmRate) quantile of the scores of normal rows: the smallest of them that at most
/// floor(falseAlarmRate x normal rows) of them exceed. The rate is in [0, 1).
[[nodiscard]] double eventRecallAt(std::span<const double> scores,
                                   std::span<const unsigned char> labels, double falseAlarmRate,
                                   std::span<const std::size_t> starts = {});

/// The longest buffer of AnomalyMetrics::vusPr unless the caller names another [rows].
inline constexpr Index defaultVusBuffer = 100;

/// The metrics of one table row; NaN where the labels allow none.
struct AnomalyMetrics {
    double rocAuc = std::numeric_limits<double>::quiet_NaN();
    double prAuc = std::numeric_limits<double>::quiet_NaN(); ///< averagePrecision()
    double vusPr = std::numeric_limits<double>::quiet_NaN(); ///< see core/detect/vus.h
    double bestF1 = std::numeric_limits<double>::quiet_NaN();
    double eventRecallAt1Pct = std::numeric_limits<double>::quiet_NaN(); ///< rate 0.01
    /// MISLEADING, see bestPointAdjustedF1(); NaN unless asked for.
    double bestPointAdjustedF1 = std::numeric_limits<double>::quiet_NaN();
};

/// Whether anomalyMetrics() fills in the misleading one.
enum class PointAdjusted { LeftOut, AskedFor };

/// All of them at once, the point-adjusted one only where asked for.
[[nodiscard]] AnomalyMetrics anomalyMetrics(std::span<const double> scores,
                                            std::span<const unsigned char> labels,
                                            std::span<const std::size_t> starts = {},
                                            Index vusBuffer = defaultVusBuffer,
                                            PointAdjusted pointAdjusted = PointAdjusted::LeftOut);

} // namespace stint
