#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct DescribeOptions {
    std::string recording;
    std::vector<std::string> labelColumns;
};

/// `stint describe RECORDING`: what was detected in a file.
int runDescribe(const DescribeOptions& options, const CommonOptions& common);

} // namespace stint::app
