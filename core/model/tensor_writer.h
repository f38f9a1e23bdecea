#pragma once

#include "core/base/matrix.h"
#include "core/detect/row_matrix.h"
#include "core/model/safetensors.h"

#include <Eigen/Core>

#include <vector>

namespace stint {

// Numbers as they stand in a model file.
[[nodiscard]] Tensor tensorOf(const Matrix<float>& m);
[[nodiscard]] Tensor tensorOf(const RowMatrix& m);
[[nodiscard]] Tensor tensorOf(const Eigen::VectorXd& v);
[[nodiscard]] Tensor tensorOf(const std::vector<float>& v);
/// (size, 1)
[[nodiscard]] Tensor columnTensor(const Eigen::VectorXd& v);

/// One bit per element that `isSet`, least significant first, each row padded to whole bytes.
[[nodiscard]] Tensor bitPlane(const Matrix<float>& m, bool (*isSet)(float));

} // namespace stint
