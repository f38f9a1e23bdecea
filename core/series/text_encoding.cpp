#include "core/series/text_encoding.h"

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

void appendUtf8(std::string& out, std::uint32_t code)
{
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

std::string fromUtf16(std::string_view bytes, bool bigEndian)
{
    constexpr std::uint32_t replacement = 0xFFFD;
    const auto unit = [&](std::size_t at) {
        const std::uint32_t low = byteAt(bytes, bigEndian ? at + 1 : at);
        const std::uint32_t high = byteAt(bytes, bigEndian ? at : at + 1);
        return (high << 8U) | low;
    };
    std::string text;
    text.reserve(bytes.size() / 2);
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        std::uint32_t code = unit(at);
        if (code >= 0xD800 && code < 0xE000) {
            const std::uint32_t low = at + 3 < bytes.size() ? unit(at + 2) : 0;
            const bool pair = code < 0xDC00 && low >= 0xDC00 && low < 0xE000;
            code = pair ? 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U) : replacement;
            at += pair ? 2 : 0;
        }
        appendUtf8(text, code);
    }
    return text;
}

/// What Windows-1252 has where Latin-1 has control characters, from 0x80 on; 0 for nothing.
constexpr std::array<std::uint16_t, 32> windowsCharacters {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

bool isWindowsOnly(std::uint8_t byte)
{
    return byte >= 0x80 && byte < 0xA0 && windowsCharacters[byte - 0x80U] != 0;
}

std::string fromLatin1(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 16);
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        appendUtf8(text, isWindowsOnly(byte) ? windowsCharacters[byte - 0x80U] : byte);
    }
    return text;
}

bool isValidUtf8(std::string_view bytes)
{
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::uint8_t lead = byteAt(bytes, at);
        if (lead < 0x80) {
            ++at;
            continue;
        }
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || at + length > bytes.size())
            return false;
        for (std::size_t i = 1; i < length; ++i)
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

Error noTable(const std::string& name, std::string_view what)
{
    return Error {name + " looks like " + std::string(what)
                  + ", not a table; export the numbers as delimited text and open that."};
}

} // namespace

Result<DecodedText> decodeText(std::string bytes, const std::string& name)
{
    for (const Magic& magic : magics)
        if (bytes.starts_with(magic.bytes))
            return noTable(name, magic.what);

    DecodedText decoded;
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        bytes.erase(0, 3);
        decoded.encoding = "utf-8";
    } else if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        decoded.encoding = bytes[0] == '\xFF' ? "utf-16le" : "utf-16be";
        bytes.erase(0, 2);
    } else {
        decoded.encoding = unmarkedUtf16(bytes);
    }

    if (decoded.encoding.starts_with("utf-16")) {
        decoded.text = fromUtf16(bytes, decoded.encoding == "utf-16be");
    } else {
        while (!bytes.empty() && bytes.back() == '\0')
            bytes.pop_back();
        const bool utf8 = isValidUtf8(bytes);
        const bool windows = std::ranges::any_of(
            bytes, [](char c) { return isWindowsOnly(static_cast<std::uint8_t>(c)); });
        decoded.encoding = utf8 ? "utf-8" : windows ? "windows-1252" : "latin-1";
        if (looksBinary(bytes, !utf8))
            return noTable(name, "binary data");
        decoded.text = utf8 ? std::move(bytes) : fromLatin1(bytes);
    }
    if (decoded.text.empty())
        return Error {name + " is empty; choose a file that holds a table."};
    if (looksBinary(decoded.text, false))
        return noTable(name, "binary data");
    return decoded;
}

} // namespace stint
