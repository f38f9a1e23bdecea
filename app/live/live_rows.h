#pragma once

#include "core/wire/wire_rows.h"

#include <cstdint>
#include <vector>

namespace stint::app {

/// Rows that a device sent or that a file gained, as recorder, engine and views get them. All rows
/// of a block have the same channels. Buffers keep their capacity.
struct LiveRows {
    /// Values, channels, times as they came. Its layout is unique as long as the feed lives, even
    /// where the format changes.
    WireRows samples;
    std::uint64_t firstRow = 0; ///< rows before these since the feed was started, gaps not counted
    /// (R) [s] of a device since 1970-01-01 UTC, evenly spaced; of a file as it has them, or the
    /// number of the row. Never runs backwards.
    std::vector<double> time;
    /// (labels)(R) 1 where a label column of a file marks the row; a device has none.
    std::vector<std::vector<unsigned char>> labels;
    bool gap = false; ///< the connection was lost before the first row: samples are missing there

    /// Takes over what another block holds, without allocating where its channels are the same.
    void assign(const LiveRows& other)
    {
        if (samples.layout != other.samples.layout
            || samples.channels.size() != other.samples.channels.size())
            samples.channels = other.samples.channels;
        samples.layout = other.samples.layout;
        samples.rows = other.samples.rows;
        samples.values = other.samples.values;
        samples.arrival = other.samples.arrival;
        samples.deviceTime = other.samples.deviceTime;
        firstRow = other.firstRow;
        time = other.time;
        labels = other.labels;
        gap = other.gap;
    }
};

} // namespace stint::app
