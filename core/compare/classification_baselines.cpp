#include "core/compare/classification_baselines.h"

#include "core/base/worker_pool.h"

#include <algorithm>
#include <utility>

namespace stint {

Result<ClassificationBaselines> fitClassificationBaselines(const SeriesSet& set, std::uint64_t seed,
                                                           std::size_t threads)
{
    Result<ClassCentroids> centroids = fitClassCentroids(set);
    if (!centroids)
        return centroids.error();
    Result<NearestSeries> nearest = fitNearestSeries(set);
    if (!nearest)
        return nearest.error();
    Result<Rocket> rocket = fitRocket(set, defaultKernels, seed, threads);
    if (!rocket)
        return rocket.error();
    return ClassificationBaselines {std::move(*centroids), std::move(*nearest), std::move(*rocket)};
}

std::vector<BaselineClasses> classifyByBaselines(const ClassificationBaselines& baselines,
                                                 const std::vector<RowMatrix>& series,
                                                 std::size_t threads)
{
    std::vector<Index> byCentroid(series.size());
    std::vector<Index> byNearest(series.size());
    WorkerPool pool(std::max<std::size_t>(1, threads));
    pool.run(series.size(), [&](std::size_t k) {
        byCentroid[k] = classify(baselines.centroids, series[k]);
        byNearest[k] = classify(baselines.nearest, series[k]);
    });
    return {{"class centroids", std::move(byCentroid)},
            {"nearest series", std::move(byNearest)},
            {"random convolutions", classify(baselines.rocket, series, threads)}};
}

} // namespace stint
