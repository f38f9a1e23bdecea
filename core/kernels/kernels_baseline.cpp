// The float kernels for any processor (on x86-64: SSE2): compiled with flags of their own.
#define STINT_LANES 4
#include "core/kernels/kernel_sets.h"
#include "core/kernels/vector_kernels.h"

namespace stint {

const FloatKernels baselineKernels {"baseline",      lanes,         &product, &attend,
                                    &attendGradient, &exponentials, &rowSums};

} // namespace stint
