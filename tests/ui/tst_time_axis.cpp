#include "tests/support/made_up_blocks.h"
#include "ui/plot/channel_curves.h"
#include "ui/plot/min_max_index.h"
#include "ui/plot/time_scale.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace stint;
using namespace stint::test;
using ui::CurvePoint;
using ui::MinMaxIndex;
using ui::TimeScale;

class TestTimeAxis : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAndTimesMapOntoEachOther();
    void timesThatDoNotGrowFallBackToRows_data();
    void timesThatDoNotGrowFallBackToRows();
    void anEmptyRecordingHasAnAxis();
    void fewRowsAreDrawnAsTheyAre();
    void manyRowsKeepEveryPeak_data();
    void manyRowsKeepEveryPeak();
    void missingStretchesInterruptTheCurve();
    void updatingEqualsBuildingAgain();
    void everyLevelKnowsTheExtremes();
    void gapsAreJumpsOfTime();
    void steadyIrregularityIsNoGap();
    void boundsOfAConstantChannelHaveRoom();
    void labelledRowsAreSpans();
    void numbersOnAnAxisAreWrittenAlike_data();
    void numbersOnAnAxisAreWrittenAlike();
};

void TestTimeAxis::rowsAndTimesMapOntoEachOther()
{
    const TimeScale scale(makeRecording(100, 1));
    QVERIFY(std::abs(scale.position(30) - 3.0) < 1e-9);
    QVERIFY(std::abs(scale.position(110) - 11.0) < 1e-9);
    QVERIFY(std::abs(scale.step() - 0.1) < 1e-9);
    QCOMPARE(scale.row(3.04), Index {30});
    QCOMPARE(scale.row(3.06), Index {31});
    QCOMPARE(scale.row(-5.0), Index {0});
    QCOMPARE(scale.row(1e9), Index {99});
    QCOMPARE(scale.row(std::nan("")), Index {0});
    QCOMPARE(scale.label(), QStringLiteral("Time [s]"));
}

void TestTimeAxis::timesThatDoNotGrowFallBackToRows_data()
{
    QTest::addColumn<double>("odd");
    QTest::newRow("not a number") << std::nan("");
    QTest::newRow("goes back") << 0.05;
    QTest::newRow("infinite") << std::numeric_limits<double>::infinity();
}

void TestTimeAxis::timesThatDoNotGrowFallBackToRows()
{
    QFETCH(double, odd);
    auto recording = std::make_shared<Recording>(*makeRecording(50, 1));
    recording->time.seconds[20] = odd;
    const TimeScale scale(recording);
    QVERIFY(std::abs(scale.position(30) - 30.0) < 1e-9);
    QCOMPARE(scale.row(29.6), Index {30});
    QCOMPARE(scale.label(), QStringLiteral("Row"));
    QVERIFY(!ui::makeChannelCurves(*recording)->timeGrows);
    QVERIFY(ui::makeChannelCurves(*makeRecording(50, 1))->timeGrows);
}

void TestTimeAxis::anEmptyRecordingHasAnAxis()
{
    const TimeScale scale(std::make_shared<Recording>());
    QCOMPARE(scale.rows(), Index {0});
    QCOMPARE(scale.row(12.0), Index {0});
    QCOMPARE(scale.text(0), QStringLiteral("–"));
}

void TestTimeAxis::fewRowsAreDrawnAsTheyAre()
{
    const std::vector<double> values {1.0, 5.0, -2.0, 3.0};
    MinMaxIndex<double> index;
    index.build(values);
    std::vector<CurvePoint> points;
    index.thin(values, 1, 9, 2, points);
    QCOMPARE(points.size(), std::size_t {3});
    QVERIFY((points[1] == CurvePoint {2, -2.0}));
    index.thin(values, 3, 3, 2, points);
    QVERIFY(points.empty());
}

void TestTimeAxis::manyRowsKeepEveryPeak_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("peak");
    QTest::addColumn<int>("columns");
    QTest::newRow("in the middle") << 100'000 << 51'234 << 300;
    QTest::newRow("first row") << 100'000 << 0 << 300;
    QTest::newRow("last row") << 100'000 << 99'999 << 300;
    QTest::newRow("last of a block") << 6400 << 63 << 7;
    QTest::newRow("not a multiple of a block") << 6465 << 6464 << 7;
}

