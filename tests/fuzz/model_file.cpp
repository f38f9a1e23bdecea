// A model file, from its tensors to a family that could run.

#include "core/model/family.h"
#include "core/model/safetensors.h"
#include "tests/fuzz/fuzz_target.h"

#include <string>
#include <sys/mman.h>
#include <unistd.h>

using stint::test::require;

namespace {

/// A file in memory, which loadFamily() reads like any other.
class MemoryFile {
public:
    MemoryFile() : m_file(memfd_create("model", 0)) { require(m_file >= 0, "there is memory"); }
    ~MemoryFile() { close(m_file); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    void write(const std::uint8_t* data, std::size_t size) const
    {
        require(ftruncate(m_file, 0) == 0, "the file can be emptied");
        require(pwrite(m_file, data, size, 0) == static_cast<ssize_t>(size), "it can be written");
    }

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(m_file); }

private:
    int m_file;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto tensors = stint::parseTensors(stint::test::textOf(data, size));
    if (tensors) {
        const std::string image = stint::serialiseTensors(*tensors);
        require(stint::parseTensors(image).ok(), "what was read can be written and read again");
    }
    static const MemoryFile file;
    file.write(data, size);
    const auto family = stint::loadFamily(file.path());
    require(family.ok() || family.error().message.ends_with('.'), "it says a sentence");
    return 0;
}
