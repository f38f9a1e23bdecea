#pragma once

#include "core/base/result.h"
#include "core/model/family.h"
#include "core/series/recording.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace stint {

/// What a training run is asked for. Zero or empty means: chosen from the data.
struct TrainSettings {
    std::vector<VariantName> variants; ///< empty: dense/full, dense/step-t, sbt/step-t
    std::optional<std::pair<Index, Index>> rows; ///< of each recording, [first, last)
    std::optional<std::pair<Index, Index>> rescale; ///< standardise each recording by these rows
    std::vector<std::string> channels; ///< names; empty: all
    Index window = 32; ///< n, the hidden newest row included
    Index layers = 2;
    Index heads = 2;
    Index width = 0; ///< d; 0: twice the channels, at least 16 and at most 128
    Index hidden = 128; ///< units of the feed-forward layer
    double keep = 0.5; ///< fraction of weights kept in sparse variants
    int epochs = 15;
    int patience = 5; ///< epochs without a better validation loss before it stops
    double learningRate = 2e-3;
    double falseAlarmTarget = 1e-3; ///< fraction of normal rows above the threshold
    std::uint64_t seed = 1;
    int threads = 0; ///< 0: as many as there are cores
    std::string norm = "none"; ///< "none" or "token"

    /// What is wrong with it, in words; nothing if it can be used.
    [[nodiscard]] std::optional<Error> validate() const;
};

/// After each epoch of each variant.
struct TrainProgress {
    VariantName variant;
    int variantIndex = 0;
    int variantCount = 1;
    int epoch = 0; ///< finished epochs of this variant, from 1
    int epochs = 0;
    double trainLoss = 0.0; ///< mean squared error of standardised values
    double validationLoss = 0.0;
    double fraction = 0.0; ///< of the whole run, 0..1
};

/// What was trained and how it went.
struct VariantSummary {
    VariantName variant;
    int epochs = 0; ///< that were run
    int bestEpoch = 0; ///< whose parameters were kept
    double trainLoss = 0.0; ///< of the epoch kept
    double validationLoss = 0.0;
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
