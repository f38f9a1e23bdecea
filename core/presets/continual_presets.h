#pragma once

#include "core/presets/preset.h"

namespace stint {

/// The models of the Continual Transformers paper: THUMOS14 with one and two blocks and four kinds
/// of input features, and GTZAN with one and two. Post-norm per token, GELU, a static recycling
/// table, no bias at query, key and value, full attention; they stream as published. For GTZAN no
/// costs of this form were published.
[[nodiscard]] std::vector<Preset> continualPresets();

} // namespace stint
