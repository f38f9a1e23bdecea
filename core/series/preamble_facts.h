#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// What the lines above a table say about its rows.
struct PreambleFacts {
    std::optional<double> rate; ///< rows per second [1/s]
    std::vector<std::string> units; ///< as many as columns, or one for all, or none
};

/// Looks for a rate ("# Sampling Rate (Hz):= 100", "fs = 2 kHz"), an interval ("Sample Interval,
/// 0.001,s") and a list of units ("# Units:= V, A"). `preamble` is all text above the table,
/// comments included.
[[nodiscard]] PreambleFacts preambleFacts(std::string_view preamble, std::size_t columns);

} // namespace stint
