#include "core/base/rng.h"
#include "core/detect/row_judge.h"
#include "tests/support/allocation_count.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace stint;

namespace {

constexpr float none = std::numeric_limits<float>::quiet_NaN();

std::vector<float> exponentialScores(std::size_t count, std::uint64_t seed, double above = 0.0)
{
    Rng rng(seed);
    std::vector<float> scores(count);
    for (float& score : scores)
        score = static_cast<float>(above - std::log(1.0 - rng.uniform()));
    return scores;
}

Threshold calibrated(double target = 1e-2)
{
    Threshold threshold;
    threshold.target = target;
    threshold.heldOut = exponentialScores(2000, 1);
    return threshold;
}

ResultBlock blockOf(const std::vector<float>& scores)
{
    ResultBlock block;
    block.rows = static_cast<Index>(scores.size());
    block.score = scores;
    block.alarm.assign(scores.size(), 0);
    return block;
}

/// Judges scores in blocks of `size` rows; all thresholds and alarms in one block.
ResultBlock judged(RowJudge& judge, const std::vector<float>& scores, std::size_t size)
{
    ResultBlock all = blockOf(scores);
    for (std::size_t at = 0; at < scores.size(); at += size) {
        const std::size_t end = std::min(at + size, scores.size());
        const auto begin = scores.begin();
        ResultBlock block = blockOf(
            {begin + static_cast<std::ptrdiff_t>(at), begin + static_cast<std::ptrdiff_t>(end)});
        judge.judge(block);
        std::copy_n(block.alarm.begin(), end - at,
                    all.alarm.begin() + static_cast<std::ptrdiff_t>(at));
        all.thresholds.insert(all.thresholds.end(), block.thresholds.begin(),
                              block.thresholds.end());
        all.threshold = block.threshold;
    }
    return all;
}

double alarmShare(const ResultBlock& block, std::size_t from)
{
    const auto alarms
        = std::count(block.alarm.begin() + static_cast<std::ptrdiff_t>(from), block.alarm.end(), 1);
    return static_cast<double>(alarms) / static_cast<double>(block.alarm.size() - from);
}

} // namespace

class TestRowJudge : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachRowIsJudgedByTheThresholdItShows_data();
    void eachRowIsJudgedByTheThresholdItShows();
    void sizesOfBlocksDoNotMatter();
    void itBeginsWithWhatTheHeldOutRowsSay();
    void resetForgetsTheStream();
    void normalRowsGiveTheAlarmsAskedFor_data();
    void normalRowsGiveTheAlarmsAskedFor();
    void aNewLevelIsTakenAsNormalOnlyWithDrift();
    void judgingAllocatesNothing();
    void withoutHeldOutScoresNothingMoves();
    void anyDriftIsBounded();
};

void TestRowJudge::eachRowIsJudgedByTheThresholdItShows_data()
{
    QTest::addColumn<int>("drift");
    QTest::newRow("without drift") << 0;
    QTest::newRow("with drift") << 50;
}

void TestRowJudge::eachRowIsJudgedByTheThresholdItShows()
{
    QFETCH(int, drift);
    std::vector<float> scores = exponentialScores(5000, 2);
    scores[0] = none;
    scores[100] = none;
    RowJudge judge(calibrated(), {drift});
    const ResultBlock block = judged(judge, scores, 64);
    float lowest = block.thresholds[0];
    float highest = lowest;
    for (std::size_t row = 0; row < scores.size(); ++row) {
        QVERIFY(std::isfinite(block.thresholds[row]));
        // A missing score is above nothing.
        QCOMPARE(block.alarm[row] != 0, scores[row] > block.thresholds[row]);
        lowest = std::min(lowest, block.thresholds[row]);
        highest = std::max(highest, block.thresholds[row]);
    }
    QVERIFY(highest > 1.02F * lowest);
    QVERIFY(alarmShare(block, 0) > 0.0);
    QVERIFY(std::abs(block.threshold - judge.threshold()) <= 0.0F); // of the row that comes next
    // A score right at the threshold is no alarm, the next number above it is one.
    ResultBlock edge = blockOf({judge.threshold()});
    judge.judge(edge);
    QCOMPARE(int {edge.alarm[0]}, 0);
    edge = blockOf({std::nextafter(judge.threshold(), 1e9F)});
    judge.judge(edge);
    QCOMPARE(int {edge.alarm[0]}, 1);
}

