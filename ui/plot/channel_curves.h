#pragma once

#include "core/series/recording.h"
#include "ui/plot/min_max_index.h"
#include "ui/plot/row_span.h"

#include <memory>
#include <vector>

namespace stint::ui {

/// What is worked out once about a recording so that drawing its channels and its time stays cheap.
/// Takes a pass over the data, so it is best made on the thread that read the file.
struct ChannelCurves {
    struct Bounds {
        double low = 0.0;
        double high = 1.0;
    };
    std::vector<MinMaxIndex<double>> indexes; ///< (channels)
    std::vector<Bounds> bounds; ///< (channels) with a little margin, low < high
    bool timeGrows = false; ///< at every row, so that it can be an axis
    /// Rows that the first label column marks, ascending. Of a recording that grows they grow.
    std::vector<RowSpan> labelled;
};

[[nodiscard]] std::shared_ptr<const ChannelCurves> makeChannelCurves(const Recording& recording);

} // namespace stint::ui
