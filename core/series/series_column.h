#pragma once

#include "core/base/types.h"
#include "core/series/table_layout.h"
#include "core/series/table_rows.h"

#include <optional>
#include <string>
#include <vector>

namespace stint {

/// Where each series of a long table begins.
struct SeriesBreaks {
    std::vector<Index> starts; ///< first row of each series, ascending
    std::vector<std::string> names; ///< as written
};

/// Whether the column is called as one that tells series apart is: series_id, sequence_id,
/// sample_id, case_id, in any case.
[[nodiscard]] bool isSeriesName(const ColumnLayout& column);

/// A series begins wherever the identity changes; a missing one continues the series.
/// \param values (rows) where the column is of numbers, else empty.
[[nodiscard]] SeriesBreaks seriesOf(const std::vector<double>& values, const TextColumn& texts);

/// The column that counts time within each series, if there is one: named as time is, and rising
/// within nearly all of them.
[[nodiscard]] std::optional<std::size_t>
timeWithinSeries(const TableLayout& layout, const std::vector<std::vector<double>>& values,
                 const std::vector<Index>& starts);

} // namespace stint
