#include "core/wire/checksum.h"

#include <array>

namespace stint {

namespace {

/// One table per polynomial, of the kind that shifts left.
template <typename Word>
constexpr std::array<Word, 256> tableOf(std::uint32_t polynomial)
{
    constexpr unsigned bits = sizeof(Word) * 8;
    constexpr std::uint32_t top = std::uint32_t {1} << (bits - 1);
    std::array<Word, 256> table {};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i << (bits - 8);
        for (int bit = 0; bit < 8; ++bit)
            value = (value << 1U) ^ ((value & top) != 0 ? polynomial : 0U);
        table[i] = static_cast<Word>(value);
    }
    return table;
}

/// One table per polynomial, of the kind that shifts right.
template <typename Word>
constexpr std::array<Word, 256> reflectedTableOf(std::uint32_t polynomial)
{
    std::array<Word, 256> table {};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1U) ^ ((value & 1U) != 0 ? polynomial : 0U);
        table[i] = static_cast<Word>(value);
    }
    return table;
}

constexpr auto crc8Table = tableOf<std::uint8_t>(0x31);
constexpr auto crc16Table = tableOf<std::uint16_t>(0x1021);
constexpr auto modbusTable = reflectedTableOf<std::uint16_t>(0xA001);
constexpr auto crc32Table = reflectedTableOf<std::uint32_t>(0xEDB88320);

std::uint32_t sum(std::span<const std::uint8_t> bytes)
{
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes)
        value += byte;
    return value & 0xFFU;
}

std::uint32_t exclusiveOr(std::span<const std::uint8_t> bytes)
{
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes)
        value ^= byte;
    return value;
}

std::uint32_t crc8(std::span<const std::uint8_t> bytes)
{
    std::uint8_t value = 0xFF;
    for (const std::uint8_t byte : bytes)
        value = crc8Table[static_cast<std::uint8_t>(value ^ byte)];
    return value;
}

std::uint32_t crc16(std::span<const std::uint8_t> bytes, std::uint32_t value)
{
    for (const std::uint8_t byte : bytes)
        value = ((value << 8U) ^ crc16Table[((value >> 8U) ^ byte) & 0xFFU]) & 0xFFFFU;
    return value;
}

template <typename Table>
std::uint32_t reflected(std::span<const std::uint8_t> bytes, std::uint32_t value,
                        const Table& table)
{
    for (const std::uint8_t byte : bytes)
        value = (value >> 8U) ^ table[(value ^ byte) & 0xFFU];
    return value;
}

/// Two running sums; the second one is the high part.
std::uint32_t runningSums(std::span<const std::uint8_t> bytes, std::uint32_t low,
                          std::uint32_t modulus, unsigned shift)
{
    std::uint32_t high = 0;
    for (const std::uint8_t byte : bytes) {
        low = (low + byte) % modulus;
        high = (high + low) % modulus;
    }
    return (high << shift) | low;
}

} // namespace

std::size_t checksumBytes(WireChecksum kind)
{
    switch (kind) {
    case WireChecksum::None:
        return 0;
    case WireChecksum::Sum8:
    case WireChecksum::Xor8:
    case WireChecksum::Crc8:
        return 1;
    case WireChecksum::Crc16:
    case WireChecksum::Crc16Modbus:
    case WireChecksum::Crc16Ccitt:
    case WireChecksum::Fletcher16:
        return 2;
    case WireChecksum::Crc32:
    case WireChecksum::Adler32:
        return 4;
    }
    return 0;
}

std::uint32_t checksumOf(WireChecksum kind, std::span<const std::uint8_t> payload)
{
    switch (kind) {
    case WireChecksum::None:
        return 0;
    case WireChecksum::Sum8:
        return sum(payload);
    case WireChecksum::Xor8:
        return exclusiveOr(payload);
    case WireChecksum::Crc8:
        return crc8(payload);
    case WireChecksum::Crc16:
        return crc16(payload, 0xFFFF);
    case WireChecksum::Crc16Ccitt:
        return crc16(payload, 0);
    case WireChecksum::Crc16Modbus:
        return reflected(payload, 0xFFFF, modbusTable);
    case WireChecksum::Fletcher16:
        return runningSums(payload, 0, 255, 8);
    case WireChecksum::Crc32:
        return ~reflected(payload, 0xFFFFFFFF, crc32Table);
    case WireChecksum::Adler32:
        return runningSums(payload, 1, 65521, 16);
    }
    return 0;
}

std::uint32_t readChecksum(WireChecksum kind, std::span<const std::uint8_t> bytes)
{
    std::uint32_t value = 0;
    const std::size_t count = checksumBytes(kind);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = kind == WireChecksum::Crc16Modbus ? count - 1 - i : i;
        value = (value << 8U) | bytes[at];
    }
    return value;
}

bool checksumFits(WireChecksum kind, std::span<const std::uint8_t> frame)
{
    const std::size_t count = checksumBytes(kind);
    if (frame.size() < count)
        return false;
    const std::size_t payload = frame.size() - count;
    return readChecksum(kind, frame.subspan(payload)) == checksumOf(kind, frame.first(payload));
}

} // namespace stint
