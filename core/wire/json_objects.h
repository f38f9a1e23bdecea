#pragma once

#include "core/wire/wire_decoder.h"

#include <memory>

namespace stint {

/// JSON objects, one per line or back to back. What stands between them is passed over, by line.
[[nodiscard]] std::unique_ptr<WireDecoder> makeJsonDecoder();

} // namespace stint
