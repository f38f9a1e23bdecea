#pragma once

#include "core/series/date_text.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stint {

/// Parts of how a file is read that a person has chosen; the rest is found.
struct ReadChoices {
    std::string encoding; ///< one of encodingNames; empty: found
    std::optional<char> delimiter; ///< ' ' stands for a run of blanks
    std::optional<char> decimal; ///< '.' or ','
    std::optional<std::size_t> preambleLines; ///< before the header
    std::optional<std::size_t> headerLines; ///< of names and units
    std::optional<std::string> timeColumn; ///< header of the column; empty: the row number
    std::string timeUnit; ///< of a column of numbers, as timeUnitName() has it; empty: found
    std::optional<DateOrder> dateOrder; ///< of dates with a trailing year
    std::vector<std::string> leftOut; ///< headers of columns that are not read

    friend bool operator==(const ReadChoices&, const ReadChoices&) = default;
};

} // namespace stint
