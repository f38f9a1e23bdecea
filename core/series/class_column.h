#pragma once

#include "core/series/recording.h"
#include "core/series/table_rows.h"

#include <optional>
#include <string>
#include <vector>

namespace stint {

/// A label column as classes: its texts, or its whole numbers in ascending order. Nothing if it has
/// fewer than two classes, more than mostClasses, or numbers with a fraction, which measure rather
/// than name.
/// \param values (rows) where the column is of numbers, else empty.
[[nodiscard]] std::optional<ClassColumn>
classesOf(const std::string& name, const std::vector<double>& values, const TextColumn& texts);

} // namespace stint
