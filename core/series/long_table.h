#pragma once

#include "core/series/table_layout.h"
#include "core/series/table_rows.h"

#include <optional>
#include <string>

namespace stint {

/// Whether a column of text tells signals apart that stand one below the other.
[[nodiscard]] bool isSignalName(const ColumnLayout& column);

/// A sentence if the table lists several signals one below the other, a time, a name and a value
/// per line: its values belong to no one channel. Nothing for other tables.
/// \param rows with the texts of the columns for which isSignalName() holds.
/// \param time the axis of the table.
[[nodiscard]] std::optional<Error> longTableError(const TableLayout& layout, const TableRows& rows,
                                                  const TimeAxis& time, const std::string& name);

} // namespace stint
