#pragma once

#include "core/base/result.h"
#include "core/series/text_encoding.h"

#include <functional>
#include <string>

namespace stint {

/// Told how far a reader is, from 0 to 1; returns false to stop it.
using ReadProgress = std::function<bool(double fraction)>;

/// Reads a whole file, plain or compressed with gzip (known by its first bytes, not by its name),
/// of at most 2 GiB of text. Errors: missing, a directory, not readable, compressed data that is
/// cut short or damaged, empty, no text, stopped by `progress`.
[[nodiscard]] Result<DecodedText> readTextFile(const std::string& path,
                                               const ReadProgress& progress = {});

} // namespace stint
