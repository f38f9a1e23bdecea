#pragma once

#include "core/base/result.h"
#include "core/base/worker_pool.h"
#include "core/model/family.h"
#include "core/train/trainable_linear.h"
#include "core/train/training_rows.h"

#include <functional>
#include <stop_token>

namespace stint {

/// How one variant is trained.
struct VariantTraining {
    EncoderConfig config;
    LinearRecipe blocks; ///< format and keep fraction of the linear layers in the blocks
    int epochs = 15;
    int patience = 5;
    double learningRate = 2e-3;
    std::uint64_t seed = 1;
};

/// Called after each epoch with its number (from 1), both losses, and whether it was the last one.
using EpochCallback
    = std::function<void(int epoch, double trainLoss, double validationLoss, bool last)>;

/// Trains one encoder to predict each row from the rows before it, and measures its error
/// on the training rows. Adam with a learning rate that falls as a cosine; the parameters
/// of the epoch with the best validation loss are kept.
///
/// Step-T variants train on whole stretches (the gradient equals that of all their windows), full
/// attention on windows. The same rows, settings and instruction set give the same numbers bit for
/// bit, whatever the number of threads.
///
/// \return the variant without thresholds, or the error "cancelled" after a stop request.
[[nodiscard]] Result<FamilyVariant> trainVariant(const std::vector<TrainingRows>& rows,
                                                 const VariantTraining& settings, WorkerPool& pool,
                                                 const EpochCallback& progress,
                                                 const std::stop_token& stop);

} // namespace stint
