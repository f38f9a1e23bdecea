// The float kernels for processors with AVX512: compiled with flags of their own.
#define STINT_LANES 16
#include "core/kernels/kernel_sets.h"
#include "core/kernels/vector_kernels.h"

namespace stint {

const FloatKernels avx512Kernels {"avx512",        lanes,         &product, &attend,
                                  &attendGradient, &exponentials, &rowSums};

} // namespace stint
