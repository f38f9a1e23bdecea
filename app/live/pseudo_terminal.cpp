#include "app/live/pseudo_terminal.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <system_error>
#include <termios.h>
#include <thread>
#include <unistd.h>

namespace stint::app {

namespace {

constexpr std::chrono::milliseconds look(20);

/// A reader sets the port up after it has opened it; what comes before that may be echoed.
constexpr std::chrono::milliseconds setUpTime(250);

Error failure()
{
    return Error {"A pseudo-terminal cannot be made: " + std::generic_category().message(errno)
                  + "; close some, or write to a port of this machine: stint ports lists them."};
}

} // namespace

Result<PseudoTerminal> PseudoTerminal::open()
{
    PseudoTerminal terminal;
    terminal.m_descriptor = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (terminal.m_descriptor < 0 || grantpt(terminal.m_descriptor) != 0
        || unlockpt(terminal.m_descriptor) != 0)
        return failure();
    char name[128];
    if (ptsname_r(terminal.m_descriptor, name, sizeof name) != 0)
        return failure();
    terminal.m_path = name;
    // Opened and closed once, so that hasReader() tells a reader from none.
    const int other = ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other < 0)
        return failure();
    termios settings {};
    tcgetattr(other, &settings);
    cfmakeraw(&settings);
    const bool raw = tcsetattr(other, TCSANOW, &settings) == 0;
    ::close(other);
    if (!raw)
        return failure();
    return terminal;
}

bool PseudoTerminal::hasReader() const
{
    pollfd entry {m_descriptor, POLLOUT, 0};
    return poll(&entry, 1, 0) >= 0 && (entry.revents & POLLHUP) == 0;
}

bool PseudoTerminal::waitForReader(const std::stop_token& stop) const
{
    if (hasReader())
        return true;
    while (!hasReader()) {
        if (stop.stop_requested())
            return false;
        std::this_thread::sleep_for(look);
    }
    std::this_thread::sleep_for(setUpTime);
    return true;
}

std::size_t PseudoTerminal::write(std::string_view bytes, const std::stop_token& stop) const
{
    std::size_t done = 0;
    while (done < bytes.size() && !stop.stop_requested()) {
        pollfd entry {m_descriptor, POLLOUT, 0};
        if (poll(&entry, 1, static_cast<int>(look.count())) < 0 && errno != EINTR)
            break;
        if ((entry.revents & POLLHUP) != 0)
            break;
        if ((entry.revents & POLLOUT) == 0)
            continue;
        const ssize_t wrote = ::write(m_descriptor, bytes.data() + done, bytes.size() - done);
        if (wrote > 0)
            done += static_cast<std::size_t>(wrote);
        else if (wrote < 0 && errno != EAGAIN && errno != EINTR)
            break;
    }
    return done;
}

void PseudoTerminal::drain(std::chrono::milliseconds patience) const
{
    const int other = ::open(m_path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (other < 0)
        return;
    const auto end = std::chrono::steady_clock::now() + patience;
    int quiet = 0;
    // Twice, because bytes on their way are not counted for a moment.
    while (quiet < 3 && std::chrono::steady_clock::now() < end) {
        int waiting = 0;
        if (ioctl(other, FIONREAD, &waiting) != 0)
            break;
        quiet = waiting == 0 ? quiet + 1 : 0;
        std::this_thread::sleep_for(look);
    }
    ::close(other);
}

std::string PseudoTerminal::read() const
{
    std::string all;
    char buffer[4096];
    for (;;) {
        const ssize_t got = ::read(m_descriptor, buffer, sizeof buffer);
        if (got <= 0)
            return all;
        all.append(buffer, static_cast<std::size_t>(got));
    }
}

void PseudoTerminal::close()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
}

} // namespace stint::app
