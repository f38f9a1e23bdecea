// The float kernels for processors with AVX512: compiled with flags of their own.
#define STINT_LANES 16
#define STINT_SUMS_BY_THREES
#include "core/kernels/kernel_sets.h"
#include "core/kernels/triple_sums_avx512.h"
#include "core/kernels/vector_kernels.h"

namespace stint {

const FloatKernels avx512Kernels {"avx512",        lanes,         &product, &attend,
                                  &attendGradient, &exponentials, &rowSums, &tripleSum};

} // namespace stint
