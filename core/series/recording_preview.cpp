#include "core/series/recording_preview.h"

#include "core/series/byte_source.h"
#include "core/series/cell.h"
#include "core/series/dialect.h"
#include "core/series/text_decoder.h"
#include "core/series/text_encoding.h"

#include <algorithm>
#include <filesystem>

namespace stint {

namespace {

constexpr std::size_t previewBytes = std::size_t {1} << 18U;
constexpr std::size_t previewLines = 200;
constexpr std::size_t longestLine = 2000; // more cannot be looked at

std::vector<std::string> linesOf(const std::string& bytes, const std::string& chosen, bool whole)
{
    const Result<TextEncoding> found
        = chosen.empty() ? detectEncoding(bytes, whole, {}) : namedEncoding(bytes, chosen);
    if (!found)
        return {};
    std::string text = bytes.substr(found->markBytes);
    TextDecoder(found->name).decode(text, 0, whole);
    if (detectEndOfLine(text) == "CR")
        std::ranges::replace(text, '\r', '\n');
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size() && lines.size() < previewLines;) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, std::min(end - at, longestLine));
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        lines.push_back(asUtf8(line));
        at = end + 1;
    }
    return lines;
}

std::vector<std::string> columnsOf(const Recording& recording)
{
    std::vector<std::string> columns;
    if (!recording.time.column.empty())
        columns.push_back(recording.time.column);
    for (const Channel& channel : recording.channels)
        columns.push_back(channel.name);
    for (const LabelColumn& label : recording.labels)
        columns.push_back(label.name);
    for (const ClassColumn& column : recording.classColumns)
        columns.push_back(column.name);
    columns.insert(columns.end(), recording.ignoredColumns.begin(), recording.ignoredColumns.end());
    return columns;
}

} // namespace

Result<RecordingPreview> previewRecording(const std::string& path, const ReadOptions& options)
{
    const Result<std::unique_ptr<ByteSource>> source
        = openBytes(path, [&options] { return !options.progress || options.progress(0.0); });
    if (!source)
        return source.error();
    std::string bytes(previewBytes, '\0');
    const Result<std::size_t> got = (*source)->read(bytes.data(), bytes.size());
    if (!got)
        return got.error();
    bytes.resize(*got);
    RecordingPreview preview;
    preview.path = path;
    preview.whole = *got < previewBytes;
    preview.lines = linesOf(bytes, options.choices.encoding, preview.whole);
    // A line that is cut says nothing about the file.
    const std::size_t end = bytes.find_last_of("\n\r");
    if (!preview.whole && end != std::string::npos)
        bytes.resize(end + 1);
    Result<Recording> recording = parseRecording(bytes, path, options);
    if (recording) {
        preview.columns = columnsOf(*recording);
        preview.recording = std::make_shared<const Recording>(std::move(*recording));
    } else {
        preview.error = recording.error().message;
    }
    return preview;
}

std::string layoutKey(const RecordingPreview& found)
{
    std::string key = lowerCase(std::filesystem::path(found.path).extension().string()) + "\n"
        + std::to_string(found.columns.size());
    std::vector<std::string> names = found.columns;
    std::ranges::sort(names); // their order depends on what each was taken for
    for (const std::string& name : names)
        key += "\n" + name;
    if (names.empty() && !found.lines.empty())
        key += "\n" + found.lines.front();
    return key;
}

} // namespace stint
