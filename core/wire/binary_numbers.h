#pragma once

#include "core/base/types.h"
#include "core/wire/wire_format.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace stint {

/// Size of a number [bytes].
[[nodiscard]] std::size_t numberBytes(WireNumber number);

/// Reads as many whole numbers as there are in `bytes`.
/// \param values bytes.size() / numberBytes(number) of them, overwritten.
void readNumbers(std::span<const std::uint8_t> bytes, WireNumber number, bool bigEndian,
                 double* values);

} // namespace stint
