#pragma once

#include "core/wire/row_sink.h"
#include "core/wire/wire_format.h"

#include <cstdint>
#include <span>
#include <vector>

namespace stint {

/// Reads the numbers of a frame as samples.
class BinaryPayload {
public:
    explicit BinaryPayload(const WireFormat& format);

    /// Bytes of one sample, at least 1.
    [[nodiscard]] std::size_t sampleBytes() const { return m_sampleBytes; }

    /// Whether a payload of that many bytes is one or more whole samples.
    [[nodiscard]] bool fits(std::size_t bytes) const;

    /// Gives the samples of a payload that fits to the sink. `frame` is all of it, for the counts.
    void take(std::span<const std::uint8_t> payload, std::span<const std::uint8_t> frame,
              RowSink& sink);

    /// Checks size and check value of a frame of payload and check bytes, and takes it.
    void takeChecked(std::span<const std::uint8_t> frame, std::span<const std::uint8_t> raw,
                     RowSink& sink);

private:
    WireNumber m_number;
    bool m_bigEndian;
    WireChecksum m_checksum;
    std::size_t m_sampleBytes;
    std::vector<double> m_values;
};

/// Undoes COBS. \returns false if the bytes, without the 0 at their end, are none.
[[nodiscard]] bool decodeCobs(std::span<const std::uint8_t> bytes,
                              std::vector<std::uint8_t>& frame);

/// Undoes SLIP. \returns false if the bytes between two 0xC0 are none.
[[nodiscard]] bool decodeSlip(std::span<const std::uint8_t> bytes,
                              std::vector<std::uint8_t>& frame);

} // namespace stint
