#include "core/series/file_bytes.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace stint {

namespace {

constexpr std::size_t headBytes = 4096;

std::int64_t changeTime(const struct stat& status)
{
    return std::int64_t {status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

Error changedError(const std::string& path)
{
    return Error {path
                  + " was cut short or written anew while it was read; open it again when the "
                    "program that writes it is done."};
}

} // namespace

FileBytes::FileBytes(int file, std::string path) : m_file(file), m_path(std::move(path))
{
    struct stat status { };
    if (fstat(m_file, &status) == 0) {
        m_size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
        m_changed = changeTime(status);
    }
    m_head.resize(std::min(m_size, headBytes));
    m_head.resize(FileBytes::readAt(0, m_head.data(), m_head.size()).value_or(0));
}

FileBytes::~FileBytes() { static_cast<void>(close(m_file)); }

Result<std::unique_ptr<FileBytes>> FileBytes::open(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC); // NOLINT(*-vararg)
    if (file < 0)
        return Error {path + " cannot be opened (" + std::generic_category().message(errno)
                      + "); check its permissions."};
    return std::unique_ptr<FileBytes>(new FileBytes(file, path));
}

Result<std::size_t> FileBytes::read(char* to, std::size_t size)
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::read(m_file, to + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return Error {m_path + " could not be read to its end ("
                          + std::generic_category().message(errno)
                          + "); check the disk or the network."};
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    m_at += done;
    if (done < size && m_at < m_size)
        return changedError(m_path);
    return done;
}

Result<Done> FileBytes::rewind()
{
    m_at = 0;
    if (lseek(m_file, 0, SEEK_SET) != 0)
        return Error {m_path + " could not be read again; copy it to a disk and open the copy."};
    return Done {};
}

std::optional<std::size_t> FileBytes::readAt(std::size_t offset, char* to, std::size_t size)
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got
            = pread(m_file, to + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

double FileBytes::fraction() const
{
    return std::min(1.0, static_cast<double>(m_at) / static_cast<double>(m_size + 1));
}

Result<Done> FileBytes::checkUnchanged()
{
    struct stat status { };
    if (fstat(m_file, &status) != 0 || changeTime(status) == m_changed)
        return Done {};
    // Changed: a log that grows keeps its beginning.
    std::string head(m_head.size(), '\0');
    head.resize(readAt(0, head.data(), head.size()).value_or(0));
    if (static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)) < m_size || head != m_head)
        return changedError(m_path);
    return Done {};
}

} // namespace stint
