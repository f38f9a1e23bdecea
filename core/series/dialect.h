#pragma once

#include "core/series/read_choices.h"
#include "core/series/recording.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// How a text is written and how many cells its ordinary lines have. The number of lines before the
/// table is found later, with its layout.
struct TableShape {
    Dialect dialect;
    std::size_t columns = 0;
};

/// "LF", "CRLF" or "CR", whichever ends most of the first lines; a lone CR counts only where the
/// text has no LF.
[[nodiscard]] std::string detectEndOfLine(std::string_view text);

/// The quote; an apostrophe only where the double quote never appears and cells begin with it.
[[nodiscard]] char detectQuote(std::string_view head);

/// Finds delimiter, decimal character and quote from the first lines and from lines spread over
/// the whole text. Lines must end in LF or CRLF. A delimiter is good if most lines have the same
/// number of cells and most of these cells are numbers, dates or missing. What a person has chosen
/// stays.
[[nodiscard]] TableShape detectDialect(std::string_view text, const ReadChoices& choices = {});

/// The first lines of a text, at most 400.
[[nodiscard]] std::string_view firstLines(std::string_view text);

/// Up to `count` whole lines at even distances over the text after its firstLines().
[[nodiscard]] std::vector<std::string_view> spreadLines(std::string_view text, std::size_t count);

} // namespace stint
