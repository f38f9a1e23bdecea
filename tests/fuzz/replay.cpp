// Runs a fuzz target once over every file of the folders that are named, so that what was found
// stays found in builds without a fuzzer.

#include "tests/fuzz/fuzz_target.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

int main(int count, char** arguments)
{
    int files = 0;
    for (int i = 1; i < count; ++i)
        for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes {std::istreambuf_iterator<char>(in),
                                     std::istreambuf_iterator<char>()};
            std::printf("%s\n", entry.path().filename().c_str());
            std::fflush(stdout);
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                   bytes.size());
            ++files;
        }
    return files > 0 ? 0 : 1;
}
