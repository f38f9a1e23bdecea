#pragma once

#include "core/base/result.h"
#include "core/series/byte_source.h"
#include "core/series/text_decoder.h"
#include "core/series/text_encoding.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace stint {

/// The text of a file through a buffer that slides over it: UTF-8 whose lines end in LF or CRLF,
/// the last one too.
///
/// Ownership: refers to the source, which must outlive it.
class TextStream {
public:
    /// \param carriageReturns lines of the file end in CR alone.
    TextStream(ByteSource& source, const TextEncoding& encoding, bool carriageReturns);

    /// Brings more text behind what has not been consumed. Errors: those of the source.
    [[nodiscard]] Result<Done> fill();

    /// What has been brought and not consumed; valid until the next fill().
    [[nodiscard]] std::string_view text() const
    {
        return std::string_view(m_text).substr(m_consumed);
    }

    /// Passes over `bytes` of text().
    void consume(std::size_t bytes) { m_consumed += bytes; }

    /// Whether text() holds the end of the file.
    [[nodiscard]] bool ended() const { return m_ended; }

private:
    ByteSource& m_source;
    TextDecoder m_decoder;
    std::size_t m_markBytes; ///< still to be passed over
    std::string m_text;
    std::size_t m_consumed = 0;
    bool m_ended = false;
};

} // namespace stint
