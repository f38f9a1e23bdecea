#include "core/series/csv_writer.h"

#include "core/series/csv_text.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

namespace stint {

namespace {

constexpr Index rowsPerBlock = 4096;

struct FileCloser {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

/// A cell as it stands between commas; in quotes where it must.
std::string cellText(const std::string& text)
{
    const bool blanks = !text.empty() && (text.front() == ' ' || text.back() == ' ');
    if (!blanks && text.find_first_of(",\"\n\r#") == std::string::npos)
        return text;
    return inQuotes(text);
}

std::string headerOf(const Channel& channel)
{
    return cellText(nameWithUnit(channel.name, channel.unit));
}

/// The text of one row after the other.
class RowWriter {
public:
    explicit RowWriter(const Recording& recording)
        : m_recording(recording), m_hasTime(recording.time.kind != TimeKind::Row)
    { }

    void writeHeader(std::string& out)
    {
        const TimeAxis& time = m_recording.time;
        if (m_hasTime)
            add(out, cellText(time.column.empty() ? "time [" + time.unit + "]" : time.column));
        for (const Channel& channel : m_recording.channels)
            add(out, headerOf(channel));
        for (const LabelColumn& label : m_recording.labels)
            add(out, cellText(label.name));
        for (const ClassColumn& column : m_recording.classColumns)
            add(out, cellText(column.name));
        if (!m_recording.seriesColumn.empty())
            add(out, cellText(m_recording.seriesColumn));
        end(out);
    }

    void writeRow(std::string& out, Index row)
    {
        const auto at = static_cast<std::size_t>(row);
        if (m_hasTime)
            add(out, cellText(timeText(m_recording, row)));
        for (const Channel& channel : m_recording.channels)
            addNumber(out, channel.values[at]);
        for (const LabelColumn& label : m_recording.labels)
            add(out, label.values[at] != 0 ? "1" : "0");
        for (const ClassColumn& column : m_recording.classColumns) {
            const std::int32_t known = column.values[at];
            add(out,
                known < 0 ? std::string()
                          : cellText(column.classes[static_cast<std::size_t>(known)]));
        }
        if (!m_recording.seriesColumn.empty())
            add(out, cellText(seriesName(row)));
        end(out);
    }

private:
    void add(std::string& out, std::string_view cell)
    {
        if (!m_first)
            out += ',';
        m_first = false;
        out += cell;
    }

    void addNumber(std::string& out, double value)
    {
        if (std::isnan(value)) {
            add(out, m_hasTime ? "" : "NaN");
            return;
        }
        add(out, {});
        appendNumber(out, value);
    }

    void end(std::string& out)
    {
        out += '\n';
        m_first = true;
    }

    [[nodiscard]] std::string seriesName(Index row) const
    {
        const auto& starts = m_recording.seriesStarts;
        const auto after = std::ranges::upper_bound(starts, row);
        return after == starts.begin()
            ? std::string()
            : m_recording.seriesNames[static_cast<std::size_t>(after - starts.begin()) - 1];
    }

    const Recording& m_recording;
    bool m_hasTime;
    bool m_first = true;
};

Result<Done> writeRows(std::FILE* file, const Recording& recording, const std::string& path,
                       const WriteOptions& options)
{
    const Index end
        = options.last < 0 ? recording.rows() : std::min(options.last, recording.rows());
    const Index begin = std::clamp<Index>(options.first, 0, end);
    RowWriter writer(recording);
    std::string text;
    writer.writeHeader(text);
    for (Index row = begin;;) {
        const Index until = std::min(row + rowsPerBlock, end);
        for (; row < until; ++row)
            writer.writeRow(text, row);
        if (std::fwrite(text.data(), 1, text.size(), file) != text.size())
            return Error {path + " could not be written to its end ("
                          + std::generic_category().message(errno) + "); free some space."};
        text.clear();
        const double done = static_cast<double>(row - begin) / static_cast<double>(end - begin + 1);
        if (options.progress && !options.progress(done))
            return Error {"Writing " + path + " was stopped; nothing was kept."};
        if (row == end)
            break;
    }
    if (std::fflush(file) != 0)
        return Error {path + " could not be written to its end ("
                      + std::generic_category().message(errno) + "); free some space."};
    return Done {};
}

} // namespace

Result<Done> writeRecording(const Recording& recording, const std::string& path,
                            const WriteOptions& options)
{
    const std::string part = path + ".part";
    std::unique_ptr<std::FILE, FileCloser> file(std::fopen(part.c_str(), "wb"));
    if (file == nullptr)
        return Error {path + " cannot be written (" + std::generic_category().message(errno)
                      + "); choose another folder."};
    Result<Done> done = writeRows(file.get(), recording, path, options);
    file.reset();
    std::error_code failure;
    if (done)
        std::filesystem::rename(part, path, failure);
    if (done && failure)
        done = Error {path + " cannot be replaced (" + failure.message()
                      + "); choose another name."};
    if (!done)
        std::filesystem::remove(part, failure);
    return done;
}

} // namespace stint
