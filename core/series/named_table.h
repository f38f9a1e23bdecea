#pragma once

#include "core/series/record_splitter.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace stint {

/// Where a line begins.
struct LinePlace {
    std::size_t offset = 0; ///< [bytes]
    std::size_t line = 1; ///< counted from 1
};

/// "---load--- ---cpu---": a line over groups of names, which belongs to them.
[[nodiscard]] bool isBanner(const std::vector<Cell>& cells);

/// Finds a table that reaches to the end of a text: rows of values with the same number of cells,
/// right below lines of as many names. What stands above it may be longer than a short table and
/// look like one, as settings do. Lines must end in LF or CRLF.
/// \param head the first lines of a text, or all of it.
/// \returns the first line of the names; the beginning of the text if there is no such table, or if
/// nothing stands above it.
[[nodiscard]] LinePlace namedTable(std::string_view head, char quote);

} // namespace stint
