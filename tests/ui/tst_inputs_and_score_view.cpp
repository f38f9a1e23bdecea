#include "tests/support/made_up_blocks.h"
#include "ui/views/inputs_and_score_view.h"

#include <QCoreApplication>
#include <QMouseEvent>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace stint;
using namespace stint::test;
using namespace stint::ui;

class TestInputsAndScoreView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void channelsAreStackedWithNamesAndUnits();
    void manyChannelsAreReachedByScrolling();
    void theScoreIsDrawnAtItsTimes();
    void alarmsAndLabelsAreBandsAtTheirTimes();
    void theThresholdLineFollowsTheStore();
    void aThresholdThatMovesIsACurve();
    void draggingTheThresholdAsksForAnother();
    void aClickAsksForTheRowUnderIt();
    void aSeekMovesThePlaceUntilTheNextAnswer();
    void theVisiblePartFollowsPlayback();
    void zoomingKeepsThePlaceOfPlayback();
    void theTimeIsOneForAllRects();
    void longRecordingsAreThinned();
    void theForecastStandsOverItsChannel();
    void expectedValuesAreShownWhereAskedFor();
    void theValueUnderTheMouseIsTold();
    void probabilitiesAndClassesTakeThePlaceOfTheScore();
    void manyClassesShareAShortLegend();
    void stripsOfManyRowsShowTheMajority();
    void seriesHaveBorders();
    void anEmptyViewCanBeRefreshed();
    void aMillionRowsAreDrawnAsAFewPoints();
};

namespace {

constexpr double tolerance = 1e-6;

ResultStore filledStore(Index rows, const std::function<double(Index)>& score)
{
    ResultStore store;
    store.reset(rows);
    BlockPlan plan;
    plan.rows = rows;
    plan.score = score;
    store.append(makeBlock(plan));
    return store;
}

/// Makes the view draw at once, as the end of an event turn would.
void draw(InputsAndScoreView& view)
{
    view.setAttribute(Qt::WA_DontShowOnScreen);
    view.resize(900, 600);
    view.show();
    view.plot()->replot(QCustomPlot::rpImmediateRefresh);
}

std::vector<QCPGraphData> listOf(const QCPGraphDataContainer& points)
{
    return {points.constBegin(), points.constEnd()};
}

QPoint pixelOf(const InputsAndScoreView& view, double time, double value)
{
    const QList<QCPAxisRect*> rects = view.plot()->axisRects();
    const QCPAxisRect* score = rects.last();
    return {static_cast<int>(std::lround(score->axis(QCPAxis::atBottom)->coordToPixel(time))),
            static_cast<int>(std::lround(score->axis(QCPAxis::atLeft)->coordToPixel(value)))};
}

/// The mouse over a place of the plot, wherever the pointer of the machine is.
void hover(InputsAndScoreView& view, QPoint place)
{
    QMouseEvent move(QEvent::MouseMove, place, view.plot()->mapToGlobal(place), Qt::NoButton,
                     Qt::NoButton, Qt::NoModifier);
    QCoreApplication::sendEvent(view.plot(), &move);
}

} // namespace

void TestInputsAndScoreView::channelsAreStackedWithNamesAndUnits()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(500, 3), nullptr);
    draw(view);
    QCOMPARE(view.shownChannels(), Index {3});
    QCOMPARE(view.plot()->axisRectCount(), 4);
    QCOMPARE(view.channelTitle(0), QStringLiteral("sensor 1 [bar]"));
    QCOMPARE(view.channelTitle(1), QStringLiteral("sensor 2 [A]"));
    QCOMPARE(view.channelPoints(0).size(), 500);
    const auto point = view.channelPoints(1).at(250);
    QVERIFY(std::abs(point->key - 25.0) < tolerance);
    QVERIFY(std::abs(point->value - std::sin(5.0)) < tolerance);
    const QList<QCPAxisRect*> rects = view.plot()->axisRects();
    QCOMPARE(rects.last()->axis(QCPAxis::atBottom)->label(), QStringLiteral("Time [s]"));
}

