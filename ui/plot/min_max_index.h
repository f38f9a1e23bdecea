#pragma once

#include "core/base/types.h"

#include <span>
#include <vector>

namespace stint::ui {

/// A point of a thinned-out curve.
struct CurvePoint {
    Index row = 0;
    double value = 0.0; ///< NaN interrupts the curve

    friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

/// Smallest and largest value of every 64 rows of a curve, of every 16 such blocks, of every 16 of
/// those, and so on, so that a recording of any length is drawn by reading a few hundred numbers
/// per column and no peak is lost. NaN is left out. Takes a twentieth of the memory of doubles.
template <typename T>
class MinMaxIndex {
public:
    static constexpr Index blockRows = 64; ///< of the lowest level
    static constexpr Index factor = 16; ///< between levels

    /// An index of `values`, all of them read once.
    void build(std::span<const T> values);

    /// Brings the index up to date after rows [first, last) of `values` changed. The number of
    /// rows must be that of build().
    void update(std::span<const T> values, Index first, Index last);

    /// The curve over rows [first, last): every row while there are at most 2 per column, else the
    /// extremes of each of `columns` parts. `values` must be those of build(). Replaces `out`.
    void thin(std::span<const T> values, Index first, Index last, Index columns,
              std::vector<CurvePoint>& out) const;

private:
    struct Extremes {
        T low;
        T high;
        bool any;
    };

    using Level = std::vector<Extremes>;

    [[nodiscard]] Extremes extremes(std::span<const T> values, Index first, Index last) const;
    void includeBlocks(Extremes& extremes, std::size_t level, Index first, Index last) const;

    std::vector<Level> m_levels; ///< from blocks of rows up to a single block of all
};

extern template class MinMaxIndex<float>;
extern template class MinMaxIndex<double>;

} // namespace stint::ui
