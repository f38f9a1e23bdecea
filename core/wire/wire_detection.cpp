#include "core/wire/wire_detection.h"

#include "core/wire/binary_detection.h"
#include "core/wire/text_detection.h"
#include "core/wire/wire_text.h"

#include <algorithm>

namespace stint {

namespace {

constexpr double readablePartOfText = 0.97;

} // namespace

WireGuess detectWireFormat(std::span<const std::uint8_t> bytes)
{
    bytes = bytes.first(std::min(bytes.size(), mostBytesToDetect));
    WireGuess guess;
    if (bytes.size() < fewestBytesToDetect) {
        guess.sentence = "Too few bytes have come in to tell the format.";
        return guess;
    }
    // At first a device may send at another rate, as boot loaders do.
    for (const std::size_t skipped : {std::size_t {0}, bytes.size() / 2}) {
        const auto part = bytes.subspan(skipped);
        if (part.size() >= fewestBytesToDetect && readablePart(textOf(part)) > readablePartOfText)
            return detectTextFormat(part);
    }
    if (WireGuess checked = detectCheckedComments(bytes); checked.format)
        return checked;
    return detectBinaryFormat(bytes);
}

} // namespace stint