void TestInputsAndScoreView::manyChannelsAreReachedByScrolling()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(100, 38), nullptr);
    QCOMPARE(view.shownChannels(), InputsAndScoreView::shownChannelsAtMost);
    auto* scroll = view.findChild<QScrollBar*>();
    QVERIFY(!scroll->isHidden());
    scroll->setValue(scroll->maximum());
    QCOMPARE(view.shownChannels(), InputsAndScoreView::shownChannelsAtMost);
    QCOMPARE(view.channelTitle(view.shownChannels() - 1), QStringLiteral("sensor 38 [A]"));
}

void TestInputsAndScoreView::theScoreIsDrawnAtItsTimes()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(300, 2), nullptr);
    ResultStore store;
    store.reset(300);
    BlockPlan plan;
    plan.first = 100;
    plan.rows = 50;
    plan.score = [](Index row) { return 0.001 * static_cast<double>(row); };
    QVERIFY(store.append(makeBlock(plan)));
    draw(view);
    view.refresh(store);
    int seen = 0;
    for (const QCPGraphData& point : listOf(view.scorePoints())) {
        const auto row = static_cast<Index>(std::lround(point.key * 10.0));
        if (row < 100 || row >= 150) {
            QVERIFY(std::isnan(point.value));
            continue;
        }
        QVERIFY(std::abs(point.value - 0.001 * static_cast<double>(row)) < tolerance);
        ++seen;
    }
    QCOMPARE(seen, 50);
    QVERIFY(std::abs(view.playhead() - 14.9) < tolerance);
    // Another variant: the scores so far become the earlier curve.
    plan.run = 2;
    plan.mode = binaryContinual;
    plan.first = 150;
    QVERIFY(store.append(makeBlock(plan)));
    view.refresh(store);
    const auto at = [](const QCPGraphDataContainer& points, double time) {
        return points.findBegin(time + 0.01, true)->value;
    };
    QVERIFY(std::isnan(at(view.scorePoints(), 12.0)));
    QVERIFY(std::abs(at(view.earlierPoints(), 12.0) - 0.12) < tolerance);
    QVERIFY(std::abs(at(view.scorePoints(), 16.0) - 0.16) < tolerance);
}

void TestInputsAndScoreView::alarmsAndLabelsAreBandsAtTheirTimes()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(1000, 2, 400, 449), nullptr);
    const ResultStore store
        = filledStore(1000, [](Index row) { return row >= 410 && row < 460 ? 2.0 : 0.1; });
    view.refresh(store);
    QCOMPARE(view.labelBands().size(), std::size_t {1});
    QVERIFY(std::abs(view.labelBands()[0].lower - 39.95) < tolerance);
    QVERIFY(std::abs(view.labelBands()[0].upper - 44.95) < tolerance);
    QCOMPARE(view.alarmBands().size(), std::size_t {1});
    QVERIFY(std::abs(view.alarmBands()[0].lower - 40.95) < tolerance);
    QVERIFY(std::abs(view.alarmBands()[0].upper - 45.95) < tolerance);
}

void TestInputsAndScoreView::theThresholdLineFollowsTheStore()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(100, 2), nullptr);
    QVERIFY(std::isnan(view.thresholdLine()));
    ResultStore store = filledStore(100, [](Index) { return 0.5; });
    view.refresh(store);
    QVERIFY(std::abs(view.thresholdLine() - 1.0) < tolerance);
    store.setThreshold(0.25F);
    view.refresh(store);
    QVERIFY(std::abs(view.thresholdLine() - 0.25) < tolerance);
    QCOMPARE(view.alarmBands().size(), std::size_t {1});
}

