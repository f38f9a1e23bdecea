#include "core/series/growing_file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace stint {

namespace {

constexpr std::size_t knownBytes = 4096; ///< at either end

/// Fills `to` from a place; fewer bytes at the end of the file, nothing on an error.
std::optional<std::size_t> readAt(int file, std::uint64_t offset, char* to, std::size_t size)
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = pread(file, to + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return std::nullopt;
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

bool holds(int file, std::uint64_t offset, const std::string& bytes)
{
    std::string there(bytes.size(), '\0');
    return readAt(file, offset, there.data(), there.size()) == bytes.size() && there == bytes;
}

std::int64_t changeTime(const struct stat& status)
{
    return std::int64_t {status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

std::uint64_t sizeOf(const struct stat& status)
{
    return static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
}

std::string reason(int error) { return std::generic_category().message(error); }

} // namespace

GrowingFile::GrowingFile(std::string path, bool zeros) : m_path(std::move(path)), m_zeros(zeros) { }

GrowingFile::~GrowingFile() { setFile(-1); }

void GrowingFile::setFile(int file)
{
    if (m_file >= 0)
        static_cast<void>(close(m_file));
    m_file = file;
    m_quiet = 0;
}

/// Opens what has the name now; -1 if that cannot be opened at the moment.
Result<int> GrowingFile::openPath()
{
    // Without waiting: a pipe would keep its reader until somebody writes.
    const int file = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // NOLINT(*-vararg)
    if (file < 0) {
        m_problem = errno == ENOENT
            ? m_path + " is not there; it is followed again as soon as it is back."
            : m_path + " cannot be opened (" + reason(errno)
                + "); it is followed as soon as it can be.";
        return -1;
    }
    struct stat status { };
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode))
        return file;
    static_cast<void>(close(file));
    return Error {m_path + " is not a file that grows; choose a text file on a disk."};
}

/// Whether a file holds what has been read, where it was read.
bool GrowingFile::isSame(int file) const
{
    struct stat status { };
    return fstat(file, &status) == 0 && sizeOf(status) >= m_offset && holds(file, 0, m_head)
        && holds(file, m_offset - m_tail.size(), m_tail);
}

GrowingFile::Found GrowingFile::begin()
{
    m_offset = 0;
    m_changed = 0;
    m_head.clear();
    m_tail.clear();
    return Found::Begun;
}

Result<GrowingFile::Found> GrowingFile::open()
{
    const Result<int> file = openPath();
    if (!file)
        return file.error();
    if (*file < 0)
        return Found::Away;
    setFile(*file);
    m_problem.clear();
    return begin();
}

void GrowingFile::remember(std::string_view bytes)
{
    m_head.append(bytes.substr(0, knownBytes - m_head.size()));
    m_tail.append(bytes.substr(bytes.size() - std::min(bytes.size(), knownBytes)));
    m_tail.erase(0, m_tail.size() - std::min(m_tail.size(), knownBytes));
}

GrowingFile::Found GrowingFile::read(std::string& bytes, std::size_t most)
{
    struct stat status { };
    const bool known = fstat(m_file, &status) == 0;
    const bool changed = known && (changeTime(status) != m_changed || sizeOf(status) != m_size);
    m_size = known ? sizeOf(status) : m_size;
    m_changed = known ? changeTime(status) : m_changed;
    if (changed && !isSame(m_file))
        return begin();
    if (m_size <= m_offset)
        return Found::Nothing;
    const std::size_t before = bytes.size();
    bytes.resize(before + std::min<std::uint64_t>(most, m_size - m_offset));
    const auto got = readAt(m_file, m_offset, bytes.data() + before, bytes.size() - before);
    if (!got) {
        const int error = errno;
        m_problem = m_path + " could not be read on (" + reason(error) + "); it is tried again.";
        bytes.resize(before);
        if (error == ESTALE) // of a drive of the network: only opening it again helps
            setFile(-1);
        return Found::Away;
    }
    bytes.resize(before + *got);
    std::size_t end = bytes.size();
    if (!m_zeros)
        end = std::max(bytes.find_last_not_of('\0') + 1, before);
    if (end == before && endsInText())
        end = bytes.size();
    m_offset += end - before;
    remember(std::string_view(bytes).substr(before, end - before));
    bytes.resize(end);
    return end == before ? Found::Nothing : Found::Bytes;
}

/// Whether zeros that were met are a hole, as a writer leaves it that goes on at its old place
/// after the file was cut short.
bool GrowingFile::endsInText() const
{
    std::string end(std::min<std::uint64_t>(knownBytes, m_size - m_offset), '\0');
    return readAt(m_file, m_size - end.size(), end.data(), end.size()) == end.size()
        && end.find_first_not_of('\0') != std::string::npos;
}

/// After nothing could be read: whether another file has the name now.
Result<GrowingFile::Found> GrowingFile::lookAtName()
{
    struct stat own { };
    struct stat named { };
    if (stat(m_path.c_str(), &named) != 0) {
        if (errno != ENOENT || m_quiet < quietLooks)
            return Found::Nothing;
        m_problem = m_path + " was moved or removed; it is followed again as soon as it is back.";
        return Found::Away;
    }
    if (fstat(m_file, &own) == 0 && own.st_ino == named.st_ino && own.st_dev == named.st_dev) {
        m_problem.clear();
        return Found::Nothing;
    }
    // Whoever wrote the old one may still be about to end it.
    if (m_quiet < quietLooks)
        return Found::Nothing;
    const Result<int> file = openPath();
    if (!file)
        return file.error();
    if (*file < 0)
        return Found::Away;
    m_problem.clear();
    const bool same = isSame(*file);
    setFile(*file);
    if (!same)
        return begin();
    m_changed = 0;
    return Found::Nothing;
}

Result<GrowingFile::Found> GrowingFile::look(std::string& bytes, std::size_t most)
{
    if (m_file < 0)
        return open();
    const Found found = read(bytes, most);
    if (found != Found::Nothing) {
        m_quiet = 0;
        return found;
    }
    ++m_quiet;
    return lookAtName();
}

} // namespace stint
