#pragma once

#include "app/commands/command.h"

namespace stint::app {

/// `stint ports`: the serial ports of this machine, and why one cannot be opened.
int runPorts(const CommonOptions& common);

} // namespace stint::app
