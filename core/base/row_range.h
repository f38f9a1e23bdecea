#pragma once

#include "core/base/types.h"

namespace stint {

/// Consecutive rows of a recording or a table.
struct RowRange {
    Index first = 0;
    Index last = 0; ///< exclusive

    [[nodiscard]] Index count() const { return last - first; }
};

} // namespace stint
