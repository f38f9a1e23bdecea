#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct EvaluateOptions {
    std::vector<std::string> recordings;
    std::string model;
    std::string labelColumn;
    std::string rows; ///< A:B, rows that are judged
    std::vector<std::string> fit; ///< recordings that the baselines are fitted on instead
    std::string rescale;
    std::vector<std::string> modes; ///< empty: all that are offered
    bool pointAdjusted = false;
    ModeOptions threshold; ///< only what it says of thresholds
};

/// `stint evaluate RECORDING… --model M --label-column L`: every mode of the family and the plain
/// baselines, all smoothed alike, judged on the same rows.
int runEvaluate(const EvaluateOptions& options, const CommonOptions& common);

} // namespace stint::app
