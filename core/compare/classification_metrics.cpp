#include "core/compare/classification_metrics.h"

#include <cassert>
#include <cstddef>
#include <utility>

namespace stint {
namespace {

double macroF1Of(const ConfusionMatrix& confusion)
{
    double sum = 0.0;
    double occurring = 0.0;
    for (Index k = 0; k < confusion.rows(); ++k) {
        const Index members = confusion.row(k).sum() + confusion.col(k).sum();
        if (members == 0)
            continue;
        sum += 2.0 * static_cast<double>(confusion(k, k)) / static_cast<double>(members);
        occurring += 1.0;
    }
    return sum / occurring;
}

} // namespace

ClassificationMetrics metricsOf(ConfusionMatrix confusion)
{
    ClassificationMetrics metrics;
    metrics.confusion = std::move(confusion);
    const Index answered = metrics.confusion.sum();
    if (answered == 0)
        return metrics;
    metrics.accuracy
        = static_cast<double>(metrics.confusion.trace()) / static_cast<double>(answered);
    metrics.macroF1 = macroF1Of(metrics.confusion);
    return metrics;
}

ClassificationMetrics classificationMetrics(std::span<const Index> predicted,
                                            std::span<const Index> actual, Index classes)
{
    assert(predicted.size() == actual.size() && classes >= 1);
    ConfusionMatrix confusion = ConfusionMatrix::Zero(classes, classes);
    Index unanswered = 0;
    for (std::size_t k = 0; k < actual.size(); ++k) {
        assert(actual[k] >= 0 && actual[k] < classes);
        if (predicted[k] < 0 || predicted[k] >= classes)
            ++unanswered;
        else
            ++confusion(actual[k], predicted[k]);
    }
    ClassificationMetrics metrics = metricsOf(std::move(confusion));
    metrics.unanswered = unanswered;
    return metrics;
}

} // namespace stint
