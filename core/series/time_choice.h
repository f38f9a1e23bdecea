#pragma once

#include "core/base/result.h"
#include "core/series/read_choices.h"
#include "core/series/table_layout.h"
#include "core/series/time_column.h"

#include <cstddef>
#include <optional>
#include <string>

namespace stint {

/// Which column is the time, as far as it is known before the rows are read.
struct TimeChoice {
    bool chosen = false; ///< by a person: with neither of the two below, rows stand in for it
    std::optional<DateColumns> dates;
    std::optional<std::size_t> number; ///< chosen column of numbers
    std::optional<TimeUnit> unit; ///< chosen
};

/// Applies what a person has chosen about time and columns: columns that are left out become text
/// in the layout. Fails, with a sentence that names `name` and the columns that there are, where a
/// column is not there or does not hold what it should.
[[nodiscard]] Result<TimeChoice> applyChoices(const ReadChoices& choices, TableLayout& layout,
                                              const std::string& name);

} // namespace stint
