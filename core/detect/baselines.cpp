#include "core/detect/baselines.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace stint {
namespace {

/// Stands in for the variance where no channel moved at all.
constexpr double smallestVariance = 1e-6;

using Scores = std::vector<double>;

/// As scores: NaN in place of anything that is not finite.
Scores toScores(const Eigen::VectorXd& values)
{
    Scores scores(values.data(), values.data() + values.size());
    for (double& score : scores) {
        if (!std::isfinite(score))
            score = std::numeric_limits<double>::quiet_NaN();
    }
    return scores;
}

Eigen::VectorXd meanSquare(const RowMatrix& rows)
{
    return rows.rowwise().squaredNorm() / static_cast<double>(rows.cols());
}

Eigen::VectorXd meanOf(const std::vector<RowMatrix>& parts)
{
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(parts.front().cols());
    Index rows = 0;
    for (const RowMatrix& part : parts) {
        for (Index row = 0; row < part.rows(); ++row)
            sum += part.row(row).transpose();
        rows += part.rows();
    }
    return sum / static_cast<double>(rows);
}

Eigen::MatrixXd covarianceOf(const std::vector<RowMatrix>& parts, const Eigen::VectorXd& mean)
{
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(mean.size(), mean.size());
    Index rows = 0;
    for (const RowMatrix& part : parts) {
        if (part.rows() == 0)
            continue;
        const RowMatrix centred = part.rowwise() - mean.transpose();
        sum.noalias() += centred.transpose() * centred;
        rows += part.rows();
    }
    return sum / static_cast<double>(rows);
}

/// The leading eigenvectors, as rows, that together hold pcaVarianceKept of the variance; always
/// fewer than channels, since all of them would leave nothing to score.
RowMatrix principalComponents(const Eigen::MatrixXd& covariance)
{
    const Index channels = covariance.rows();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    const double wanted = pcaVarianceKept * covariance.trace();
    double held = 0.0;
    Index kept = 0;
    while (kept + 1 < channels && held < wanted) {
        held += solver.eigenvalues()(channels - 1 - kept);
        ++kept;
    }
    return solver.eigenvectors().rightCols(kept).transpose();
}

RowMatrix precisionOf(Eigen::MatrixXd covariance)
{
    const Index channels = covariance.rows();
    const double variance
        = std::max(smallestVariance, covariance.trace() / static_cast<double>(channels));
    covariance.diagonal().array() += mahalanobisShrinkage * variance;
    const Eigen::LDLT<Eigen::MatrixXd> solver(covariance);
    return solver.solve(Eigen::MatrixXd::Identity(channels, channels));
}

Eigen::VectorXd pcaResidual(const Baselines& baselines, const RowMatrix& recording)
{
    const RowMatrix centred = recording.rowwise() - baselines.mean.transpose();
    const RowMatrix coordinates = centred * baselines.components.transpose();
    return meanSquare(centred - coordinates * baselines.components);
}

Eigen::VectorXd mahalanobis(const Baselines& baselines, const RowMatrix& recording)
{
    const RowMatrix centred = recording.rowwise() - baselines.mean.transpose();
    const RowMatrix weighted = centred * baselines.precision;
    return weighted.cwiseProduct(centred).rowwise().sum() / static_cast<double>(recording.cols());
}

Eigen::VectorXd squaredDifference(const RowMatrix& recording)
{
    Eigen::VectorXd scores
        = Eigen::VectorXd::Constant(recording.rows(), std::numeric_limits<double>::quiet_NaN());
    const Index rows = recording.rows() - 1;
    if (rows > 0)
        scores.tail(rows) = meanSquare(recording.bottomRows(rows) - recording.topRows(rows));
    return scores;
}

Eigen::VectorXd movingVariance(const RowMatrix& recording, Index window)
{
    Eigen::VectorXd scores
        = Eigen::VectorXd::Constant(recording.rows(), std::numeric_limits<double>::quiet_NaN());
    Eigen::RowVectorXd mean(recording.cols());
    for (Index last = window - 1; last < recording.rows(); ++last) {
        const auto rows = recording.middleRows(last - window + 1, window);
        mean = rows.colwise().mean();
        scores(last) = (rows.rowwise() - mean).squaredNorm()
            / static_cast<double>(window * recording.cols());
    }
    return scores;
}

Eigen::VectorXd autoregressionScore(const Baselines& baselines, const RowMatrix& recording)
{
    return meanSquare(recording - predict(baselines.autoregression, recording))
        / baselines.autoregressionError;
}

} // namespace

Result<Baselines> fitBaselines(const std::vector<RowMatrix>& parts, double ridge)
{
    // First, because it also checks the rows.
    Result<Autoregression> autoregression = fitAutoregression(parts, baselineOrder, ridge);
    if (!autoregression)
        return autoregression.error();

    Baselines baselines;
    baselines.autoregression = std::move(*autoregression);
    baselines.autoregressionError = meanSquaredError(baselines.autoregression, parts).mean();
    baselines.mean = meanOf(parts);
    const Eigen::MatrixXd covariance = covarianceOf(parts, baselines.mean);
    if (!covariance.allFinite())
        return Error {"The values of the training rows are too large to fit the baselines; "
                      "standardise the channels first."};
    baselines.components = principalComponents(covariance);
    baselines.precision = precisionOf(covariance);
    return baselines;
}

std::vector<BaselineScore> scoreBaselines(const Baselines& baselines, const RowMatrix& recording)
{
    assert(recording.cols() == baselines.mean.size());
    std::vector<BaselineScore> scores;
    scores.push_back({"row norm", toScores(meanSquare(recording))});
    scores.push_back({"PCA residual", toScores(pcaResidual(baselines, recording))});
    scores.push_back({"Mahalanobis", toScores(mahalanobis(baselines, recording))});
    scores.push_back({"squared difference", toScores(squaredDifference(recording))});
    scores.push_back(
        {"moving variance", toScores(movingVariance(recording, baselines.varianceRows))});
    scores.push_back({"ridge autoregression", toScores(autoregressionScore(baselines, recording))});
    return scores;
}

} // namespace stint
