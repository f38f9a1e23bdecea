#pragma once

#include "core/base/result.h"

#include <array>
#include <string_view>

namespace stint {

/// What a model answers for each row.
enum class ModelTask {
    Anomaly, ///< how far the row is from what was predicted (or reconstructed)
    Forecast, ///< the row itself, before it is seen
    Classify, ///< which class the window, or the series so far, belongs to
};

inline constexpr std::array allModelTasks {ModelTask::Anomaly, ModelTask::Forecast,
                                           ModelTask::Classify};

/// "anomaly", "forecast", "classify": the words of the command line and of the files.
[[nodiscard]] std::string_view name(ModelTask task);
[[nodiscard]] Result<ModelTask> parseModelTask(std::string_view text);

/// What the answer of an encoder is added to, to give the predicted row.
enum class SkipPath {
    None, ///< nothing: the encoder predicts the row
    LastValue, ///< the row before: the encoder predicts the change
    Autoregression, ///< the ridge autoregression: the encoder predicts what it leaves
};

inline constexpr std::array allSkipPaths {SkipPath::None, SkipPath::LastValue,
                                          SkipPath::Autoregression};

/// "none", "last-value", "autoregression".
[[nodiscard]] std::string_view name(SkipPath skip);
[[nodiscard]] Result<SkipPath> parseSkipPath(std::string_view text);

} // namespace stint
