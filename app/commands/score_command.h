#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct ScoreOptions {
    std::string recording; ///< "-" reads standard input to its end
    std::string model;
    std::string out; ///< "-" writes standard output
    ModeOptions mode;
    bool follow = false; ///< go on with what is appended to the recording
    double seconds = 0.0; ///< of following; 0: until interrupted
};

/// `stint score RECORDING --model M --out S.csv`: one line per row: time, score, alarm, the part
/// that says more, the contribution of every channel.
int runScore(const ScoreOptions& options, const CommonOptions& common);

} // namespace stint::app
