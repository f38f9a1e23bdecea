#include "core/detect/alarms.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <vector>

using namespace stint;

namespace {

/// A block of one score per row and two channels; a score above 1 is an alarm. Channel 1 holds
/// three quarters of every score.
ResultBlock blockOf(Index firstRow, const std::vector<float>& scores, std::uint64_t run = 1)
{
    ResultBlock block;
    block.run = run;
    block.firstRow = firstRow;
    block.rows = static_cast<Index>(scores.size());
    block.channels = 2;
    block.score = scores;
    for (const float score : scores) {
        block.alarm.push_back(score > 1.0F ? 1 : 0);
        block.part.push_back(score > 5.0F ? ScorePart::Autoregression : ScorePart::Encoder);
        block.contributions.push_back(0.25F * score);
        block.contributions.push_back(0.75F * score);
    }
    return block;
}

} // namespace

class TestAlarms : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void neighboursAreOneEvent();
    void eventsContinueAcrossBlocks();
    void gapsAreJoined_data();
    void gapsAreJoined();
    void topChannelIsOfTheSummedContributions();
    void partIsThatOfMostRows();
    void newestAreKeptAndAllCounted();
    void staleRunIsIgnored();
    void newRunJudgesItsRowsAnew();
    void newRunDoesNotContinueAnEvent();
    void missingScoresAndContributionsAreSurvived();
    void clearForgetsTheRun();
};

void TestAlarms::neighboursAreOneEvent()
{
    AlarmEvents alarms;
    alarms.add(blockOf(100, {0, 2, 4, 3, 0, 0, 9}));
    QCOMPARE(alarms.total(), Index {2});
    const AlarmEvent& event = alarms.events().front();
    QCOMPARE(event.first, Index {101});
    QCOMPARE(event.last, Index {103});
    QCOMPARE(event.peakRow, Index {102});
    QVERIFY(std::abs(event.peak - 4.0F) < 1e-6F);
    QCOMPARE(event.topChannel, Index {1});
    QVERIFY(std::abs(event.topShare - 0.75) < 1e-6);
    QCOMPARE(alarms.events().back().first, Index {106});
    QCOMPARE(alarms.events().back().last, Index {106});
}

void TestAlarms::eventsContinueAcrossBlocks()
{
    AlarmEvents alarms;
    alarms.add(blockOf(0, {0, 2, 3}));
    alarms.add(blockOf(3, {7, 2, 0}));
    QCOMPARE(alarms.total(), Index {1});
    QCOMPARE(alarms.events().back().first, Index {1});
    QCOMPARE(alarms.events().back().last, Index {4});
    QCOMPARE(alarms.events().back().peakRow, Index {3});
}

void TestAlarms::gapsAreJoined_data()
{
    QTest::addColumn<int>("joinGap");
    QTest::addColumn<int>("events");
    QTest::newRow("neighbours only") << 1 << 3;
    QTest::newRow("one quiet row") << 2 << 2;
    QTest::newRow("two quiet rows") << 3 << 1;
}

void TestAlarms::gapsAreJoined()
{
    QFETCH(int, joinGap);
    QFETCH(int, events);
    AlarmEvents alarms(joinGap);
    alarms.add(blockOf(0, {2, 0, 2, 0}));
    alarms.add(blockOf(4, {0, 2, 2}));
    QCOMPARE(alarms.total(), static_cast<Index>(events));
    QCOMPARE(alarms.events().back().last, Index {6});
}

void TestAlarms::topChannelIsOfTheSummedContributions()
{
    // Channel 0 leads in one row by much, channel 1 in two rows by little.
    ResultBlock block = blockOf(0, {10, 2, 2});
    block.contributions = {9, 1, 0.5F, 1.5F, 0.5F, 1.5F};
    AlarmEvents alarms;
    alarms.add(block);
    QCOMPARE(alarms.events().back().topChannel, Index {0});
    QVERIFY(std::abs(alarms.events().back().topShare - 10.0 / 14.0) < 1e-6);
}

void TestAlarms::partIsThatOfMostRows()
{
    AlarmEvents alarms;
    alarms.add(blockOf(0, {2, 9, 0, 0, 9, 9, 2}));
    QCOMPARE(alarms.events().front().part, ScorePart::Encoder);
    QCOMPARE(alarms.events().back().part, ScorePart::Autoregression);
}

void TestAlarms::newestAreKeptAndAllCounted()
{
    AlarmEvents alarms(1, 5);
    for (Index k = 0; k < 20; ++k)
        alarms.add(blockOf(10 * k, {0, 2, 0}));
    QCOMPARE(alarms.total(), Index {20});
    QCOMPARE(alarms.events().size(), std::size_t {5});
    QCOMPARE(alarms.events().front().first, Index {151});
    QCOMPARE(alarms.events().back().first, Index {191});
}

void TestAlarms::staleRunIsIgnored()
{
    AlarmEvents alarms;
    alarms.add(blockOf(0, {0, 2, 0}, 4));
    alarms.add(blockOf(50, {2, 2, 2}, 3));
    QCOMPARE(alarms.total(), Index {1});
}

void TestAlarms::newRunJudgesItsRowsAnew()
{
    AlarmEvents alarms;
    alarms.add(blockOf(0, {2, 0, 0, 0, 2, 2, 0, 2}, 1));
    QCOMPARE(alarms.total(), Index {3});
    alarms.add(blockOf(5, {0, 0, 0, 2}, 2));
    QCOMPARE(alarms.total(), Index {2});
    QCOMPARE(alarms.events().front().first, Index {0});
    QCOMPARE(alarms.events().back().first, Index {8});
}

void TestAlarms::newRunDoesNotContinueAnEvent()
{
    AlarmEvents alarms;
    alarms.add(blockOf(0, {0, 2, 2}, 1));
    alarms.add(blockOf(3, {2, 2}, 2));
    QCOMPARE(alarms.total(), Index {2});
    QCOMPARE(alarms.events().front().last, Index {2});
    QCOMPARE(alarms.events().back().first, Index {3});
}

void TestAlarms::missingScoresAndContributionsAreSurvived()
{
    AlarmEvents alarms;
    ResultBlock bare;
    bare.run = 1;
    bare.rows = 3;
    bare.score = {std::numeric_limits<float>::quiet_NaN(), 2.0F, 3.0F};
    bare.alarm = {0, 1, 1};
    alarms.add(bare);
    QCOMPARE(alarms.total(), Index {1});
    QCOMPARE(alarms.events().back().topChannel, Index {-1});

    ResultBlock broken = blockOf(10, {2, 2});
    broken.contributions = {std::numeric_limits<float>::quiet_NaN(), 1.0F, 0.0F, 0.0F};
    alarms.add(broken);
    QCOMPARE(alarms.events().back().topChannel, Index {1});
    QVERIFY(std::abs(alarms.events().back().topShare - 1.0) < 1e-12);

    ResultBlock empty;
    empty.run = 1;
    alarms.add(empty);
    QCOMPARE(alarms.total(), Index {2});
}

void TestAlarms::clearForgetsTheRun()
{
    AlarmEvents alarms;
    alarms.add(blockOf(0, {2, 2}, 9));
    alarms.clear();
    QCOMPARE(alarms.total(), Index {0});
    QVERIFY(alarms.events().empty());
    alarms.add(blockOf(2, {2}, 1));
    QCOMPARE(alarms.total(), Index {1});
    QCOMPARE(alarms.events().back().first, Index {2});
}

QTEST_APPLESS_MAIN(TestAlarms)
#include "tst_alarms.moc"
