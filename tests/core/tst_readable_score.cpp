#include "core/base/rng.h"
#include "core/detect/readable_score.h"
#include "tests/support/allocation_count.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace stint;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> exponentialScores(std::size_t count)
{
    Rng rng(5);
    std::vector<double> scores(count);
    for (double& score : scores)
        score = -std::log(1.0 - rng.uniform());
    return scores;
}

} // namespace

class TestReadableScore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsHalfTheFractionOfNormalRowsBelow();
    void readsTheRatioToTheThresholdAbove();
    void risesAndTurnsBack_data();
    void risesAndTurnsBack();
    void endsAndMissingScores();
    void aThresholdMayMove();
    void quantilesLeaveOutWhatIsNotFinite();
};

void TestReadableScore::readsHalfTheFractionOfNormalRowsBelow()
{
    const std::vector<double> scores = exponentialScores(5000);
    const ReadableScore map(normalQuantiles(scores), 7.0);
    for (const double raw : {0.1, 0.5, 1.0, 2.0, 3.0}) {
        const double fraction = 1.0 - std::exp(-raw);
        QVERIFY2(std::abs(map.fromRaw(raw) - 0.5 * fraction) < 0.02,
                 qPrintable(QString::number(map.fromRaw(raw))));
    }
}

void TestReadableScore::readsTheRatioToTheThresholdAbove()
{
    const ReadableScore map(normalQuantiles(exponentialScores(100)), 4.0);
    QVERIFY(std::abs(map.fromRaw(4.0) - 0.5) < 1e-15);
    QVERIFY(map.fromRaw(std::nextafter(4.0, 0.0)) <= 0.5);
    QVERIFY(std::abs(map.fromRaw(8.0) - 0.75) < 1e-12);
    QVERIFY(std::abs(map.fromRaw(40.0) - 0.95) < 1e-12);
    QVERIFY(map.fromRaw(1e30) <= 1.0);
}

void TestReadableScore::risesAndTurnsBack_data()
{
    QTest::addColumn<std::vector<double>>("scores");
    QTest::addColumn<double>("threshold");
    QTest::newRow("a threshold in the tail") << exponentialScores(1000) << 4.0;
    QTest::newRow("a threshold among the normal scores") << exponentialScores(1000) << 0.7;
    QTest::newRow("a threshold below all") << exponentialScores(1000) << -1.0;
    QTest::newRow("a threshold of zero") << exponentialScores(1000) << 0.0;
    QTest::newRow("no held-out row") << std::vector<double> {} << 2.0;
    QTest::newRow("one held-out row") << std::vector<double> {1.0} << 2.0;
    QTest::newRow("constant scores at the threshold") << std::vector<double>(50, 2.0) << 2.0;
    QTest::newRow("constant scores below it") << std::vector<double>(50, 1.0) << 2.0;
    QTest::newRow("few distinct scores") << std::vector<double> {1, 1, 1, 2, 2, 3, 1, 1} << 2.5;
    QTest::newRow("negative scores") << std::vector<double> {-5, -4, -3} << -2.0;
}

void TestReadableScore::risesAndTurnsBack()
{
    QFETCH(std::vector<double>, scores);
    QFETCH(double, threshold);
    const ReadableScore map(normalQuantiles(scores), threshold);
    QVERIFY(std::abs(map.fromRaw(threshold) - 0.5) < 1e-15);
    double before = 0.0;
    for (double raw = -12.0; raw < 30.0; raw += 0.0625) {
        const double readable = map.fromRaw(raw);
        QVERIFY2(readable > before && readable < 1.0, qPrintable(QString::number(raw)));
        QCOMPARE(readable > 0.5, raw > threshold);
        QVERIFY(std::abs(map.toRaw(readable) - raw) < 1e-9 * (1.0 + std::abs(raw)));
        before = readable;
    }
}

void TestReadableScore::endsAndMissingScores()
{
    const ReadableScore map(normalQuantiles(exponentialScores(10)), 3.0);
    QVERIFY(std::abs(map.fromRaw(infinity) - 1.0) < 1e-15);
    QVERIFY(std::abs(map.fromRaw(-infinity)) < 1e-15);
    QVERIFY(std::isnan(map.fromRaw(std::numeric_limits<double>::quiet_NaN())));
    QVERIFY(std::isinf(map.toRaw(1.0)) && map.toRaw(1.0) > 0.0);
    QVERIFY(std::isinf(map.toRaw(0.0)) && map.toRaw(0.0) < 0.0);
}

void TestReadableScore::aThresholdMayMove()
{
    const NormalQuantiles quantiles = normalQuantiles(exponentialScores(1000));
    ReadableScore moving(quantiles, 4.0);
    for (const double threshold : {0.5, 9.0, 4.0, -1.0, 4.0}) {
        moving.moveThreshold(threshold);
        const ReadableScore made(quantiles, threshold);
        for (const double score : {0.0, 0.4, 1.0, threshold, 3.0, 30.0})
            QVERIFY(std::abs(moving.fromRaw(score) - made.fromRaw(score)) < 1e-15);
        QVERIFY(std::abs(moving.fromRaw(threshold) - 0.5) < 1e-15);
        QVERIFY(moving.fromRaw(threshold + 0.01) > 0.5);
    }
    const std::uint64_t before = test::allocationCount();
    moving.moveThreshold(7.0);
    moving.moveThreshold(2.0);
    QCOMPARE(test::allocationCount(), before);
}

void TestReadableScore::quantilesLeaveOutWhatIsNotFinite()
{
    std::vector<double> scores = exponentialScores(333);
    const NormalQuantiles clean = normalQuantiles(scores);
    QVERIFY(std::is_sorted(clean.begin(), clean.end()));
    QVERIFY(std::abs(clean.back() - *std::max_element(scores.begin(), scores.end())) < 1e-15);
    scores.insert(scores.begin() + 10, std::numeric_limits<double>::quiet_NaN());
    scores.push_back(infinity);
    const NormalQuantiles mixed = normalQuantiles(scores);
    QVERIFY(std::equal(clean.begin(), clean.end(), mixed.begin(), mixed.end()));
    QVERIFY(normalQuantiles({}).empty());
}

QTEST_APPLESS_MAIN(TestReadableScore)
#include "tst_readable_score.moc"
