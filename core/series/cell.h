#pragma once

#include <string>
#include <string_view>

namespace stint {

/// What a cell of a table holds.
enum class CellKind {
    Missing, ///< empty or a word for it: NaN, NA, N/A, null, none, -, ?, #N/A, 1.#QNAN …
    Number, ///< a number, infinity, or true / false as 1 / 0
    Other, ///< anything else
};

/// Reads one cell. `value` is the number, else NaN. `decimal` is '.' or ','. Accepts a leading '+'
/// and exponents, in any locale; numbers too large for a double become infinite. Groups of
/// thousands are refused: a column of a table may have them, see readTableCell().
[[nodiscard]] CellKind readCell(std::string_view text, char decimal, double& value);

/// The text without blanks and line ends around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// A copy with A-Z turned into a-z.
[[nodiscard]] std::string lowerCase(std::string_view text);

} // namespace stint
