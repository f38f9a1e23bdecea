#include "core/base/rng.h"
#include "core/compare/time_warping.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace stint;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

RowMatrix randomSeries(Rng& rng, Index rows, Index channels)
{
    RowMatrix series(rows, channels);
    for (Index k = 0; k < series.size(); ++k)
        series.data()[k] = rng.normal();
    return series;
}

/// The whole table, without a limit.
double naiveDistance(const RowMatrix& a, const RowMatrix& b, Index reach)
{
    RowMatrix sums = RowMatrix::Constant(a.rows() + 1, b.rows() + 1, infinity);
    sums(0, 0) = 0.0;
    for (Index i = 0; i < a.rows(); ++i)
        for (Index j = 0; j < b.rows(); ++j)
            if (std::abs(i - j) <= reach)
                sums(i + 1, j + 1) = (a.row(i) - b.row(j)).squaredNorm()
                    + std::min({sums(i, j), sums(i + 1, j), sums(i, j + 1)});
    return sums(a.rows(), b.rows());
}

Index reachOf(Index a, Index b, double band)
{
    const double longer = static_cast<double>(std::max(a, b));
    return std::max(std::abs(a - b), static_cast<Index>(std::ceil(band * longer - 1e-9)));
}

RowMatrix column(const std::vector<double>& values)
{
    RowMatrix series(static_cast<Index>(values.size()), 1);
    std::copy(values.begin(), values.end(), series.data());
    return series;
}

} // namespace

class TestTimeWarping : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void handWorkedDistances();
    void naiveTwinAgrees_data();
    void naiveTwinAgrees();
    void lowerBoundIsNeverAbove();
    void aLimitEndsEarlyAndNeverWrongly();
    void nearestSeriesIsThatOfAFullSearch();
    void equallyNearSeriesGoToTheFirst();
    void seriesWithoutAnAnswer();
    void unusableSetsAreExplained_data();
    void unusableSetsAreExplained();
};

void TestTimeWarping::handWorkedDistances()
{
    TimeWarping warping;
    // A delay costs nothing within the band, but all of it without one.
    const RowMatrix early = column({0, 1, 5, 1, 0, 0});
    const RowMatrix late = column({0, 0, 1, 5, 1, 0});
    QVERIFY(std::abs(warping.distance(early, late, 0.2)) < 1e-12);
    QVERIFY(std::abs(warping.distance(early, late, 0.0) - 34.0) < 1e-12);
    QVERIFY(std::abs(warping.distance(column({1}), column({3, 3, 4}), 0.0) - 17.0) < 1e-12);
    // Channels are warped together: the delay of one of them remains.
    RowMatrix both(6, 2);
    both << early, early;
    RowMatrix one(6, 2);
    one << late, early;
    QVERIFY(warping.distance(both, one, 1.0) > 1.0);
}

void TestTimeWarping::naiveTwinAgrees_data()
{
    QTest::addColumn<double>("band");
    QTest::newRow("no band") << 0.0;
    QTest::newRow("a fifth") << 0.2;
    QTest::newRow("a half") << 0.5;
    QTest::newRow("all") << 1.0;
}

void TestTimeWarping::naiveTwinAgrees()
{
    QFETCH(double, band);
    Rng rng(1);
    TimeWarping warping;
    for (int trial = 0; trial < 200; ++trial) {
        const auto channels = static_cast<Index>(1 + rng.below(3));
        const RowMatrix a = randomSeries(rng, static_cast<Index>(1 + rng.below(15)), channels);
        const RowMatrix b = randomSeries(rng, static_cast<Index>(1 + rng.below(15)), channels);
        const double expected = naiveDistance(a, b, reachOf(a.rows(), b.rows(), band));
        QVERIFY(std::abs(warping.distance(a, b, band) - expected) < 1e-9);
        QVERIFY(std::abs(warping.distance(b, a, band) - expected) < 1e-9);
    }
}

void TestTimeWarping::lowerBoundIsNeverAbove()
{
    Rng rng(2);
    TimeWarping warping;
    double tightest = 0.0;
    for (int trial = 0; trial < 300; ++trial) {
        const RowMatrix a = randomSeries(rng, static_cast<Index>(1 + rng.below(20)), 2);
        const RowMatrix b = randomSeries(rng, static_cast<Index>(1 + rng.below(20)), 2);
        const Index reach = reachOf(a.rows(), b.rows(), 0.1) + static_cast<Index>(rng.below(3));
        const double bound = WarpingEnvelope(a, reach).lowerBound(b);
        const double distance = warping.distance(a, b, 0.1);
        QVERIFY(bound <= distance + 1e-9);
        tightest = std::max(tightest, bound / distance);
    }
    QVERIFY(tightest > 0.5);
}

