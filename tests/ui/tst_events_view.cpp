#include "tests/support/made_up_blocks.h"
#include "ui/views/events_view.h"

#include <QTest>

using namespace stint;
using namespace stint::test;
using namespace stint::ui;

class TestEventsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNewestEventComesFirst();
    void namesOfTheModelsChannelsAreUsed();
    void levelsAreReadFromZeroToOne();
    void levelsGoByTheThresholdOfTheirRow();
    void choosingAnEventAsksToGoThere();
    void anotherRecordingEmptiesTheList();
};

namespace {

ResultStore twoEvents()
{
    ResultStore store;
    store.reset(1000);
    BlockPlan plan;
    plan.rows = 1000;
    plan.score = [](Index row) {
        if (row >= 120 && row < 130)
            return 2.0;
        return row >= 511 && row < 520 ? 3.0 + (row == 513 ? 1.0 : 0.0) : 0.1;
    };
    store.append(makeBlock(plan));
    return store;
}

} // namespace

void TestEventsView::theNewestEventComesFirst()
{
    EventsView view;
    view.setRecording(TimeScale(makeRecording(1000, 3)));
    view.refresh(twoEvents());
    QCOMPARE(view.eventCount(), 2);
    QVERIFY(view.text(0, AlarmModel::TimeColumn).startsWith(QStringLiteral("51.1")));
    QCOMPARE(view.text(0, AlarmModel::ChannelColumn), QStringLiteral("sensor 1")); // 51 % 3 = 0
    QCOMPARE(view.text(0, AlarmModel::ScoreColumn), QStringLiteral("4"));
    QCOMPARE(view.text(0, AlarmModel::PartColumn), QStringLiteral("autoregression"));
    QVERIFY(view.text(1, AlarmModel::TimeColumn).startsWith(QStringLiteral("12")));
    QCOMPARE(view.text(1, AlarmModel::PartColumn), QStringLiteral("encoder"));
}

void TestEventsView::namesOfTheModelsChannelsAreUsed()
{
    EventsView view;
    view.setRecording(TimeScale(makeRecording(1000, 9)));
    ModelFacts facts;
    facts.channels = {QStringLiteral("flow"), QStringLiteral("current")};
    view.setModel(facts);
    view.refresh(twoEvents());
    QCOMPARE(view.text(0, AlarmModel::ChannelColumn), QStringLiteral("flow"));
}

void TestEventsView::levelsAreReadFromZeroToOne()
{
    EventsView view;
    view.setRecording(TimeScale(makeRecording(1000, 3)));
    ResultStore store = twoEvents();
    view.refresh(store);
    QCOMPARE(view.text(0, AlarmModel::LevelColumn), QStringLiteral("–")); // no model, no level
    ModelFacts facts;
    VariantFacts variant;
    variant.name = store.mode(513)->variant();
    facts.variants.push_back(variant);
    view.setModel(facts);
    view.refresh(store);
    // 1 - threshold / (2 score)
    const auto threshold = static_cast<double>(store.threshold());
    QCOMPARE(view.text(0, AlarmModel::LevelColumn), QString::number(1 - threshold / 8, 'f', 2));
    QCOMPARE(view.text(1, AlarmModel::LevelColumn), QString::number(1 - threshold / 4, 'f', 2));
    store.setThreshold(0.5F);
    view.refresh(store);
    QCOMPARE(view.text(0, AlarmModel::LevelColumn), QString::number(1 - 0.5 / 8, 'f', 2));
}

void TestEventsView::levelsGoByTheThresholdOfTheirRow()
{
    EventsView view;
    view.setRecording(TimeScale(makeRecording(200, 3)));
    ResultStore store;
    store.reset(200);
    BlockPlan plan;
    plan.rows = 200;
    plan.score = [](Index row) { return row == 20 || row == 150 ? 8.0 : 0.5; };
    ResultBlock block = makeBlock(plan);
    for (int row = 0; row < 200; ++row)
        block.thresholds.push_back(row < 100 ? 1.0F : 4.0F);
    QVERIFY(store.append(block));
    ModelFacts facts;
    VariantFacts variant;
    variant.name = plan.mode.variant();
    facts.variants.push_back(variant);
    view.setModel(facts);
    view.refresh(store);
    QCOMPARE(view.text(1, AlarmModel::LevelColumn), QString::number(1 - 1.0 / 16, 'f', 2));
    QCOMPARE(view.text(0, AlarmModel::LevelColumn), QString::number(1 - 4.0 / 16, 'f', 2));
}

void TestEventsView::choosingAnEventAsksToGoThere()
{
    EventsView view;
    view.setRecording(TimeScale(makeRecording(1000, 3)));
    view.refresh(twoEvents());
    QList<Index> seeks;
    connect(&view, &EventsView::seekRequested, this, [&](Index row) { seeks.append(row); });
    auto* table = view.findChild<QTableView*>();
    Q_EMIT table->clicked(table->model()->index(1, 0));
    QCOMPARE(seeks, QList<Index> {120});
}

void TestEventsView::anotherRecordingEmptiesTheList()
{
    EventsView view;
    view.setRecording(TimeScale(makeRecording(1000, 3)));
    view.refresh(twoEvents());
    view.setRecording(TimeScale(makeRecording(50, 3)));
    QCOMPARE(view.eventCount(), 0);
    ResultStore store;
    store.reset(50);
    view.refresh(store);
    QCOMPARE(view.eventCount(), 0);
}

QTEST_MAIN(TestEventsView)
#include "tst_events_view.moc"
