#pragma once

#include "core/presets/preset.h"

namespace stint {

/// The eleven models of the Sparse Binary Transformers paper, as published. Post-norm, two blocks
/// of two heads and 256 hidden units (Insect three of eight), embedding times sqrt(d), ReLU before
/// the head. Anomaly detection reconstructs the newest row, forecasting has a zero row in its
/// place, classification pools over the series and is masked by fixed masks. Costs are those of the
/// paper's own counters with its evaluation scripts' sizes (ECL 350, Insect 256).
[[nodiscard]] std::vector<Preset> sbtPresets();

} // namespace stint
