#include "core/weights/range_coder.h"

#include <utility>

namespace stint {

namespace {

constexpr std::uint32_t smallestRange = 1U << 24U;

} // namespace

void RangeEncoder::encode(bool bit, BitChance chance)
{
    const std::uint32_t ones = (m_range >> 16U) * chance;
    if (bit) {
        m_range = ones;
    } else {
        m_low += ones;
        m_range -= ones;
    }
    while (m_range < smallestRange) {
        shiftOut();
        m_range <<= 8U;
    }
}

void RangeEncoder::shiftOut()
{
    const bool carry = m_low > 0xFFFFFFFFU;
    const auto top = static_cast<std::uint8_t>(m_low >> 24U);
    if (top == 0xFF && !carry) {
        ++m_heldOnes;
    } else {
        if (m_started)
            m_bytes.push_back(static_cast<std::uint8_t>(m_held + (carry ? 1 : 0)));
        const auto ones = static_cast<std::uint8_t>(carry ? 0x00 : 0xFF);
        m_bytes.insert(m_bytes.end(), m_heldOnes, ones);
        m_heldOnes = 0;
        m_held = top;
        m_started = true;
    }
    m_low = (m_low & 0x00FFFFFFU) << 8U;
}

std::vector<std::uint8_t> RangeEncoder::finish()
{
    for (int i = 0; i < 5; ++i)
        shiftOut();
    return std::move(m_bytes);
}

RangeDecoder::RangeDecoder(std::span<const std::uint8_t> bytes) : m_bytes(bytes)
{
    for (int i = 0; i < 4; ++i)
        shiftIn();
}

void RangeDecoder::shiftIn()
{
    const std::uint8_t byte = m_next < m_bytes.size() ? m_bytes[m_next] : std::uint8_t {0};
    m_code = (m_code << 8U) | byte;
    ++m_next;
}

bool RangeDecoder::decode(BitChance chance)
{
    const std::uint32_t ones = (m_range >> 16U) * chance;
    const bool bit = m_code < ones;
    if (bit) {
        m_range = ones;
    } else {
        m_code -= ones;
        m_range -= ones;
    }
    while (m_range < smallestRange) {
        shiftIn();
        m_range <<= 8U;
    }
    return bit;
}

} // namespace stint
