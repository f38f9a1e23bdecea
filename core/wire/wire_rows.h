#pragma once

#include "core/base/types.h"

#include <cstdint>
#include <string>
#include <vector>

namespace stint {

/// A channel that a device sends.
struct WireChannel {
    std::string name; ///< its label, or "value 1", "value 2", …
    std::string unit; ///< empty if the device does not say

    friend bool operator==(const WireChannel&, const WireChannel&) = default;
};

/// Samples that were parsed, all with the same channels. Buffers keep their capacity.
struct WireRows {
    std::uint64_t layout = 0; ///< grows whenever the channels change
    std::vector<WireChannel> channels; ///< (C)
    Index rows = 0; ///< R
    std::vector<double> values; ///< (R, C); NaN where a sample lacks a channel
    std::vector<double> arrival; ///< (R) when the last byte of the sample came in [s]
    std::vector<double> deviceTime; ///< (R) [s] if the device sends its time, else NaN

    /// Forgets the rows; the channels stay.
    void clear()
    {
        rows = 0;
        values.clear();
        arrival.clear();
        deviceTime.clear();
    }
};

} // namespace stint
