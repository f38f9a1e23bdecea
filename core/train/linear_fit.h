#pragma once

#include "core/base/result.h"
#include "core/train/training_rows.h"

#include <optional>

namespace stint {

/// Fits what stands beside the encoder to the training rows, in closed form: the ridge
/// autoregression of the family, with the ridge that predicts the validation rows best, and the
/// plain baselines. A packed family gets what its file will hold.
/// \param lead rows before an answer, n - 1 and the stacked lags: the order is at most this.
[[nodiscard]] std::optional<Error> fitLinear(const std::vector<TrainingRows>& rows, Index lead,
                                             bool withBaselines, Family& family);

} // namespace stint