void TestRowJudge::sizesOfBlocksDoNotMatter()
{
    const std::vector<float> scores = exponentialScores(3000, 3);
    RowJudge one(calibrated(), {30});
    const ResultBlock expected = judged(one, scores, 1);
    for (const std::size_t size : std::vector<std::size_t> {7, 256, 3000}) {
        RowJudge judge(calibrated(), {30});
        const ResultBlock block = judged(judge, scores, size);
        QVERIFY(block.thresholds == expected.thresholds);
        QVERIFY(block.alarm == expected.alarm);
    }
}

void TestRowJudge::itBeginsWithWhatTheHeldOutRowsSay()
{
    const Threshold own = calibrated(1e-2);
    const RowJudge judge(own, {});
    QVERIFY(std::abs(judge.threshold() - std::log(100.0F)) < 0.6F);
    const std::vector<double> heldOut(own.heldOut.begin(), own.heldOut.end());
    const auto pot = static_cast<double>(calibratePot(heldOut, 1e-2).value);
    QVERIFY(std::abs(static_cast<double>(judge.threshold()) - pot) < 1e-5);
}

void TestRowJudge::resetForgetsTheStream()
{
    RowJudge judge(calibrated(), {40});
    const float start = judge.threshold();
    const std::vector<float> scores = exponentialScores(1000, 4, 0.5);
    const ResultBlock first = judged(judge, scores, 100);
    QVERIFY(std::abs(judge.threshold() - start) > 0.01F);
    judge.reset();
    QVERIFY(std::abs(judge.threshold() - start) <= 0.0F);
    QVERIFY(judged(judge, scores, 100).thresholds == first.thresholds);
}

void TestRowJudge::normalRowsGiveTheAlarmsAskedFor_data()
{
    QTest::addColumn<int>("drift");
    QTest::addColumn<double>("target");
    QTest::newRow("one in a hundred") << 0 << 1e-2;
    QTest::newRow("one in a hundred, with drift") << 200 << 1e-2;
    QTest::newRow("one in a thousand") << 0 << 1e-3;
}

// 50 000 rows: 500 or 50 alarms are expected.
void TestRowJudge::normalRowsGiveTheAlarmsAskedFor()
{
    QFETCH(int, drift);
    QFETCH(double, target);
    RowJudge judge(calibrated(target), {drift});
    const ResultBlock block = judged(judge, exponentialScores(50'000, 5), 256);
    const double share = alarmShare(block, 0);
    QVERIFY2(share > target / 2.0 && share < 2.0 * target, qPrintable(QString::number(share)));
}

void TestRowJudge::aNewLevelIsTakenAsNormalOnlyWithDrift()
{
    const std::vector<float> scores = exponentialScores(4000, 6, 20.0);
    RowJudge tail(calibrated(), {});
    QVERIFY(alarmShare(judged(tail, scores, 100), 500) > 0.9);
    RowJudge drifting(calibrated(), {200});
    const ResultBlock block = judged(drifting, scores, 100);
    QVERIFY(std::count(block.alarm.begin(), block.alarm.begin() + 200, 1) > 190);
    QVERIFY(alarmShare(block, 500) < 0.03);
}

void TestRowJudge::judgingAllocatesNothing()
{
    RowJudge judge(calibrated(), {64});
    ResultBlock block = blockOf(exponentialScores(20'000, 7));
    std::fill(block.score.begin() + 4000, block.score.begin() + 4500, 90.0F);
    judge.judge(block);
    const std::uint64_t before = test::allocationCount();
    judge.reset();
    judge.judge(block);
    QCOMPARE(test::allocationCount(), before);
}

void TestRowJudge::withoutHeldOutScoresNothingMoves()
{
    QVERIFY(!RowJudge::canMove(Threshold {}));
    QVERIFY(RowJudge::canMove(calibrated()));
}

void TestRowJudge::anyDriftIsBounded()
{
    for (const Index drift : {Index {-5}, std::numeric_limits<Index>::max()}) {
        RowJudge judge(calibrated(), {drift});
        const ResultBlock block = judged(judge, exponentialScores(500, 8), 100);
        QVERIFY(alarmShare(block, 0) < 0.1);
    }
}

QTEST_APPLESS_MAIN(TestRowJudge)
#include "tst_row_judge.moc"
