#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stint {

/// Writes one message in the wire format of Protocol Buffers: fields one after the other, each a
/// tag and a value. Only what an ONNX file needs: varints, 32-bit floats and length-delimited
/// fields.
class ProtobufWriter {
public:
    /// A whole number or an enumeration; negative ones as two's complement of 64 bits.
    void integer(std::uint32_t field, std::int64_t value);
    /// A 32-bit float.
    void real(std::uint32_t field, float value);
    /// Text or bytes.
    void text(std::uint32_t field, std::string_view value);
    /// A message inside this one.
    void message(std::uint32_t field, const ProtobufWriter& inner) { text(field, inner.bytes()); }
    /// A repeated whole number, packed.
    void integers(std::uint32_t field, std::span<const std::int64_t> values);

    /// What was written so far.
    [[nodiscard]] const std::string& bytes() const { return m_bytes; }

private:
    void tag(std::uint32_t field, std::uint32_t wireType);
    void varint(std::uint64_t value);

    std::string m_bytes;
};

} // namespace stint
