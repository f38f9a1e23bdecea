#include "core/wire/binary_frames.h"

#include "core/wire/binary_payload.h"
#include "core/wire/framed_decoder.h"

#include <algorithm>

namespace stint {

namespace {

using Bytes = std::span<const std::uint8_t>;

/// Frames that end with a byte that stands nowhere inside.
class TerminatedFrames {
public:
    TerminatedFrames(std::uint8_t terminator, bool (*undo)(Bytes, std::vector<std::uint8_t>&),
                     const WireFormat& format)
        : m_terminator(terminator), m_undo(undo), m_payload(format)
    { }

    FrameStep next(Bytes rest, std::size_t& searched, RowSink& sink)
    {
        const auto from = rest.begin() + static_cast<std::ptrdiff_t>(searched);
        const auto end = std::find(from, rest.end(), m_terminator);
        const auto size = static_cast<std::size_t>(end - rest.begin());
        if (end == rest.end() || size > longestWireLine) {
            searched = std::min(rest.size(), longestWireLine);
            m_passing = m_passing || rest.size() > longestWireLine;
            return {0, true, false};
        }
        if (!m_lost && !m_passing && size > 0)
            take(rest.first(size), sink);
        m_lost = false;
        m_passing = false;
        return {size + 1, false, false};
    }

    void reset()
    {
        m_lost = true;
        m_passing = false;
    }

private:
    void take(Bytes raw, RowSink& sink)
    {
        if (m_undo(raw, m_frame))
            m_payload.takeChecked(m_frame, raw, sink);
        else
            sink.bad(textOf(raw), "bytes that no frame may have");
    }

    std::uint8_t m_terminator;
    bool (*m_undo)(Bytes, std::vector<std::uint8_t>&);
    BinaryPayload m_payload;
    std::vector<std::uint8_t> m_frame;
    bool m_lost = true; ///< the stream may begin inside a frame
    bool m_passing = false; ///< inside a frame that is too long
};

/// Numbers without marks.
class RawFrames {
public:
    explicit RawFrames(const WireFormat& format) : m_payload(format) { }

    FrameStep next(Bytes rest, std::size_t& /*searched*/, RowSink& sink)
    {
        const std::size_t sample = m_payload.sampleBytes();
        const Bytes whole = rest.first(rest.size() - rest.size() % sample);
        if (whole.empty())
            return {0, true, false};
        m_payload.take(whole, whole, sink);
        return {whole.size(), false, false};
    }

    void reset() { }

private:
    BinaryPayload m_payload;
};

} // namespace

std::unique_ptr<WireDecoder> makeCobsDecoder(const WireFormat& format)
{
    return std::make_unique<FramedDecoder<TerminatedFrames>>(
        TerminatedFrames(0, decodeCobs, format));
}

std::unique_ptr<WireDecoder> makeSlipDecoder(const WireFormat& format)
{
    return std::make_unique<FramedDecoder<TerminatedFrames>>(
        TerminatedFrames(0xC0, decodeSlip, format));
}

std::unique_ptr<WireDecoder> makeRawDecoder(const WireFormat& format)
{
    return std::make_unique<FramedDecoder<RawFrames>>(RawFrames(format));
}

} // namespace stint
