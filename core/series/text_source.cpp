#include "core/series/text_source.h"

#include "core/series/gzip.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace stint {

namespace {

constexpr std::size_t largestText = std::size_t {1} << 31U;
constexpr std::size_t blockBytes = std::size_t {1} << 20U;

struct FileCloser {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

/// Says at once what is wrong with a path that cannot hold a table.
Result<std::size_t> sizeOf(const std::string& path)
{
    namespace fs = std::filesystem;
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (status.type() == fs::file_type::not_found)
        return Error {path + " does not exist; check the name."};
    if (fs::is_directory(status))
        return Error {path + " is a folder; choose a file in it."};
    if (failure || (!fs::is_regular_file(status) && !fs::is_fifo(status)))
        return Error {path + " is not a file that can be read; choose a text file."};
    const std::uintmax_t size = fs::is_regular_file(status) ? fs::file_size(path, failure) : 0;
    if (failure)
        return Error {path + " cannot be read (" + failure.message() + "); check its permissions."};
    return static_cast<std::size_t>(size);
}

Result<std::string> readBytes(const std::string& path, const ReadProgress& progress)
{
    const Result<std::size_t> size = sizeOf(path);
    if (!size)
        return size.error();
    const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "rb"));
    if (file == nullptr) {
        const std::string why = std::generic_category().message(errno);
        return Error {path + " cannot be opened (" + why + "); check its permissions."};
    }
    std::string bytes;
    bytes.reserve(std::min(*size, largestText));
    for (;;) {
        const std::size_t before = bytes.size();
        bytes.resize(before + blockBytes);
        const std::size_t got = std::fread(bytes.data() + before, 1, blockBytes, file.get());
        bytes.resize(before + got);
        if (std::ferror(file.get()) != 0)
            return Error {path + " could not be read to its end; check the disk or the network."};
        if (got == 0)
            return bytes;
        if (bytes.size() > largestText)
            return Error {path + " is larger than 2 GiB; split it into shorter recordings."};
        const double part = static_cast<double>(bytes.size()) / static_cast<double>(*size + 1);
        if (progress && !progress(std::min(part, 1.0)))
            return Error {"Reading " + path + " was stopped; open it again to read all of it."};
    }
}

} // namespace

Result<DecodedText> readTextFile(const std::string& path, const ReadProgress& progress)
{
    Result<std::string> bytes = readBytes(path, progress);
    if (!bytes)
        return bytes.error();
    if (!isGzip(*bytes))
        return decodeText(std::move(*bytes), path);
    Result<std::string> inflated = gunzip(*bytes, largestText, path);
    if (!inflated)
        return inflated.error();
    return decodeText(std::move(*inflated), path);
}

} // namespace stint
