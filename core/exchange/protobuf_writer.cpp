#include "core/exchange/protobuf_writer.h"

#include <bit>

namespace stint {

namespace {

// Wire types: how the length of a field is known.
constexpr std::uint32_t wireVarint = 0;
constexpr std::uint32_t wireDelimited = 2;
constexpr std::uint32_t wireFixed32 = 5;

} // namespace

void ProtobufWriter::varint(std::uint64_t value)
{
    // Seven bits per byte, the lowest first; the top bit says that more follow.
    while (value >= 0x80U) {
        m_bytes.push_back(static_cast<char>(static_cast<unsigned char>(value | 0x80U)));
        value >>= 7U;
    }
    m_bytes.push_back(static_cast<char>(static_cast<unsigned char>(value)));
}

void ProtobufWriter::tag(std::uint32_t field, std::uint32_t wireType)
{
    varint((static_cast<std::uint64_t>(field) << 3U) | wireType);
}

void ProtobufWriter::integer(std::uint32_t field, std::int64_t value)
{
    tag(field, wireVarint);
    varint(static_cast<std::uint64_t>(value));
}

void ProtobufWriter::real(std::uint32_t field, float value)
{
    tag(field, wireFixed32);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned byte = 0; byte < 4; ++byte)
        m_bytes.push_back(static_cast<char>(static_cast<unsigned char>(bits >> (8U * byte))));
}

void ProtobufWriter::text(std::uint32_t field, std::string_view value)
{
    tag(field, wireDelimited);
    varint(value.size());
    m_bytes.append(value);
}

void ProtobufWriter::integers(std::uint32_t field, std::span<const std::int64_t> values)
{
    ProtobufWriter packed;
    for (const std::int64_t value : values)
        packed.varint(static_cast<std::uint64_t>(value));
    text(field, packed.bytes());
}

} // namespace stint
