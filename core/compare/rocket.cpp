#include "core/compare/rocket.h"

#include "core/base/worker_pool.h"

#include <algorithm>
#include <utility>

namespace stint {

Result<Rocket> fitRocket(const SeriesSet& set, Index kernels, std::uint64_t seed,
                         std::size_t threads)
{
    if (const std::optional<Error> error = unusable(set))
        return *error;
    if (kernels < 1)
        return Error {"The random convolutions need at least one kernel; correct this setting."};
    Rocket model;
    model.convolutions = {kernels, set.series.front().cols(), 0, seed, false};
    for (const RowMatrix& series : set.series) {
        model.convolutions.referenceRows
            = std::max(model.convolutions.referenceRows, series.rows());
        if (series.rows() != set.series.front().rows())
            model.convolutions.alwaysPadded = true;
    }

    const std::vector<RandomKernel> drawn = drawKernels(model.convolutions);
    RowMatrix features(static_cast<Index>(set.series.size()), 2 * kernels);
    WorkerPool pool(std::max<std::size_t>(1, threads));
    pool.run(set.series.size(), [&](std::size_t k) {
        features.row(static_cast<Index>(k)) = convolutionFeatures(drawn, set.series[k]).transpose();
    });
    Result<RidgeClassifier> ridge
        = fitRidgeClassifier(std::move(features), set.labels, set.classes);
    if (!ridge)
        return ridge.error();
    model.ridge = std::move(*ridge);
    return model;
}

std::vector<Index> classify(const Rocket& model, const std::vector<RowMatrix>& series,
                            std::size_t threads)
{
    const std::vector<RandomKernel> drawn = drawKernels(model.convolutions);
    std::vector<Index> classes(series.size(), -1);
    WorkerPool pool(std::max<std::size_t>(1, threads));
    pool.run(series.size(), [&](std::size_t k) {
        if (series[k].rows() == 0 || series[k].cols() != model.convolutions.channels
            || !series[k].allFinite())
            return;
        evidence(model.ridge, convolutionFeatures(drawn, series[k])).maxCoeff(&classes[k]);
    });
    return classes;
}

} // namespace stint
