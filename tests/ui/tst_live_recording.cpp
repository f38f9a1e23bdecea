#include "tests/support/made_up_blocks.h"
#include "ui/live_recording.h"
#include "ui/result_store.h"
#include "ui/views/inputs_and_score_view.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace stint;
using namespace stint::test;
using namespace stint::ui;

/// A recording that grows, and what shows it.
class TestLiveRecording : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreKeptAsTheyCame();
    void whenFullTheOlderRowsGo_data();
    void whenFullTheOlderRowsGo();
    void missingSamplesLeaveAGapAndKeepTheirNumbers();
    void rowsThatAreKnownAreLeftOut();
    void timesGrowEvenIfTheSourceRepeatsThem();
    void timesOfAFileAreKept();
    void otherChannelsDoNotFit();
    void aSnapshotIsCompleteInItself();
    void theMemoryIsBounded_data();
    void theMemoryIsBounded();
    void theStoreDropsTheSameRows();
    void aStoreThatIsCutKeepsItsAnswers();
    void labelledRowsGrowWithIt();
    void labelledRowsThatAreDroppedGo();
    void theNewestRowsStayInSightWhileFollowing();
    void aGapIsABreakInTheCurve();
    void anAxisGivesWayToItsValues();
};

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double begin = 1.7e9; // [s] since 1970
constexpr double step = 0.01;

const std::vector<WireChannel> twoChannels {{"flow", "l/min"}, {"speed", ""}};

double valueAt(std::uint64_t number, std::size_t channel)
{
    return static_cast<double>(number) + (channel == 0 ? 0.25 : 0.5);
}

/// Rows of the samples numbered from `first` on.
WireRows samples(std::uint64_t first, Index count, std::vector<double>& times)
{
    WireRows rows;
    rows.channels = twoChannels;
    rows.rows = count;
    times.clear();
    for (Index i = 0; i < count; ++i) {
        const std::uint64_t number = first + static_cast<std::uint64_t>(i);
        for (std::size_t c = 0; c < twoChannels.size(); ++c)
            rows.values.push_back(valueAt(number, c));
        times.push_back(begin + step * static_cast<double>(number));
    }
    rows.arrival = times;
    rows.deviceTime.assign(times.size(), missing);
    return rows;
}

Index add(LiveRecording& live, std::uint64_t first, Index count, bool gap = false)
{
    std::vector<double> times;
    const WireRows rows = samples(first, count, times);
    return live.append(rows, times, first, gap);
}

ResultBlock blockOf(std::uint64_t run, Index first, Index rows)
{
    BlockPlan plan;
    plan.run = run;
    plan.first = first;
    plan.rows = rows;
    return makeBlock(plan);
}

Index breaksIn(const QCPGraphDataContainer& points)
{
    return std::count_if(points.constBegin(), points.constEnd(),
                         [](const QCPGraphData& point) { return std::isnan(point.value); });
}

bool same(double a, double b) { return !(a < b) && !(b < a) && !std::isnan(a) && !std::isnan(b); }

} // namespace

void TestLiveRecording::rowsAreKeptAsTheyCame()
{
    LiveRecording live("board", twoChannels, 100);
    std::vector<double> times;
    WireRows rows = samples(0, 10, times);
    rows.values[5] = missing;
    QCOMPARE(live.append(rows, times, 0, false), Index {0});
    QCOMPARE(live.rows(), Index {10});
    const Recording& recording = *live.recording();
    QCOMPARE(recording.rows(), Index {100});
    QCOMPARE(recording.channels[0].name, std::string("flow"));
    QCOMPARE(recording.channels[0].unit, std::string("l/min"));
    for (std::size_t r = 0; r < 10; ++r) {
        QVERIFY(same(recording.channels[0].values[r], valueAt(r, 0)));
        QCOMPARE(std::isnan(recording.channels[1].values[r]), r == 2);
        QVERIFY(std::abs(recording.time.seconds[r] - step * static_cast<double>(r)) < 1e-6);
    }
    QVERIFY(std::isnan(recording.channels[0].values[10]));
    QVERIFY(std::abs(live.extent()->step - step) < 1e-6);
}

void TestLiveRecording::whenFullTheOlderRowsGo_data()
{
    QTest::addColumn<int>("block");
    for (const int block : {1, 7, 50, 64, 99, 333})
        QTest::addRow("blocks of %d", block) << block;
}

