#pragma once

#include "core/cost/storage.h"
#include "core/kernels/op_counts.h"

#include <nlohmann/json_fwd.hpp>

namespace stint::app {

/// Adds "bits" (as in a file), "bits_packed", "bits_entropy", "bits_paper" and the same four of the
/// blocks alone, "block_bits", "block_bits_packed", …
void addStorage(nlohmann::json& object, const StorageReport& report);

/// Bits of one part as in a file; parts without stored numbers have none.
[[nodiscard]] std::uint64_t bitsOfPart(const StorageReport& report, Part part);

} // namespace stint::app
