#pragma once

#include "core/compare/random_convolutions.h"
#include "core/compare/ridge_classifier.h"
#include "core/compare/series_set.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stint {

/// Random convolutions with a ridge classifier on what they find: on most sets of series ahead of
/// everything that is trained. Plain data, to be stored in a file.
struct Rocket {
    RandomConvolutions convolutions;
    RidgeClassifier ridge;
};

inline constexpr Index defaultKernels = 1000;

/// \param kernels >= 1
/// \param threads that share the series, the calling one included; the result does not depend on it
[[nodiscard]] Result<Rocket> fitRocket(const SeriesSet& set, Index kernels = defaultKernels,
                                       std::uint64_t seed = 1, std::size_t threads = 1);

/// The classes of many series, for which the kernels are drawn once; -1 for one that has no rows,
/// other channels, or a value that is not finite.
[[nodiscard]] std::vector<Index> classify(const Rocket& model, const std::vector<RowMatrix>& series,
                                          std::size_t threads = 1);

} // namespace stint
