#pragma once

#include "core/base/types.h"

namespace stint::ui {

/// Consecutive rows [first, last).
struct RowSpan {
    Index first = 0;
    Index last = 0;

    friend bool operator==(const RowSpan&, const RowSpan&) = default;
};

} // namespace stint::ui
