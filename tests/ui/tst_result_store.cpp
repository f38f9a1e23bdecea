#include "core/detect/alarms.h"
#include "tests/support/made_up_blocks.h"
#include "ui/result_store.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace stint;
using namespace stint::test;
using ui::AlarmSpan;
using ui::AttentionRing;
using ui::CostHistory;
using ui::ResultStore;

class TestResultStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scoresLieAtTheirRows();
    void aLeftRunIsRefused();
    void hostileBlocksChangeNothing_data();
    void hostileBlocksChangeNothing();
    void anotherVariantMovesTheScoresAside();
    void goingBackToAVariantBringsItsScoresBack();
    void inferencesAreComparedRowByRow();
    void alarmsAreJoinedAcrossSmallGaps();
    void anotherThresholdJudgesAnsweredRowsAgain();
    void thresholdsThatMoveAreKeptByRow();
    void heldRowsAreCountedOnce();
    void aStoreThatIsResetHoldsNothing_data();
    void aStoreThatIsResetHoldsNothing();
    void theAttentionRingKeepsTheNewestRows();
    void theAttentionRingBeginsAgainAfterASeekBack();
    void everyModeIsToldApart();
    void forecastsLieAtTheirRows();
    void longForecastsKeepTheNewestRows();
    void seekingBackMovesTheKeptRows();
    void chosenClassesAreCountedOnce();
    void wholeSeriesAreJudgedAtTheirEnds();
    void anotherVariantHasItsOwnClasses();
    void classesOutOfRangeAreRefused();
    void theCostCurveStaysBounded();
    void theCostOfAStepIsTheDifferenceOfTwoTallies();
};

namespace {

constexpr double tolerance = 1e-6;

bool near(float value, double expected)
{
    return std::abs(static_cast<double>(value) - expected) <= tolerance;
}

double byRow(Index row) { return 0.01 * static_cast<double>(row); }

} // namespace

void TestResultStore::scoresLieAtTheirRows()
{
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.first = 20;
    plan.rows = 30;
    plan.score = byRow;
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.answered(), Index {30});
    QCOMPARE(store.newestRow(), Index {49});
    for (Index row = 0; row < 100; ++row) {
        const float score = store.score()[static_cast<std::size_t>(row)];
        if (row < 20 || row >= 50)
            QVERIFY(std::isnan(score));
        else
            QVERIFY(near(score, byRow(row)));
        QCOMPARE(store.mode(row).has_value(), row >= 20 && row < 50);
    }
}

void TestResultStore::aLeftRunIsRefused()
{
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.run = 5;
    plan.rows = 10;
    QVERIFY(store.append(makeBlock(plan)));
    plan.run = 4;
    plan.first = 50;
    QVERIFY(!store.append(makeBlock(plan)));
    QVERIFY(std::isnan(store.score()[50]));
    QCOMPARE(store.newestRow(), Index {9});
}

void TestResultStore::hostileBlocksChangeNothing_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("rows");
    QTest::addColumn<bool>("shortened");
    QTest::newRow("no rows") << 0 << 0 << false;
    QTest::newRow("before the first row") << -1 << 3 << false;
    QTest::newRow("one row past the end") << 95 << 6 << false;
    QTest::newRow("fewer scores than rows") << 0 << 4 << true;
}

void TestResultStore::hostileBlocksChangeNothing()
{
    QFETCH(int, first);
    QFETCH(int, rows);
    QFETCH(bool, shortened);
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.first = first;
    plan.rows = rows;
    ResultBlock block = makeBlock(plan);
    if (shortened)
        block.score.pop_back();
    QVERIFY(!store.append(block));
    QCOMPARE(store.answered(), Index {0});
    QCOMPARE(store.newestRow(), Index {-1});
}

