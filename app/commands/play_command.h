#pragma once

#include "app/commands/command.h"

#include <optional>
#include <string>

namespace stint::app {

struct PlayOptions {
    std::string recording;
    std::string port; ///< a path, or "pty": a pseudo-terminal is made and its path is told
    int baud = 115'200;
    std::string format = "csv";
    std::optional<double> rate; ///< rows/s, 0: as fast as possible; nothing: the recording's own
    bool loop = false; ///< from the start again until interrupted
};

/// `stint play RECORDING --port P`: writes a recording to a port in a device's format.
int runPlay(const PlayOptions& options, const CommonOptions& common);

} // namespace stint::app
