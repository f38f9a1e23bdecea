#pragma once

#include "core/wire/wire_format.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace stint {

/// What the first bytes of a device look like.
struct WireGuess {
    std::optional<WireFormat> format; ///< nothing: not recognised
    double confidence = 0.0; ///< 0..1
    Index channels = 0; ///< that most samples have
    std::string sample; ///< one raw line or frame, printable (bytes of binary formats in hex)
    std::string sentence; ///< "Looks like …" or why it is refused and what to try
};

/// Fewest and most bytes that are looked at; the most hold some lines of very many channels.
inline constexpr std::size_t fewestBytesToDetect = 64;
inline constexpr std::size_t mostBytesToDetect = 65'536;

/// Recognises the format of a stream from its first bytes, where it need not begin at the start of
/// a line or frame. Noise of a wrong rate and binary data without marks are refused.
[[nodiscard]] WireGuess detectWireFormat(std::span<const std::uint8_t> bytes);

} // namespace stint
