#pragma once

#include "core/wire/wire_decoder.h"

#include <memory>

namespace stint {

/// Lines of numbers between delimiters.
[[nodiscard]] std::unique_ptr<WireDecoder> makeDelimitedDecoder(const WireFormat& format);

/// Lines of labels with numbers.
[[nodiscard]] std::unique_ptr<WireDecoder> makeLabelledDecoder(const WireFormat& format);

/// Lines that begin with '>', grouped to rows.
[[nodiscard]] std::unique_ptr<WireDecoder> makeTeleplotDecoder();

/// Sentences with a check value.
[[nodiscard]] std::unique_ptr<WireDecoder> makeNmeaDecoder();

} // namespace stint
