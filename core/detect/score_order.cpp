#include "core/detect/score_order.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace stint {

std::vector<std::size_t> byFallingScore(std::span<const double> scores)
{
    assert(std::none_of(scores.begin(), scores.end(), [](double s) { return std::isnan(s); }));
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    std::sort(order.begin(), order.end(),
              [scores](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    return order;
}

std::size_t endOfTie(std::span<const double> scores, std::span<const std::size_t> order,
                     std::size_t begin)
{
    const double score = scores[order[begin]];
    std::size_t end = begin + 1;
    while (end < order.size() && !(scores[order[end]] < score))
        ++end;
    return end;
}

} // namespace stint
