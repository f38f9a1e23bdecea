#pragma once

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace stint {

/// How the bytes of a file stand for text.
struct TextEncoding {
    std::string name; ///< one of encodingNames
    std::size_t markBytes = 0; ///< length of the byte order mark
};

/// Every encoding that is understood.
inline constexpr std::array<std::string_view, 5> encodingNames {"utf-8", "utf-16le", "utf-16be",
                                                                "windows-1252", "latin-1"};

/// Finds the encoding from the first bytes of a file: by byte order mark, else UTF-16 by the place
/// of its zero bytes, else UTF-8 if valid, else Windows-1252 or Latin-1. Fails with a sentence that
/// names `name` if the bytes are empty or no text at all.
/// \param whole `head` is the whole file.
[[nodiscard]] Result<TextEncoding> detectEncoding(std::string_view head, bool whole,
                                                  const std::string& name);

/// The encoding that a person chose, with the length of its mark if the bytes begin with it.
[[nodiscard]] TextEncoding namedEncoding(std::string_view head, const std::string& encoding);

/// Whether the name is one of encodingNames.
[[nodiscard]] bool isEncodingName(std::string_view encoding);

/// A copy that is valid UTF-8: bytes that are not are read as Windows-1252.
[[nodiscard]] std::string asUtf8(std::string_view text);

/// A cell for a message: in quotes, short, and not cut within a character.
[[nodiscard]] std::string excerptOf(std::string_view cell);

} // namespace stint
