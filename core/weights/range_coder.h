#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stint {

/// Chance of a 1 in units of 2^-16, from 1 to 65535.
using BitChance = std::uint32_t;

/// Turns bits of known chances into bytes, at about -log2(chance) bits each (binary range coder
/// with carry; 32-bit range). Integer arithmetic only: the same bytes on every machine.
class RangeEncoder {
public:
    void encode(bool bit, BitChance chance);
    /// Ends the stream; the encoder is used up.
    [[nodiscard]] std::vector<std::uint8_t> finish();

private:
    void shiftOut();

    std::vector<std::uint8_t> m_bytes;
    std::uint64_t m_low = 0;
    std::uint32_t m_range = 0xFFFFFFFFU;
    std::uint8_t m_held = 0; // the last byte, which a carry may still change
    std::uint64_t m_heldOnes = 0; // bytes 0xFF after it, which a carry would turn to 0
    bool m_started = false; // the first held byte is always 0 and is not written
};

/// Reads what a RangeEncoder wrote, given the same chances. Beyond the end it reads zeros and
/// remembers that it did; it never reads outside the bytes.
class RangeDecoder {
public:
    explicit RangeDecoder(std::span<const std::uint8_t> bytes);

    [[nodiscard]] bool decode(BitChance chance);

    /// Bytes taken in so far. After the last bit this is exactly what the encoder wrote.
    [[nodiscard]] std::size_t consumed() const { return m_next; }
    /// True if bytes beyond the end were asked for.
    [[nodiscard]] bool overran() const { return m_next > m_bytes.size(); }

private:
    void shiftIn();

    std::span<const std::uint8_t> m_bytes;
    std::size_t m_next = 0;
    std::uint32_t m_range = 0xFFFFFFFFU;
    std::uint32_t m_code = 0;
};

} // namespace stint
