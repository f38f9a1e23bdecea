#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stint {

/// Turns a file's bytes into UTF-8 block by block; characters may span blocks.
class TextDecoder {
public:
    /// \param encoding "utf-8", "utf-16le", "utf-16be", "windows-1252" or "latin-1".
    /// \param carriageReturns lines end in CR alone; LF takes its place.
    explicit TextDecoder(std::string_view encoding, bool carriageReturns = false);

    /// Decodes what stands in `text` from byte `from` on in place. Zero bytes at the end of the
    /// file, as a power cut leaves them, are dropped.
    /// \param last nothing follows.
    void decode(std::string& text, std::size_t from, bool last);

private:
    void dropZeros(std::string& text, std::size_t from, bool last);
    void decodeUtf16(std::string& text, std::size_t from, bool last);

    bool m_utf16;
    bool m_bigEndian;
    bool m_eightBit;
    bool m_carriageReturns;
    std::string m_held; ///< bytes of a character that is not complete
    std::size_t m_zeros = 0; ///< held back
};

/// Whether Windows-1252 has a character where Latin-1 has a control character.
[[nodiscard]] bool isWindowsOnly(std::uint8_t byte);

/// The bytes as Latin-1, or Windows-1252 where Latin-1 has nothing, in UTF-8.
[[nodiscard]] std::string fromLatin1(std::string_view bytes);

} // namespace stint
