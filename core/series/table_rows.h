#pragma once

#include "core/series/table_layout.h"
#include "core/series/time_column.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// A column of a few texts that repeat.
struct TextColumn {
    std::vector<std::string> texts; ///< distinct, as they appear
    std::vector<std::int32_t> values; ///< (rows) index into texts, -1 where missing
};

/// The rows of a table, column by column.
struct TableRows {
    std::vector<std::vector<double>> values; ///< (columns)(rows); no rows where left out as text
    std::vector<TextColumn> texts; ///< (columns); no rows but where asked for
    std::vector<double> dateSeconds; ///< (rows) [s]; empty without a column of dates
    std::vector<std::string> dateText; ///< (rows) as written
    std::vector<BadLine> badLines; ///< the first 1000, in order
    std::size_t badLineCount = 0;
    std::size_t rows = 0;
    bool stopped = false; ///< by progress
    bool tooShort = false; ///< so many lines lacked cells that this is no table
};

/// Most bad lines that are kept with their reasons.
constexpr std::size_t mostBadLines = 1000;

/// Reads all rows of the layout's columns of numbers, and of dates if given. A cell that does not
/// fit its column and a line with too few or too many cells become bad lines; lines without any
/// cell are passed over; a header that is repeated is left out.
/// \param textColumns columns of text that are read too.
[[nodiscard]] TableRows readRows(std::string_view text, const TableLayout& layout,
                                 const std::optional<DateColumns>& dates,
                                 const std::vector<std::size_t>& textColumns,
                                 const std::function<bool(double)>& progress);

} // namespace stint