void TestTimeWarping::aLimitEndsEarlyAndNeverWrongly()
{
    Rng rng(3);
    TimeWarping warping;
    for (int trial = 0; trial < 100; ++trial) {
        const RowMatrix a = randomSeries(rng, 12, 2);
        const RowMatrix b = randomSeries(rng, 9, 2);
        const double distance = warping.distance(a, b, 0.2);
        QVERIFY(std::isinf(warping.distance(a, b, 0.2, 0.99 * distance)));
        QVERIFY(std::abs(warping.distance(a, b, 0.2, 1.01 * distance) - distance) < 1e-12);
    }
}

void TestTimeWarping::nearestSeriesIsThatOfAFullSearch()
{
    Rng rng(4);
    SeriesSet set;
    set.classes = 40;
    for (Index k = 0; k < 40; ++k) {
        set.series.push_back(randomSeries(rng, static_cast<Index>(3 + rng.below(20)), 2));
        set.labels.push_back(k);
    }
    const auto model = fitNearestSeries(set);
    QVERIFY(model.ok());
    for (int trial = 0; trial < 60; ++trial) {
        const RowMatrix query = randomSeries(rng, static_cast<Index>(2 + rng.below(24)), 2);
        double least = infinity;
        Index nearest = -1;
        for (std::size_t k = 0; k < set.series.size(); ++k) {
            const Index reach = reachOf(query.rows(), set.series[k].rows(), warpingBand);
            const double distance = naiveDistance(query, set.series[k], reach);
            if (distance < least) {
                least = distance;
                nearest = set.labels[k];
            }
        }
        QCOMPARE(classify(*model, query), nearest);
    }
}

void TestTimeWarping::equallyNearSeriesGoToTheFirst()
{
    const RowMatrix same = column({1, 2, 3});
    const auto model = fitNearestSeries({{column({9, 9, 9}), same, same}, {0, 2, 1}, 3});
    QVERIFY(model.ok());
    QCOMPARE(classify(*model, same), Index {2});
}

void TestTimeWarping::seriesWithoutAnAnswer()
{
    const auto model = fitNearestSeries({{column({1, 2})}, {0}, 1});
    QVERIFY(model.ok());
    QCOMPARE(classify(*model, RowMatrix(0, 1)), Index {-1});
    QCOMPARE(classify(*model, RowMatrix::Zero(3, 2)), Index {-1});
    QCOMPARE(classify(*model, column({1, infinity})), Index {-1});
    QCOMPARE(classify(*model, column({1})), Index {0});
}

void TestTimeWarping::unusableSetsAreExplained_data()
{
    QTest::addColumn<std::vector<RowMatrix>>("series");
    QTest::addColumn<std::vector<Index>>("labels");
    QTest::addColumn<double>("band");
    QTest::addColumn<QString>("words");
    const RowMatrix good = column({1, 2, 3});
    const std::vector<Index> two {0, 1};
    QTest::newRow("nothing") << std::vector<RowMatrix> {} << std::vector<Index> {} << 0.2
                             << QStringLiteral("no labelled series");
    QTest::newRow("no rows") << std::vector<RowMatrix> {good, RowMatrix(0, 1)} << two << 0.2
                             << QStringLiteral("Series 2 has no rows");
    QTest::newRow("channels") << std::vector<RowMatrix> {good, RowMatrix::Zero(3, 2)} << two << 0.2
                              << QStringLiteral("2 channels where the first has 1");
    QTest::newRow("missing value") << std::vector<RowMatrix> {good, column({infinity})} << two
                                   << 0.2 << QStringLiteral("not finite");
    QTest::newRow("class") << std::vector<RowMatrix> {good, good} << std::vector<Index> {0, 2}
                           << 0.2 << QStringLiteral("class 2 of 2");
    QTest::newRow("band") << std::vector<RowMatrix> {good, good} << two << -0.1
                          << QStringLiteral("band");
}

void TestTimeWarping::unusableSetsAreExplained()
{
    QFETCH(std::vector<RowMatrix>, series);
    QFETCH(std::vector<Index>, labels);
    QFETCH(double, band);
    QFETCH(QString, words);
    const auto model = fitNearestSeries({series, labels, 2}, band);
    QVERIFY(!model.ok());
    QVERIFY2(QString::fromStdString(model.error().message).contains(words),
             model.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestTimeWarping)
#include "tst_time_warping.moc"
