#pragma once

#include "core/wire/wire_format.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace stint {

/// How many bytes the check value takes at the end of a frame: 0, 1, 2 or 4.
[[nodiscard]] std::size_t checksumBytes(WireChecksum kind);

/// The check value of a payload.
[[nodiscard]] std::uint32_t checksumOf(WireChecksum kind, std::span<const std::uint8_t> payload);

/// The check value as it stands in a frame; `bytes` has checksumBytes().
[[nodiscard]] std::uint32_t readChecksum(WireChecksum kind, std::span<const std::uint8_t> bytes);

/// Whether the last checksumBytes() of a frame fit the bytes before them.
[[nodiscard]] bool checksumFits(WireChecksum kind, std::span<const std::uint8_t> frame);

} // namespace stint