void TestTimeAxis::manyRowsKeepEveryPeak()
{
    QFETCH(int, rows);
    QFETCH(int, peak);
    QFETCH(int, columns);
    std::vector<float> values(static_cast<std::size_t>(rows));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(std::sin(static_cast<double>(i)));
    values[static_cast<std::size_t>(peak)] = 7.0F;
    MinMaxIndex<float> index;
    index.build(values);
    std::vector<CurvePoint> points;
    index.thin(values, 0, rows, columns, points);
    QVERIFY(points.size() <= static_cast<std::size_t>(2 * columns));
    const auto highest = std::max_element(
        points.begin(), points.end(),
        [](const CurvePoint& a, const CurvePoint& b) { return a.value < b.value; });
    QVERIFY(std::abs(highest->value - 7.0) < 1e-6);
    QVERIFY(std::abs(static_cast<double>(highest->row - peak))
            <= static_cast<double>(rows) / columns + 1.0);
    QVERIFY(std::is_sorted(points.begin(), points.end(),
                           [](const CurvePoint& a, const CurvePoint& b) { return a.row < b.row; }));
}

void TestTimeAxis::missingStretchesInterruptTheCurve()
{
    std::vector<double> values(10'000, 1.0);
    std::fill(values.begin() + 3000, values.begin() + 5000, std::nan(""));
    MinMaxIndex<double> index;
    index.build(values);
    std::vector<CurvePoint> points;
    index.thin(values, 0, 10'000, 100, points);
    const auto gaps = std::count_if(points.begin(), points.end(),
                                    [](const CurvePoint& p) { return std::isnan(p.value); });
    QCOMPARE(gaps, 20);
}

void TestTimeAxis::updatingEqualsBuildingAgain()
{
    std::vector<float> values(1000, std::nanf(""));
    MinMaxIndex<float> updated;
    updated.build(values);
    for (Index first = 0; first < 1000; first += 37) {
        const Index last = std::min<Index>(first + 37, 1000);
        for (Index row = first; row < last; ++row)
            values[static_cast<std::size_t>(row)] = static_cast<float>(row % 91);
        updated.update(values, first, last);
    }
    MinMaxIndex<float> built;
    built.build(values);
    std::vector<CurvePoint> a;
    std::vector<CurvePoint> b;
    updated.thin(values, 0, 1000, 6, a);
    built.thin(values, 0, 1000, 6, b);
    QVERIFY(!a.empty());
    QVERIFY(a == b);
}

void TestTimeAxis::everyLevelKnowsTheExtremes()
{
    // Long enough for four levels; compared with a plain search.
    constexpr Index rows = 64 * 16 * 16 * 16 + 12'345;
    std::vector<float> values(static_cast<std::size_t>(rows));
    std::uint32_t state = 1;
    for (float& value : values) {
        state = state * 1'664'525U + 1'013'904'223U;
        value = state % 50 == 0 ? std::nanf("") : static_cast<float>(state >> 8U);
    }
    MinMaxIndex<float> index;
    index.build(values);
    values[200'000] = 1e9F;
    values[rows - 1] = -1e9F;
    index.update(values, 200'000, 200'001);
    index.update(values, rows - 1, rows);
    std::vector<CurvePoint> points;
    for (const auto& [first, last, columns] :
         {std::array<Index, 3> {0, rows, 1}, {1, rows - 1, 3}, {63, 250'001, 2}, {5, rows, 700}}) {
        index.thin(values, first, last, columns, points);
        const Index part = (last - first + columns - 1) / columns;
        std::size_t at = 0;
        for (Index begin = first - first % part; begin < last; begin += part) {
            float low = INFINITY;
            float high = -INFINITY;
            for (Index row = std::max(begin, first); row < std::min(begin + part, last); ++row) {
                const float value = values[static_cast<std::size_t>(row)];
                low = value < low ? value : low;
                high = value > high ? value : high;
            }
            // Up in one part, down in the next, wherever the visible part begins.
            const bool up = begin / part % 2 == 0;
            QCOMPARE(points[at].value, static_cast<double>(up ? low : high));
            QCOMPARE(points[at + 1].value, static_cast<double>(up ? high : low));
            at += 2;
        }
        QCOMPARE(at, points.size());
    }
}

void TestTimeAxis::gapsAreJumpsOfTime()
{
    auto recording = std::make_shared<Recording>(*makeRecording(100, 1));
    for (std::size_t row = 50; row < 100; ++row)
        recording->time.seconds[row] += 3.0;
    recording->time.gaps = 1;
    recording->time.step = 0.1;
    const TimeScale scale(recording);
    QVERIFY(scale.hasGap(49, 50));
    QVERIFY(!scale.hasGap(48, 49));
    QVERIFY(!scale.hasGap(50, 51));
    QVERIFY(scale.hasGap(40, 52)); // seen in a thinned curve too
    QVERIFY(!scale.hasGap(0, 99)); // but not from afar
}

void TestTimeAxis::steadyIrregularityIsNoGap()
{
    auto recording = std::make_shared<Recording>(*makeRecording(100, 1));
    for (std::size_t row = 0; row < 100; ++row)
        recording->time.seconds[row] += static_cast<double>(row / 3);
    recording->time.gaps = 33;
    recording->time.step = 0.1;
    const TimeScale scale(recording);
    QVERIFY(!scale.hasGap(2, 3));
}

void TestTimeAxis::boundsOfAConstantChannelHaveRoom()
{
    auto recording = std::make_shared<Recording>(*makeRecording(10, 2));
    recording->channels[0].values.assign(10, 5.0);
    recording->channels[1].values.assign(10, std::nan(""));
    const auto curves = ui::makeChannelCurves(*recording);
    QVERIFY(curves->bounds[0].low < 5.0 && curves->bounds[0].high > 5.0);
    QVERIFY(curves->bounds[1].low < curves->bounds[1].high);
}

void TestTimeAxis::labelledRowsAreSpans()
{
    Recording recording = *makeRecording(6, 1);
    QVERIFY(ui::makeChannelCurves(recording)->labelled.empty());
    recording.labels.push_back({"odd", {1, 0, 0, 1, 1, 1}});
    QVERIFY(
        (ui::makeChannelCurves(recording)->labelled == std::vector<ui::RowSpan> {{0, 1}, {3, 6}}));
    recording.labels.front().values = {0, 1, 1, 0, 1, 0};
    QVERIFY(
        (ui::makeChannelCurves(recording)->labelled == std::vector<ui::RowSpan> {{1, 3}, {4, 5}}));
}

void TestTimeAxis::numbersOnAnAxisAreWrittenAlike_data()
{
    QTest::addColumn<double>("from");
    QTest::addColumn<double>("to");
    QTest::addColumn<QString>("labels");
    QTest::newRow("millions") << 0.0 << 2e6
                              << QStringLiteral("0|500 000|1 000 000|1 500 000|2 000 000");
    QTest::newRow("thousands") << 0.0 << 4000.0 << QStringLiteral("0|1000|2000|3000|4000");
    QTest::newRow("decimals") << 12'000.0 << 12'002.0
                              << QStringLiteral("12 000.0|12 000.5|12 001.0|12 001.5|12 002.0");
    QTest::newRow("below zero") << -200'000.0 << 0.0
                                << QStringLiteral("-200 000|-150 000|-100 000|-50 000|0");
}

void TestTimeAxis::numbersOnAnAxisAreWrittenAlike()
{
    QFETCH(double, from);
    QFETCH(double, to);
    QFETCH(QString, labels);
    const TimeScale scale(std::make_shared<Recording>());
    const auto ticker = scale.ticker();
    ticker->setTickCount(5);
    QVector<double> ticks;
    QVector<QString> written;
    ticker->generate({from, to}, QLocale::c(), u'g', 4, ticks, nullptr, &written);
    QStringList shown;
    for (qsizetype i = 0; i < ticks.size(); ++i) {
        if (ticks[i] >= from - 1e-9 && ticks[i] <= to + 1e-9)
            shown.append(written[i].replace(QChar(0x202F), u' '));
    }
    QCOMPARE(shown.join(u'|'), labels);
}

QTEST_APPLESS_MAIN(TestTimeAxis)
#include "tst_time_axis.moc"
