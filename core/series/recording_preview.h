#pragma once

#include "core/series/csv_reader.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace stint {

/// The beginning of a file as text and as what would be read from it.
struct RecordingPreview {
    std::string path;
    std::vector<std::string> lines; ///< the first 200, in UTF-8, without their ends
    std::shared_ptr<const Recording> recording; ///< of the first lines; null if there is an error
    std::string error; ///< why no table was found
    std::vector<std::string> columns; ///< names of all columns, the time and those left out too
    bool whole = false; ///< the file is no longer than what was read
};

/// Reads the first 256 KiB of a file. Fails, with a sentence that names the file, only if it cannot
/// be read; that no table is found is part of the answer.
[[nodiscard]] Result<RecordingPreview> previewRecording(const std::string& path,
                                                        const ReadOptions& options = {});

/// What files of one layout share: the ending of the name, the number of columns and their names;
/// the first line where no table is found. \param found of the file without any choices.
[[nodiscard]] std::string layoutKey(const RecordingPreview& found);

} // namespace stint
