#pragma once

#include "app/commands/command.h"

namespace stint::app {

struct ExportOptions {
    std::string model;
    std::string format;
    std::string out;
    std::string variant; ///< WEIGHTS/ATTENTION; empty: of the mode
    std::string mode; ///< WEIGHTS/ATTENTION/INFERENCE; empty: the family's cheapest
};

/// `stint export M --format onnx --out FILE`: one variant for another runtime
/// (core/exchange/export.md).
int runExport(const ExportOptions& options, const CommonOptions& common);

} // namespace stint::app
