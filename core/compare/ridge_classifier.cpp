#include "core/compare/ridge_classifier.h"

#include "core/compare/feature_scale.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>

namespace stint {
namespace {

constexpr int ridgeCount = 10;

double ridgeAt(int k) { return std::pow(10.0, -3.0 + 6.0 * k / (ridgeCount - 1)); }

/// The features X = U sqrt(D) V', without the directions in which there is nothing.
struct Decomposition {
    Eigen::MatrixXd left; ///< U (N, r)
    Eigen::VectorXd squares; ///< D (r), > 0
    Eigen::MatrixXd right; ///< V (F, r)
};

/// From the smaller of X X' and X' X.
Decomposition decomposed(const RowMatrix& features)
{
    const bool fewSeries = features.rows() <= features.cols();
    const Index size = fewSeries ? features.rows() : features.cols();
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(size, size);
    if (fewSeries)
        gram.selfadjointView<Eigen::Lower>().rankUpdate(features);
    else
        gram.selfadjointView<Eigen::Lower>().rankUpdate(features.transpose());
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
    const Eigen::VectorXd& values = solver.eigenvalues(); // ascending
    const double smallest = 1e-10 * std::max(values(size - 1), std::numeric_limits<double>::min());
    const auto kept = static_cast<Index>((values.array() > smallest).count());

    Decomposition parts;
    parts.squares = values.tail(kept);
    const Eigen::VectorXd inverse = parts.squares.cwiseSqrt().cwiseInverse();
    Eigen::MatrixXd& own = fewSeries ? parts.left : parts.right;
    own = solver.eigenvectors().rightCols(kept);
    if (fewSeries)
        parts.right.noalias() = features.transpose() * own * inverse.asDiagonal();
    else
        parts.left.noalias() = features * own * inverse.asDiagonal();
    return parts;
}

/// Sum of squared errors of every series by the fit to all others. With the hat matrix H, which
/// holds the mean besides the features, that error is the residual / (1 - H_ii).
double leftOutError(const Decomposition& parts, const Eigen::MatrixXd& targets, double ridge)
{
    const Eigen::ArrayXd shrink = parts.squares.array() / (parts.squares.array() + ridge);
    const Eigen::MatrixXd fitted
        = parts.left * (shrink.matrix().asDiagonal() * (parts.left.transpose() * targets));
    const Eigen::VectorXd leverage = parts.left.cwiseAbs2() * shrink.matrix();
    const double ofMean = 1.0 / static_cast<double>(targets.rows());
    double sum = 0.0;
    for (Index k = 0; k < targets.rows(); ++k) {
        const double rest = std::max(1e-9, 1.0 - ofMean - leverage(k));
        sum += (targets.row(k) - fitted.row(k)).squaredNorm() / (rest * rest);
    }
    return sum;
}

} // namespace

Result<RidgeClassifier> fitRidgeClassifier(RowMatrix features, const std::vector<Index>& labels,
                                           Index classes)
{
    if (features.rows() < 2 || features.cols() == 0 || !features.allFinite()
        || static_cast<std::size_t>(features.rows()) != labels.size())
        return Error {"The ridge classifier needs at least two series whose features are finite "
                      "numbers; give more series."};
    RidgeClassifier model;
    standardiseFeatures(features, model.mean, model.scale);
    Eigen::MatrixXd targets = Eigen::MatrixXd::Constant(features.rows(), classes, -1.0);
    for (std::size_t k = 0; k < labels.size(); ++k) {
        assert(labels[k] >= 0 && labels[k] < classes);
        targets(static_cast<Index>(k), labels[k]) = 1.0;
    }
    model.intercept = targets.colwise().mean().transpose();
    targets.rowwise() -= model.intercept.transpose();

    const Decomposition parts = decomposed(features);
    double least = std::numeric_limits<double>::infinity();
    for (int k = 0; k < ridgeCount; ++k) {
        const double error = leftOutError(parts, targets, ridgeAt(k));
        if (error < least) {
            least = error;
            model.ridge = ridgeAt(k);
        }
    }
    const Eigen::VectorXd gain
        = (parts.squares.array().sqrt() / (parts.squares.array() + model.ridge)).matrix();
    model.weights
        = (parts.right * (gain.asDiagonal() * (parts.left.transpose() * targets))).transpose();
    return model;
}

Eigen::VectorXd evidence(const RidgeClassifier& model, const Eigen::VectorXd& features)
{
    return model.weights * (features - model.mean).cwiseQuotient(model.scale) + model.intercept;
}

} // namespace stint
