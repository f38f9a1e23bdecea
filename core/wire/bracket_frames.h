#pragma once

#include "core/wire/wire_decoder.h"

#include <memory>

namespace stint {

/// Delimited text between "/*" and "*/", with check bytes after it or without.
[[nodiscard]] std::unique_ptr<WireDecoder> makeCommentDecoder(const WireFormat& format);

/// Numbers between '$' and ';'.
[[nodiscard]] std::unique_ptr<WireDecoder> makeDollarDecoder();

} // namespace stint
