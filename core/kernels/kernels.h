#pragma once

#include "core/kernels/kernel_arguments.h"

namespace stint {

/// The kernels for floats, compiled once per instruction set.
struct FloatKernels {
    const char* name = ""; ///< of the instruction set
    Index lanes = 1; ///< floats per vector
    void (*product)(const ProductArguments<float>&) = nullptr;
    void (*attend)(const AttendArguments<float>&) = nullptr;
    void (*attendGradient)(const AttendGradientArguments<float>&) = nullptr;
    void (*exponentials)(const ExponentialArguments<float>&) = nullptr;
    void (*rowSums)(const RowSumArguments<float>&) = nullptr;
    /// None where looking sums up is slower than multiplying.
    void (*tripleSum)(const TripleSumArguments&) = nullptr;
};

/// The fastest kernels that this processor runs, chosen once. The environment variable
/// STINT_KERNELS ("baseline", "avx2", "avx512") asks for slower ones, for tests and comparisons.
[[nodiscard]] const FloatKernels& floatKernels();

/// The kernels of one instruction set, or nullptr if the processor or the build lacks it.
[[nodiscard]] const FloatKernels* floatKernels(const char* name);

/// The kernels by scalar: float runs on vectors, anything else in plain loops (plain_kernels.h).
template <typename T>
struct Kernels {
    void (*product)(const ProductArguments<T>&);
    void (*attend)(const AttendArguments<T>&);
    void (*attendGradient)(const AttendGradientArguments<T>&);
    void (*exponentials)(const ExponentialArguments<T>&);
    void (*rowSums)(const RowSumArguments<T>&);
    Index lanes; ///< columns are computed in multiples of this
};

template <typename T>
[[nodiscard]] Kernels<T> kernels();

template <>
[[nodiscard]] Kernels<float> kernels<float>();
template <>
[[nodiscard]] Kernels<double> kernels<double>();

} // namespace stint