void TestLiveRecording::whenFullTheOlderRowsGo()
{
    QFETCH(int, block);
    LiveRecording live("board", twoChannels, 100);
    std::uint64_t next = 0;
    Index dropped = 0;
    while (next < 5000) {
        dropped += add(live, next, block);
        next += static_cast<std::uint64_t>(block);
        QVERIFY(live.rows() >= 1 && live.rows() <= 100);
        const Index newest = live.rowOf(next - 1);
        QCOMPARE(newest, live.rows() - 1);
    }
    QVERIFY(dropped > 0);
    QVERIFY(live.rows() >= 50);
    QCOMPARE(live.rowOf(0), Index {-1});
    const Recording& recording = *live.recording();
    for (Index back = 0; back < 50; ++back) {
        const std::uint64_t number = next - 1 - static_cast<std::uint64_t>(back);
        const Index row = live.rows() - 1 - back;
        QCOMPARE(live.rowOf(number), row);
        QVERIFY(
            same(recording.channels[1].values[static_cast<std::size_t>(row)], valueAt(number, 1)));
    }
    for (std::size_t r = 0; r < 100; ++r)
        QCOMPARE(std::isnan(recording.channels[0].values[r]), static_cast<Index>(r) >= live.rows());
    // The index tells the same as the values.
    std::vector<CurvePoint> points;
    live.curves()->indexes[0].thin(recording.channels[0].values, 0, 100, 1, points);
    double high = 0.0;
    for (const CurvePoint& point : points)
        high = std::isfinite(point.value) ? std::max(high, point.value) : high;
    QVERIFY(same(high, valueAt(next - 1, 0)));
}

void TestLiveRecording::missingSamplesLeaveAGapAndKeepTheirNumbers()
{
    LiveRecording live("board", twoChannels, 100);
    add(live, 0, 10);
    add(live, 15, 5);
    QCOMPARE(live.rows(), Index {15});
    QCOMPARE(live.extent()->gaps, (std::vector<Index> {10}));
    QCOMPARE(live.rowOf(9), Index {9});
    QCOMPARE(live.rowOf(12), Index {-1});
    QCOMPARE(live.rowOf(15), Index {10});
    QCOMPARE(live.rowOf(20), Index {-1});
    add(live, 20, 5, true);
    QCOMPARE(live.extent()->gaps, (std::vector<Index> {10, 15}));
    add(live, 25, 90); // the older ones go
    QCOMPARE(live.rowOf(114), live.rows() - 1);
    for (const Index gap : live.extent()->gaps)
        QVERIFY(gap > 0 && gap < live.rows());
}

void TestLiveRecording::rowsThatAreKnownAreLeftOut()
{
    LiveRecording live("board", twoChannels, 100);
    add(live, 0, 10);
    add(live, 5, 10);
    QCOMPARE(live.rows(), Index {15});
    add(live, 0, 15);
    QCOMPARE(live.rows(), Index {15});
    QVERIFY(live.extent()->gaps.empty());
    QVERIFY(same(live.recording()->channels[0].values[14], valueAt(14, 0)));
}

void TestLiveRecording::timesGrowEvenIfTheSourceRepeatsThem()
{
    LiveRecording live("board", twoChannels, 100);
    std::vector<double> times;
    const WireRows rows = samples(0, 30, times);
    times.assign(30, begin);
    times[7] = begin - 5.0;
    times[9] = missing;
    live.append(rows, times, 0, false);
    for (std::size_t r = 1; r < 30; ++r)
        QVERIFY(live.recording()->time.seconds[r] > live.recording()->time.seconds[r - 1]);
}

void TestLiveRecording::timesOfAFileAreKept()
{
    LiveRecording live("log", twoChannels, 100, {TimeKind::Date, "when", "date", false, 10.0});
    std::vector<double> times;
    const WireRows rows = samples(0, 4, times);
    times = {begin, begin + 10.25, begin + 20.0, begin + 50.0};
    live.append(rows, times, 0, false);
    for (std::size_t r = 0; r < times.size(); ++r)
        QCOMPARE(live.recording()->time.seconds[r], times[r]);
    QCOMPARE(live.extent()->gaps, std::vector<Index> {3}); // a jump of three steps
    const auto copy = live.snapshot();
    QCOMPARE(copy->time.kind, TimeKind::Date);
    QCOMPARE(copy->time.column, std::string("when"));
    QCOMPARE(timeText(*copy, 1), std::string("2023-11-14 22:13:30.25"));
}

void TestLiveRecording::otherChannelsDoNotFit()
{
    const LiveRecording live("board", twoChannels, 100);
    WireRows rows;
    rows.channels = twoChannels;
    QVERIFY(live.fits(rows));
    rows.channels[1].name = "torque";
    QVERIFY(!live.fits(rows));
    rows.channels.pop_back();
    QVERIFY(!live.fits(rows));
}

