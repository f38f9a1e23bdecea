#pragma once

#include <string_view>

namespace stint {

/// What a cell could be part of.
enum class CellType { Missing, Number, Date, TimeOfDay, Text };

/// The narrowest type that a cell fits. `decimal` is '.' or ','.
[[nodiscard]] CellType cellType(std::string_view text, char decimal);

} // namespace stint