void TestInputsAndScoreView::aThresholdThatMovesIsACurve()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(100, 2), nullptr);
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.rows = 80;
    ResultBlock block = makeBlock(plan);
    for (int row = 0; row < 80; ++row)
        block.thresholds.push_back(row < 40 ? 1.5F : 2.5F);
    block.threshold = 2.5F;
    QVERIFY(store.append(block));
    view.refresh(store);
    QVERIFY(std::isnan(view.thresholdLine()));
    QVERIFY(view.thresholdText().contains(QStringLiteral("2.5")));
    const QCPGraphDataContainer& points = view.thresholdPoints();
    QVERIFY(points.size() >= 80);
    QVERIFY(std::abs(points.findBegin(2.0, false)->value - 1.5) < tolerance);
    QVERIFY(std::abs(points.findBegin(6.0, false)->value - 2.5) < tolerance);
    // It is not there to be dragged: a click is one.
    draw(view);
    QList<Index> seeks;
    connect(&view, &InputsAndScoreView::seekRequested, this, [&](Index row) { seeks.append(row); });
    QTest::mouseClick(view.plot(), Qt::LeftButton, {}, pixelOf(view, 6.0, 2.5));
    QCOMPARE(seeks, QList<Index> {60});
    store.setThreshold(0.25F);
    view.refresh(store);
    QVERIFY(std::abs(view.thresholdLine() - 0.25) < tolerance);
    QVERIFY(view.thresholdPoints().isEmpty());
}

void TestInputsAndScoreView::draggingTheThresholdAsksForAnother()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(100, 2), nullptr);
    const ResultStore store = filledStore(100, [](Index) { return 0.5; });
    view.refresh(store);
    draw(view);
    QList<double> asked;
    QList<Index> seeks;
    connect(&view, &InputsAndScoreView::thresholdRequested, this,
            [&](double value) { asked.append(value); });
    connect(&view, &InputsAndScoreView::seekRequested, this, [&](Index row) { seeks.append(row); });
    QTest::mousePress(view.plot(), Qt::LeftButton, {}, pixelOf(view, 5.0, 1.0));
    QTest::mouseMove(view.plot(), pixelOf(view, 5.0, 0.4));
    QTest::mouseRelease(view.plot(), Qt::LeftButton, {}, pixelOf(view, 5.0, 0.4));
    QVERIFY(!asked.isEmpty());
    QVERIFY2(std::abs(asked.last() - 0.4) < 0.02, qPrintable(QString::number(asked.last())));
    QVERIFY(seeks.isEmpty());
}

void TestInputsAndScoreView::aClickAsksForTheRowUnderIt()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(100, 2), nullptr);
    const ResultStore store = filledStore(100, [](Index) { return 0.5; });
    view.refresh(store);
    draw(view);
    QList<Index> seeks;
    connect(&view, &InputsAndScoreView::seekRequested, this, [&](Index row) { seeks.append(row); });
    QTest::mouseClick(view.plot(), Qt::LeftButton, {}, pixelOf(view, 6.0, 0.2));
    QCOMPARE(seeks, QList<Index> {60});
}

void TestInputsAndScoreView::aSeekMovesThePlaceUntilTheNextAnswer()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(100, 2), nullptr);
    ResultStore store = filledStore(100, [](Index) { return 0.5; });
    view.refresh(store);
    QVERIFY(std::abs(view.playhead() - 9.9) < tolerance);
    view.setPlayhead(20);
    store.setThreshold(0.7F);
    view.refresh(store);
    QVERIFY(std::abs(view.playhead() - 2.0) < tolerance);
    QVERIFY(std::abs(view.thresholdLine() - 0.7) < tolerance);
    BlockPlan plan;
    plan.run = 2;
    plan.first = 21;
    plan.rows = 1;
    QVERIFY(store.append(makeBlock(plan)));
    view.refresh(store);
    QVERIFY(std::abs(view.playhead() - 2.1) < tolerance);
}

