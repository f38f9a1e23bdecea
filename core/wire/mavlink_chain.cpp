#include "core/wire/mavlink_chain.h"

#include <algorithm>

namespace stint {

namespace {

constexpr std::uint8_t firstMark = 0xFE; ///< of version 1
constexpr std::uint8_t secondMark = 0xFD; ///< of version 2
constexpr std::size_t signatureBytes = 13;

/// Length of the frame that begins here, 0 if none does.
std::size_t frameLength(std::span<const std::uint8_t> bytes)
{
    if (bytes.size() >= 6 && bytes[0] == firstMark)
        return 8U + bytes[1];
    if (bytes.size() < 10 || bytes[0] != secondMark || (bytes[2] & 0xFEU) != 0)
        return 0;
    return 12U + bytes[1] + ((bytes[2] & 1U) != 0 ? signatureBytes : 0U);
}

std::uint8_t sequence(std::span<const std::uint8_t> frame)
{
    return frame[0] == firstMark ? frame[2] : frame[4];
}

} // namespace

std::size_t longestMavlinkChain(std::span<const std::uint8_t> bytes)
{
    std::size_t longest = 0;
    for (std::size_t begin = 0; begin < bytes.size(); ++begin) {
        std::size_t frames = 0;
        std::size_t at = begin;
        for (;;) {
            const auto frame = bytes.subspan(at);
            const std::size_t length = frameLength(frame);
            if (length == 0 || length > frame.size())
                break;
            ++frames;
            const auto next = frame.subspan(length);
            if (frameLength(next) == 0
                || sequence(next) != static_cast<std::uint8_t>(sequence(frame) + 1U))
                break;
            at += length;
        }
        longest = std::max(longest, frames);
    }
    return longest;
}

} // namespace stint
