#pragma once

#include "core/base/result.h"
#include "core/base/worker_pool.h"
#include "core/encoder/encoder_parameters.h"
#include "core/train/linear_recipe.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace stint {

/// Consecutive rows of one recording and what an encoder should answer for each of them. The answer
/// for row t comes from the window that ends there. Nothing is copied; both tables must outlive the
/// training.
struct SequenceData {
    const Matrix<float>* inputs = nullptr; ///< (rows, m), finite
    /// (rows, outputs): minus any skip path already. A row with a NaN is left out.
    const Matrix<float>* targets = nullptr;
    Index begin = 0; ///< first row that may be looked at
    Index trainEnd = 0; ///< targets [begin + n - 1, trainEnd) train
    Index validationEnd = 0; ///< targets [trainEnd, validationEnd) validate
};

/// A whole series, or a window of a recording, and its class.
struct SeriesData {
    const Matrix<float>* rows = nullptr; ///< (length, m), finite
    Index first = 0;
    Index last = 0; ///< exclusive; last - first is 1 to n
    int label = 0; ///< 0 to outputs - 1
};

/// How one variant is trained. The defaults are those for finding anomalies.
struct VariantTraining {
    EncoderConfig config;
    EncoderRecipe recipe;
    double learningRate = 2e-3;
    double scoreRate = 0.0; ///< learning rate of scores; 0: the same
    bool cosine = true; ///< both rates fall as a cosine to 0 over all epochs
    int epochs = 15;
    /// Epochs without a better validation loss after which training stops; the best epoch is kept.
    /// 0: all epochs, and the last one is kept.
    int patience = 5;
    Index batch = 64; ///< targets (regression) or series (classification) of an optimiser step
    double clip = 0.0; ///< most that the norm of a step's gradient may be; 0: anything
    Index stride = 1; ///< every so many-th row is a target of training
    std::uint64_t seed = 1;
};

/// One encoder, trained.
struct TrainedVariant {
    EncoderConfig config;
    EncoderParameters<float> parameters;
    std::vector<double> trainError; ///< (outputs) mean squared error on training rows; regression
    int epochs = 0; ///< that were run
    int bestEpoch = 0; ///< whose parameters these are
    double trainLoss = 0.0; ///< of that epoch, on the way
    double validationLoss = 0.0; ///< after that epoch; NaN without validation rows
    double validationAccuracy = 0.0; ///< the same, share of series; classification
};

/// What is known after an epoch.
struct EpochReport {
    int epoch = 0; ///< from 1
    double trainLoss = 0.0;
    double validationLoss = 0.0; ///< NaN without validation rows
    double validationAccuracy = 0.0; ///< classification
    bool last = false;
};

using EpochCallback = std::function<void(const EpochReport&)>;

/// Trains one encoder to answer each row's target, by the mean squared error over the outputs.
///
/// Adam. Where past tokens can be shared (PassLayout::sharesPast) it learns from whole stretches,
/// whose gradient equals that of all their windows, otherwise from windows. The same data, settings
/// and instruction set give the same numbers bit for bit, whatever the number of threads.
///
/// \return the variant, or an error: what is wrong with the settings or the data, "cancelled" after
///         a stop request, or that the training diverged.
[[nodiscard]] Result<TrainedVariant>
trainRegression(const std::vector<SequenceData>& data, const VariantTraining& settings,
                WorkerPool& pool, const EpochCallback& progress, const std::stop_token& stop);

/// Trains one encoder to tell the classes of series, by the cross entropy of the softmax of its
/// answers. Otherwise as trainRegression(). \param validation may be empty.
[[nodiscard]] Result<TrainedVariant>
trainClassifier(const std::vector<SeriesData>& train, const std::vector<SeriesData>& validation,
                const VariantTraining& settings, WorkerPool& pool, const EpochCallback& progress,
                const std::stop_token& stop);

} // namespace stint
