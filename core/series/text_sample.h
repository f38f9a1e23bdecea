#pragma once

#include "core/base/result.h"
#include "core/series/byte_source.h"
#include "core/series/text_encoding.h"

#include <cstddef>
#include <string>

namespace stint {

/// As much of a file as is needed to find out how it is written.
struct TextSample {
    /// The whole of a short file; else its first lines, then lines spread over the rest. Lines end
    /// in LF or CRLF.
    std::string text;
    TextEncoding encoding;
    std::string endOfLine; ///< "LF", "CRLF" or "CR"
    std::size_t lines = 0; ///< of the whole file, about
};

/// Takes a sample and rewinds the source. Fails, with a sentence that names `name`, if the source
/// does or if it holds no text.
/// \param encoding chosen by a person; empty: found.
[[nodiscard]] Result<TextSample> sampleText(ByteSource& source, const std::string& name,
                                            const std::string& encoding);

} // namespace stint
