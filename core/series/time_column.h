#pragma once

#include "core/series/date_text.h"
#include "core/series/table_layout.h"
#include "core/series/time_texts.h"
#include "core/series/time_unit.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace stint {

/// The column of dates that is the time of a table, and the column of times of day that goes with
/// it if they are apart.
struct DateColumns {
    std::size_t date = 0; ///< or of times of day alone
    std::optional<std::size_t> timeOfDay; ///< a column beside it
    std::optional<std::size_t> milliseconds; ///< a column of numbers beside them
    DateOrder order = DateOrder::DayFirst;
    bool orderGuessed = false; ///< the cells could as well be read the other way round
};

/// The order of day and month, and whether it had to be guessed.
struct FoundDateOrder {
    DateOrder order = DateOrder::DayFirst;
    bool guessed = false;
};

/// Chooses by header and content from the sampled cells. Nothing if there is no column of dates, if
/// none is in order and named like time, or if a column of numbers has a clearer name.
[[nodiscard]] std::optional<DateColumns> chooseDateColumns(const TableLayout& layout);

/// The same where the column is known; nothing if it does not hold dates.
[[nodiscard]] std::optional<DateColumns> dateColumnsAt(const TableLayout& layout,
                                                       std::size_t column);

/// The order of day and month in a column: by any part above 12, else day first with '.' and '-',
/// else whichever of the two leaves the column in order, else the one by which it covers less than
/// half the time, else month first, which is a guess.
[[nodiscard]] FoundDateOrder dateOrderOf(const std::vector<std::string_view>& cells);

/// Seconds of a cell, or of two cells that belong together; nothing if they hold no date.
[[nodiscard]] std::optional<double> readDate(const DateColumns& columns, std::string_view date,
                                             std::string_view timeOfDay);

/// Chooses the column of numbers that is the time: named like time and rising, or the first column
/// of a table that has no name and rises evenly. `values` has one entry per column, empty for
/// columns that are not numbers.
[[nodiscard]] std::optional<std::size_t>
chooseNumberColumn(const TableLayout& layout, const std::vector<std::vector<double>>& values);

/// The unit of a column of times: from its header, a row of units, the size of the numbers if they
/// count from 1970, or their steps.
[[nodiscard]] TimeUnit timeUnitOfColumn(const ColumnLayout& column,
                                        const std::vector<double>& values);

/// The row number as time.
[[nodiscard]] TimeAxis rowAxis(std::size_t rows);

/// Rows at a rate [1/s] that is known from elsewhere; the column has no name.
[[nodiscard]] TimeAxis rateAxis(std::size_t rows, double rate);

/// A column of numbers as time [s], its steps described.
/// \param chosen unit, by a person; nothing: timeUnitOfColumn().
[[nodiscard]] TimeAxis numberAxis(const ColumnLayout& column, std::vector<double> values,
                                  std::optional<TimeUnit> chosen = {});

/// A column of dates as time, its steps described. Times of day alone gain a day at midnight.
[[nodiscard]] TimeAxis dateAxis(const ColumnLayout& column, std::vector<double> seconds,
                                TimeTexts text);

/// Fills step, gaps, duplicates and nonMonotonic from seconds.
void describeSteps(TimeAxis& time);

} // namespace stint
