#pragma once

#include "core/weights/packed_weights.h"

namespace stint {

/// A whole layer in few bytes: packWeights(), then the gains and the biases it has, 16 bits each.
/// The first byte says which of them follow (core/model/model_file.md).
/// Errors: those of packWeights(); a gain or bias that 16 bits cannot hold.
[[nodiscard]] Result<std::vector<std::uint8_t>> packLayer(const LinearParameters<float>& linear);

/// The layer (outputs, inputs) that was packed. A layer whose first byte names neither gains nor
/// biases comes back without them.
/// Errors: bytes that are too few, too many or not of this format.
[[nodiscard]] Result<LinearParameters<float>>
unpackLayer(std::span<const std::uint8_t> bytes, WeightFormat format, Index outputs, Index inputs);

} // namespace stint
