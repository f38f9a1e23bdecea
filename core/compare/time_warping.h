#pragma once

#include "core/compare/series_set.h"

#include <cstddef>
#include <limits>
#include <vector>

namespace stint {

/// How far apart matched rows may be, as a fraction of the longer series (Sakoe and Chiba 1978).
inline constexpr double warpingBand = 0.2;

/// Dynamic time warping of two series: the least sum of squared distances between matched rows, all
/// channels warped together. Rows i and j may be matched where |i - j| <= band x the longer length,
/// rounded up, or the difference of the lengths where that is more. Memory is kept between calls.
/// Thread safety: none.
class TimeWarping {
public:
    /// The distance, or infinity as soon as it is certain to be above `limit`. Both series are
    /// (rows, C) with at least one row.
    double distance(const RowMatrix& a, const RowMatrix& b, double band,
                    double limit = std::numeric_limits<double>::infinity());

private:
    std::vector<double> m_before;
    std::vector<double> m_here;
};

/// A lower bound of the distance to one query from its envelope (Keogh 2002): whatever row it is
/// matched with, a row is at least as far as it lies outside of the smallest and largest values of
/// the rows within reach.
class WarpingEnvelope {
public:
    /// \param reach largest |i - j| of any series that is to be compared
    WarpingEnvelope(const RowMatrix& query, Index reach);

    /// Not above the distance between the query and `series`.
    [[nodiscard]] double lowerBound(const RowMatrix& series) const;

private:
    RowMatrix m_lowest; ///< (rows + reach, C) by the row of the other series
    RowMatrix m_highest;
};

/// The class of the nearest training series by time warping. Plain data, to be stored in a file.
struct NearestSeries {
    std::vector<RowMatrix> series; ///< (N), each (rows, C)
    std::vector<Index> labels; ///< (N)
    double band = warpingBand;
};

[[nodiscard]] Result<NearestSeries> fitNearestSeries(const SeriesSet& set,
                                                     double band = warpingBand);

/// The class of a series; of equally near ones that of the first. -1 if it has no rows, other
/// channels, or a value that is not finite.
[[nodiscard]] Index classify(const NearestSeries& model, const RowMatrix& series);

} // namespace stint
