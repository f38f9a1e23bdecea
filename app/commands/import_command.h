#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct ImportOptions {
    std::string parameters; ///< a state dict (.safetensors)
    std::string config; ///< what the tensors do not tell (.json)
    std::string out;
    std::string calibrate; ///< a recording with normal rows; empty: no calibration
    std::string rows; ///< A:B of it, the normal ones
    std::vector<std::string> labelColumns;
    double falseAlarmTarget = 1e-3;
};

/// `stint import PARAMS --config CONFIG --out M.stint`: makes a model family of parameters that
/// PyTorch trained (core/exchange/import.md).
int runImport(const ImportOptions& options, const CommonOptions& common);

} // namespace stint::app
