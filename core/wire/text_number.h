#pragma once

#include "core/series/cell.h"

#include <string_view>

namespace stint {

/// Reads a number as devices write it: decimals, exponents, inf, "0x1F"; see readCell() for what is
/// missing. `text` has no blanks around it.
[[nodiscard]] CellKind readWireNumber(std::string_view text, char decimal, double& value);

/// A number with its unit attached, "23.6C". The unit is 1 to 8 bytes without digits.
struct NumberAndUnit {
    bool ok = false;
    double value = 0.0;
    std::string_view unit; ///< empty if there is none
};

[[nodiscard]] NumberAndUnit readNumberAndUnit(std::string_view text, char decimal);

} // namespace stint
