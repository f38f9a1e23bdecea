#pragma once

#include "core/wire/wire_detection.h"

#include <cstdint>
#include <span>

namespace stint {

/// The text format that fits best, or no format and a sentence that says what was met.
[[nodiscard]] WireGuess detectTextFormat(std::span<const std::uint8_t> bytes);

/// Frames between "/*" and "*/" with check bytes behind them, which need not be text.
[[nodiscard]] WireGuess detectCheckedComments(std::span<const std::uint8_t> bytes);

} // namespace stint