void TestInputsAndScoreView::theVisiblePartFollowsPlayback()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(1000, 2), nullptr);
    view.setVisibleRange({0.0, 20.0});
    view.setPlayhead(500);
    QVERIFY(view.visibleRange().contains(50.0));
    QVERIFY(std::abs(view.visibleRange().size() - 20.0) < tolerance);
    view.setPlayhead(100);
    QVERIFY(view.visibleRange().contains(10.0));
    view.setFollowing(false);
    const QCPRange before = view.visibleRange();
    view.setPlayhead(900);
    QVERIFY(view.visibleRange() == before);
}

void TestInputsAndScoreView::zoomingKeepsThePlaceOfPlayback()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(1000, 2), nullptr);
    view.setPlayhead(300);
    const double whole = view.visibleRange().size();
    view.zoom(0.5);
    QVERIFY(std::abs(view.visibleRange().size() - whole / 2.0) < tolerance);
    QVERIFY(view.visibleRange().contains(30.0));
    for (int i = 0; i < 40; ++i)
        view.zoom(0.5);
    QVERIFY(view.visibleRange().size() > 0.5); // ten rows remain
    view.fitAll();
    QVERIFY(view.visibleRange().contains(0.0) && view.visibleRange().contains(99.9));
}

void TestInputsAndScoreView::theTimeIsOneForAllRects()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(1000, 4), nullptr);
    const QList<QCPAxisRect*> rects = view.plot()->axisRects();
    rects[1]->axis(QCPAxis::atBottom)->setRange(10.0, 30.0);
    for (const QCPAxisRect* rect : rects) {
        QVERIFY(std::abs(rect->axis(QCPAxis::atBottom)->range().lower - 10.0) < tolerance);
        QVERIFY(std::abs(rect->axis(QCPAxis::atBottom)->range().upper - 30.0) < tolerance);
    }
    rects[0]->axis(QCPAxis::atBottom)->setRange(std::nan(""), 5.0);
    QVERIFY(std::isfinite(view.visibleRange().lower));
}

void TestInputsAndScoreView::longRecordingsAreThinned()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(200'000, 2), nullptr);
    const ResultStore store
        = filledStore(200'000, [](Index row) { return row == 123'456 ? 5.0 : 0.1; });
    draw(view);
    view.refresh(store);
    QVERIFY(view.channelPoints(0).size() <= 2 * 900);
    QVERIFY(view.scorePoints().size() <= 2 * 900);
    const std::vector<QCPGraphData> points = listOf(view.scorePoints());
    const auto highest
        = std::max_element(points.begin(), points.end(),
                           [](const auto& a, const auto& b) { return a.value < b.value; });
    QVERIFY(std::abs(highest->value - 5.0) < tolerance);
    QVERIFY(std::abs(highest->key - 12'345.6) < 30.0);
}

namespace {

ModelFacts factsFor(ModelTask task, int classes = 0)
{
    ModelFacts facts;
    facts.name = QStringLiteral("m.stint");
    facts.task = task;
    // In another order than in the recording, and not all of them.
    facts.channels = {QStringLiteral("sensor 2"), QStringLiteral("sensor 1")};
    for (int k = 0; k < classes; ++k)
        facts.classes.append(QStringLiteral("class %1").arg(k + 1));
    return facts;
}

BlockPlan forecastPlan(Index rows)
{
    BlockPlan plan;
    plan.task = ModelTask::Forecast;
    plan.rows = rows;
    plan.channels = 2;
    plan.forecast = true;
    return plan;
}

std::shared_ptr<KnownClasses> knownFor(Index rows, Index classes)
{
    auto known = std::make_shared<KnownClasses>();
    known->column = QStringLiteral("activity");
    known->classes = classes;
    known->known.assign(static_cast<std::size_t>(rows), 1);
    known->judged = known->known;
    return known;
}

} // namespace

void TestInputsAndScoreView::theForecastStandsOverItsChannel()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(300, 3), nullptr);
    view.setModel(factsFor(ModelTask::Forecast), nullptr);
    ResultStore store;
    store.reset(300);
    QVERIFY(store.append(makeBlock(forecastPlan(200))));
    draw(view);
    view.refresh(store);
    QVERIFY(view.scoreTitleText().startsWith(QStringLiteral("Forecast error [")));
    const auto first = view.forecastPoints(0).findBegin(15.01, true);
    QVERIFY(std::abs(first->value - static_cast<double>(madeUpForecast(150, 1))) < tolerance);
    const auto second = view.forecastPoints(1).findBegin(15.01, true);
    QVERIFY(std::abs(second->value - static_cast<double>(madeUpForecast(150, 0))) < tolerance);
    QVERIFY(view.forecastPoints(2).isEmpty()); // no channel of the model
    QVERIFY(std::isfinite(view.thresholdLine()));
}

