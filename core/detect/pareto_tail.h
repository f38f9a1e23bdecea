#pragma once

#include <span>

namespace stint {

/// Generalised Pareto distribution of what scores are above a level: the fraction
/// (1 + shape y / scale)^(-1 / shape) of the excesses is above y. Shape 0 is the exponential, below
/// 0 the tail ends at -scale / shape, above 0 it falls like a power. Scale 0: no excess at all.
struct ParetoTail {
    double scale = 0.0; ///< >= 0, in the unit of the score
    double shape = 0.0; ///< in [-0.5, 0.9]
};

/// Fits to excesses, each >= 0 and ascending, in closed form and so at any time in a stream: by
/// probability-weighted moments (Hosking and Wallis 1987), which up to some hundred excesses are
/// closer than maximum likelihood and always have a solution. The shape is drawn towards 0 as if
/// `priorExcesses` exponential ones had been seen besides; fewer than 10 excesses are taken as
/// exponential. No tail ends below the largest excess.
[[nodiscard]] ParetoTail fitParetoTail(std::span<const double> ascendingExcesses);

/// How many excesses the belief in an exponential tail is worth.
inline constexpr double priorExcesses = 20.0;

/// The excess that a fraction `ratio` of all excesses is above; 0 for a ratio of 1 or more.
[[nodiscard]] double excessAbove(const ParetoTail& tail, double ratio);

/// The mean of the excesses that are above `excess`.
[[nodiscard]] double meanExcessBeyond(const ParetoTail& tail, double excess);

} // namespace stint
