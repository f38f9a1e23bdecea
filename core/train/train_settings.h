#pragma once

#include "core/base/mode.h"
#include "core/base/model_task.h"
#include "core/base/result.h"
#include "core/base/types.h"
#include "core/detect/threshold.h"
#include "core/encoder/encoder_config.h"
#include "core/train/linear_recipe.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stint {

/// What a training run is asked for. A default-made one is what is recommended for anomalies; see
/// forTask().
struct TrainSettings {
    ModelTask task = ModelTask::Anomaly;
    std::vector<VariantName> variants; ///< empty: those of the task
    std::optional<std::pair<Index, Index>> rows; ///< of each recording, [first, last)
    std::optional<std::pair<Index, Index>> rescale; ///< standardise each recording by these rows
    std::vector<std::string> channels; ///< names; empty: all
    std::string labelColumn = "label"; ///< the classes, when classifying

    // The encoder.
    Index window = 32; ///< n; 0: the longest series, when classifying
    Index layers = 2;
    Index heads = 2;
    Index width = 0; ///< d; 0: twice the channels, at least 16 and at most 128
    Index hidden = 128; ///< units of the feed-forward layer
    Positions positions = Positions::Recycling;
    Norm norm = Norm::None;
    std::optional<Norm> denseNorm; ///< of dense variants, where it is another
    Newest newest = Newest::Hidden;
    bool newestSeesItself = false;
    Pooling pooling = Pooling::Newest;
    double qkvKeep = 0.5; ///< of fixed-mask variants

    // What it predicts.
    Index lags = 1; ///< rows that one token stacks
    SkipPath skip = SkipPath::None; ///< what the encoder adds to
    bool gated = false; ///< the encoder's part starts at zero, behind a gate per channel
    Index season = 0; ///< rows of the seasonal baseline; 0: none

    // How weights are found.
    double keep = 0.5; ///< fraction of weights kept in sparse variants
    std::optional<WeightSearch> search; ///< none: usualSearch()
    GainKind gain = GainKind::Row;
    WeightStart start = WeightStart::Uniform; ///< of pruned layers
    BiasKind bias = BiasKind::Trained;
    bool bareFeedForward = false; ///< no bias there, whatever the others have
    bool floatEnds = true; ///< embedding and head stay float
    int epochs = 15;
    int patience = 5; ///< epochs without a better validation loss before it stops; 0: never
    double learningRate = 2e-3;
    double scoreRate = 2e-3; ///< of scores
    bool cosine = true; ///< both rates fall to zero as a cosine
    Index batch = 64; ///< rows (or series) of one step of the optimiser
    double clip = 0.0; ///< most that the gradient's norm may be; 0: any
    Index stride = 1; ///< every how many rows are trained on

    bool packed = false; ///< weights as a packed file holds them, floats rounded to 16 bits
    bool baselines = true; ///< the file holds plain baselines to compare with
    ThresholdRule thresholdRule = ThresholdRule::Quantile;
    double falseAlarmTarget = 1e-3; ///< fraction of normal rows above the threshold
    std::uint64_t seed = 1;
    int threads = 0; ///< 0: as many as there are cores

    /// Scores over frozen weights where at least half of them are kept, as in the SBT paper; else
    /// trained weights, which lose less when few are left.
    [[nodiscard]] WeightSearch usualSearch() const;

    /// What is recommended for a task.
    [[nodiscard]] static TrainSettings forTask(ModelTask task);

    /// "recommended", or "paper": the recipe of the SBT paper for that task (its section 4 and
    /// appendix): everything linear pruned and binary, frozen random weights, one alpha per layer,
    /// frozen biases, positions fixed to the window, a visible newest row.
    [[nodiscard]] static Result<TrainSettings> preset(std::string_view name, ModelTask task);

    /// What is wrong with it, in words; nothing if it can be used.
    [[nodiscard]] std::optional<Error> validate() const;
};

/// The variants of settings that name none.
[[nodiscard]] std::vector<VariantName> variantsOf(const TrainSettings& settings);

/// The architecture of one variant.
/// \param window that is used, where the settings leave it open.
[[nodiscard]] EncoderConfig encoderFor(const TrainSettings& settings, Index channels, Index outputs,
                                       Index window, VariantName variant);

/// How the layers of one variant are found.
[[nodiscard]] EncoderRecipe recipeFor(const TrainSettings& settings, VariantName variant);

} // namespace stint
