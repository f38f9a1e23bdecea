#pragma once

#include "core/kernels/kernels.h"

namespace stint {

extern const FloatKernels baselineKernels;
extern const FloatKernels avx2Kernels; ///< only in x86-64 builds
extern const FloatKernels avx512Kernels; ///< only in x86-64 builds

} // namespace stint
