#include "core/base/matrix.h"
#include "core/base/rng.h"
#include "core/kernels/kernels.h"
#include "core/weights/linear.h"

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace {

using Clock = std::chrono::steady_clock;
using EigenMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The fastest of some runs is the least disturbed one; each lasts about this long [s].
constexpr int repetitions = 7;
constexpr double runSeconds = 0.03;

/// A product of (rows, inputs) and (inputs, outputs).
struct Shape {
    stint::Index rows;
    stint::Index inputs;
    stint::Index outputs;
    const char* where;
};

constexpr std::array shapes {
    Shape {1, 64, 64, "a step: one projection"},
    Shape {1, 64, 192, "a step: query, key, value"},
    Shape {1, 64, 256, "a step: feed-forward"},
    Shape {50, 64, 192, "a window: query, key, value"},
    Shape {50, 64, 256, "a window: feed-forward, in"},
    Shape {50, 256, 64, "a window: feed-forward, out"},
    Shape {256, 16, 48, "a block of replay: query, key, value"},
    Shape {256, 16, 128, "a block of replay: feed-forward"},
    Shape {256, 64, 192, "a large block: query, key, value"},
};

void fill(stint::Rng& rng, stint::Matrix<float>& own, EigenMatrix& eigen)
{
    for (stint::Index r = 0; r < own.rows(); ++r) {
        for (stint::Index c = 0; c < own.cols(); ++c) {
            own(r, c) = static_cast<float>(rng.uniform() - 0.5);
            eigen(r, c) = own(r, c);
        }
    }
}

/// Shortest time of one call [s].
template <typename Function>
double secondsOf(const Function& function)
{
    double shortest = runSeconds;
    long calls = 1;
    for (int run = 0; run < repetitions; ++run) {
        const Clock::time_point begin = Clock::now();
        for (long call = 0; call < calls; ++call)
            function();
        const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        shortest = std::min(shortest, seconds / static_cast<double>(calls));
        calls = std::max(1L, std::lround(runSeconds / shortest));
    }
    return shortest;
}

/// Times both on one shape and prints them; false if their answers differ.
bool benchShape(const Shape& shape)
{
    const Shape& s = shape;
    stint::Rng rng(1);
    stint::Matrix<float> a(s.rows, s.inputs);
    stint::Matrix<float> b(s.inputs, s.outputs);
    stint::Matrix<float> c(s.rows, s.outputs);
    EigenMatrix eigenA(s.rows, s.inputs);
    EigenMatrix eigenB(s.inputs, s.outputs);
    EigenMatrix eigenC(s.rows, s.outputs);
    fill(rng, a, eigenA);
    fill(rng, b, eigenB);
    stint::ProductArguments<float> product;
    product.m = s.rows;
    product.n = s.outputs;
    product.k = s.inputs;
    product.a = a.row(0);
    product.aRow = a.stride();
    product.b = b.row(0);
    product.bRow = b.stride();
    product.c = c.row(0);
    product.cRow = c.stride();
    const stint::FloatKernels& kernels = stint::floatKernels();
    const double own = secondsOf([&] { kernels.product(product); });
    const double eigen = secondsOf([&] { eigenC.noalias() = eigenA * eigenB; });

    float difference = 0.0F;
    for (stint::Index r = 0; r < s.rows; ++r) {
        for (stint::Index col = 0; col < s.outputs; ++col)
            difference = std::max(difference, std::abs(c(r, col) - eigenC(r, col)));
    }
    const double work = 2e-9 * static_cast<double>(s.rows * s.inputs * s.outputs);
    std::printf("%4ld x %3ld -> %3ld %10.1f %10.1f %8.2f  %s\n", static_cast<long>(s.rows),
                static_cast<long>(s.inputs), static_cast<long>(s.outputs), work / own, work / eigen,
                eigen / own, s.where);
    return difference < 1e-3F;
}

constexpr std::array packedSizes {64L, 76L, 128L, 256L, 512L, 1024L};

/// One row times signs, nine in ten gone: on packed weights, and as floats.
bool benchPacked(long size)
{
    stint::Rng rng(3);
    stint::LinearParameters<float> signs;
    signs.format = stint::WeightFormat::SparseBinary;
    signs.weight.resize(size, size);
    for (stint::Index r = 0; r < size; ++r) {
        for (stint::Index c = 0; c < size; ++c)
            signs.weight(r, c) = rng.below(10) > 0 ? 0.0F : rng.below(2) == 0 ? -1.0F : 1.0F;
    }
    stint::LinearParameters<float> floats = signs;
    floats.format = stint::WeightFormat::Sparse;
    const stint::Linear<float> packed(signs);
    const stint::Linear<float> plain(floats);
    stint::Matrix<float> x(1, size);
    for (stint::Index c = 0; c < size; ++c)
        x(0, c) = static_cast<float>(rng.uniform() - 0.5);
    stint::Matrix<float> y(1, size);
    stint::Matrix<float> z(1, size);
    stint::OpCounts ops;
    const auto run = [&](const stint::Linear<float>& layer, stint::Matrix<float>& to) {
        return secondsOf(
            [&] { layer.forward(x.row(0), x.stride(), 1, to.row(0), to.stride(), ops); });
    };
    const double few = run(packed, y);
    const double many = run(plain, z);
    std::printf("%5ld %12.0f %12.0f %8.2f%s\n", size, 1e9 * few, 1e9 * many, many / few,
                packed.packed() ? "" : "  (not packed on this processor)");
    bool alike = true;
    for (stint::Index c = 0; c < size; ++c)
        alike = alike && std::abs(y(0, c) - z(0, c)) < 1e-3F;
    return alike;
}

} // namespace

/// Prints the speed of the matrix product beside Eigen's, which is compiled for the baseline of the
/// processor family as in any package built for all of them.
int main()
{
    std::printf("kernels: %s, Eigen: %s; GFLOP/s, two per multiply-add\n",
                stint::floatKernels().name, Eigen::SimdInstructionSetsInUse());
    std::printf("%-18s %9s %10s %8s\n", "shape", "kernels", "Eigen", "ratio");
    bool alike = true;
    for (const Shape& shape : shapes)
        alike = benchShape(shape) && alike;
    std::printf("\none row times d x d signs, 90 %% gone; ns\n%5s %12s %12s %8s\n", "d", "packed",
                "floats", "ratio");
    for (const long size : packedSizes)
        alike = benchPacked(size) && alike;
    if (!alike)
        std::fprintf(stderr, "the products differ\n");
    return alike ? EXIT_SUCCESS : EXIT_FAILURE;
}