void TestLiveRecording::aSnapshotIsCompleteInItself()
{
    LiveRecording live("board", twoChannels, 100);
    add(live, 0, 40);
    add(live, 60, 10);
    const std::shared_ptr<Recording> copy = live.snapshot();
    QCOMPARE(copy->rows(), Index {50});
    QCOMPARE(copy->channels.size(), std::size_t {2});
    QCOMPARE(copy->channels[1].values.size(), std::size_t {50});
    QVERIFY(same(copy->channels[1].values[49], valueAt(69, 1)));
    QVERIFY(std::abs(copy->time.step - step) < 1e-6);
    QCOMPARE(copy->time.gaps, std::size_t {1});
    add(live, 70, 60);
    QVERIFY(same(copy->channels[1].values[0], valueAt(0, 1)));
}

void TestLiveRecording::theMemoryIsBounded_data()
{
    QTest::addColumn<int>("channels");
    for (const int channels : {1, 8, 64, 1000})
        QTest::addRow("%d channels", channels) << channels;
}

void TestLiveRecording::theMemoryIsBounded()
{
    QFETCH(int, channels);
    const Index rows = LiveRecording::capacityFor(static_cast<std::size_t>(channels));
    QVERIFY(rows >= 1000);
    QVERIFY(rows <= LiveRecording::mostRows);
    QVERIFY(rows * (channels + 1) * 8 <= Index {64} << 20);
}

void TestLiveRecording::theStoreDropsTheSameRows()
{
    ResultStore store;
    store.reset(100);
    ResultBlock block = blockOf(1, 0, 80);
    for (Index i = 0; i < block.rows; ++i) {
        block.score[static_cast<std::size_t>(i)] = static_cast<float>(i);
        block.alarm[static_cast<std::size_t>(i)] = i >= 60 && i < 65 ? 1 : 0;
    }
    QVERIFY(store.append(block));
    store.dropFirst(50);
    QCOMPARE(store.rows(), Index {100});
    QCOMPARE(store.newestRow(), Index {29});
    QCOMPARE(store.answered(), Index {30});
    QVERIFY(same(static_cast<double>(store.score()[0]), 50.0));
    QVERIFY(std::isnan(store.score()[30]));
    QCOMPARE(store.alarms().size(), std::size_t {1});
    QCOMPARE(store.alarms().front().first, Index {10});
    block = blockOf(1, 30, 10);
    QVERIFY(store.append(block));
    QCOMPARE(store.newestRow(), Index {39});
}

void TestLiveRecording::aStoreThatIsCutKeepsItsAnswers()
{
    ResultStore store;
    store.reset(100);
    ResultBlock block = blockOf(7, 0, 40);
    QVERIFY(store.append(block));
    store.truncate(30);
    QCOMPARE(store.rows(), Index {30});
    QCOMPARE(store.newestRow(), Index {29});
    QVERIFY(std::isfinite(store.score()[29]));
    block = blockOf(1, 0, 30);
    QVERIFY(store.append(block));
}

void TestLiveRecording::labelledRowsGrowWithIt()
{
    LiveRecording live("log", twoChannels, 1000, {}, {"fault", "attack"});
    InputsAndScoreView view;
    view.setRecording(live.recording(), live.curves(), live.extent());
    QVERIFY(view.labelBands().empty());
    const auto grow = [&](std::uint64_t first, const std::vector<unsigned char>& marks) {
        std::vector<double> times;
        const WireRows rows = samples(first, static_cast<Index>(marks.size()), times);
        live.append(rows, times, first, false,
                    {marks, std::vector<unsigned char>(marks.size(), 1)});
        view.rowsAppended();
    };
    grow(0, {0, 0, 1, 1});
    QCOMPARE(live.curves()->labelled, (std::vector<RowSpan> {{2, 4}}));
    grow(4, {1, 0, 0, 1});
    QCOMPARE(live.curves()->labelled, (std::vector<RowSpan> {{2, 5}, {7, 8}}));
    QCOMPARE(view.labelBands().size(), std::size_t {2});
    const auto time = [&](std::size_t row) { return live.recording()->time.seconds[row]; };
    QVERIFY(std::abs(view.labelBands()[0].lower - (time(2) - step / 2)) < 1e-4);
    QVERIFY(std::abs(view.labelBands()[0].upper - (time(4) + step / 2)) < 1e-4);
    grow(6, {0, 1, 1, 0}); // two of these are known
    QCOMPARE(live.curves()->labelled, (std::vector<RowSpan> {{2, 5}, {7, 9}}));
    // Rows of which nothing is said are not marked.
    add(live, 10, 3);
    QCOMPARE(live.curves()->labelled.size(), std::size_t {2});
    const auto copy = live.snapshot();
    QCOMPARE(copy->labels.size(), std::size_t {2});
    QCOMPARE(copy->labels[0].name, std::string("fault"));
    QCOMPARE(copy->labels[0].values,
             (std::vector<unsigned char> {0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0}));
    QCOMPARE(copy->labels[1].values[0], static_cast<unsigned char>(1));
    QVERIFY((makeChannelCurves(*copy)->labelled == live.curves()->labelled));
}

