#include "core/wire/binary_numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace stint {

namespace {

template <typename Number>
void read(std::span<const std::uint8_t> bytes, bool bigEndian, double* values)
{
    const bool swap = bigEndian == (std::endian::native == std::endian::little);
    std::array<std::uint8_t, sizeof(Number)> cell {};
    for (std::size_t i = 0; i + sizeof(Number) <= bytes.size(); i += sizeof(Number)) {
        std::copy_n(bytes.data() + i, sizeof(Number), cell.begin());
        if (swap)
            std::ranges::reverse(cell);
        Number value {};
        std::memcpy(&value, cell.data(), sizeof(Number));
        *values++ = static_cast<double>(value);
    }
}

} // namespace

std::size_t numberBytes(WireNumber number)
{
    switch (number) {
    case WireNumber::U8:
    case WireNumber::I8:
        return 1;
    case WireNumber::U16:
    case WireNumber::I16:
        return 2;
    case WireNumber::U32:
    case WireNumber::I32:
    case WireNumber::F32:
        return 4;
    case WireNumber::F64:
        return 8;
    }
    return 1;
}

void readNumbers(std::span<const std::uint8_t> bytes, WireNumber number, bool bigEndian,
                 double* values)
{
    switch (number) {
    case WireNumber::U8:
        return read<std::uint8_t>(bytes, bigEndian, values);
    case WireNumber::I8:
        return read<std::int8_t>(bytes, bigEndian, values);
    case WireNumber::U16:
        return read<std::uint16_t>(bytes, bigEndian, values);
    case WireNumber::I16:
        return read<std::int16_t>(bytes, bigEndian, values);
    case WireNumber::U32:
        return read<std::uint32_t>(bytes, bigEndian, values);
    case WireNumber::I32:
        return read<std::int32_t>(bytes, bigEndian, values);
    case WireNumber::F32:
        return read<float>(bytes, bigEndian, values);
    case WireNumber::F64:
        return read<double>(bytes, bigEndian, values);
    }
}

} // namespace stint
