#pragma once

#include <cstddef>

namespace stint {

/// Signed size and position, as in the linear algebra that uses it.
using Index = std::ptrdiff_t;

} // namespace stint
