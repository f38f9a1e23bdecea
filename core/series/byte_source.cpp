#include "core/series/byte_source.h"

#include "core/series/file_bytes.h"
#include "core/series/gzip.h"
#include "core/series/pipe_bytes.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace stint {

namespace {

/// Bytes in memory; owns them where they came through a pipe.
class MemoryBytes : public ByteSource {
public:
    explicit MemoryBytes(std::string_view text) : m_text(text) { }
    explicit MemoryBytes(std::string text) : m_own(std::move(text)), m_text(m_own) { }

    Result<std::size_t> read(char* to, std::size_t size) override
    {
        const std::size_t count = std::min(size, m_text.size() - m_at);
        std::copy_n(m_text.data() + m_at, count, to);
        m_at += count;
        return count;
    }

    Result<Done> rewind() override
    {
        m_at = 0;
        return Done {};
    }

    std::optional<std::size_t> readAt(std::size_t offset, char* to, std::size_t size) override
    {
        const std::string_view part = m_text.substr(std::min(offset, m_text.size()), size);
        std::ranges::copy(part, to);
        return part.size();
    }

    [[nodiscard]] std::optional<std::size_t> size() const override { return m_text.size(); }

    [[nodiscard]] double fraction() const override
    {
        return static_cast<double>(m_at) / static_cast<double>(m_text.size() + 1);
    }

    Result<Done> checkUnchanged() override { return Done {}; }

private:
    std::string m_own;
    std::string_view m_text;
    std::size_t m_at = 0;
};

/// Says at once what is wrong with a path that cannot hold a table; whether it is a pipe.
Result<bool> checkPath(const std::string& path)
{
    namespace fs = std::filesystem;
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (status.type() == fs::file_type::not_found)
        return Error {path + " does not exist; check the name."};
    if (fs::is_directory(status))
        return Error {path + " is a folder; choose a file in it."};
    const bool pipe = fs::is_fifo(status);
    if (failure || (!fs::is_regular_file(status) && !pipe))
        return Error {path + " is not a file that can be read; choose a text file."};
    return pipe;
}

} // namespace

Result<std::unique_ptr<ByteSource>> openBytes(const std::string& path,
                                              const std::function<bool()>& goesOn)
{
    const Result<bool> pipe = checkPath(path);
    if (!pipe)
        return pipe.error();
    if (*pipe) { // it gives its bytes only once
        Result<std::string> all = readPipe(path, goesOn);
        if (!all)
            return all.error();
        return std::unique_ptr<ByteSource>(std::make_unique<MemoryBytes>(std::move(*all)));
    }
    auto opened = FileBytes::open(path);
    if (!opened)
        return opened.error();
    std::unique_ptr<FileBytes> file = std::move(*opened);
    std::array<char, 4> first {};
    const std::size_t count = file->readAt(0, first.data(), first.size()).value_or(0);
    if (isGzip({first.data(), count}))
        return std::unique_ptr<ByteSource>(std::make_unique<GzipBytes>(std::move(file), path));
    return std::unique_ptr<ByteSource>(std::move(file));
}

std::unique_ptr<ByteSource> bytesOf(std::string_view text)
{
    return std::make_unique<MemoryBytes>(text);
}

} // namespace stint
