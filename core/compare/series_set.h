#pragma once

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/detect/row_matrix.h"

#include <optional>
#include <vector>

namespace stint {

/// Series to classify, each of its own length, and the class of each. Values are standardised by
/// the caller. N = series, C = channels, K = classes.
struct SeriesSet {
    std::vector<RowMatrix> series; ///< (N), each (rows, C)
    std::vector<Index> labels; ///< (N), 0..K-1
    Index classes = 0; ///< K
};

/// Why classifiers cannot be fitted to a set: no series, one without rows, channels that differ, a
/// value that is not finite, a class out of range.
[[nodiscard]] std::optional<Error> unusable(const SeriesSet& set);

} // namespace stint
