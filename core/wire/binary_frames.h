#pragma once

#include "core/wire/wire_decoder.h"

#include <memory>

namespace stint {

/// Frames of numbers that begin with sync bytes.
[[nodiscard]] std::unique_ptr<WireDecoder> makeSyncDecoder(const WireFormat& format);

/// Frames of numbers whose zeros are replaced, so that 0 ends a frame.
[[nodiscard]] std::unique_ptr<WireDecoder> makeCobsDecoder(const WireFormat& format);

/// Frames of numbers between bytes 0xC0, which are replaced inside.
[[nodiscard]] std::unique_ptr<WireDecoder> makeSlipDecoder(const WireFormat& format);

/// Numbers without marks: the first byte is the first of a sample.
[[nodiscard]] std::unique_ptr<WireDecoder> makeRawDecoder(const WireFormat& format);

} // namespace stint
