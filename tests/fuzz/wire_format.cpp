// A format as a word: what is accepted must come back the same.

#include "core/wire/wire_format.h"

#include "tests/fuzz/fuzz_target.h"

using stint::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto format = stint::parseWireFormat(std::string(stint::test::textOf(data, size)));
    if (!format) {
        require(format.error().message.ends_with('.'), "it says a sentence");
        return 0;
    }
    require(!stint::describe(*format).empty(), "it can be described");
    const auto again = stint::parseWireFormat(stint::wireFormatText(*format));
    require(again.ok(), "it can be read back");
    require(stint::wireFormatText(*again) == stint::wireFormatText(*format), "and is the same");
    return 0;
}
