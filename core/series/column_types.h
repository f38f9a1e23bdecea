#pragma once

#include "core/series/table_layout.h"

#include <vector>

namespace stint {

/// Sets the type of every column from its sampled cells. `decimal` is '.' or ','.
void judgeTypes(std::vector<ColumnLayout>& columns, char decimal);

/// "20210120101132" is a number unless its column is named like time: then it becomes a date.
void findCompactDates(std::vector<ColumnLayout>& columns);

/// Columns of "12.3 V" and of "ON" and "OFF" become columns of numbers.
void findWritings(std::vector<ColumnLayout>& columns, char decimal);

} // namespace stint
