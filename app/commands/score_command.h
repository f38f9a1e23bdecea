#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct ScoreOptions {
    std::string recording; ///< "-" reads standard input to its end
    std::string model;
    std::string out; ///< "-" writes standard output
    ModeOptions mode;
};

/// `stint score RECORDING --model M --out S.csv`: one line per row: time, score, alarm, the part
/// that says more, the contribution of every channel.
int runScore(const ScoreOptions& options, const CommonOptions& common);

} // namespace stint::app
