#pragma once

#include "core/base/result.h"
#include "core/compare/classification_baselines.h"
#include "core/detect/baselines.h"
#include "core/encoder/encoder_parameters.h"

namespace stint {

/// The parameters as a packed file gives them back: every float that is stored rounded to 16 bits
/// (core/model/model_file.md). Rounding again changes nothing.
/// Errors: a number that 16 bits cannot hold.
[[nodiscard]] Result<EncoderParameters<float>> roundedToPacked(const EncoderConfig& config,
                                                               EncoderParameters<float> parameters);

/// The same for the autoregression, in 16 bits, and for plain baselines, in 32. A table with a
/// number that does not fit is left as it is; a file then holds it in 64.
void roundToPacked(Autoregression& autoregression);
void roundToPacked(Baselines& baselines);
void roundToPacked(ClassificationBaselines& baselines);

} // namespace stint
