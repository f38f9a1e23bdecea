#pragma once

#include "core/wire/wire_detection.h"

#include <cstdint>
#include <optional>
#include <span>

namespace stint {

/// A binary format and how sure it is.
struct BinaryGuess {
    WireFormat format;
    double confidence = 0.0; ///< part of the bytes that its frames cover
    std::span<const std::uint8_t> frame; ///< one of them as it stands in the stream
};

/// Frames between bytes 0xC0 or before zeros, most of one length.
[[nodiscard]] std::optional<BinaryGuess> detectSlip(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<BinaryGuess> detectCobs(std::span<const std::uint8_t> bytes);

/// Frames of one length that begin with the same bytes and have a size or a check value that fits,
/// or bytes that are known to begin frames.
[[nodiscard]] std::optional<BinaryGuess> detectSync(std::span<const std::uint8_t> bytes);

/// The first of these that fits, or no format and a sentence that says what to try.
[[nodiscard]] WireGuess detectBinaryFormat(std::span<const std::uint8_t> bytes);

} // namespace stint