void TestResultStore::anotherVariantMovesTheScoresAside()
{
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.rows = 50;
    plan.score = [](Index) { return 0.25; };
    QVERIFY(store.append(makeBlock(plan)));
    plan.run = 2;
    plan.mode = binaryContinual;
    plan.first = 40;
    plan.score = [](Index) { return 0.75; };
    QVERIFY(store.append(makeBlock(plan)));
    QVERIFY(std::isnan(store.score()[39]));
    QVERIFY(near(store.score()[40], 0.75));
    QVERIFY(near(store.earlierScore()[39], 0.25));
    QVERIFY(near(store.earlierScore()[49], 0.25));
    QVERIFY(std::isnan(store.earlierScore()[50]));
    QVERIFY(*store.mode(60) == binaryContinual);
}

void TestResultStore::goingBackToAVariantBringsItsScoresBack()
{
    ResultStore store;
    store.reset(60);
    BlockPlan plan;
    plan.rows = 30;
    plan.score = [](Index) { return 0.25; };
    QVERIFY(store.append(makeBlock(plan)));
    plan.run = 2;
    plan.mode = binaryContinual;
    plan.first = 30;
    plan.rows = 10;
    plan.score = [](Index) { return 0.75; };
    QVERIFY(store.append(makeBlock(plan)));
    plan.run = 3;
    plan.mode = denseContinual;
    plan.first = 40;
    plan.score = [](Index) { return 0.3; };
    QVERIFY(store.append(makeBlock(plan)));
    QVERIFY(near(store.score()[10], 0.25));
    QVERIFY(std::isnan(store.score()[35]));
    QVERIFY(near(store.earlierScore()[35], 0.75));
    QVERIFY(near(store.score()[45], 0.3));
    QCOMPARE(store.answered(), Index {40});
}

void TestResultStore::inferencesAreComparedRowByRow()
{
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.rows = 50;
    QVERIFY(store.append(makeBlock(plan)));
    QVERIFY(!store.largestInferenceDifference());
    plan.run = 2;
    plan.mode = denseWindow;
    plan.first = 30;
    plan.rows = 30;
    plan.score = [](Index row) { return row == 33 ? 0.53 : 0.51; };
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.comparedRows(), Index {20});
    QVERIFY(std::abs(*store.largestInferenceDifference() - 0.03) < tolerance);
    // Another variant has other scores; that is no difference between inferences.
    plan.run = 3;
    plan.mode = binaryContinual;
    plan.score = [](Index) { return 9.0; };
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.comparedRows(), Index {20});
}

void TestResultStore::alarmsAreJoinedAcrossSmallGaps()
{
    ResultStore store;
    store.reset(200);
    BlockPlan plan;
    plan.rows = 200;
    plan.score = [](Index row) {
        if (row == 55)
            return 3.0;
        const bool high
            = (row >= 50 && row <= 60) || row == 60 + alarmJoinGap || row == 61 + 2 * alarmJoinGap;
        return high ? 2.0 : 0.1;
    };
    QVERIFY(store.append(makeBlock(plan)));
    const std::vector<AlarmSpan>& alarms = store.alarms();
    QCOMPARE(alarms.size(), std::size_t {2});
    QCOMPARE(alarms[0].first, Index {50});
    QCOMPARE(alarms[0].last, 60 + alarmJoinGap);
    QCOMPARE(alarms[0].peakRow, Index {55});
    QVERIFY(near(alarms[0].peak, 3.0));
    QCOMPARE(alarms[0].topChannel, Index {2}); // 55 / 10 modulo 3
    QCOMPARE(alarms[0].part, ScorePart::Autoregression);
    QCOMPARE(alarms[1].first, 61 + 2 * alarmJoinGap);
}

void TestResultStore::anotherThresholdJudgesAnsweredRowsAgain()
{
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.rows = 100;
    plan.score = byRow;
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.alarms().size(), std::size_t {0});
    store.setThreshold(0.795F);
    QCOMPARE(store.alarms().size(), std::size_t {1});
    QCOMPARE(store.alarms()[0].first, Index {80});
    store.setThreshold(5.0F);
    QCOMPARE(store.alarms().size(), std::size_t {0});
}

