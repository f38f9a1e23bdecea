#pragma once

#include "core/wire/wire_decoder.h"
#include "core/wire/wire_text.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace stint {

/// What was found at the front of the bytes.
struct FrameStep {
    std::size_t used = 0; ///< bytes to pass over
    bool more = false; ///< nothing yet: more bytes are needed
    bool stop = false; ///< the sink said Stop
};

/// Runs a family of frames over a stream, wherever its blocks are cut. `Frames` has
/// `FrameStep next(std::span<const std::uint8_t> rest, std::size_t& searched, RowSink&)`, where
/// `searched` is kept from call to call as long as the front of the bytes stays, and `reset()`.
template <typename Frames>
class FramedDecoder final : public WireDecoder {
public:
    explicit FramedDecoder(Frames frames) : m_frames(std::move(frames)) { }

    std::size_t decode(std::span<const std::uint8_t> bytes, RowSink& sink) override
    {
        const std::size_t before = m_bytes.size();
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
        const std::span<const std::uint8_t> all = m_bytes;
        std::size_t at = 0;
        FrameStep step;
        while (at < all.size() && !step.more && !step.stop) {
            step = m_frames.next(all.subspan(at), m_searched, sink);
            if (step.more && all.size() - at > longestWireLine) {
                // The same part of the frame as if its end had been found.
                sink.bad(textOf(all.subspan(at, 256)), "a frame of more than 1 MiB");
                step = {longestWireLine, false, false};
            }
            if (step.used > 0)
                m_searched = 0;
            at += step.used;
        }
        if (step.stop && at >= before) {
            m_bytes.clear();
            return at - before;
        }
        m_bytes.erase(m_bytes.begin(), m_bytes.begin() + static_cast<std::ptrdiff_t>(at));
        return bytes.size();
    }

    void finish(RowSink& /*sink*/) override
    {
        m_bytes.clear();
        m_searched = 0;
        m_frames.reset();
    }

private:
    Frames m_frames;
    std::vector<std::uint8_t> m_bytes; ///< that are not used up
    std::size_t m_searched = 0;
};

} // namespace stint
