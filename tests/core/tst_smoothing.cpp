#include "core/base/rng.h"
#include "core/detect/smoothing.h"

#include <QTest>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace stint;

namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

} // namespace

class TestSmoothing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsTheRecursion();
    void channelsAreIndependent();
    void spanOnePassesThrough();
    void missingValuesLeaveTheMean();
    void resetForgets();
    void refillFromTheStartIsExact();
    void refillOfMemoryRowsGivesTheSameScore_data();
    void refillOfMemoryRowsGivesTheSameScore();
    void memoryCoversTheForgottenWeight();
    void wholeRecordingAtOnce();
};

void TestSmoothing::followsTheRecursion()
{
    Smoother smoother(1, 3.0); // alpha = 1/2
    const std::array<double, 4> input {8.0, 0.0, 4.0, 4.0};
    const std::array<double, 4> expected {8.0, 4.0, 4.0, 4.0};
    for (std::size_t row = 0; row < input.size(); ++row) {
        std::array<double, 1> values {input[row]};
        smoother.step(std::span<double>(values));
        QVERIFY(std::abs(values[0] - expected[row]) < 1e-15);
    }
}

void TestSmoothing::channelsAreIndependent()
{
    Smoother both(2, 20.0);
    Smoother second(1, 20.0);
    Rng rng(3);
    for (int row = 0; row < 50; ++row) {
        const double value = rng.normal();
        std::array<double, 2> pair {rng.normal(), value};
        std::array<double, 1> single {value};
        both.step(std::span<double>(pair));
        second.step(std::span<double>(single));
        QVERIFY(std::abs(pair[1] - single[0]) < 1e-15);
    }
}

void TestSmoothing::spanOnePassesThrough()
{
    Smoother smoother(1, 1.0);
    for (const float value : {3.0F, -1.5F, 7.25F}) {
        std::array<float, 1> row {value};
        smoother.step(std::span<float>(row));
        QVERIFY(std::abs(row[0] - value) < 1e-6F);
    }
    QCOMPARE(smoother.memory(), Index {1});
}

void TestSmoothing::missingValuesLeaveTheMean()
{
    Smoother smoother(1, 3.0);
    const std::array<double, 5> input {notANumber, 2.0, notANumber,
                                       std::numeric_limits<double>::infinity(), 4.0};
    const std::array<double, 5> expected {notANumber, 2.0, notANumber, notANumber, 3.0};
    for (std::size_t row = 0; row < input.size(); ++row) {
        std::array<double, 1> values {input[row]};
        smoother.step(std::span<double>(values));
        if (std::isnan(expected[row]))
            QVERIFY(std::isnan(values[0]));
        else
            QVERIFY(std::abs(values[0] - expected[row]) < 1e-15);
    }
}

void TestSmoothing::resetForgets()
{
    Smoother smoother(1, 20.0);
    std::array<double, 1> row {100.0};
    smoother.step(std::span<double>(row));
    smoother.reset();
    row[0] = 5.0;
    smoother.step(std::span<double>(row));
    QVERIFY(std::abs(row[0] - 5.0) < 1e-15);
}

void TestSmoothing::refillFromTheStartIsExact()
{
    Rng rng(11);
    std::vector<double> scores(100);
    for (double& score : scores)
        score = rng.uniform(0.0, 3.0);
    const std::vector<double> whole = smoothed(scores, 20.0);

    Smoother smoother(1, 20.0);
    std::array<double, 1> value {1e9};
    smoother.step(std::span<double>(value));
    smoother.reset();
    for (std::size_t row = 0; row < scores.size(); ++row) {
        value[0] = scores[row];
        smoother.step(std::span<double>(value));
        QVERIFY(value[0] == whole[row]); // bit for bit
    }
}

void TestSmoothing::refillOfMemoryRowsGivesTheSameScore_data()
{
    QTest::addColumn<double>("span");
    QTest::addColumn<double>("earlier");
    QTest::newRow("span 20") << 20.0 << 1.0;
    QTest::newRow("span 20 after a violent start") << 20.0 << 1e6;
    QTest::newRow("span 2") << 2.0 << 1.0;
    QTest::newRow("span 100") << 100.0 << 1.0;
}

void TestSmoothing::refillOfMemoryRowsGivesTheSameScore()
{
    QFETCH(double, span);
    QFETCH(double, earlier);
    Rng rng(7);
    std::vector<double> scores(6000);
    for (std::size_t row = 0; row < scores.size(); ++row)
        scores[row] = (row < 3000 ? earlier : 1.0) * rng.uniform(0.0, 3.0);
    const std::vector<double> whole = smoothed(scores, span);

    Smoother smoother(1, span);
    constexpr std::size_t seek = 5500;
    std::size_t differing = 0;
    for (std::size_t row = seek - static_cast<std::size_t>(smoother.memory()); row < 6000; ++row) {
        std::array<double, 1> value {scores[row]};
        smoother.step(std::span<double>(value));
        if (row >= seek && static_cast<float>(value[0]) != static_cast<float>(whole[row]))
            ++differing;
    }
    QCOMPARE(differing, std::size_t {0});
}

void TestSmoothing::memoryCoversTheForgottenWeight()
{
    for (const double span : {2.0, 10.0, 20.0, 500.0}) {
        const Smoother smoother(1, span);
        const double kept = 1.0 - 2.0 / (span + 1.0);
        const auto memory = static_cast<double>(smoother.memory());
        QVERIFY(std::pow(kept, memory) <= 1.001e-17);
        QVERIFY(std::pow(kept, memory - 1.0) > 1e-17);
    }
    QCOMPARE(Smoother(3, 20.0).memory(), Index {392});
    QCOMPARE(Smoother(3, 20.0).channels(), Index {3});
}

void TestSmoothing::wholeRecordingAtOnce()
{
    const std::vector<double> result = smoothed(std::vector<double> {notANumber, 1.0, 3.0}, 3.0);
    QCOMPARE(result.size(), std::size_t {3});
    QVERIFY(std::isnan(result[0]));
    QVERIFY(std::abs(result[1] - 1.0) < 1e-15);
    QVERIFY(std::abs(result[2] - 2.0) < 1e-15);
    QVERIFY(smoothed({}, 20.0).empty());
}

QTEST_APPLESS_MAIN(TestSmoothing)
#include "tst_smoothing.moc"
