#pragma once

#include "core/base/types.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stint {

/// What the chance that a weight is kept is learned from while a mask is coded. Scattered masks are
/// smallest with Layer, masks that favour some outputs or inputs with Rows or Columns.
enum class MaskContext : std::uint8_t { Layer, Rows, Columns };

/// A mask as a table of 0 and 1, row-major.
struct WeightMask {
    Index rows = 0;
    Index cols = 0;
    std::vector<std::uint8_t> kept; ///< (rows * cols)
};

/// Entropy-coded bytes of a mask: an adaptive binary range coder over the weights in row-major
/// order. About H(k) bits per weight, k the fraction kept, and some 5 bytes.
[[nodiscard]] std::vector<std::uint8_t> encodeMask(const WeightMask& mask, MaskContext context);

/// A mask and the bytes that it took.
struct DecodedMask {
    WeightMask mask;
    std::size_t consumed = 0;
};

/// Reads a mask from the front of `bytes`; nothing if they end too early or are not what
/// encodeMask() would have written.
[[nodiscard]] std::optional<DecodedMask> decodeMask(std::span<const std::uint8_t> bytes, Index rows,
                                                    Index cols, MaskContext context);

} // namespace stint
