#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct DescribeOptions {
    std::string recording;
    std::vector<std::string> labelColumns;
    // What need not be found; empty or negative: found.
    std::string encoding, delimiter, decimal, timeColumn, timeUnit, dateOrder;
    int preambleLines = -1;
    int headerLines = -1;
    bool rowsAsTime = false; ///< no column is the time
    std::vector<std::string> leftOut;
};

/// `stint describe RECORDING`: what was detected in a file.
int runDescribe(const DescribeOptions& options, const CommonOptions& common);

} // namespace stint::app
