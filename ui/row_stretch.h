#pragma once

#include "ui/plot/min_max_index.h"

#include <vector>

namespace stint::ui {

/// Several values per row over one stretch of consecutive rows around those stored last: all rows
/// of a recording if they fit the bound, else the newest. W = values per row, N = kept rows.
///
/// Memory is bounded by `mostValues` floats (16 MiB), however long the recording and however many
/// values a row has; it is taken when the first row is stored.
class RowStretch {
public:
    static constexpr Index mostValues = Index {1} << 22;
    static constexpr Index fewestRows = 4096; ///< kept even where a row has very many values

    /// Forgets everything, for a recording of `rows` rows.
    void reset(Index rows);

    /// Forgets the values.
    void clear() { m_width = 0; }

    /// Takes over consecutive rows inside the recording; another width than before forgets the
    /// others. \param values (rows, width), NaN where there is none.
    void store(Index first, Index rows, const float* values, Index width);

    /// The first rows of the recording go away and all others are renumbered.
    void dropFirst(Index rows);

    [[nodiscard]] bool empty() const { return m_width == 0; }
    [[nodiscard]] Index width() const { return m_width; } ///< W; 0 while empty
    [[nodiscard]] Index capacity() const { return m_capacity; } ///< N

    /// The value of a row; NaN if it is not kept.
    [[nodiscard]] float at(Index row, Index value) const;

    /// One value over rows [first, last), thinned as MinMaxIndex::thin() does. Replaces `out`.
    void thin(Index value, Index first, Index last, Index columns,
              std::vector<CurvePoint>& out) const;

private:
    void begin(Index width);
    void moveTo(Index base);
    void shift(Index rows);
    [[nodiscard]] std::span<const float> plane(Index value) const;
    [[nodiscard]] std::span<float> plane(Index value);

    Index m_rows = 0;
    Index m_width = 0;
    Index m_capacity = 0;
    Index m_base = 0; // row of [.., 0]
    std::vector<float> m_values; // (W, N)
    std::vector<MinMaxIndex<float>> m_indexes; // (W)
};

} // namespace stint::ui
