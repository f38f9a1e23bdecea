#pragma once

#include "core/base/types.h"

#include <cstddef>
#include <span>

namespace stint {

/// Volume under the precision-recall surface: the mean, over buffer lengths b = 0, 1, …, maxBuffer
/// [rows], of a precision-recall area that forgives an alarm a little before or after a labelled
/// segment. It follows Paparrizos et al., "Volume Under the Surface" (PVLDB 2022), in the variant
/// that the TSB-AD benchmark computes, with two changes: every distinct score is a threshold
/// instead of a sample of 250, and nothing crosses the end of a pooled recording.
///
/// For a buffer b, with P labelled rows:
/// * Labels are softened: a row at distance d <= b/2 (rounded down) outside a segment gets the
///   weight sqrt(1 - d/b); weights of two segments add up to at most 1. Labelled rows weigh 1.
/// * Segments with their buffers, merged where they overlap, are the zones.
/// * At a threshold, TP is the weight of the rows in alarm and s the part of it outside labelled
///   rows. Recall is min(1, TP / (P + s/2)) times the fraction of zones with an alarm. Precision
///   is TP divided by the number of rows in alarm.
/// * The area is the sum of precision times the recall gained, over falling thresholds.
///
/// Inputs as in core/detect/metrics.h; NaN if all labels are of one class. One sort, then
/// O(rows) per buffer. maxBuffer >= 0.
[[nodiscard]] double vusPr(std::span<const double> scores, std::span<const unsigned char> labels,
                           Index maxBuffer, std::span<const std::size_t> starts = {});

} // namespace stint
