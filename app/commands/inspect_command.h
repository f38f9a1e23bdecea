#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct InspectOptions {
    std::string model; ///< a file, or empty with a preset
    std::string preset; ///< a name, or empty with a model
    std::optional<double> keep; ///< of the preset's sparse variants; nothing: as published
    std::string rules = "operations"; ///< as parseCostRules() takes them
};

/// `stint inspect M`: architecture, storage and the cost of one step in every mode, by part,
/// counted by running one step. `stint inspect --preset NAME`: the same for an architecture of the
/// papers, from closed forms, with the published figures.
int runInspect(const InspectOptions& options, const CommonOptions& common);

/// What one answered step costs in a mode: the kernels' own counts.
[[nodiscard]] Tally tallyOfOneStep(const std::shared_ptr<const Family>& family, Mode mode);

} // namespace stint::app
