#pragma once

#include "core/base/result.h"
#include "core/series/recording.h"

#include <functional>
#include <string>

namespace stint {

/// What is written of a recording.
struct WriteOptions {
    Index first = 0;
    Index last = -1; ///< one behind the last row; negative: all
    std::function<bool(double fraction)> progress; ///< from 0 to 1; false stops
};

/// Writes rows as a table between commas that reads back as the same recording: every value is the
/// same double, time is as in the input, labels, classes and the column of series come last. A
/// missing value is an empty cell, or NaN where there is no column of time. The file appears when
/// it is complete. Errors: it cannot be created or written to its end, or the progress stopped it.
[[nodiscard]] Result<Done> writeRecording(const Recording& recording, const std::string& path,
                                          const WriteOptions& options = {});

} // namespace stint