void TestLiveRecording::labelledRowsThatAreDroppedGo()
{
    LiveRecording live("log", twoChannels, 100, {}, {"fault"});
    std::vector<RowSpan> expected;
    std::uint64_t next = 0;
    for (int block = 0; block < 40; ++block) {
        std::vector<unsigned char> marks;
        for (std::uint64_t number = next; number < next + 17; ++number)
            marks.push_back(number % 23 < 5 ? 1 : 0);
        std::vector<double> times;
        const WireRows rows = samples(next, 17, times);
        live.append(rows, times, next, false, {marks});
        next += 17;
        expected.clear();
        const Index filled = live.rows();
        for (Index row = 0; row < filled; ++row) {
            const std::uint64_t number = next - static_cast<std::uint64_t>(filled - row);
            if (number % 23 >= 5)
                continue;
            if (!expected.empty() && expected.back().last == row)
                ++expected.back().last;
            else
                expected.push_back({row, row + 1});
        }
        QVERIFY(live.curves()->labelled == expected);
        const std::vector<unsigned char>& all = live.recording()->labels[0].values;
        QCOMPARE(all.size(), std::size_t {100});
        for (std::size_t row = static_cast<std::size_t>(filled); row < 100; ++row)
            QCOMPARE(all[row], static_cast<unsigned char>(0));
    }
}

void TestLiveRecording::theNewestRowsStayInSightWhileFollowing()
{
    LiveRecording live("board", twoChannels, 5000);
    InputsAndScoreView view;
    view.setRecording(live.recording(), live.curves(), live.extent());
    view.setTimeWindow(10.0);
    ResultStore store;
    store.reset(live.capacity());
    std::uint64_t next = 0;
    const auto grow = [&](Index count) {
        const Index dropped = add(live, next, count);
        next += static_cast<std::uint64_t>(count);
        store.dropFirst(dropped);
        view.rowsAppended();
        view.refresh(store);
    };
    grow(200);
    const auto newest
        = [&] { return live.recording()->time.seconds[static_cast<std::size_t>(live.rows() - 1)]; };
    // The scale is the same from the beginning on.
    QVERIFY(std::abs(view.visibleRange().size() - 10.0) < 1e-6);
    QVERIFY(std::abs(view.visibleRange().upper - newest()) < 0.2);
    for (int i = 0; i < 40; ++i)
        grow(300);
    QVERIFY(std::abs(view.visibleRange().size() - 10.0) < 1e-6);
    QVERIFY(std::abs(view.visibleRange().upper - newest()) < 1e-6);
    view.setFollowing(false);
    const QCPRange frozen = view.visibleRange();
    grow(300);
    QVERIFY(view.visibleRange() == frozen);
    view.setFollowing(true);
    QVERIFY(std::abs(view.visibleRange().upper - newest()) < 1e-6);
    view.setTimeWindow(0.0);
    QVERIFY(view.visibleRange().size() > 20.0);
}

void TestLiveRecording::aGapIsABreakInTheCurve()
{
    LiveRecording live("board", twoChannels, 5000);
    InputsAndScoreView view;
    view.resize(800, 600);
    view.setRecording(live.recording(), live.curves(), live.extent());
    add(live, 0, 100);
    add(live, 100, 100, true);
    view.rowsAppended();
    view.plot()->replot();
    QCOMPARE(view.channelPoints(0).size(), 201);
    QCOMPARE(breaksIn(view.channelPoints(0)), Index {1});
    // Also where the curve is thinned out.
    add(live, 200, 2000);
    add(live, 2200, 2000);
    view.setTimeWindow(0.0);
    view.rowsAppended();
    view.plot()->replot();
    QCOMPARE(breaksIn(view.channelPoints(0)), Index {1});
}

void TestLiveRecording::anAxisGivesWayToItsValues()
{
    LiveRecording live("board", twoChannels, 5000);
    InputsAndScoreView view;
    view.resize(800, 600);
    view.setRecording(live.recording(), live.curves(), live.extent());
    add(live, 0, 100);
    view.rowsAppended();
    view.plot()->replot();
    const QCPRange shown = view.plot()->axisRect(0)->axis(QCPAxis::atLeft)->range();
    QVERIFY(shown.contains(valueAt(0, 0)) && shown.contains(valueAt(99, 0)));
    QVERIFY(shown.size() < 300.0);
    add(live, 100, 1);
    view.rowsAppended();
    view.plot()->replot();
    QVERIFY(view.plot()->axisRect(0)->axis(QCPAxis::atLeft)->range() == shown);
}

QTEST_MAIN(TestLiveRecording)
#include "tst_live_recording.moc"
