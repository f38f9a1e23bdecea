#pragma once

#include "core/base/mode.h"
#include "core/base/model_task.h"
#include "core/base/result.h"
#include "core/base/types.h"
#include "core/compare/classification_baselines.h"
#include "core/detect/autoregression.h"
#include "core/detect/baselines.h"
#include "core/detect/score_kind.h"
#include "core/detect/threshold.h"
#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"
#include "core/series/standardiser.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stint {

/// A channel that the family was trained on; recordings are matched by name.
struct FamilyChannel {
    std::string name;
    std::string unit;

    friend bool operator==(const FamilyChannel&, const FamilyChannel&) = default;
};

/// One trained encoder of a family.
struct FamilyVariant {
    VariantName name;
    EncoderConfig config;
    EncoderParameters<float> parameters;
    double keep = 1.0; ///< fraction of the weights of the blocks kept
    double errorMean = 1.0; ///< mean squared error over channels and training rows, for scaling
    std::array<Threshold, scoreKindCount> thresholds; ///< by ScoreKind
    int epochs = 0; ///< that were trained
    int bestEpoch = 0; ///< whose parameters these are
    double trainLoss = 0.0;
    double validationLoss = 0.0;
    double validationAccuracy = 0.0; ///< when classifying
};

/// What a training run was given; kept so that a family can be made again.
struct TrainingRecord {
    std::uint64_t seed = 1;
    std::vector<std::string> recordings; ///< file names, without folders
    Index trainRows = 0;
    Index validationRows = 0;
    Index calibrationRows = 0;
    std::vector<std::string> remarks;
};

/// Everything one `.stint` file holds: preprocessing, variants with their thresholds, the ridge
/// autoregression that stands beside the encoder, and the plain baselines fitted on the same rows.
/// Immutable once loaded or trained; shared between threads. C = channels.
struct Family {
    ModelTask task = ModelTask::Anomaly;
    Index lags = 1; ///< consecutive rows that one token stacks, the newest first
    SkipPath skip = SkipPath::None; ///< what the encoder's answer is added to
    std::vector<std::string> classes; ///< names, when classifying
    bool wholeSeries = false; ///< trained on whole series rather than on windows of a stream
    bool packed = false; ///< its file holds packed weights and floats of 16 bits
    Index season = 0; ///< rows of the seasonal baseline of a forecast, 0: none
    std::vector<FamilyChannel> channels; ///< (C)
    Standardiser standardiser; ///< (C) from the training rows
    /// Rows [first, last) of each recording that are known to be normal: it is standardised by them
    /// and the autoregression is fitted to them anew. Empty: everything as trained.
    std::pair<Index, Index> rescale {0, 0};
    double smoothingSpan = 20.0; ///< rows of the exponential mean over the scores
    Autoregression autoregression;
    double autoregressionError = 1.0; ///< mean squared error over channels and training rows
    Baselines baselines;
    /// Plain classifiers fitted on the training series; none where they could not be fitted.
    std::shared_ptr<const ClassificationBaselines> classification;
    std::vector<FamilyVariant> variants;
    TrainingRecord training;

    [[nodiscard]] const FamilyVariant* find(VariantName name) const;

    /// Every combination of weights and attention that some variant has, in both inferences, and
    /// whether it can be chosen now.
    [[nodiscard]] std::vector<ModeStatus> modes() const;

    /// Why a mode cannot be chosen, or nothing.
    [[nodiscard]] std::optional<Error> refusal(Mode mode) const;

    /// Why thresholds cannot move with the rows they judge, or nothing.
    [[nodiscard]] std::optional<Error> motionRefusal() const;

    /// The cheapest mode that is offered: sbt/step-t/continual if it is there.
    [[nodiscard]] Mode defaultMode() const;
};

[[nodiscard]] Result<std::shared_ptr<const Family>> loadFamily(const std::string& path);

/// Writes to a temporary file beside `path` and renames it, so that a broken write leaves the old
/// file as it was.
[[nodiscard]] Result<Done> saveFamily(const Family& family, const std::string& path);

} // namespace stint
