#pragma once

#include "core/base/result.h"
#include "core/train/training_rows.h"

#include <memory>
#include <optional>
#include <stop_token>

namespace stint {

/// Sets the thresholds of one variant from the calibration rows, which trained and chose nothing.
/// \return the error "cancelled" after a stop request.
[[nodiscard]] std::optional<Error> calibrate(const std::shared_ptr<Family>& family,
                                             VariantName name, const std::vector<TrainingRows>& all,
                                             ThresholdRule rule, double target,
                                             const std::stop_token& stop);

} // namespace stint
