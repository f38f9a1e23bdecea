#pragma once

#include "core/series/table_layout.h"

#include <string>
#include <vector>

namespace stint {

/// The rows above a table, split into cells, from the top down; empty if it has none.
using HeaderRows = std::vector<std::vector<std::string>>;

/// Fills header, name, unit and named of every column. Of several rows the one with most different
/// cells gives the names and the next one the units. A row of one cell less than there are columns
/// names all but the first, as tools that write row numbers do.
void nameColumns(const HeaderRows& rows, std::vector<ColumnLayout>& columns);

} // namespace stint
