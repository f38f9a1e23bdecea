#include "core/series/first_rows.h"

#include "core/series/csv_reader.h"
#include "core/series/gzip.h"
#include "core/series/table_reading.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace stint {

FirstRows::FirstRows(std::string path, ReadChoices choices)
    : m_path(std::move(path)), m_choices(std::move(choices)), m_file(m_path)
{ }

/// What is not there when it is asked for is a mistake in its name more often than a file to come.
Error FirstRows::notOpened() const
{
    std::error_code ignored;
    if (!std::filesystem::exists(m_path, ignored))
        return Error {m_path + " does not exist; check the name."};
    return Error {m_path + " cannot be opened; check who may read it."};
}

/// Reads what has come; whether anything has.
Result<bool> FirstRows::readOn()
{
    for (bool news = false;;) {
        const std::size_t room = mostBytes - m_bytes.size();
        if (room == 0)
            return news;
        const Result<GrowingFile::Found> found = m_file.look(m_bytes, room);
        if (!found)
            return found.error();
        if (*found == GrowingFile::Found::Away && !m_opened)
            return notOpened();
        if (*found == GrowingFile::Found::Begun)
            m_bytes.clear();
        else if (*found != GrowingFile::Found::Bytes)
            return news;
        m_opened = true;
        news = true;
    }
}

Result<std::shared_ptr<const Recording>> FirstRows::look()
{
    using Found = std::shared_ptr<const Recording>;
    const Result<bool> news = readOn();
    if (!news)
        return news.error();
    if (!*news)
        return Found();
    m_doubt.clear();
    if (isGzip(m_bytes))
        return Error {m_path + " is compressed; only a plain text file can be followed."};
    const std::size_t end = m_bytes.find_last_of("\n\r");
    const bool much = m_bytes.size() == mostBytes;
    if (end == std::string::npos && !much)
        return Found();
    ReadOptions options;
    options.choices = m_choices;
    Result<Recording> read
        = parseRecording(std::string_view(m_bytes).substr(0, end + 1), m_path, options);
    if (!read && much)
        return read.error();
    if (!read) {
        m_doubt = read.error().message;
        return Found();
    }
    read->path = m_path;
    if (std::string why = whyNotFollowed(*read); !why.empty())
        return Error {std::move(why)};
    if (!much && read->rows() < fewestRows)
        return Found();
    return Found(std::make_shared<const Recording>(std::move(*read)));
}

std::size_t FirstRows::lines() const
{
    return static_cast<std::size_t>(std::ranges::count(m_bytes, '\n'));
}

} // namespace stint
