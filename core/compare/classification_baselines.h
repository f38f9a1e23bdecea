#pragma once

#include "core/compare/class_centroids.h"
#include "core/compare/rocket.h"
#include "core/compare/series_set.h"
#include "core/compare/time_warping.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stint {

/// Plain classifiers of whole series that a model must beat. Plain data, to be stored in a file.
struct ClassificationBaselines {
    ClassCentroids centroids;
    NearestSeries nearest;
    Rocket rocket;
};

/// The answers of one baseline.
struct BaselineClasses {
    std::string name;
    std::vector<Index> classes; ///< (N), -1 where there is no answer
};

/// \param set     training series, standardised
/// \param seed    of the random convolutions
/// \param threads that share the work, the calling one included
[[nodiscard]] Result<ClassificationBaselines>
fitClassificationBaselines(const SeriesSet& set, std::uint64_t seed = 1, std::size_t threads = 1);

/// Classifies series by "class centroids", "nearest series" and "random convolutions".
[[nodiscard]] std::vector<BaselineClasses>
classifyByBaselines(const ClassificationBaselines& baselines, const std::vector<RowMatrix>& series,
                    std::size_t threads = 1);

} // namespace stint
