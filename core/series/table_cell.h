#pragma once

#include "core/series/cell.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// Reads a cell of a table: all that readCell() reads, groups of thousands ("1.234,5", "1,234.5",
/// "1'234.5", "1 234,5"), "0x1F", a minus sign of typography, and more marks for "no value", such
/// as "****" and the errors of spreadsheets in other languages.
[[nodiscard]] CellKind readTableCell(std::string_view text, char decimal, double& value);

/// Whether the text is what control systems write in place of a number: "Bad", "No Data", "OVER".
/// It is no such thing in a column of words.
[[nodiscard]] bool isStatusWord(std::string_view text);

/// A number and the unit behind it, as in "12.3 °C".
struct NumberWithUnit {
    std::string_view number;
    std::string_view unit; ///< at most 12 bytes; no digit at its front, no ':' or '=' in it
};

/// Splits a cell into number and unit; nothing if it is anything else. Whether the number is one
/// depends on the decimal sign and is left to readTableCell().
[[nodiscard]] std::optional<NumberWithUnit> splitNumberWithUnit(std::string_view text);

/// How a column writes numbers that are no plain ones: all with the same unit, or as two words.
struct CellWriting {
    std::string unit; ///< behind every number; empty: words
    std::string low; ///< the word for 0, in small letters
    std::string high; ///< the word for 1, in small letters
};

/// Finds how the sampled cells of a column are written; nothing if they are text.
[[nodiscard]] std::optional<CellWriting> writingOf(const std::vector<std::string_view>& cells,
                                                   char decimal);

/// Reads a cell of a column that is written so.
[[nodiscard]] CellKind readWrittenCell(std::string_view text, char decimal,
                                       const CellWriting& writing, double& value);

} // namespace stint
