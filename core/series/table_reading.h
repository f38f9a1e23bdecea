#pragma once

#include "core/series/table_layout.h"
#include "core/series/text_encoding.h"
#include "core/series/time_column.h"
#include "core/series/time_unit.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stint {

/// How the rows of a file are read, settled when it was opened, so that rows which are appended
/// later are read exactly alike.
struct TableReading {
    TextEncoding encoding;
    bool carriageReturns = false; ///< lines end in CR alone
    /// Without samples. Columns that are nothing in the recording count as text.
    TableLayout layout;
    std::string above; ///< what stands above the first row: preamble and header, in UTF-8
    std::optional<DateColumns> dates; ///< of the time
    std::optional<std::size_t> timeNumber; ///< column of numbers that is the time
    std::optional<TimeUnit> timeUnit; ///< of that column
    std::vector<std::size_t> channels; ///< column of each channel of the recording
    std::vector<std::size_t> labels; ///< column of each label of the recording
    bool series = false; ///< many series stand one below the other
};

struct Recording;

/// Why the file of a recording cannot be followed, in one sentence; empty if it can.
[[nodiscard]] std::string whyNotFollowed(const Recording& recording);

} // namespace stint
