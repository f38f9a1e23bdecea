#include "core/series/pipe_bytes.h"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace stint {

namespace {

constexpr int askEveryMs = 100;
constexpr std::size_t block = std::size_t {1} << 20U;

/// Closes what it holds.
struct OpenFile {
    explicit OpenFile(int opened) : number(opened) { }
    ~OpenFile()
    {
        if (number >= 0)
            static_cast<void>(close(number));
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    int number;
};

bool isPassing(int error) { return error == EINTR || error == EAGAIN; }

} // namespace

Result<std::string> readPipe(const std::string& path, const std::function<bool()>& goesOn)
{
    // Opening it would wait for a writer otherwise, and nothing could end that.
    const OpenFile file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)); // NOLINT(*-vararg)
    const auto reason = [] { return std::generic_category().message(errno); };
    if (file.number < 0)
        return Error {path + " cannot be opened (" + reason() + "); check its permissions."};
    std::string all;
    for (;;) {
        if (goesOn && !goesOn())
            return Error {"Reading " + path + " was stopped; open it again to read all of it."};
        struct pollfd waiting {
            file.number, POLLIN, 0
        };
        const int ready = poll(&waiting, 1, askEveryMs);
        if (ready == 0 || (ready < 0 && isPassing(errno)))
            continue;
        const std::size_t before = all.size();
        all.resize(before + block);
        const ssize_t got = ready < 0 ? -1 : ::read(file.number, all.data() + before, block);
        if (got < 0 && !isPassing(errno))
            return Error {path + " could not be read to its end (" + reason()
                          + "); check the program that writes it."};
        all.resize(before + static_cast<std::size_t>(got < 0 ? 0 : got));
        if (got == 0)
            return all;
    }
}

} // namespace stint
