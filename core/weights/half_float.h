#pragma once

#include <cstdint>
#include <optional>

namespace stint {

/// A float as 16 bits (IEEE 754 binary16), rounded to the nearest and to even between two; integer
/// arithmetic only, so the same on every machine. Nothing for infinities, for what is not a number
/// and for what would round beyond ±65504.
[[nodiscard]] std::optional<std::uint16_t> halfFromFloat(float value);

/// The float that 16 bits stand for; nothing for infinities and for what is not a number.
[[nodiscard]] std::optional<float> floatFromHalf(std::uint16_t half);

} // namespace stint
