#include "core/detect/pareto_tail.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stint {
namespace {

constexpr std::size_t fewestForShape = 10;
constexpr double lowestShape = -0.5;
constexpr double highestShape = 0.9;

} // namespace

ParetoTail fitParetoTail(std::span<const double> ascendingExcesses)
{
    const std::size_t count = ascendingExcesses.size();
    if (count == 0)
        return {};
    const auto number = static_cast<double>(count);
    double mean = 0.0;
    double weighted = 0.0; // mean of y (1 - F(y)), the larger excesses weigh less
    for (std::size_t k = 0; k < count; ++k) {
        mean += ascendingExcesses[k] / number;
        if (count > 1)
            weighted += ascendingExcesses[k] * static_cast<double>(count - 1 - k)
                / (number * (number - 1.0));
    }
    ParetoTail tail {mean, 0.0};
    const double spread = mean - 2.0 * weighted; // half the mean for the exponential
    if (count < fewestForShape || !(spread > 1e-12 * mean))
        return tail;

    const double shape = 2.0 - mean / spread;
    tail.shape = std::clamp(shape * number / (number + priorExcesses), lowestShape, highestShape);
    tail.scale = mean * (1.0 - tail.shape);
    if (tail.shape < 0.0)
        tail.scale = std::max(tail.scale, -tail.shape * ascendingExcesses.back());
    return tail;
}

double excessAbove(const ParetoTail& tail, double ratio)
{
    if (!(ratio > 0.0 && ratio < 1.0))
        return 0.0;
    const double steps = -std::log(ratio);
    if (std::abs(tail.shape) < 1e-9)
        return tail.scale * steps;
    return tail.scale * std::expm1(tail.shape * steps) / tail.shape;
}

double meanExcessBeyond(const ParetoTail& tail, double excess)
{
    const double further = (tail.scale + tail.shape * excess) / (1.0 - tail.shape);
    return excess + std::max(0.0, further);
}

} // namespace stint
