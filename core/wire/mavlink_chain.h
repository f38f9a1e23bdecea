#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace stint {

/// Most MAVLink frames, version 1 or 2, that follow each other without a gap and with ascending
/// sequence numbers. Four of them are hardly chance; the lengths alone are.
[[nodiscard]] std::size_t longestMavlinkChain(std::span<const std::uint8_t> bytes);

} // namespace stint
