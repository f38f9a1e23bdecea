#pragma once

#include "core/base/result.h"
#include "core/encoder/encoder_parameters.h"

namespace stint {

/// The parameters as a packed file gives them back: every float that is stored rounded to 16 bits
/// (core/model/model_file.md). Rounding again changes nothing.
/// Errors: a number that 16 bits cannot hold.
[[nodiscard]] Result<EncoderParameters<float>> roundedToPacked(const EncoderConfig& config,
                                                               EncoderParameters<float> parameters);

} // namespace stint
