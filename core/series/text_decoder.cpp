#include "core/series/text_decoder.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace stint {

namespace {

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

/// What Windows-1252 has where Latin-1 has control characters, from 0x80 on; 0 for nothing.
constexpr std::array<std::uint16_t, 32> windowsCharacters {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

} // namespace

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

TextDecoder::TextDecoder(std::string_view encoding, bool carriageReturns)
    : m_utf16(encoding.starts_with("utf-16")),
      m_bigEndian(encoding == "utf-16be"),
      m_eightBit(encoding == "latin-1" || encoding == "windows-1252"),
      m_carriageReturns(carriageReturns)
{ }

void TextDecoder::decode(std::string& text, std::size_t from, bool last)
{
    if (m_utf16)
        decodeUtf16(text, from, last);
    else
        dropZeros(text, from, last);
    const auto isAscii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(from);
    if (m_eightBit && !std::all_of(begin, text.end(), isAscii)) {
        const std::string decoded = fromLatin1(std::string_view(text).substr(from));
        text.replace(from, std::string::npos, decoded);
    }
    if (m_carriageReturns)
        std::replace(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), '\r', '\n');
}

/// Zero bytes at the end of a block are held back: only those with text behind them count.
void TextDecoder::dropZeros(std::string& text, std::size_t from, bool last)
{
    constexpr std::size_t mostZeros = 64; // as many as show that something is wrong
    const std::size_t end = std::max(text.find_last_not_of('\0') + 1, from);
    const std::size_t zeros = text.size() - end;
    text.resize(end);
    if (end > from)
        text.insert(from, std::min(std::exchange(m_zeros, 0), mostZeros), '\0');
    m_zeros = last ? 0 : m_zeros + zeros;
}

void TextDecoder::decodeUtf16(std::string& text, std::size_t from, bool last)
{
    constexpr std::uint32_t replacement = 0xFFFD;
    const std::string bytes = std::exchange(m_held, {}) + text.substr(from);
    text.resize(from);
    const auto unit = [&](std::size_t at) {
        const auto byte
            = [&](std::size_t i) -> std::uint32_t { return static_cast<std::uint8_t>(bytes[i]); };
        return m_bigEndian ? (byte(at) << 8U) | byte(at + 1) : (byte(at + 1) << 8U) | byte(at);
    };
    std::size_t at = 0;
    for (; at + 1 < bytes.size(); at += 2) {
        std::uint32_t code = unit(at);
        if (code >= 0xD800 && code < 0xE000) {
            if (at + 3 >= bytes.size() && !last)
                break;
            const std::uint32_t low = at + 3 < bytes.size() ? unit(at + 2) : 0;
            const bool pair = code < 0xDC00 && low >= 0xDC00 && low < 0xE000;
            code = pair ? 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U) : replacement;
            at += pair ? 2 : 0;
        }
        appendUtf8(text, code);
    }
    if (!last)
        m_held = bytes.substr(at);
}

} // namespace stint
