#pragma once

#include "app/commands/command.h"
#include "core/train/trainer.h"

namespace stint::app {

struct TrainOptions {
    std::vector<std::string> recordings;
    std::string task = "anomaly";
    std::string out;
    std::vector<std::string> variants;
    std::string rows, rescale;
    std::vector<std::string> labelColumns;
    TrainSettings settings;
};

/// `stint train RECORDING… --out M.stint`: trains a model family and writes it.
int runTrain(const TrainOptions& options, const CommonOptions& common);

} // namespace stint::app
