#include "core/series/text_encoding.h"

#include "core/series/text_decoder.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace stint {

namespace {

constexpr std::size_t inspectedBytes = 65536;

struct Magic {
    std::string_view bytes;
    std::string_view what;
};

using namespace std::string_view_literals;

constexpr std::array<Magic, 18> magics {{
    {"\x89PNG"sv, "a PNG picture"sv},
    {"\xFF\xD8\xFF"sv, "a JPEG picture"sv},
    {"GIF8"sv, "a GIF picture"sv},
    {"II*\0"sv, "a TIFF picture"sv},
    {"MM\0*"sv, "a TIFF picture"sv},
    {"%PDF-"sv, "a PDF document"sv},
    {"PK\x03\x04"sv, "a ZIP archive or a spreadsheet workbook"sv},
    {"\xD0\xCF\x11\xE0"sv, "a spreadsheet workbook or another office document"sv},
    {"BZh"sv, "a bzip2 archive"sv},
    {"\xFD\x37zXZ"sv, "an xz archive"sv},
    {"\x28\xB5\x2F\xFD"sv, "a Zstandard archive"sv},
    {"\x89HDF"sv, "an HDF5 file"sv},
    {"SQLite format 3"sv, "an SQLite database"sv},
    {"\x7F\x45LF"sv, "a program"sv},
    {"RIFF"sv, "a sound or video file"sv},
    {"PAR1"sv, "a Parquet file"sv},
    {"\x93NUMPY"sv, "a NumPy array"sv},
    {"MATLAB 5.0"sv, "a MATLAB file"sv},
}};

std::uint8_t byteAt(std::string_view bytes, std::size_t at)
{
    return static_cast<std::uint8_t>(bytes[at]);
}

/// \param cut the last character may be cut short.
bool isValidUtf8(std::string_view bytes, bool cut)
{
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::uint8_t lead = byteAt(bytes, at);
        if (lead < 0x80) {
            ++at;
            continue;
        }
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || (at + length > bytes.size() && !cut))
            return false;
        for (std::size_t i = 1; i < length && at + i < bytes.size(); ++i)
            if ((byteAt(bytes, at + i) & 0xC0U) != 0x80U)
                return false;
        at += length;
    }
    return true;
}

/// Without a mark, UTF-16 shows as zero bytes on one side of nearly every pair.
std::string_view unmarkedUtf16(std::string_view bytes)
{
    const std::size_t pairs = std::min(bytes.size(), inspectedBytes) / 2;
    std::size_t evenZeros = 0;
    std::size_t oddZeros = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
        evenZeros += bytes[2 * i] == '\0' ? 1U : 0U;
        oddZeros += bytes[2 * i + 1] == '\0' ? 1U : 0U;
    }
    if (pairs >= 2 && oddZeros * 10 >= pairs * 7 && evenZeros * 20 <= pairs)
        return "utf-16le";
    if (pairs >= 2 && evenZeros * 10 >= pairs * 7 && oddZeros * 20 <= pairs)
        return "utf-16be";
    return {};
}

/// Whether the text holds what no text holds: zero bytes or many control characters.
bool looksBinary(std::string_view text, bool latin1)
{
    const std::string_view head = text.substr(0, inspectedBytes);
    std::size_t zeros = 0;
    std::size_t controls = 0;
    for (const char c : head) {
        const auto byte = static_cast<std::uint8_t>(c);
        zeros += byte == 0 ? 1U : 0U;
        const bool control = (byte < 0x20 && (byte < 0x09 || byte > 0x0D)) || byte == 0x7F;
        controls
            += control || (latin1 && byte >= 0x80 && byte < 0xA0 && !isWindowsOnly(byte)) ? 1U : 0U;
    }
    return zeros * 1000 > head.size() || controls * 20 > head.size();
}

/// The encoding that a byte order mark tells; no name without one.
TextEncoding markedEncoding(std::string_view head)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        return {"utf-8", 3};
    if (head.starts_with("\xFF\xFE"))
        return {"utf-16le", 2};
    if (head.starts_with("\xFE\xFF"))
        return {"utf-16be", 2};
    return {};
}

std::string eightBitEncoding(std::string_view bytes)
{
    const bool windows = std::ranges::any_of(
        bytes, [](char c) { return isWindowsOnly(static_cast<std::uint8_t>(c)); });
    return windows ? "windows-1252" : "latin-1";
}

Error noTable(const std::string& name, std::string_view what)
{
    return Error {name + " looks like " + std::string(what)
                  + ", not a table; export the numbers as delimited text and open that."};
}

} // namespace

Result<TextEncoding> detectEncoding(std::string_view head, bool whole, const std::string& name)
{
    for (const Magic& magic : magics)
        if (head.starts_with(magic.bytes))
            return noTable(name, magic.what);
    if (head.empty())
        return Error {name + " is empty; choose a file that holds a table."};

    TextEncoding found = markedEncoding(head);
    head.remove_prefix(found.markBytes);
    if (found.markBytes == 0)
        found.name = unmarkedUtf16(head);
    if (!found.name.starts_with("utf-16")) {
        head = head.substr(0, head.find_last_not_of('\0') + 1);
        const bool utf8 = isValidUtf8(head, !whole);
        found.name = utf8 ? "utf-8" : eightBitEncoding(head);
        if (looksBinary(head, !utf8))
            return noTable(name, "binary data");
    }
    std::string text(head);
    TextDecoder(found.name).decode(text, 0, true);
    if (text.empty())
        return Error {name + " is empty; choose a file that holds a table."};
    if (looksBinary(text, false))
        return noTable(name, "binary data");
    return found;
}

TextEncoding namedEncoding(std::string_view head, const std::string& encoding)
{
    const TextEncoding marked = markedEncoding(head);
    return {encoding, marked.name == encoding ? marked.markBytes : 0};
}

bool isEncodingName(std::string_view encoding)
{
    return std::ranges::find(encodingNames, encoding) != encodingNames.end();
}

std::string asUtf8(std::string_view text)
{
    return isValidUtf8(text, false) ? std::string(text) : fromLatin1(text);
}

std::string excerptOf(std::string_view cell)
{
    constexpr std::size_t most = 24;
    std::size_t length = std::min(cell.size(), most);
    while (length > 0 && length < cell.size()
           && (static_cast<unsigned char>(cell[length]) & 0xC0U) == 0x80U)
        --length;
    std::string text = asUtf8(cell.substr(0, length));
    std::ranges::replace(text, '\n', ' ');
    return "\"" + text + (length < cell.size() ? "\xE2\x80\xA6\"" : "\"");
}

} // namespace stint
