#include "core/compare/class_centroids.h"

#include "core/compare/feature_scale.h"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>

namespace stint {

Eigen::VectorXd summaryOf(const RowMatrix& series)
{
    assert(series.rows() > 0);
    Eigen::VectorXd summary(4 * series.cols());
    for (Index c = 0; c < series.cols(); ++c) {
        const auto column = series.col(c);
        const double mean = column.mean();
        const double variance = (column.array() - mean).square().mean();
        summary.segment<4>(4 * c) << mean, std::sqrt(variance), column.minCoeff(),
            column.maxCoeff();
    }
    return summary;
}

Result<ClassCentroids> fitClassCentroids(const SeriesSet& set)
{
    if (const std::optional<Error> error = unusable(set))
        return *error;
    const auto count = static_cast<Index>(set.series.size());
    RowMatrix summaries(count, 4 * set.series.front().cols());
    for (Index k = 0; k < count; ++k)
        summaries.row(k) = summaryOf(set.series[static_cast<std::size_t>(k)]).transpose();

    ClassCentroids model;
    standardiseFeatures(summaries, model.mean, model.scale);
    model.centroids = RowMatrix::Zero(set.classes, summaries.cols());
    Eigen::VectorXd members = Eigen::VectorXd::Zero(set.classes);
    for (Index k = 0; k < count; ++k) {
        const Index label = set.labels[static_cast<std::size_t>(k)];
        model.centroids.row(label) += summaries.row(k);
        members(label) += 1.0;
    }
    // Zero divided by zero marks a class without series.
    model.centroids.array().colwise() /= members.array();
    return model;
}

Index classify(const ClassCentroids& model, const RowMatrix& series)
{
    if (series.rows() == 0 || 4 * series.cols() != model.mean.size() || !series.allFinite())
        return -1;
    const Eigen::VectorXd summary = (summaryOf(series) - model.mean).cwiseQuotient(model.scale);
    Index nearest = -1;
    double least = std::numeric_limits<double>::infinity();
    for (Index k = 0; k < model.centroids.rows(); ++k) {
        const double distance = (model.centroids.row(k).transpose() - summary).squaredNorm();
        if (distance < least) {
            least = distance;
            nearest = k;
        }
    }
    return nearest;
}

} // namespace stint
