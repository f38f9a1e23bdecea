#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/model/family.h"

#include <stop_token>

namespace stint {

/// Measures and fits on normal rows what a family needs beside its encoder: the first two thirds
/// give the autoregression, the baselines and the mean errors, the rest the thresholds.
///
/// \param z      (rows, C) standardised; rows [first, last) are the normal ones.
/// \param target fraction of normal rows that may be above a threshold.
/// \return an error if the rows are too few, or "cancelled"; the family is then unchanged.
[[nodiscard]] Result<Done> calibrateImported(Family& family, const Matrix<float>& z, Index first,
                                             Index last, double target,
                                             const std::stop_token& stop);

} // namespace stint
