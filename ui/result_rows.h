#pragma once

#include "core/detect/result_block.h"
#include "ui/plot/min_max_index.h"
#include "ui/plot/row_span.h"

#include <cstdint>
#include <vector>

namespace stint::ui {

/// What a store holds per row of one recording, and which rows have been written to, so that nobody
/// has to look at the others. Takes 19 bytes a row, and 4 more once a threshold moves. Making it
/// takes a pass over new memory, which is long for a hundred million rows and best done by the
/// thread that read the recording.
struct ResultRows {
    static constexpr std::uint8_t noMode = 255;

    ResultRows() : ResultRows(0) { }
    explicit ResultRows(Index rows);

    [[nodiscard]] Index rows() const { return static_cast<Index>(score.size()); }

    /// Rows [first, last) were written to.
    void include(Index first, Index last);
    /// Brings both indexes up to date.
    void updateIndexes();
    /// From now on there is a threshold for each row; those with a score were judged by `soFar`.
    void startThresholds(float soFar);
    /// Forgets everything; takes time for the used rows only.
    void clear();
    /// The first rows go away and all others move to the front.
    void dropFirst(Index count);
    /// Keeps the first rows only.
    void truncate(Index count);

    RowSpan used; ///< rows outside hold nothing
    std::vector<float> score; ///< (rows) NaN: none
    std::vector<float> earlier; ///< (rows) of another variant, NaN: none
    std::vector<std::uint8_t> modeCode; ///< (rows) of the score
    std::vector<std::uint8_t> earlierCode; ///< (rows) of the earlier one
    std::vector<std::uint8_t> alarm; ///< (rows) 0 or 1
    std::vector<std::uint8_t> held; ///< (rows) 0 or 1
    std::vector<ScorePart> part; ///< (rows)
    std::vector<std::uint32_t> topChannel; ///< (rows)
    MinMaxIndex<float> scoreIndex;
    MinMaxIndex<float> earlierIndex;

    std::vector<float> threshold; ///< (rows) by which each was judged, NaN: not known; or empty
    MinMaxIndex<float> thresholdIndex;
};

} // namespace stint::ui