void TestInputsAndScoreView::expectedValuesAreShownWhereAskedFor()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(300, 2), nullptr);
    view.setModel(factsFor(ModelTask::Anomaly), nullptr);
    ResultStore store;
    store.reset(300);
    BlockPlan plan = forecastPlan(100);
    plan.task = ModelTask::Anomaly;
    QVERIFY(store.append(makeBlock(plan)));
    view.refresh(store);
    QVERIFY(view.forecastPoints(0).isEmpty());
    view.setExpectedShown(true);
    view.refresh(store);
    QVERIFY(!view.forecastPoints(0).isEmpty());
    QVERIFY(view.scoreTitleText().startsWith(QStringLiteral("Anomaly score")));
    view.setExpectedShown(false);
    view.refresh(store);
    QVERIFY(view.forecastPoints(0).isEmpty());
}

void TestInputsAndScoreView::theValueUnderTheMouseIsTold()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(300, 2), nullptr);
    view.setModel(factsFor(ModelTask::Forecast), nullptr);
    ResultStore store;
    store.reset(300);
    QVERIFY(store.append(makeBlock(forecastPlan(300))));
    draw(view);
    QString told;
    connect(&view, &InputsAndScoreView::hovered, this, [&](const QString& text) { told = text; });
    const QCPAxisRect* channel = view.plot()->axisRect(0);
    const double x = channel->axis(QCPAxis::atBottom)->coordToPixel(15.0);
    hover(view, QPoint(static_cast<int>(x), channel->center().y()));
    view.refresh(store);
    for (const char* part : {"sensor 1 = ", "forecast ", "error "})
        QVERIFY2(told.contains(QLatin1String(part)), qPrintable(told));
    hover(view, pixelOf(view, 15.0, 0.5));
    view.refresh(store);
    QVERIFY2(told.contains(QStringLiteral("error 0.5")), qPrintable(told));
}

void TestInputsAndScoreView::probabilitiesAndClassesTakeThePlaceOfTheScore()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(300, 2), nullptr);
    view.setModel(factsFor(ModelTask::Classify, 3), knownFor(300, 3));
    ResultStore store;
    store.reset(300);
    BlockPlan plan = forecastPlan(200);
    plan.forecast = false;
    plan.task = ModelTask::Classify;
    plan.classes = 3;
    plan.score = [](Index) { return 0.8; };
    plan.chosen = [](Index row) { return row < 50 ? 0 : 2; };
    QVERIFY(store.append(makeBlock(plan)));
    draw(view);
    view.refresh(store);
    QCOMPARE(view.plot()->axisRectCount(), 4); // two channels, probabilities, strips
    QCOMPARE(view.classCurves(), 3);
    QVERIFY(std::abs(view.classPoints(0).findBegin(3.01, true)->value - 0.8) < tolerance);
    QVERIFY(std::abs(view.classPoints(2).findBegin(3.01, true)->value - 0.1) < tolerance);
    QCOMPARE(view.legendTexts().size(), 3);
    QVERIFY(view.scoreTitleText().contains(QStringLiteral("activity")));
    const std::vector<ClassSegment>& chosen = view.chosenStrip()->segments();
    QCOMPARE(chosen.size(), std::size_t {2});
    QCOMPARE(chosen[0].classNumber, 0);
    QVERIFY(std::abs(chosen[0].end - 4.95) < tolerance);
    QCOMPARE(chosen[1].classNumber, 2);
    QVERIFY(std::abs(chosen[1].end - 19.95) < tolerance);
    QCOMPARE(view.knownStrip()->segments().size(), std::size_t {1});
    QVERIFY(std::isnan(view.thresholdLine()));
    view.setLogarithmic(true);
    view.plot()->replot(QCustomPlot::rpImmediateRefresh);
    // Another recording, or none known: the strip of known classes goes.
    view.setModel(factsFor(ModelTask::Classify, 3), nullptr);
    QVERIFY(view.knownStrip() == nullptr);
}

