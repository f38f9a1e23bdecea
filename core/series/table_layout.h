#pragma once

#include "core/base/result.h"
#include "core/series/dialect.h"
#include "core/series/read_choices.h"
#include "core/series/record_splitter.h"
#include "core/series/table_cell.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// What most cells of a column hold.
enum class ColumnType {
    Unknown, ///< every sampled cell is missing
    Number,
    Date, ///< dates with or without a time of day
    TimeOfDay,
    Text,
};

/// One column as its header and a sample of its cells describe it.
struct ColumnLayout {
    std::string header; ///< as written; "column 3" if there is none
    std::string name; ///< unique; without a unit in parentheses or brackets
    std::string unit; ///< from the header or from a row of units
    bool named = false; ///< the file names it
    ColumnType type = ColumnType::Unknown;
    std::optional<CellWriting> writing; ///< of a column of numbers that are no plain ones
    std::vector<std::string_view> sample; ///< cells spread over the file; views into the text
};

/// Where a table begins in its text and what its columns are.
struct TableLayout {
    Dialect dialect;
    std::vector<ColumnLayout> columns;
    std::optional<double> rate; ///< rows per second, where a line above the table says so
    std::size_t dataOffset = 0; ///< first row of the table [bytes]
    std::size_t dataLine = 1; ///< its line, counted from 1
};

/// Most columns that a table may have.
constexpr std::size_t mostColumns = 4096;

/// Finds header, row of units, names and column types. Lines must end in LF or CRLF. Fails, with a
/// sentence that names `name`, if no line holds numbers or there are more than mostColumns.
/// What a person has chosen stays.
[[nodiscard]] Result<TableLayout> detectLayout(std::string_view text, const std::string& name,
                                               const ReadChoices& choices = {});

} // namespace stint
