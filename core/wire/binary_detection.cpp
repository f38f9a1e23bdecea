#include "core/wire/binary_detection.h"

#include "core/wire/mavlink_chain.h"
#include "core/wire/wire_text.h"

#include <algorithm>

namespace stint {

namespace {

constexpr std::size_t provingChain = 4;

std::string hexOf(std::span<const std::uint8_t> bytes)
{
    constexpr std::size_t mostShown = 32;
    std::string text;
    for (const std::uint8_t byte : bytes.first(std::min(bytes.size(), mostShown))) {
        text += text.empty() ? "" : " ";
        text += "0123456789ABCDEF"[byte >> 4U];
        text += "0123456789ABCDEF"[byte & 0xFU];
    }
    return text;
}

} // namespace

WireGuess detectBinaryFormat(std::span<const std::uint8_t> bytes)
{
    WireGuess guess;
    if (longestMavlinkChain(bytes) >= provingChain) {
        guess.sample = hexOf(bytes);
        guess.sentence = "This is MAVLink, which Stint does not plot; let the device send numbers "
                         "as text, for example \"12.5,3.1\" in a line.";
        return guess;
    }
    std::optional<BinaryGuess> found = detectSlip(bytes);
    if (!found)
        found = detectCobs(bytes);
    if (!found)
        found = detectSync(bytes);
    if (!found) {
        guess.sample = hexOf(bytes);
        guess.sentence
            = "The bytes are neither text nor frames with marks that repeat; try another "
              "rate, or describe the numbers yourself if the device sends them without "
              "marks.";
        return guess;
    }
    guess.format = found->format;
    guess.confidence = std::min(1.0, found->confidence);
    guess.channels = found->format.channels;
    guess.sample = hexOf(found->frame);
    guess.sentence = "Looks like " + describe(found->format)
        + "; compare the values, because the type of the numbers is a guess.";
    return guess;
}

} // namespace stint