void TestResultStore::thresholdsThatMoveAreKeptByRow()
{
    ResultStore store;
    store.reset(400);
    BlockPlan plan;
    plan.rows = 100;
    plan.threshold = 2.0F;
    QVERIFY(store.append(makeBlock(plan)));
    QVERIFY(!store.thresholdMoves() && store.thresholds().empty());
    QVERIFY(near(store.thresholdAt(50), 2.0));
    const auto moving = [&plan](Index first, float from) {
        plan.first = first;
        ResultBlock block = makeBlock(plan);
        for (Index row = 0; row < plan.rows; ++row)
            block.thresholds.push_back(from + 0.01F * static_cast<float>(row));
        block.threshold = from + 1.0F;
        return block;
    };
    QVERIFY(store.append(moving(100, 3.0F)));
    QVERIFY(store.thresholdMoves());
    QVERIFY(near(store.threshold(), 4.0));
    QVERIFY(near(store.thresholdAt(50), 2.0)); // what judged it
    QVERIFY(near(store.thresholdAt(150), 3.5));
    QVERIFY(near(store.thresholdAt(300), 4.0)); // not known: the newest
    std::vector<ui::CurvePoint> points;
    store.thresholdIndex().thin(store.thresholds(), 0, 200, 400, points);
    QCOMPARE(points.size(), std::size_t {200});
    QVERIFY(std::abs(points[100].value - 3.0) < 1e-6);

    store.dropFirst(50);
    QVERIFY(near(store.thresholdAt(100), 3.5));
    store.truncate(120);
    QVERIFY(near(store.thresholdAt(100), 3.5));
    QCOMPARE(store.thresholds().size(), std::size_t {120});

    store.setThreshold(5.0F); // by hand, for all rows
    QVERIFY(!store.thresholdMoves() && store.thresholds().empty());
    QVERIFY(near(store.thresholdAt(100), 5.0));
    ResultBlock cut = moving(0, 1.0F);
    cut.thresholds.pop_back();
    QVERIFY(!store.append(cut));
    QVERIFY(store.append(moving(0, 1.0F)));
    plan.mode = binaryContinual; // another variant has another scale
    QVERIFY(store.append(makeBlock(plan)));
    QVERIFY(store.thresholds().empty());
}

void TestResultStore::heldRowsAreCountedOnce()
{
    ResultStore store;
    store.reset(120);
    BlockPlan plan;
    plan.rows = 120;
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.heldRows(), Index {3}); // 0, 50, 100
    plan.run = 2;
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.heldRows(), Index {3});
}

void TestResultStore::aStoreThatIsResetHoldsNothing_data()
{
    QTest::addColumn<int>("rows");
    QTest::newRow("as many rows") << 1000;
    QTest::newRow("fewer rows") << 400;
    QTest::newRow("more rows") << 1500;
}

void TestResultStore::aStoreThatIsResetHoldsNothing()
{
    QFETCH(int, rows);
    ResultStore store;
    store.reset(1000);
    BlockPlan plan;
    plan.first = 300;
    plan.rows = 90;
    plan.score = [](Index) { return 2.0; };
    QVERIFY(store.append(makeBlock(plan)));
    plan.run = 2;
    plan.first = 500;
    plan.mode = binaryContinual; // the one before is put aside
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.alarms().size(), std::size_t {2});
    const std::uint64_t version = store.version();
    store.reset(rows);
    QVERIFY(store.version() > version);
    QCOMPARE(store.rows(), Index {rows});
    QCOMPARE(store.answered() + store.heldRows(), Index {0});
    QVERIFY(store.alarms().empty());
    for (const auto& scores : {store.score(), store.earlierScore()})
        QVERIFY(std::all_of(scores.begin(), scores.end(), [](float s) { return std::isnan(s); }));
    std::vector<ui::CurvePoint> points;
    store.scoreIndex().thin(store.score(), 0, rows, 10, points);
    QVERIFY(std::none_of(points.begin(), points.end(),
                         [](const ui::CurvePoint& p) { return std::isfinite(p.value); }));
    store.earlierIndex().thin(store.earlierScore(), 0, rows, 10, points);
    QVERIFY(std::none_of(points.begin(), points.end(),
                         [](const ui::CurvePoint& p) { return std::isfinite(p.value); }));
    for (Index row = 0; row < rows; ++row)
        QVERIFY(!store.mode(row));
}