void TestInputsAndScoreView::manyClassesShareAShortLegend()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(100, 2), nullptr);
    view.setModel(factsFor(ModelTask::Classify, 40), nullptr);
    QCOMPARE(view.classCurves(), InputsAndScoreView::classCurvesAtMost);
    QCOMPARE(view.legendTexts().size(), qsizetype {InputsAndScoreView::legendEntriesAtMost + 1});
    QCOMPARE(view.legendTexts().last(), QStringLiteral("…"));
    draw(view);
}

void TestInputsAndScoreView::stripsOfManyRowsShowTheMajority()
{
    const TimeScale scale(makeRecording(100'000, 1));
    std::vector<std::int16_t> classes(100'000, -1);
    for (std::size_t row = 0; row < 50'000; ++row)
        classes[row] = row % 10 == 0 ? std::int16_t {5} : std::int16_t {3};
    const std::vector<ClassSegment> segments = classSegments(classes, 0, 100'000, 500, scale);
    QCOMPARE(segments.size(), std::size_t {1});
    QCOMPARE(segments[0].classNumber, 3);
    QVERIFY(std::abs(segments[0].end - 4999.95) < tolerance);
    QVERIFY(classSegments(classes, 60'000, 100'000, 500, scale).empty());
}

void TestInputsAndScoreView::seriesHaveBorders()
{
    auto recording = std::make_shared<Recording>(*makeRecording(100, 2));
    recording->seriesStarts = {0, 30, 70};
    InputsAndScoreView view;
    view.setRecording(recording, nullptr);
    QCOMPARE(view.boundaries().size(), std::size_t {2});
    QVERIFY(std::abs(view.boundaries()[1] - 6.95) < tolerance);
    draw(view);
}

void TestInputsAndScoreView::anEmptyViewCanBeRefreshed()
{
    InputsAndScoreView view;
    ResultStore store;
    view.refresh(store);
    draw(view);
    view.zoom(0.5);
    view.fitAll();
    QCOMPARE(view.shownChannels(), Index {0});
}

void TestInputsAndScoreView::aMillionRowsAreDrawnAsAFewPoints()
{
    InputsAndScoreView view;
    view.setRecording(makeRecording(1'000'000, 8, 500'000, 510'000), nullptr);
    const ResultStore store = filledStore(
        1'000'000, [](Index row) { return 0.5 + 0.4 * std::sin(0.1 * static_cast<double>(row)); });
    draw(view);
    view.refresh(store);
    view.setVisibleRange({0.0, 99'000.0});
    view.refresh(store);
    view.plot()->replot(QCustomPlot::rpImmediateRefresh);
    QVERIFY(view.plot()->graphCount() > 0);
    // Least and most of each pixel, with the lines between: what a frame costs does not grow with
    // the recording.
    for (int i = 0; i < view.plot()->graphCount(); ++i)
        QCOMPARE_LT(view.plot()->graph(i)->data()->size(), 4 * view.plot()->width() + 100);
}

QTEST_MAIN(TestInputsAndScoreView)
#include "tst_inputs_and_score_view.moc"
