#pragma once

#include "core/base/rng.h"

#include <cstdint>
#include <string>

namespace stint::demo {

/// Arithmetic that gives the same bits with every compiler and C library: only + - * / and the
/// square root, which IEEE 754 defines exactly. Compiled without contraction to fused operations,
/// and out of line so that no other file's flags apply.

/// Sine of an angle given in turns (1 = a full circle), to better than 1e-9; |turns| < 1e9.
[[nodiscard]] double sineOfTurns(double turns);

/// Uniform in [low, high).
[[nodiscard]] double between(Rng& rng, double low, double high);

/// Mean 0, variance 1, nearly normal: the sum of twelve uniforms less six, so within +-6.
[[nodiscard]] double nearlyNormal(Rng& rng);

/// The value in units of 10^-decimals, rounded half away from zero. Finite values below 1e12.
[[nodiscard]] std::int64_t toFixedPoint(double value, int decimals);

/// The number nearest to fixed x 10^-decimals, which is what reading fixedPointText() gives.
[[nodiscard]] double fromFixedPoint(std::int64_t fixed, int decimals);

/// Appends the decimal text of a fixed-point number, for example (-1205, 2) as "-12.05".
void appendFixedPoint(std::string& text, std::int64_t fixed, int decimals);

} // namespace stint::demo
