#pragma once

#include "core/wire/wire_format.h"

#include <cstdint>
#include <span>
#include <vector>

namespace stint {

/// Frames of one length, one after the other, without what marks them.
using Frames = std::vector<std::span<const std::uint8_t>>;

/// The kind whose check value nearly all of at least four frames have at their end; the longest
/// one, or None.
[[nodiscard]] WireChecksum guessChecksum(const Frames& frames);

/// What the numbers of a payload seem to be.
struct NumberGuess {
    WireNumber number = WireNumber::U8;
    bool bigEndian = false;
    bool clear = false; ///< floating point of sensible size, which other bytes hardly are
};

/// Guesses from payloads of one length: floating point where nearly all numbers are of sensible
/// size, else whole numbers by which of their bytes change seldom.
[[nodiscard]] NumberGuess guessNumbers(const Frames& payloads);

} // namespace stint
