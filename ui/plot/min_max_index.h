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

/// Smallest and largest value of every 64 rows of a curve, so that a long recording is drawn by
/// reading a few thousand numbers and no peak is lost. NaN is left out.
template <typename T>
class MinMaxIndex {
public:
    static constexpr Index blockRows = 64;

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

    [[nodiscard]] Extremes extremes(std::span<const T> values, Index first, Index last) const;

    std::vector<Extremes> m_blocks;
};

extern template class MinMaxIndex<float>;
extern template class MinMaxIndex<double>;

} // namespace stint::ui