void TestResultStore::theAttentionRingKeepsTheNewestRows()
{
    AttentionRing ring;
    BlockPlan plan;
    plan.layers = 2;
    plan.rows = 250;
    for (plan.first = 0; plan.first < 1000; plan.first += plan.rows)
        ring.append(makeBlock(plan));
    QCOMPARE(ring.size(), AttentionRing::capacity);
    QCOMPARE(ring.row(0), 1000 - AttentionRing::capacity);
    QCOMPARE(ring.row(ring.size() - 1), Index {999});
    for (const Index i : {Index {0}, Index {123}, ring.size() - 1}) {
        const std::span<const float> weights = ring.weights(i, 1, 0);
        double sum = 0.0;
        for (Index lag = 1; lag <= 7; ++lag) {
            const float weight = weights[static_cast<std::size_t>(lag - 1)];
            QVERIFY(near(weight, static_cast<double>(madeUpWeight(ring.row(i), 1, 0, lag, 7))));
            sum += static_cast<double>(weight);
        }
        QVERIFY(std::abs(sum - 1.0) < 1e-5);
    }
}

void TestResultStore::theAttentionRingBeginsAgainAfterASeekBack()
{
    AttentionRing ring;
    BlockPlan plan;
    plan.layers = 1;
    plan.rows = 10;
    plan.first = 100;
    ring.append(makeBlock(plan));
    plan.first = 50;
    ring.append(makeBlock(plan));
    QCOMPARE(ring.size(), Index {10});
    QCOMPARE(ring.row(0), Index {50});
    plan.lags = 9;
    plan.first = 60;
    ring.append(makeBlock(plan));
    QCOMPARE(ring.lags(), Index {9});
    QCOMPARE(ring.size(), Index {10});
}

void TestResultStore::everyModeIsToldApart()
{
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.rows = 1;
    for (const WeightFormat weights : allWeightFormats) {
        for (const AttentionMask attention : allAttentionMasks) {
            for (const Inference inference : allInferences) {
                plan.mode = {weights, attention, inference};
                QVERIFY(store.append(makeBlock(plan)));
                QVERIFY(*store.mode(plan.first) == plan.mode);
                ++plan.run;
                ++plan.first;
            }
        }
    }
}

void TestResultStore::forecastsLieAtTheirRows()
{
    ResultStore store;
    store.reset(1000);
    BlockPlan plan;
    plan.first = 100;
    plan.rows = 50;
    plan.forecast = true;
    QVERIFY(store.append(makeBlock(plan)));
    QVERIFY(near(store.forecast().at(149, 2), 2149.0));
    QVERIFY(std::isnan(store.forecast().at(150, 2)));
    QVERIFY(std::isnan(store.forecast().at(120, 3)));
    std::vector<ui::CurvePoint> points;
    store.forecast().thin(1, 90, 110, 100, points);
    QCOMPARE(points.size(), std::size_t {20});
    QVERIFY(std::isnan(points.front().value));
    QVERIFY(std::abs(points.back().value - 1109.0) < tolerance);
    // Another variant expects something else.
    plan.run = 2;
    plan.mode = binaryContinual;
    plan.first = 200;
    QVERIFY(store.append(makeBlock(plan)));
    QVERIFY(std::isnan(store.forecast().at(120, 0)));
    QVERIFY(near(store.forecast().at(200, 0), 200.0));
}

