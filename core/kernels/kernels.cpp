#include "core/kernels/kernels.h"

#include "core/kernels/kernel_sets.h"
#include "core/kernels/plain_kernels.h"

#include <array>
#include <cstdlib>
#include <cstring>

namespace stint {

namespace {

/// Fastest first; nullptr where the processor lacks the instructions.
std::array<const FloatKernels*, 3> availableKernels()
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") != 0
        && __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512dq") != 0
        && __builtin_cpu_supports("avx512bw") != 0;
    return {avx512 ? &avx512Kernels : nullptr, avx2 ? &avx2Kernels : nullptr, &baselineKernels};
#else
    return {nullptr, nullptr, &baselineKernels};
#endif
}

const FloatKernels& chosenKernels()
{
    // Read once, before any thread is started.
    const char* wish = std::getenv("STINT_KERNELS"); // NOLINT(concurrency-mt-unsafe)
    if (wish != nullptr) {
        const FloatKernels* set = floatKernels(wish);
        if (set != nullptr)
            return *set;
    }
    for (const FloatKernels* set : availableKernels()) {
        if (set != nullptr)
            return *set;
    }
    return baselineKernels;
}

} // namespace

const FloatKernels* floatKernels(const char* name)
{
    for (const FloatKernels* set : availableKernels()) {
        if (set != nullptr && std::strcmp(set->name, name) == 0)
            return set;
    }
    return nullptr;
}

const FloatKernels& floatKernels()
{
    static const FloatKernels& chosen = chosenKernels();
    return chosen;
}

template <>
Kernels<float> kernels<float>()
{
    const FloatKernels& set = floatKernels();
    return {set.product, set.attend, set.attendGradient, set.exponentials, set.rowSums, set.lanes};
}

template <>
Kernels<double> kernels<double>()
{
    return {&plain::product<double>,      &plain::attend<double>,  &plain::attendGradient<double>,
            &plain::exponentials<double>, &plain::rowSums<double>, 1};
}

} // namespace stint
