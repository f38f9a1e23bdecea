#include "core/base/rng.h"
#include "core/compare/random_convolutions.h"
#include "core/compare/ridge_classifier.h"
#include "core/compare/rocket.h"

#include <Eigen/Cholesky>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

using namespace stint;

namespace {

RowMatrix randomRows(Rng& rng, Index rows, Index cols)
{
    RowMatrix values(rows, cols);
    for (Index k = 0; k < values.size(); ++k)
        values.data()[k] = rng.normal();
    return values;
}

/// Share of positive values and largest value of one convolution, by plain loops.
std::pair<double, double> naiveFeatures(const RandomKernel& kernel, const RowMatrix& series)
{
    const Index reach = (kernel.length - 1) * kernel.dilation;
    const bool padded = kernel.padded || series.rows() <= reach;
    const Index first = padded ? -reach / 2 : 0;
    const Index last = padded ? series.rows() - reach / 2 : series.rows() - reach;
    double positive = 0.0;
    double largest = -std::numeric_limits<double>::infinity();
    for (Index start = first; start < last; ++start) {
        double sum = kernel.bias;
        for (std::size_t c = 0; c < kernel.channels.size(); ++c) {
            for (Index tap = 0; tap < kernel.length; ++tap) {
                const Index row = start + tap * kernel.dilation;
                if (row >= 0 && row < series.rows())
                    sum += kernel.weights(static_cast<Index>(c), tap)
                        * series(row, kernel.channels[c]);
            }
        }
        positive += sum > 0.0 ? 1.0 : 0.0;
        largest = std::max(largest, sum);
    }
    return {positive / static_cast<double>(last - first), largest};
}

/// Three classes that differ in frequency alone, at random phases and of differing lengths.
SeriesSet waves(Rng& rng, Index count, bool sameLength)
{
    SeriesSet set;
    set.classes = 3;
    for (Index k = 0; k < count; ++k) {
        const Index rows = sameLength ? 60 : static_cast<Index>(40 + rng.below(40));
        const double frequency = 0.2 + 0.25 * static_cast<double>(k % 3);
        const double phase = rng.uniform(0.0, 6.0);
        RowMatrix series = 0.5 * randomRows(rng, rows, 2);
        for (Index row = 0; row < rows; ++row)
            series(row, 1) += std::sin(frequency * static_cast<double>(row) + phase);
        set.series.push_back(series);
        set.labels.push_back(k % 3);
    }
    return set;
}

double accuracyOf(const std::vector<Index>& predicted, const std::vector<Index>& actual)
{
    double right = 0.0;
    for (std::size_t k = 0; k < actual.size(); ++k)
        right += predicted[k] == actual[k] ? 1.0 : 0.0;
    return right / static_cast<double>(actual.size());
}

} // namespace

class TestRandomConvolutions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void kernelsAreDrawnAsDescribed();
    void theSameNumbersDrawTheSameKernels();
    void naiveTwinAgrees_data();
    void naiveTwinAgrees();
    void wavesAreToldByFrequency_data();
    void wavesAreToldByFrequency();
    void threadsDoNotChangeTheModel();
    void seriesWithoutAnAnswer();
    void leftOutErrorIsThatOfFittingAnew_data();
    void leftOutErrorIsThatOfFittingAnew();
    void constantFeaturesAreSurvived();
    void unusableInputIsExplained();
};

void TestRandomConvolutions::kernelsAreDrawnAsDescribed()
{
    const std::vector<RandomKernel> kernels = drawKernels({2000, 6, 100, 3, false});
    QCOMPARE(kernels.size(), std::size_t {2000});
    std::set<Index> lengths;
    std::set<std::size_t> channelCounts;
    double padded = 0.0;
    double mean = 0.0;
    for (const RandomKernel& kernel : kernels) {
        lengths.insert(kernel.length);
        channelCounts.insert(kernel.channels.size());
        padded += kernel.padded ? 1.0 : 0.0;
        mean += kernel.bias / 2000.0;
        QVERIFY(kernel.dilation >= 1 && (kernel.length - 1) * kernel.dilation <= 99);
        QVERIFY(std::is_sorted(kernel.channels.begin(), kernel.channels.end()));
        QVERIFY(std::adjacent_find(kernel.channels.begin(), kernel.channels.end())
                == kernel.channels.end());
        QVERIFY(kernel.channels.front() >= 0 && kernel.channels.back() < 6);
        QVERIFY(kernel.weights.rowwise().sum().cwiseAbs().maxCoeff() < 1e-12);
        QVERIFY(kernel.bias >= -1.0 && kernel.bias < 1.0);
    }
    QCOMPARE(lengths, (std::set<Index> {7, 9, 11}));
    QCOMPARE(channelCounts.size(), std::size_t {6});
    QVERIFY(padded > 900.0 && padded < 1100.0);
    QVERIFY(std::abs(mean) < 0.05);
    for (const RandomKernel& kernel : drawKernels({100, 6, 100, 3, true}))
        QVERIFY(kernel.padded);
}