void TestResultStore::longForecastsKeepTheNewestRows()
{
    ui::RowStretch stretch;
    constexpr Index rows = 3 * ui::RowStretch::fewestRows;
    constexpr Index width = ui::RowStretch::mostValues; // so wide that the fewest rows are kept
    stretch.reset(10);
    std::vector<float> values(10, 1.0F);
    stretch.store(0, 10, values.data(), 1);
    QCOMPARE(stretch.capacity(), Index {10});
    stretch.reset(rows * 1000);
    values.resize(100 * 1200);
    for (Index first = 0; first < 9000; first += 100) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>(first + static_cast<Index>(i) / 1200);
        stretch.store(first, 100, values.data(), 1200);
    }
    QCOMPARE(stretch.capacity(), std::max(ui::RowStretch::fewestRows, width / 1200));
    QVERIFY(std::isnan(stretch.at(0, 0)));
    for (Index row = 9000 - stretch.capacity() * 3 / 4; row < 9000; ++row)
        QVERIFY(near(stretch.at(row, 1199), static_cast<double>(row)));
}

void TestResultStore::seekingBackMovesTheKeptRows()
{
    ui::RowStretch stretch;
    stretch.reset(100'000);
    std::vector<float> values(1200 * 10);
    for (const Index first : {Index {50'000}, Index {20}, Index {99'990}, Index {99'000}}) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>(first + static_cast<Index>(i) / 1200);
        stretch.store(first, 10, values.data(), 1200);
        QVERIFY(near(stretch.at(first + 9, 5), static_cast<double>(first + 9)));
    }
    QVERIFY(near(stretch.at(99'999, 5), 99'999.0)); // still within reach
    QVERIFY(std::isnan(stretch.at(50'000, 5)));
}

namespace {

BlockPlan threeClasses(Index rows)
{
    BlockPlan plan;
    plan.task = ModelTask::Classify;
    plan.classes = 3;
    plan.rows = rows;
    plan.score = [](Index) { return 0.8; };
    plan.chosen = [](Index row) { return static_cast<int>(row % 3); };
    return plan;
}

/// Every row is known to be of the first class, but row 7, which is not known.
std::shared_ptr<ui::KnownClasses> allFirst(Index rows)
{
    auto known = std::make_shared<ui::KnownClasses>();
    known->column = QStringLiteral("label");
    known->classes = 3;
    known->known.assign(static_cast<std::size_t>(rows), 0);
    known->known[7] = -1;
    known->judged = known->known;
    return known;
}

} // namespace

void TestResultStore::chosenClassesAreCountedOnce()
{
    ResultStore store;
    store.reset(90);
    store.setKnownClasses(allFirst(90));
    BlockPlan plan = threeClasses(30);
    QVERIFY(store.append(makeBlock(plan)));
    const ui::ClassAnswers& answers = store.classAnswers();
    QCOMPARE(answers.judged(), Index {29});
    QCOMPARE(answers.count(0, 0), Index {10});
    QCOMPARE(answers.count(0, 1), Index {9});
    plan.run = 2; // the same rows once more, with another answer
    plan.chosen = [](Index) { return 2; };
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(answers.judged(), Index {29});
    QCOMPARE(answers.count(0, 2), Index {29});
    QCOMPARE(answers.count(0, 0), Index {0});
    QVERIFY(near(answers.probabilities().at(4, 2), 0.8));
    QVERIFY(near(answers.probabilities().at(4, 0), 0.1));
    QVERIFY(std::isnan(store.threshold()));
    QVERIFY(store.alarms().empty());
    // What is known may be told late.
    store.setKnownClasses(nullptr);
    QCOMPARE(answers.judged(), Index {0});
    store.setKnownClasses(allFirst(90));
    QCOMPARE(answers.judged(), Index {29});
}

void TestResultStore::wholeSeriesAreJudgedAtTheirEnds()
{
    Recording recording = *makeRecording(100, 2);
    recording.seriesStarts = {0, 40};
    ClassColumn text {"remark", {"x", "y", "z"}, std::vector<std::int32_t>(100, 0)};
    ClassColumn column {"speaker", {"anna", "bert", "carl"}, std::vector<std::int32_t>(100, 2)};
    column.values[39] = 1;
    recording.classColumns = {text, column};
    Family family;
    family.classes = {"bert", "anna"};
    family.wholeSeries = true;
    const ui::KnownClasses known = ui::knownClasses(recording, family);
    QCOMPARE(known.column, QStringLiteral("speaker"));
    QCOMPARE(known.classes, Index {2});
    QCOMPARE(known.known[39], std::int16_t {0});
    QCOMPARE(known.known[99], std::int16_t {-1}); // carl is unknown to the model
    QCOMPARE(known.judged[39], std::int16_t {0});
    QCOMPARE(std::count(known.judged.begin(), known.judged.end(), std::int16_t {-1}), 99);
    family.classes = {"nobody"};
    QVERIFY(ui::knownClasses(recording, family).column.isEmpty());
}

void TestResultStore::anotherVariantHasItsOwnClasses()
{
    ResultStore store;
    store.reset(90);
    store.setKnownClasses(allFirst(90));
    BlockPlan plan = threeClasses(30);
    QVERIFY(store.append(makeBlock(plan)));
    plan.run = 2;
    plan.mode = binaryContinual;
    plan.first = 30;
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.classAnswers().judged(), Index {30});
    QCOMPARE(store.classAnswers().chosen()[3], std::int16_t {-1});
    plan.run = 3;
    plan.mode = denseContinual;
    plan.first = 60;
    QVERIFY(store.append(makeBlock(plan)));
    QCOMPARE(store.classAnswers().judged(), Index {59}); // 29 came back with the variant
    QCOMPARE(store.classAnswers().chosen()[4], std::int16_t {1});
}

void TestResultStore::classesOutOfRangeAreRefused()
{
    ResultStore store;
    store.reset(90);
    BlockPlan plan = threeClasses(10);
    plan.chosen = [](Index row) { return row == 5 ? 3 : 0; };
    QVERIFY(!store.append(makeBlock(plan)));
    plan.chosen = [](Index) { return 0; };
    ResultBlock block = makeBlock(plan);
    block.probabilities.pop_back();
    QVERIFY(!store.append(block));
    plan.forecast = true;
    block = makeBlock(plan);
    block.forecast.pop_back();
    QVERIFY(!store.append(block));
    QCOMPARE(store.answered(), Index {0});
}

void TestResultStore::theCostCurveStaysBounded()
{
    CostHistory cost;
    BlockPlan plan;
    plan.rows = 1;
    for (Index i = 0; i < 20'000; ++i) {
        plan.first = i;
        plan.run = static_cast<std::uint64_t>(i + 1); // every one another cost
        plan.operationsPerStep = 100 + static_cast<std::uint64_t>(i % 7);
        cost.append(makeBlock(plan));
    }
    QVERIFY(cost.points().size() < CostHistory::maxPoints);
    QVERIFY(cost.points().size() >= CostHistory::maxPoints / 2 - 1);
    QVERIFY(std::abs(cost.allSteps() - 20'000.0) < 0.5);
}

void TestResultStore::theCostOfAStepIsTheDifferenceOfTwoTallies()
{
    CostHistory cost;
    BlockPlan plan;
    plan.rows = 10;
    plan.operationsPerStep = 100;
    cost.append(makeBlock(plan));
    plan.first = 10;
    plan.stepsBefore = 10;
    cost.append(makeBlock(plan));
    plan.first = 20;
    plan.run = 2; // begins its tally at zero
    plan.stepsBefore = 0;
    plan.operationsPerStep = 40;
    cost.append(makeBlock(plan));
    QCOMPARE(cost.points().size(), std::size_t {3});
    QVERIFY(std::abs(cost.points()[1].operations - 100.0) < tolerance);
    QVERIFY(std::abs(cost.points()[2].operations - 40.0) < tolerance);
    QCOMPARE(cost.points()[2].row, Index {29});
    QVERIFY(std::abs(cost.allOperations() - 2400.0) < tolerance);
    QVERIFY(std::abs(cost.allDenseWindow() - 30'000.0) < tolerance);
    QCOMPARE(cost.tally().steps, std::uint64_t {10});
}

QTEST_APPLESS_MAIN(TestResultStore)
#include "tst_result_store.moc"
