#pragma once

#include "core/base/mode.h"
#include "core/base/model_task.h"
#include "core/base/types.h"
#include "core/cost/tally.h"

#include <cstdint>
#include <vector>

namespace stint {

/// Which half of the score says more about a row.
enum class ScorePart : std::uint8_t { Encoder, Autoregression };

/// What a model found out about consecutive rows. Buffers keep their capacity, so blocks that
/// circulate do not allocate once warm. R = rows, C = channels, L = layers, H = heads, W = window,
/// K = classes.
struct ResultBlock {
    std::uint64_t run = 0; ///< grows at each seek, toggle or reset: an older run is stale
    ModelTask task = ModelTask::Anomaly;
    Mode mode;
    Index firstRow = 0; ///< row of the recording that [0] belongs to
    Index rows = 0; ///< R
    Index channels = 0; ///< C
    /// (R) NaN = no answer. Anomaly: smoothed, combined. Forecast: squared error of the forecast,
    /// mean over channels, in standard deviations. Classify: probability of the chosen class.
    std::vector<float> score;
    std::vector<float> encoderScore; ///< (R) smoothed part of the encoder
    std::vector<float> autoregressionScore; ///< (R) smoothed part of the ridge autoregression
    std::vector<float> contributions; ///< (R, C) share of each channel; a row sums to its score
    std::vector<std::uint8_t> alarm; ///< (R) 1 where score > threshold of the row
    std::vector<ScorePart> part; ///< (R) the part that says more
    std::vector<std::uint8_t> held; ///< (R) 1 where a missing value was replaced by the last one
    /// (R, C) the row as it was predicted (or reconstructed), in the units of the channels; NaN
    /// where there is no answer. Empty when classifying and where it was not asked for.
    std::vector<float> forecast;

    Index classes = 0; ///< K, 0 unless classifying
    std::vector<float> probabilities; ///< (R, K) of each class; a row sums to 1, or is NaN
    std::vector<std::int16_t> chosenClass; ///< (R) the most probable, -1 without an answer

    Index layers = 0; ///< L
    Index heads = 0; ///< H
    Index lags = 0; ///< keys of the newest token; lag 1 is the row before the answered one
    bool newestIsKey = false; ///< the last of the lags is lag 0: the newest token itself
    Index attentionFirstRow = 0; ///< attention is kept for the newest rows of the block only
    Index attentionRows = 0;
    std::vector<float> attention; ///< (attentionRows, L, H, lags); [..., 0] is lag 1; sums to 1

    float threshold = 0.0F; ///< of the next row
    /// (R) that judged each row, where the threshold moves with the rows; else empty, and all of
    /// them were judged by `threshold`.
    std::vector<float> thresholds;
    Tally tally; ///< since the run of this mode began
    double seconds = 0.0; ///< time the engine worked on this block [s]
};

} // namespace stint
