#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct InspectOptions {
    std::string model;
    std::string rules = "operations"; ///< or "executed"
};

/// `stint inspect M`: architecture, storage and the cost of one step in every mode, by part,
/// counted by running one step.
int runInspect(const InspectOptions& options, const CommonOptions& common);

/// What one answered step costs in a mode: the kernels' own counts.
[[nodiscard]] Tally tallyOfOneStep(const std::shared_ptr<const Family>& family, Mode mode);

/// Floats that a mode keeps between steps: keys and values, or the rows of the window.
[[nodiscard]] Index stateFloats(const FamilyVariant& variant, Inference inference);

} // namespace stint::app
