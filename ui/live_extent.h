#pragma once

#include "core/base/types.h"

#include <cstdint>
#include <vector>

namespace stint::ui {

/// How much of a recording that grows is filled. Its arrays have their full length from the start;
/// rows from `rows` on are yet to come. Owned by LiveRecording, read by whoever shows it, all on
/// the GUI thread.
struct LiveExtent {
    Index rows = 0; ///< filled rows
    double step = 1.0; ///< mean distance of neighbouring rows [s]
    std::uint64_t labelChanges = 0; ///< grows whenever the labelled rows become others
    std::vector<Index> gaps; ///< rows before which the source was interrupted, ascending
};

} // namespace stint::ui
