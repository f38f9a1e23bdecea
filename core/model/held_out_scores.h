#pragma once

#include "core/model/family.h"
#include "core/model/tensor_reader.h"
#include "core/model/tensor_writer.h"

#include <array>
#include <vector>

namespace stint {

/// Most held-out scores of a variant that its file keeps.
inline constexpr Index mostHeldOutScores = 4096;

/// Keeps the newest held-out scores in the thresholds of a variant, for thresholds that move: in 16
/// bits where these hold all of them to three digits, so that a file gives back what was kept.
/// \param scores by kind, (N) each, in the order of time; rows where one is not finite are left
///               out.
void keepHeldOut(FamilyVariant& variant,
                 const std::array<std::vector<double>, scoreKindCount>& scores);

/// (N, score kinds) as they stand in a file: F16 where that holds them, else F32.
[[nodiscard]] Tensor heldOutTensor(const FamilyVariant& variant);

/// Takes them out of a file; fails there where they are more than a file may keep.
void readHeldOut(TensorReader& reader, const std::string& name, FamilyVariant& variant);

} // namespace stint
