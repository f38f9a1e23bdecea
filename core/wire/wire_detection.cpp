#include "core/wire/wire_detection.h"

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
    if (readablePart(textOf(bytes)) > readablePartOfText)
        return detectTextFormat(bytes);
    guess.sample = printableStart(textOf(bytes));
    guess.sentence = "The bytes are no text; try another rate, or choose the format yourself.";
    return guess;
}

} // namespace stint
