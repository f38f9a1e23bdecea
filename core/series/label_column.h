#pragma once

#include "core/series/table_layout.h"

#include <string>
#include <vector>

namespace stint {

/// Whether the column is called as label columns are (label, anomaly, attack, fault, changepoint …)
/// or as one of `more`, in any case.
[[nodiscard]] bool isLabelName(const ColumnLayout& column, const std::vector<std::string>& more);

/// Whether the cells of such a column can stand for classes: texts, or whole numbers where it is
/// called a label or a class, or is one of `more`.
[[nodiscard]] bool mayNameClasses(const ColumnLayout& column, const std::vector<std::string>& more);

/// Whether all values are 0, 1 or missing and at least one is present. "target" may also be the
/// set point of a controller, so it must hold both 0 and 1.
[[nodiscard]] bool isLabelContent(const ColumnLayout& column, const std::vector<double>& values);

/// The column as a label; missing values are 0.
[[nodiscard]] LabelColumn makeLabel(const ColumnLayout& column, const std::vector<double>& values);

} // namespace stint