void TestRandomConvolutions::theSameNumbersDrawTheSameKernels()
{
    const auto few = drawKernels({10, 4, 50, 7, false});
    const auto many = drawKernels({20, 4, 50, 7, false});
    const auto other = drawKernels({10, 4, 50, 8, false});
    for (std::size_t k = 0; k < few.size(); ++k) {
        QVERIFY(few[k].weights == many[k].weights && few[k].channels == many[k].channels);
        QVERIFY(few[k].weights.size() != other[k].weights.size()
                || few[k].weights != other[k].weights);
    }
}

void TestRandomConvolutions::naiveTwinAgrees_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("channels");
    QTest::newRow("one row") << 1 << 2;
    QTest::newRow("shorter than every kernel") << 6 << 3;
    QTest::newRow("as long as the reference") << 40 << 1;
    QTest::newRow("longer than the reference") << 130 << 4;
}

void TestRandomConvolutions::naiveTwinAgrees()
{
    QFETCH(int, rows);
    QFETCH(int, channels);
    Rng rng(12);
    const RowMatrix series = randomRows(rng, rows, channels);
    const auto kernels = drawKernels({200, channels, 40, 1, false});
    const Eigen::VectorXd features = convolutionFeatures(kernels, series);
    QCOMPARE(features.size(), Index {400});
    for (std::size_t k = 0; k < kernels.size(); ++k) {
        const auto [share, largest] = naiveFeatures(kernels[k], series);
        const auto at = static_cast<Index>(2 * k);
        QVERIFY(std::abs(features(at) - share) < 1e-12);
        QVERIFY(std::abs(features(at + 1) - largest) < 1e-9);
    }
}

void TestRandomConvolutions::wavesAreToldByFrequency_data()
{
    QTest::addColumn<bool>("sameLength");
    QTest::newRow("of one length") << true;
    QTest::newRow("of many lengths") << false;
}

void TestRandomConvolutions::wavesAreToldByFrequency()
{
    QFETCH(bool, sameLength);
    Rng rng(5);
    const SeriesSet train = waves(rng, 60, sameLength);
    const SeriesSet further = waves(rng, 60, sameLength);
    const auto model = fitRocket(train, 200);
    QVERIFY(model.ok());
    QCOMPARE(model->convolutions.alwaysPadded, !sameLength);
    const double accuracy = accuracyOf(classify(*model, further.series), further.labels);
    QVERIFY2(accuracy > 0.95, qPrintable(QString::number(accuracy)));
}

void TestRandomConvolutions::threadsDoNotChangeTheModel()
{
    Rng rng(6);
    const SeriesSet set = waves(rng, 12, false);
    const auto one = fitRocket(set, 30, 1, 1);
    const auto three = fitRocket(set, 30, 1, 3);
    QVERIFY(one.ok() && three.ok());
    QVERIFY(one->ridge.weights == three->ridge.weights);
    QCOMPARE(classify(*one, set.series, 1), classify(*one, set.series, 3));
}

void TestRandomConvolutions::seriesWithoutAnAnswer()
{
    Rng rng(6);
    const auto model = fitRocket(waves(rng, 12, false), 30);
    QVERIFY(model.ok());
    RowMatrix hole = RowMatrix::Zero(9, 2);
    hole(3, 1) = std::numeric_limits<double>::quiet_NaN();
    const std::vector<Index> classes
        = classify(*model, {RowMatrix(0, 2), RowMatrix::Zero(9, 3), hole, RowMatrix::Zero(9, 2)});
    QCOMPARE(classes[0], Index {-1});
    QCOMPARE(classes[1], Index {-1});
    QCOMPARE(classes[2], Index {-1});
    QVERIFY(classes[3] >= 0 && classes[3] < 3);
}

