#pragma once

#include "core/base/matrix.h"

namespace stint {

/// Makes room for (rows, cols), keeping the memory of earlier passes; old contents are void.
template <typename T>
void fit(Matrix<T>& m, Index rows, Index cols)
{
    if (m.rows() != rows || m.cols() != cols)
        m.resize(rows, cols);
}

} // namespace stint
