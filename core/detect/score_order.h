#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace stint {

/// Row numbers ordered by falling score. Scores must not be NaN (asserted).
[[nodiscard]] std::vector<std::size_t> byFallingScore(std::span<const double> scores);

/// One past the last entry of `order` whose score equals that of entry `begin`: the rows between
/// are one step of every curve, since no threshold separates them.
[[nodiscard]] std::size_t endOfTie(std::span<const double> scores,
                                   std::span<const std::size_t> order, std::size_t begin);

} // namespace stint
