#pragma once

#include "core/wire/wire_rows.h"

#include <cstdint>
#include <vector>

namespace stint::app {

/// Rows that a device sent, as recorder, engine and views get them. All rows of a block have the
/// same channels. Buffers keep their capacity.
struct LiveRows {
    WireRows samples; ///< values, channels, times as they came
    std::uint64_t firstRow = 0; ///< rows before these since the feed was started, gaps not counted
    std::vector<double> time; ///< (R) [s] since 1970-01-01 UTC, evenly spaced; never runs backwards
    bool gap = false; ///< the connection was lost before the first row: samples are missing there
};

} // namespace stint::app
