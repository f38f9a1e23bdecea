#pragma once

#include "core/base/result.h"

#include <string>

namespace stint {

/// Text in UTF-8 without a byte order mark, and how it was encoded before.
struct DecodedText {
    std::string text;
    std::string encoding; ///< "utf-8", "utf-16le", "utf-16be", "windows-1252" or "latin-1"
};

/// Turns the bytes of a file into text: by byte order mark, else UTF-16 by the place of its zero
/// bytes, else UTF-8 if valid, else Windows-1252 or Latin-1. Zero bytes at the end, as a power cut
/// leaves them, are dropped. Fails with a sentence that names `name` if the bytes are empty or no
/// text at all.
[[nodiscard]] Result<DecodedText> decodeText(std::string bytes, const std::string& name);

} // namespace stint
