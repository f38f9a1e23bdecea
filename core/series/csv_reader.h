#pragma once

#include "core/base/result.h"
#include "core/series/read_choices.h"
#include "core/series/recording.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// What a caller may add to reading a recording.
struct ReadOptions {
    std::vector<std::string> labelColumns; ///< in addition to those recognised by name
    std::function<bool(double fraction)> progress; ///< from 0 to 1; false stops
    ReadChoices choices {}; ///< what need not be found
};

/// Reads delimited text, plain or gzip, into a recording: finds encoding, delimiter, decimals,
/// lines before the table, header, units, the column of time and label columns. Columns of text are
/// left out and listed. Fails with one sentence that names the file and what to do.
[[nodiscard]] Result<Recording> readRecording(const std::string& path,
                                              const ReadOptions& options = {});

/// The same for text in UTF-8 that is already at hand; `name` stands for the file.
[[nodiscard]] Result<Recording> parseRecording(std::string_view text, const std::string& name,
                                               const ReadOptions& options = {});

} // namespace stint
