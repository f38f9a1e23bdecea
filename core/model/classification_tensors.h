#pragma once

#include "core/compare/classification_baselines.h"
#include "core/model/family.h"
#include "core/model/tensor_reader.h"

namespace stint {

/// The plain classifiers of a family, as tensors named `baselines.…`.
/// \param type of their numbers, where it holds them exactly (tensorOf() of a table).
void writeClassification(TensorFile& file, const ClassificationBaselines& baselines,
                         TensorType type);

/// Reads them back, where the file has them; a mistake is left in the reader.
void readClassification(TensorReader& reader, Family& family);

} // namespace stint
