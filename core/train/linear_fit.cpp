#include "core/train/linear_fit.h"

#include "core/model/adaptation.h"
#include "core/model/packed_form.h"

#include <algorithm>
#include <limits>
#include <span>

namespace stint {

namespace {

constexpr Index anomalyOrder = 8;
constexpr Index forecastOrder = 31;
/// Tried one by one; the validation rows choose. The penalty adds to sums over rows.
constexpr double anomalyRidges[] = {1.0, 10.0, 100.0, 1000.0, 10000.0};
constexpr double forecastRidges[] = {3.0, 10.0, 30.0, 100.0, 300.0, 1000.0};

std::vector<RowMatrix> partsOf(const std::vector<TrainingRows>& all, Index TrainingRows::*first,
                               Index TrainingRows::*last, Index before)
{
    std::vector<RowMatrix> parts;
    parts.reserve(all.size());
    for (const TrainingRows& rows : all)
        parts.push_back(
            toRowMatrix(*rows.z, std::max(rows.begin, rows.*first - before), rows.*last));
    return parts;
}

/// Mean squared error on validation rows of an autoregression fitted to all training rows, or
/// to those of each recording where they are adapted one by one.
Result<double> validationError(const std::vector<RowMatrix>& train,
                               const std::vector<RowMatrix>& validation, Index order, double ridge,
                               bool oneByOne, bool onDifferences)
{
    double sum = 0.0;
    const std::size_t fits = oneByOne ? train.size() : 1;
    for (std::size_t i = 0; i < fits; ++i) {
        const auto fitted = fitAutoregression(oneByOne ? std::vector<RowMatrix> {train[i]} : train,
                                              order, ridge, onDifferences);
        if (!fitted)
            return fitted.error();
        sum += meanSquaredError(*fitted,
                                oneByOne ? std::vector<RowMatrix> {validation[i]} : validation)
                   .mean();
    }
    return sum / static_cast<double>(fits);
}

} // namespace

std::optional<Error> fitLinear(const std::vector<TrainingRows>& rows, Index lead,
                               bool withBaselines, Family& family)
{
    const bool forecasts = family.task == ModelTask::Forecast;
    const Index order = std::min(forecasts ? forecastOrder : anomalyOrder, lead);
    const std::span<const double> ridges
        = forecasts ? std::span<const double>(forecastRidges) : anomalyRidges;
    const auto train = partsOf(rows, &TrainingRows::begin, &TrainingRows::trainEnd, 0);
    const auto validation
        = partsOf(rows, &TrainingRows::trainEnd, &TrainingRows::validationEnd, order);
    double best = std::numeric_limits<double>::infinity();
    double chosen = ridges[0];
    for (const double ridge : ridges) {
        const auto error = validationError(train, validation, order, ridge,
                                           family.rescale.first < family.rescale.second, forecasts);
        if (!error)
            return error.error();
        if (*error < best) {
            best = *error;
            chosen = ridge;
        }
    }
    auto fitted = fitAutoregression(train, order, chosen, forecasts);
    if (!fitted)
        return fitted.error();
    family.autoregression = std::move(*fitted);
    if (family.packed)
        roundToPacked(family.autoregression); // before errors are measured with it
    family.autoregressionError = meanSquaredError(family.autoregression, train).mean();
    family.baselines = {};
    if (withBaselines) {
        auto baselines = fitBaselines(train, family.autoregression.ridge);
        if (!baselines)
            return baselines.error();
        family.baselines = std::move(*baselines);
        if (family.packed)
            roundToPacked(family.baselines);
    }
    family.baselines.autoregression = family.autoregression;
    return std::nullopt;
}

} // namespace stint
