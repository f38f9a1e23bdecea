#pragma once

#include "core/encoder/encoder_parameters.h"

#include <cstdint>

namespace stint {

/// Bits that a linear layer takes in a model file: 32 per float; for sparse binary weights one bit
/// of mask and one of sign per weight (rows padded to whole bytes) and 32 per gain.
[[nodiscard]] std::uint64_t storedBits(const LinearParameters<float>& linear);

/// Bits of all tensors of an encoder in a model file.
[[nodiscard]] std::uint64_t storedBits(const EncoderParameters<float>& parameters);

/// Trained numbers of an encoder: every weight once, gains, biases, norms and the query token. The
/// table of positions is not trained.
[[nodiscard]] std::uint64_t parameterCount(const EncoderParameters<float>& parameters);

} // namespace stint
