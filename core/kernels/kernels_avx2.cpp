// The float kernels for processors with AVX2: compiled with flags of their own.
#define STINT_LANES 8
#include "core/kernels/kernel_sets.h"
#include "core/kernels/vector_kernels.h"

namespace stint {

const FloatKernels avx2Kernels {"avx2",          lanes,         &product, &attend,
                                &attendGradient, &exponentials, &rowSums};

} // namespace stint
