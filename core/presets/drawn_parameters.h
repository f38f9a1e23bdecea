#pragma once

#include "core/encoder/encoder_parameters.h"
#include "core/presets/preset.h"

namespace stint {

/// Random parameters for a model of a preset, for what depends on shapes and on the number of kept
/// weights but not on training: storage and speed. Weights are uniform in ±1/sqrt(inputs), binary
/// ones ±1 with the same gain in each row of a layer; of N weights exactly N - int((1 - keep) N)
/// are kept, scattered evenly.
[[nodiscard]] EncoderParameters<float> drawnParameters(const PresetVariant& variant,
                                                       std::uint64_t seed);

} // namespace stint
