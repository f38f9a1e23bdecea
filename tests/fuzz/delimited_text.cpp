// A recording as delimited text.

#include "core/series/csv_reader.h"
#include "tests/fuzz/fuzz_target.h"

using stint::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto recording = stint::parseRecording(stint::test::textOf(data, size), "input.csv");
    if (!recording) {
        require(recording.error().message.ends_with('.'), "it says a sentence");
        return 0;
    }
    const auto rows = static_cast<std::size_t>(recording->rows());
    for (const stint::Channel& channel : recording->channels)
        require(channel.values.size() == rows, "channels are as long as the time");
    require(recording->badLines.size() <= recording->badLineCount, "all bad lines are counted");
    return 0;
}
