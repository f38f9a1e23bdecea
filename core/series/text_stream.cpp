#include "core/series/text_stream.h"

#include <algorithm>
#include <array>
#include <utility>

namespace stint {

namespace {

constexpr std::size_t blockBytes = std::size_t {1} << 19U; // fits into a cache near the core

} // namespace

TextStream::TextStream(ByteSource& source, const TextEncoding& encoding, bool carriageReturns)
    : m_source(source), m_decoder(encoding.name, carriageReturns), m_markBytes(encoding.markBytes)
{ }

Result<Done> TextStream::fill()
{
    if (m_ended)
        return Done {};
    if (m_markBytes > 0) {
        std::array<char, 4> mark {};
        const auto got = m_source.read(mark.data(), std::exchange(m_markBytes, 0));
        if (!got)
            return got.error();
    }
    m_text.erase(0, std::exchange(m_consumed, 0));
    const std::size_t before = m_text.size();
    m_text.resize(before + blockBytes);
    const Result<std::size_t> got = m_source.read(m_text.data() + before, blockBytes);
    m_text.resize(before + (got ? *got : 0));
    if (!got)
        return got.error();
    m_ended = *got < blockBytes;
    m_decoder.decode(m_text, before, m_ended);
    if (m_ended && !m_text.empty() && m_text.back() != '\n')
        m_text.push_back('\n');
    return Done {};
}

} // namespace stint
