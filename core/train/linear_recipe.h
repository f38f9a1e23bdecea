#pragma once

#include "core/base/mode.h"
#include "core/base/result.h"

#include <array>
#include <string_view>

namespace stint {

/// How the weights of a pruned layer are found.
enum class WeightSearch {
    /// Weights stay frozen at their random start; a score per weight is trained and the top
    /// fraction of the scores is kept (edge-popup; with signs Biprop; SBT paper, section 3.1).
    Scores,
    /// The weights themselves are trained; the top fraction by magnitude is kept, and the gradient
    /// goes straight through the choice and the sign.
    StraightThrough,
};

/// Where weights and scores start.
enum class WeightStart {
    Uniform, ///< both uniform in ±1/sqrt(inputs) (what the SBT paper's configurations use)
    SignedConstant, ///< weights ±sqrt(1/(3 inputs)) with random signs, scores uniform
    RankedScores, ///< weights uniform, and scores that start at their magnitudes
};

/// What binary weights are multiplied with.
enum class GainKind {
    Paper, ///< one per layer: the mean kept magnitude, a constant to the gradient (SBT paper)
    Layer, ///< one per layer, trained; starts at the paper's
    Row, ///< one per output, trained; starts at the paper's
};

enum class BiasKind {
    None,
    Frozen, ///< stays at its random start (SBT paper: query, key, value and output projections)
    Trained,
};

inline constexpr std::array allWeightSearches {WeightSearch::Scores, WeightSearch::StraightThrough};
inline constexpr std::array allGainKinds {GainKind::Paper, GainKind::Layer, GainKind::Row};

inline constexpr std::array allWeightStarts {WeightStart::Uniform, WeightStart::SignedConstant,
                                             WeightStart::RankedScores};

/// "scores", "straight-through"; "paper", "layer", "row"; "uniform", "signed-constant",
/// "ranked-scores".
[[nodiscard]] std::string_view name(WeightSearch search);
[[nodiscard]] std::string_view name(GainKind gain);
[[nodiscard]] std::string_view name(WeightStart start);
[[nodiscard]] Result<WeightSearch> parseWeightSearch(std::string_view text);
[[nodiscard]] Result<GainKind> parseGainKind(std::string_view text);
[[nodiscard]] Result<WeightStart> parseWeightStart(std::string_view text);

/// How a linear layer starts and how its weights are found.
struct LinearRecipe {
    WeightFormat format = WeightFormat::Dense;
    double keep = 1.0; ///< fraction of weights kept, (0, 1]; of sparse and sparse binary layers
    /// Of sparse and sparse binary layers. A binary layer has nothing to choose by scores, so its
    /// weights are always trained straight through.
    WeightSearch search = WeightSearch::Scores;
    GainKind gain = GainKind::Row; ///< of binary and sparse binary layers
    BiasKind bias = BiasKind::Trained;
    /// Float layers: times a trained gain per output that starts at 0, so that the layer adds
    /// nothing until it has learned to. The gate beside a skip path.
    bool gated = false;
    WeightStart start = WeightStart::Uniform;

    [[nodiscard]] bool prunes() const
    {
        return format == WeightFormat::Sparse || format == WeightFormat::SparseBinary;
    }
    [[nodiscard]] bool binary() const
    {
        return format == WeightFormat::Binary || format == WeightFormat::SparseBinary;
    }
    /// Whether scores are trained instead of weights.
    [[nodiscard]] bool scored() const { return prunes() && search == WeightSearch::Scores; }
};

/// The recipes of all linear layers of an encoder.
struct EncoderRecipe {
    LinearRecipe blocks {};
    /// Float unless said otherwise: binary ones cannot carry an amplitude in or out.
    LinearRecipe embed {}, head {};
    /// The feed-forward layers have no bias, whatever the others have (SBT paper).
    bool bareFeedForward = false;
};

} // namespace stint
