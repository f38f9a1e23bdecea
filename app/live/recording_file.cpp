#include "app/live/recording_file.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace stint::app {

namespace {

constexpr int mostCopies = 100'000;

std::string numbered(const std::string& path, int copy)
{
    if (copy == 1)
        return path;
    const std::filesystem::path whole(path);
    const std::string name
        = whole.stem().string() + "-" + std::to_string(copy) + whole.extension().string();
    return (whole.parent_path() / name).string();
}

} // namespace

std::string errorText(int number) { return std::generic_category().message(number); }

Result<RecordingFile> RecordingFile::create(const std::string& path)
{
    for (int copy = 1; copy <= mostCopies; ++copy) {
        RecordingFile file;
        file.m_path = numbered(path, copy);
        file.m_descriptor
            = open(file.m_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        if (file.isOpen())
            return file;
        if (errno != EEXIST)
            return Error {"\"" + file.m_path + "\" cannot be made: " + errorText(errno)
                          + "; choose another place for the recording."};
    }
    return Error {"\"" + path
                  + "\" and its numbered copies all exist; choose another name for the "
                    "recording."};
}

RecordingFile::Outcome RecordingFile::appendBytes(std::string_view bytes)
{
    Outcome outcome;
    while (outcome.bytes < bytes.size()) {
        const ssize_t wrote
            = write(m_descriptor, bytes.data() + outcome.bytes, bytes.size() - outcome.bytes);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            outcome.error = wrote < 0 ? errno : ENOSPC;
            break;
        }
        outcome.bytes += static_cast<std::size_t>(wrote);
        m_size += static_cast<std::size_t>(wrote);
    }
    return outcome;
}

RecordingFile::Outcome RecordingFile::appendLines(std::string_view lines)
{
    const std::size_t before = m_size;
    Outcome outcome = appendBytes(lines);
    if (outcome.error == 0)
        return outcome;
    const std::size_t end = lines.substr(0, outcome.bytes).rfind('\n');
    const std::size_t whole = end == std::string_view::npos ? 0 : end + 1;
    if (whole == outcome.bytes)
        return outcome;
    if (ftruncate(m_descriptor, static_cast<off_t>(before + whole)) == 0) {
        m_size = before + whole;
        outcome.bytes = whole;
    }
    // Otherwise the rest of the line follows as soon as anything can be written again.
    return outcome;
}

int RecordingFile::sync() const { return fdatasync(m_descriptor) == 0 ? 0 : errno; }

bool RecordingFile::isGone() const
{
    struct stat here { };
    struct stat there { };
    if (fstat(m_descriptor, &here) != 0 || here.st_nlink == 0)
        return true;
    if (stat(m_path.c_str(), &there) != 0)
        return errno == ENOENT;
    return here.st_dev != there.st_dev || here.st_ino != there.st_ino;
}

void RecordingFile::close()
{
    if (!isOpen())
        return;
    if (m_size == 0 && !isGone())
        unlink(m_path.c_str());
    ::close(m_descriptor);
    m_descriptor = -1;
}

} // namespace stint::app
