#pragma once

#include "app/commands/cost_rules.h"
#include "core/presets/preset.h"

#include <nlohmann/json_fwd.hpp>

namespace stint::app {

/// What `stint inspect --preset` says: variants, and for each mode its costs by the rules with the
/// published figure beside them; modes that cannot be computed, with the reason.
/// \param rules not Executed: a preset has nothing to run.
[[nodiscard]] nlohmann::json presetDocument(const Preset& preset, CostRules rules);

/// The same for people.
void printPreset(const nlohmann::json& document);

} // namespace stint::app
