#pragma once

#include "app/commands/train_options.h"

namespace stint::app {

/// `stint train RECORDING… --out M.stint`: trains a model family and writes it.
int runTrain(const TrainOptions& options, const CommonOptions& common);

} // namespace stint::app
