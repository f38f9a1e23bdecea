#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/weights/linear_parameters.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stint {

/// How floats are written in packed form.
enum class PackedFloat : std::uint8_t {
    F16, ///< half the size; rounded once, the same again every later time
    F32, ///< exact
};

/// How a layer is packed.
struct PackingRecipe {
    PackedFloat floats = PackedFloat::F16; ///< of dense and sparse float weights
    /// For frozen random weights: the state of the generator that drew them (Rng, one draw per
    /// weight, row-major, uniform around zero). The signs are then not stored but drawn again.
    std::optional<std::uint64_t> drawnFrom;
};

/// The weights of a layer in few bytes (the format is in core/model/model_file.md); gains and
/// biases are not part of it. Binary: the signs. Sparse binary: entropy-coded mask and the signs of
/// kept weights. Sparse: the mask and the kept floats. Dense: the floats.
/// Errors: a weight that 16 bits cannot hold; signs that are not those drawn.
[[nodiscard]] Result<std::vector<std::uint8_t>> packWeights(const LinearParameters<float>& linear,
                                                            const PackingRecipe& recipe = {});

/// The weight matrix (outputs, inputs) that was packed: ±1 and 0 for binary weights.
/// Errors: bytes that are too few, too many or not of this format.
[[nodiscard]] Result<Matrix<float>> unpackWeights(std::span<const std::uint8_t> bytes,
                                                  WeightFormat format, Index outputs, Index inputs);

/// Floats as 16 bits each, little-endian; for gains, biases and norms beside packed weights.
/// Errors: a value that 16 bits cannot hold.
[[nodiscard]] Result<std::vector<std::uint8_t>> packHalves(std::span<const float> values);

/// Errors: an odd number of bytes; a value that is not a number.
[[nodiscard]] Result<std::vector<float>> unpackHalves(std::span<const std::uint8_t> bytes);

} // namespace stint
