#pragma once

#include <cstdint>

namespace stint::test {

/// Allocations by operator new since the program started, on all threads. Only in programs that
/// compile allocation_count.cpp, which replaces operator new.
std::uint64_t allocationCount();

} // namespace stint::test
