#pragma once

#include "core/base/matrix.h"
#include "core/model/family.h"

namespace stint {

/// What a detector divides errors by, and the autoregression it runs: of the family, or fitted to
/// normal rows of the recording itself.
struct Adaptation {
    Autoregression autoregression;
    double autoregressionError = 1.0; ///< mean squared error, over channels and normal rows
    double encoderError = 1.0; ///< the same of the encoder
};

/// As trained.
[[nodiscard]] Adaptation adaptationOf(const Family& family, const FamilyVariant& variant);

/// For a recording that brings normal rows of its own: the autoregression is fitted to them in
/// closed form, and both errors are measured on them. What the encoder has learned stays as it is.
/// Where the rows are too few for that, as trained.
/// \param z rows [first, last) are the normal ones, (…, C) standardised.
[[nodiscard]] Adaptation adaptedTo(const Family& family, const FamilyVariant& variant,
                                   const Matrix<float>& z, Index first, Index last);

/// Rows [first, last) in double.
[[nodiscard]] RowMatrix toRowMatrix(const Matrix<float>& z, Index first, Index last);

} // namespace stint
