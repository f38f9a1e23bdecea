#pragma once

#include "core/base/result.h"
#include "core/model/family.h"
#include "core/series/recording.h"
#include "core/train/train_settings.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace stint {

/// After each epoch of each variant.
struct TrainProgress {
    VariantName variant;
    int variantIndex = 0;
    int variantCount = 1;
    int epoch = 0; ///< finished epochs of this variant, from 1
    int epochs = 0;
    double trainLoss = 0.0; ///< mean squared error of standardised values
    double validationLoss = 0.0;
    double validationAccuracy = 0.0; ///< when classifying
    double fraction = 0.0; ///< of the whole run, 0..1
};

/// What was trained and how it went.
struct VariantSummary {
    VariantName variant;
    int epochs = 0; ///< that were run
    int bestEpoch = 0; ///< whose parameters were kept
    double trainLoss = 0.0; ///< of the epoch kept
    double validationLoss = 0.0;
    double validationAccuracy = 0.0; ///< when classifying
    double seconds = 0.0;
};

struct TrainOutcome {
    std::shared_ptr<const Family> family;
    std::vector<VariantSummary> variants;
    double seconds = 0.0;
    std::vector<std::string> remarks; ///< what the user should know: few rows, constant channels …
};

using TrainProgressCallback = std::function<void(const TrainProgress&)>;

/// Trains a model family for anomaly detection on the normal rows of recordings. The recordings
/// must have the same channels. Each is split in time: the first rows train, then validation, then
/// the calibration of the threshold; the parts never share a target row.
///
/// \param progress called on the calling thread after each epoch; may be empty.
/// \param stop     when requested, returns soon with the error "cancelled" and nothing is kept.
[[nodiscard]] Result<TrainOutcome>
trainFamily(const std::vector<std::shared_ptr<const Recording>>& recordings,
            const TrainSettings& settings, const TrainProgressCallback& progress = {},
            const std::stop_token& stop = {});

} // namespace stint
