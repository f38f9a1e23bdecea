#pragma once

#include "core/wire/row_sink.h"
#include "core/wire/wire_format.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace stint {

/// Longest line or frame; longer ones are counted as bad and passed over [bytes].
inline constexpr std::size_t longestWireLine = std::size_t {1} << 20U;

/// One family of formats: finds lines or frames in a stream and gives their samples to a sink.
class WireDecoder {
public:
    WireDecoder() = default;
    virtual ~WireDecoder() = default;
    WireDecoder(const WireDecoder&) = delete;
    WireDecoder& operator=(const WireDecoder&) = delete;

    /// \returns how many bytes were used; fewer than all where the sink said Stop.
    [[nodiscard]] virtual std::size_t decode(std::span<const std::uint8_t> bytes, RowSink& sink)
        = 0;

    /// The connection ended.
    virtual void finish(RowSink& sink) = 0;
};

/// The decoder of a format, at the start of a stream.
[[nodiscard]] std::unique_ptr<WireDecoder> makeDecoder(const WireFormat& format);

} // namespace stint
