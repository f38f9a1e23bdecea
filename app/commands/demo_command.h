#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct DemoOptions {
    std::string recording; ///< the bundled one
    std::string model;
};

/// `stint demo --headless`: plays the bundled recording through every mode of the bundled model and
/// prints what was found and what it cost.
int runDemo(const DemoOptions& options, const CommonOptions& common);

} // namespace stint::app
