#include "core/model/classification_tensors.h"

#include "core/model/tensor_writer.h"

#include <cmath>
#include <memory>

namespace stint {

namespace {

/// Kernels, rows of the longest series, seed, whether always padded.
constexpr Index convolutionNumbers = 4;

/// All series one below the other.
RowMatrix stacked(const NearestSeries& nearest)
{
    Index rows = 0;
    for (const RowMatrix& series : nearest.series)
        rows += series.rows();
    const Index channels = nearest.series.empty() ? 0 : nearest.series.front().cols();
    RowMatrix all(rows, channels);
    Index at = 0;
    for (const RowMatrix& series : nearest.series) {
        all.middleRows(at, series.rows()) = series;
        at += series.rows();
    }
    return all;
}

/// Per series its class and its rows.
RowMatrix contents(const NearestSeries& nearest)
{
    RowMatrix table(static_cast<Index>(nearest.series.size()), 2);
    for (std::size_t i = 0; i < nearest.series.size(); ++i) {
        table(static_cast<Index>(i), 0) = static_cast<double>(nearest.labels[i]);
        table(static_cast<Index>(i), 1) = static_cast<double>(nearest.series[i].rows());
    }
    return table;
}

/// False if the numbers are no whole numbers that fit the rows and the classes.
bool split(const RowMatrix& table, const RowMatrix& rows, Index classes, NearestSeries& nearest)
{
    double at = 0.0;
    for (Index i = 0; i < table.rows(); ++i) {
        const double label = table(i, 0);
        const double length = table(i, 1);
        const bool whole = label == std::floor(label) && length == std::floor(length);
        if (!whole || label < 0.0 || label >= static_cast<double>(classes) || length < 1.0
            || at + length > static_cast<double>(rows.rows()))
            return false;
        nearest.labels.push_back(static_cast<Index>(label));
        nearest.series.emplace_back(
            rows.middleRows(static_cast<Index>(at), static_cast<Index>(length)));
        at += length;
    }
    return at == static_cast<double>(rows.rows());
}

} // namespace

void writeClassification(TensorFile& file, const ClassificationBaselines& b, TensorType type)
{
    file.tensors["baselines.centroids.mean"] = tensorOf(b.centroids.mean, type);
    file.tensors["baselines.centroids.scale"] = tensorOf(b.centroids.scale, type);
    // A class without series has no centroid, and a file holds numbers only.
    const RowMatrix centroids
        = b.centroids.centroids.unaryExpr([](double v) { return std::isfinite(v) ? v : 1e300; });
    file.tensors["baselines.centroids.classes"] = tensorOf(centroids, type);
    file.tensors["baselines.nearest.rows"] = tensorOf(stacked(b.nearest), type);
    file.tensors["baselines.nearest.contents"] = tensorOf(contents(b.nearest), type);
    const RandomConvolutions& c = b.rocket.convolutions;
    Eigen::VectorXd numbers(convolutionNumbers);
    numbers << static_cast<double>(c.kernels), static_cast<double>(c.referenceRows),
        static_cast<double>(c.seed), c.alwaysPadded ? 1.0 : 0.0;
    file.tensors["baselines.rocket.kernels"] = tensorOf(numbers);
    file.tensors["baselines.rocket.mean"] = tensorOf(b.rocket.ridge.mean, type);
    file.tensors["baselines.rocket.scale"] = tensorOf(b.rocket.ridge.scale, type);
    file.tensors["baselines.rocket.weight"] = tensorOf(b.rocket.ridge.weights, type);
    file.tensors["baselines.rocket.intercept"] = tensorOf(b.rocket.ridge.intercept, type);
}

void readClassification(TensorReader& reader, Family& family)
{
    if (!reader.has("baselines.centroids.mean"))
        return;
    const auto channels = static_cast<Index>(family.channels.size());
    const auto classes = static_cast<Index>(family.classes.size());
    auto b = std::make_shared<ClassificationBaselines>();
    b->centroids.mean = reader.doubles("baselines.centroids.mean", 4 * channels, 1);
    b->centroids.scale = reader.doubles("baselines.centroids.scale", 4 * channels, 1);
    b->centroids.centroids = reader.doubles("baselines.centroids.classes", classes, 4 * channels);
    const RowMatrix rows = reader.doublesOfAnyHeight("baselines.nearest.rows", channels);
    const RowMatrix table = reader.doublesOfAnyHeight("baselines.nearest.contents", 2);
    if (reader.problem().empty() && !split(table, rows, classes, b->nearest))
        reader.fail("tensor \"baselines.nearest.contents\" does not fit its series");
    const RowMatrix numbers = reader.doubles("baselines.rocket.kernels", convolutionNumbers, 1);
    if (!reader.problem().empty())
        return;
    RandomConvolutions& c = b->rocket.convolutions;
    const auto within = [](double v, double low, double high) {
        return v == std::floor(v) && v >= low && v <= high;
    };
    if (!within(numbers(0), 1, 1e5) || !within(numbers(1), 1, 1e9)
        || !within(numbers(2), 0, 9e15)) {
        reader.fail("tensor \"baselines.rocket.kernels\" makes no sense");
        return;
    }
    c.kernels = static_cast<Index>(numbers(0));
    c.channels = channels;
    c.referenceRows = static_cast<Index>(numbers(1));
    c.seed = static_cast<std::uint64_t>(numbers(2));
    c.alwaysPadded = numbers(3) != 0.0;
    RidgeClassifier& ridge = b->rocket.ridge;
    ridge.mean = reader.doubles("baselines.rocket.mean", 2 * c.kernels, 1);
    ridge.scale = reader.doubles("baselines.rocket.scale", 2 * c.kernels, 1);
    ridge.weights = reader.doubles("baselines.rocket.weight", classes, 2 * c.kernels);
    ridge.intercept = reader.doubles("baselines.rocket.intercept", classes, 1);
    family.classification = std::move(b);
}

} // namespace stint