void TestRandomConvolutions::leftOutErrorIsThatOfFittingAnew_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("features");
    QTest::newRow("more features than series") << 15 << 40;
    QTest::newRow("more series than features") << 60 << 7;
    QTest::newRow("as many") << 20 << 20;
}

// Every ridge of the grid, every series left out and the rest fitted by normal equations.
void TestRandomConvolutions::leftOutErrorIsThatOfFittingAnew()
{
    QFETCH(int, rows);
    QFETCH(int, features);
    Rng rng(9);
    RowMatrix x = randomRows(rng, rows, features);
    std::vector<Index> labels;
    for (Index k = 0; k < rows; ++k)
        labels.push_back(x(k, 0) + 0.8 * rng.normal() > 0.0 ? 1 : 0);
    const auto model = fitRidgeClassifier(x, labels, 2);
    QVERIFY(model.ok());
    x.rowwise() -= model->mean.transpose();
    x.array().rowwise() /= model->scale.transpose().array();

    const auto fitted = [&](double ridge, Index leftOut) {
        Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(features + 1, features + 1);
        Eigen::VectorXd cross = Eigen::VectorXd::Zero(features + 1);
        for (Index k = 0; k < rows; ++k) {
            if (k == leftOut)
                continue;
            Eigen::VectorXd row(features + 1);
            row << x.row(k).transpose(), 1.0;
            gram += row * row.transpose();
            cross += row * (labels[static_cast<std::size_t>(k)] == 1 ? 1.0 : -1.0);
        }
        gram.diagonal().head(features).array() += ridge;
        return Eigen::VectorXd(gram.ldlt().solve(cross));
    };
    double best = std::numeric_limits<double>::infinity();
    double chosen = 0.0;
    for (int step = 0; step < 10; ++step) {
        const double ridge = std::pow(10.0, -3.0 + 6.0 * step / 9.0);
        double error = 0.0;
        for (Index k = 0; k < rows; ++k) {
            const Eigen::VectorXd solution = fitted(ridge, k);
            const double target = labels[static_cast<std::size_t>(k)] == 1 ? 1.0 : -1.0;
            const double miss = x.row(k).dot(solution.head(features)) + solution(features) - target;
            error += miss * miss;
        }
        if (error < best) {
            best = error;
            chosen = ridge;
        }
    }
    QVERIFY2(std::abs(model->ridge / chosen - 1.0) < 1e-9, qPrintable(QString::number(chosen)));
    const Eigen::VectorXd all = fitted(chosen, -1);
    QVERIFY((model->weights.row(1).transpose() - all.head(features)).norm() < 1e-6);
    QVERIFY((model->weights.row(0) + model->weights.row(1)).norm() < 1e-9);
    QVERIFY(std::abs(model->intercept(1) - all(features)) < 1e-6);
}

void TestRandomConvolutions::constantFeaturesAreSurvived()
{
    RowMatrix x = RowMatrix::Constant(6, 3, 0.1);
    const std::vector<Index> labels {0, 0, 0, 0, 1, 1};
    const auto flat = fitRidgeClassifier(x, labels, 2);
    QVERIFY(flat.ok() && flat->weights.allFinite());
    const Eigen::VectorXd all = evidence(*flat, x.row(0).transpose());
    QVERIFY(all.allFinite() && all(0) > all(1));
}

void TestRandomConvolutions::unusableInputIsExplained()
{
    QVERIFY(!fitRidgeClassifier(RowMatrix::Zero(1, 3), {0}, 2).ok());
    QVERIFY(!fitRidgeClassifier(RowMatrix::Zero(2, 0), {0, 1}, 2).ok());
    Rng rng(1);
    QVERIFY(!fitRocket(waves(rng, 6, true), 0).ok());
    QVERIFY(!fitRocket({}, 10).ok());
}

QTEST_APPLESS_MAIN(TestRandomConvolutions)
#include "tst_random_convolutions.moc"
