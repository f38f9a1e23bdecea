#include "core/wire/binary_frames.h"
#include "core/wire/binary_payload.h"
#include "core/wire/checksum.h"
#include "core/wire/framed_decoder.h"

#include <algorithm>

namespace stint {

namespace {

using Bytes = std::span<const std::uint8_t>;

/// Frames from which a size may be taken as usual, and how many times the largest of them another
/// one may be: a broken size must not make the display wait for thousands of bytes.
constexpr std::uint64_t framesToKnowTheSize = 8;
constexpr std::size_t mostTimesLargest = 4;
constexpr std::size_t longestUnmarked = 256;

/// Sync bytes, a size or none, numbers, check bytes or none. After a broken frame the search goes
/// on behind its first byte, because the next frame may begin inside it.
class SyncFrames {
public:
    explicit SyncFrames(const WireFormat& format)
        : m_format(format),
          m_payload(format),
          m_check(checksumBytes(format.checksum)),
          m_head(format.sync.size() + static_cast<std::size_t>(std::clamp(format.sizeBytes, 0, 2)))
    { }

    FrameStep next(Bytes rest, std::size_t& /*searched*/, RowSink& sink)
    {
        if (m_format.sync.empty())
            return {rest.size(), false, false};
        const std::size_t begin = findSync(rest);
        if (begin > 0)
            return passOver(rest.first(begin), sink);
        if (rest.size() < m_head)
            return {0, true, false};
        const std::size_t size = payloadSize(rest);
        if (!m_payload.fits(size) || tooLarge(size))
            return broken(rest.first(m_head), "a size that cannot be", sink);
        const std::size_t whole = m_head + size + m_check;
        if (rest.size() < whole)
            return {0, true, false};
        if (!checksumFits(m_format.checksum, rest.subspan(m_head, size + m_check)))
            return broken(rest.first(whole), "the check value does not fit", sink);
        if (!m_locked && m_check == 0) {
            // Without a check value two sync bytes may stand anywhere; a second frame proves them.
            if (rest.size() < whole + m_format.sync.size())
                return {0, true, false};
            if (!startsWithSync(rest.subspan(whole)))
                return broken(rest.first(whole), "no frame after it", sink);
        }
        m_locked = true;
        m_unmarked = 0;
        m_largest = std::max(m_largest, size);
        ++m_frames;
        m_payload.take(rest.subspan(m_head, size), rest.first(whole), sink);
        return {whole, false, false};
    }

    void reset()
    {
        m_locked = false;
        m_unmarked = 0;
        m_everMarked = false;
    }

private:
    [[nodiscard]] bool startsWithSync(Bytes bytes) const
    {
        return bytes.size() >= m_format.sync.size()
            && std::equal(m_format.sync.begin(), m_format.sync.end(), bytes.begin());
    }

    /// Where the sync bytes begin, or may begin at the end; all bytes if nowhere.
    [[nodiscard]] std::size_t findSync(Bytes bytes) const
    {
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            const auto found = std::find(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                         bytes.end(), m_format.sync.front());
            at = static_cast<std::size_t>(found - bytes.begin());
            const std::size_t length = std::min(m_format.sync.size(), bytes.size() - at);
            if (std::equal(found, found + static_cast<std::ptrdiff_t>(length),
                           m_format.sync.begin()))
                return at;
        }
        return bytes.size();
    }

    [[nodiscard]] std::size_t payloadSize(Bytes frame) const
    {
        const std::size_t at = m_format.sync.size();
        if (m_format.sizeBytes <= 0)
            return m_format.payloadBytes;
        if (m_format.sizeBytes == 1)
            return frame[at];
        const unsigned first = frame[at];
        const unsigned second = frame[at + 1];
        return m_format.sizeBigEndian ? first << 8U | second : second << 8U | first;
    }

    [[nodiscard]] bool tooLarge(std::size_t size) const
    {
        return m_frames >= framesToKnowTheSize && size > mostTimesLargest * m_largest;
    }

    /// Bytes without a mark are counted once for about every frame that they could have been. Those
    /// before the first mark are the rest of a frame.
    FrameStep passOver(Bytes bytes, RowSink& sink)
    {
        const std::size_t step = m_frames > 0 ? m_head + m_largest + m_check : longestUnmarked;
        // One byte after the other, so that it does not matter how the stream is cut.
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const bool count = m_everMarked ? m_locked || m_unmarked >= step : m_unmarked >= step;
            m_unmarked = count ? 1 : m_unmarked + 1;
            if (count)
                sink.bad(textOf(bytes.subspan(i, 1)), "no sync bytes");
            m_locked = false;
        }
        return {bytes.size(), false, false};
    }

    FrameStep broken(Bytes frame, const char* why, RowSink& sink)
    {
        if (m_everMarked || m_locked)
            sink.bad(textOf(frame), why);
        m_everMarked = true;
        m_locked = false;
        m_unmarked = 1;
        return {1, false, false};
    }

    WireFormat m_format;
    BinaryPayload m_payload;
    std::size_t m_check;
    std::size_t m_head; ///< bytes before the payload
    bool m_locked = false; ///< the byte before is the end of a good frame
    bool m_everMarked = false;
    std::size_t m_unmarked = 0; ///< bytes since the last count
    std::uint64_t m_frames = 0;
    std::size_t m_largest = 0; ///< payload so far
};

} // namespace

std::unique_ptr<WireDecoder> makeSyncDecoder(const WireFormat& format)
{
    return std::make_unique<FramedDecoder<SyncFrames>>(SyncFrames(format));
}

} // namespace stint
