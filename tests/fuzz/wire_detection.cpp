// The first bytes of a device: what is recognised must be a format that can be written down and
// used.

#include "core/wire/wire_detection.h"

#include "core/wire/wire_parser.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/wire_reading.h"

using stint::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const stint::WireGuess guess = stint::detectWireFormat({data, size});
    require(!guess.sentence.empty() && guess.sentence.back() == '.', "it says a sentence");
    require(guess.sample.size() <= 120, "the sample is short");
    require(guess.confidence >= 0.0 && guess.confidence <= 1.0, "confidence is a part");
    if (!guess.format)
        return 0;
    const auto again = stint::parseWireFormat(stint::wireFormatText(*guess.format));
    require(again.ok() && *again == *guess.format, "the format can be written down");
    static_cast<void>(
        stint::test::readWire(*guess.format, std::string(stint::test::textOf(data, size))));
    return 0;
}
