#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stint {

/// The bytes as characters, without a copy.
[[nodiscard]] std::string_view textOf(std::span<const std::uint8_t> bytes);

/// Whether the text is valid UTF-8 without control characters other than tabs.
[[nodiscard]] bool isPlainText(std::string_view text);

/// Part of the code points that a person could read, 0..1: printable characters, tabs, line ends;
/// a byte that is no part of valid UTF-8 counts as one that is not. A code point cut off at either
/// end is not counted. 0 for an empty text.
[[nodiscard]] double readablePart(std::string_view text);

/// The start of a line or frame for people, at most 120 characters: as text if it is text, other
/// bytes as "\xNN"; all bytes in hex if most of them are not text.
[[nodiscard]] std::string printableStart(std::string_view raw);

/// Whether the text may be the name of a channel: plain text of 1 to 64 bytes with a letter, and
/// without brackets, quotes and other marks of a data format at its beginning.
[[nodiscard]] bool isLabel(std::string_view text);

} // namespace stint
