#pragma once

#include "core/base/matrix.h"
#include "core/detect/row_matrix.h"
#include "core/model/safetensors.h"

#include <Eigen/Core>

#include <vector>

namespace stint {

// Numbers as they stand in a model file.
[[nodiscard]] Tensor tensorOf(const Matrix<float>& m);
[[nodiscard]] Tensor tensorOf(const std::vector<float>& v);

/// The number as F32 or F16 holds it; NaN where it cannot.
[[nodiscard]] float narrowed(double value, TensorType type);

/// In that type (F64, F32 or F16) if it holds every number exactly, else in F64. A vector is a
/// table of one column.
[[nodiscard]] Tensor tensorOf(const RowMatrix& m, TensorType type = TensorType::F64);

/// One bit per element that `isSet`, least significant first, each row padded to whole bytes.
[[nodiscard]] Tensor bitPlane(const Matrix<float>& m, bool (*isSet)(float));

} // namespace stint
