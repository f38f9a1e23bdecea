#include "core/detect/autoregression.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cassert>
#include <limits>
#include <optional>
#include <string>

namespace stint {
namespace {

/// Rows that predict and are predicted, gathered before they are added to the normal equations: a
/// matrix product of some size is fast, and the whole regressor matrix would not fit for long
/// recordings.
constexpr Index gatherRows = 256;

std::string countOf(Index count, const char* noun)
{
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// Rows that have `order` rows of their own part before them.
Index predictedRows(const std::vector<RowMatrix>& parts, Index order)
{
    Index rows = 0;
    for (const RowMatrix& part : parts)
        rows += std::max<Index>(0, part.rows() - order);
    return rows;
}

std::optional<Error> unusable(const std::vector<RowMatrix>& parts, Index order, double ridge,
                              bool onDifferences)
{
    if (onDifferences && order < 2)
        return Error {"The autoregression on differences needs an order of at least 2; correct "
                      "this setting."};
    if (order < 1 || !(ridge >= 0.0) || ridge > std::numeric_limits<double>::max())
        return Error {"The autoregression needs an order of at least 1 and a ridge that is not "
                      "negative; correct these settings."};
    if (parts.empty() || parts.front().cols() == 0)
        return Error {"There are no rows or no channels to fit the autoregression to; choose a "
                      "recording with numeric columns."};
    const Index channels = parts.front().cols();
    for (std::size_t k = 0; k < parts.size(); ++k) {
        if (parts[k].cols() != channels)
            return Error {"Part " + std::to_string(k + 1) + " of the training rows has "
                          + countOf(parts[k].cols(), "channel") + " where the first has "
                          + std::to_string(channels) + "; give all recordings the same channels."};
        if (!parts[k].allFinite())
            return Error {"Part " + std::to_string(k + 1)
                          + " of the training rows holds a value that is missing or not finite; "
                            "fill or leave out such rows before fitting."};
    }
    const Index needed = ridge > 0.0 ? 2 : channels * order + 1;
    const Index rows = predictedRows(parts, order);
    if (rows < needed)
        return Error {"The autoregression of order " + std::to_string(order) + " needs "
                      + countOf(needed, "row") + " with " + countOf(order, "row")
                      + " before each, and the training rows hold " + std::to_string(rows)
                      + "; train on more rows."};
    return std::nullopt;
}

/// Sums of products over rows z = (inputs of one prediction, 1) and their targets; the last entry
/// is the intercept.
struct NormalEquations {
    Eigen::MatrixXd gram; ///< (inputs + 1)², lower triangle
    Eigen::MatrixXd cross; ///< (inputs + 1, C)
};

/// Gathers blocks of rows: `fill(part, first, rows, inputs, targets)` writes the inputs and targets
/// of the rows [first, first + rows) of a part into the top of the two matrices.
template <typename Fill>
NormalEquations gather(const std::vector<RowMatrix>& parts, Index order, Index inputCount,
                       const Fill& fill)
{
    const Index channels = parts.front().cols();
    const Index size = inputCount + 1;
    NormalEquations sums {Eigen::MatrixXd::Zero(size, size), Eigen::MatrixXd::Zero(size, channels)};
    RowMatrix inputs(gatherRows, size);
    RowMatrix targets(gatherRows, channels);
    for (const RowMatrix& part : parts) {
        for (Index first = order; first < part.rows(); first += gatherRows) {
            const Index rows = std::min(gatherRows, part.rows() - first);
            fill(part, first, rows, inputs, targets);
            inputs.col(size - 1).head(rows).setOnes();
            const auto used = inputs.topRows(rows);
            sums.gram.selfadjointView<Eigen::Lower>().rankUpdate(used.transpose());
            sums.cross.noalias() += used.transpose() * targets.topRows(rows);
        }
    }
    return sums;
}

/// Of values: inputs x_{t-k} - m for k = 1..order, target x_t - m. The shift by the mean m keeps
/// digits when values are far from zero.
NormalEquations gatherValues(const std::vector<RowMatrix>& parts, Index order,
                             const Eigen::RowVectorXd& mean)
{
    const Index channels = mean.size();
    return gather(
        parts, order, channels * order,
        [&](const RowMatrix& part, Index first, Index rows, RowMatrix& inputs, RowMatrix& targets) {
            for (Index lag = 1; lag <= order; ++lag)
                inputs.block(0, (lag - 1) * channels, rows, channels)
                    = part.middleRows(first - lag, rows).rowwise() - mean;
            targets.topRows(rows) = part.middleRows(first, rows).rowwise() - mean;
        });
}

/// Of differences to the last value: inputs x_{t-k} - x_{t-1} for k = 2..order, target
/// x_t - x_{t-1}.
NormalEquations gatherDifferences(const std::vector<RowMatrix>& parts, Index order)
{
    const Index channels = parts.front().cols();
    return gather(
        parts, order, channels * (order - 1),
        [&](const RowMatrix& part, Index first, Index rows, RowMatrix& inputs, RowMatrix& targets) {
            const auto last = part.middleRows(first - 1, rows);
            for (Index lag = 2; lag <= order; ++lag)
                inputs.block(0, (lag - 2) * channels, rows, channels)
                    = part.middleRows(first - lag, rows) - last;
            targets.topRows(rows) = part.middleRows(first, rows) - last;
        });
}

Eigen::RowVectorXd meanRow(const std::vector<RowMatrix>& parts)
{
    Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(parts.front().cols());
    Index rows = 0;
    for (const RowMatrix& part : parts) {
        if (part.rows() > 0)
            mean += part.colwise().sum();
        rows += part.rows();
    }
    return mean / static_cast<double>(std::max<Index>(1, rows));
}

void takeValueWeights(const Eigen::MatrixXd& solution, const Eigen::RowVectorXd& mean,
                      Autoregression& model)
{
    const Index channels = model.channels;
    const Index inputs = channels * model.order;
    model.weights = solution.topRows(inputs).transpose();
    // x - m = W (z - m) + b, so the intercept for unshifted values is b + m - sum of W_k m.
    const Eigen::VectorXd shift = mean.transpose();
    model.intercept = solution.row(inputs).transpose() + shift;
    for (Index lag = 0; lag < model.order; ++lag)
        model.intercept.noalias() -= model.weights.middleCols(lag * channels, channels) * shift;
}

void takeDifferenceWeights(const Eigen::MatrixXd& solution, Autoregression& model)
{
    const Index channels = model.channels;
    const Index inputs = channels * (model.order - 1);
    model.weights.resize(channels, channels * model.order);
    model.weights.rightCols(inputs) = solution.topRows(inputs).transpose();
    RowMatrix last = RowMatrix::Identity(channels, channels);
    for (Index lag = 1; lag < model.order; ++lag)
        last -= model.weights.middleCols(lag * channels, channels);
    model.weights.leftCols(channels) = last;
    model.intercept = solution.row(inputs).transpose();
}

} // namespace

Result<Autoregression> fitAutoregression(const std::vector<RowMatrix>& parts, Index order,
                                         double ridge, bool onDifferences)
{
    if (const std::optional<Error> error = unusable(parts, order, ridge, onDifferences))
        return *error;

    const Eigen::RowVectorXd mean = meanRow(parts);
    NormalEquations sums
        = onDifferences ? gatherDifferences(parts, order) : gatherValues(parts, order, mean);
    const Index inputs = sums.gram.rows() - 1;
    sums.gram.diagonal().head(inputs).array() += ridge;
    const Eigen::LDLT<Eigen::MatrixXd, Eigen::Lower> solver(sums.gram);
    const Eigen::MatrixXd solution = solver.solve(sums.cross);
    if (solver.info() != Eigen::Success || !solution.allFinite())
        return Error {"The autoregression could not be fitted: the channels are too alike for a "
                      "ridge of zero, or their values too large; use a larger ridge."};

    Autoregression model;
    model.order = order;
    model.channels = mean.size();
    model.ridge = ridge;
    model.onDifferences = onDifferences;
    if (onDifferences)
        takeDifferenceWeights(solution, model);
    else
        takeValueWeights(solution, mean, model);
    return model;
}

RowMatrix predict(const Autoregression& model, const RowMatrix& part)
{
    assert(part.cols() == model.channels);
    RowMatrix predicted = RowMatrix::Constant(part.rows(), model.channels,
                                              std::numeric_limits<double>::quiet_NaN());
    const Index rows = part.rows() - model.order;
    if (rows <= 0)
        return predicted;
    auto answered = predicted.bottomRows(rows);
    answered.rowwise() = model.intercept.transpose();
    for (Index lag = 1; lag <= model.order; ++lag)
        answered.noalias() += part.middleRows(model.order - lag, rows)
            * model.weights.middleCols((lag - 1) * model.channels, model.channels).transpose();
    return predicted;
}

Eigen::VectorXd meanSquaredError(const Autoregression& model, const std::vector<RowMatrix>& parts)
{
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(model.channels);
    for (const RowMatrix& part : parts) {
        const Index rows = part.rows() - model.order;
        if (rows <= 0)
            continue;
        const RowMatrix predicted = predict(model, part);
        sum += (part.bottomRows(rows) - predicted.bottomRows(rows))
                   .array()
                   .square()
                   .colwise()
                   .sum()
                   .matrix()
                   .transpose();
    }
    const Index rows = std::max<Index>(1, predictedRows(parts, model.order));
    return (sum / static_cast<double>(rows)).cwiseMax(smallestMeanError);
}

} // namespace stint
