#include "tests/support/made_up_blocks.h"
#include "ui/views/confusion_view.h"

#include <QTest>

using namespace stint;
using namespace stint::test;
using namespace stint::ui;

class TestConfusionView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersAreCountedByKnownAndChosenClass();
    void itGrowsWithPlayback();
    void withoutKnownClassesItSaysWhy();
    void anotherModelEmptiesIt();
    void manyClassesCanBeDrawn();
};

namespace {

ModelFacts facts(int classes)
{
    ModelFacts result;
    result.task = ModelTask::Classify;
    for (int k = 0; k < classes; ++k)
        result.classes.append(QStringLiteral("class %1").arg(k));
    return result;
}

/// Rows 0..39 are of class 0, the others of class 1.
std::shared_ptr<KnownClasses> halves(Index rows, Index classes)
{
    auto known = std::make_shared<KnownClasses>();
    known->column = QStringLiteral("label");
    known->classes = classes;
    for (Index row = 0; row < rows; ++row)
        known->known.push_back(row < 40 ? std::int16_t {0} : std::int16_t {1});
    known->judged = known->known;
    return known;
}

/// One in four is answered wrongly.
BlockPlan plan(Index first, Index rows, Index classes)
{
    BlockPlan result;
    result.task = ModelTask::Classify;
    result.first = first;
    result.rows = rows;
    result.classes = classes;
    result.chosen
        = [](Index row) { return row % 4 == 0 ? (row < 40 ? 1 : 0) : (row < 40 ? 0 : 1); };
    return result;
}

} // namespace

void TestConfusionView::answersAreCountedByKnownAndChosenClass()
{
    ConfusionView view;
    view.setModel(facts(2));
    ResultStore store;
    store.reset(120);
    store.setKnownClasses(halves(120, 2));
    QVERIFY(store.append(makeBlock(plan(0, 120, 2))));
    view.refresh(store);
    QCOMPARE(view.cellText(0, 0), QStringLiteral("30\n75 %"));
    QCOMPARE(view.cellText(0, 1), QStringLiteral("10\n25 %"));
    QCOMPARE(view.cellText(1, 0), QStringLiteral("20\n25 %"));
    QCOMPARE(view.cellText(1, 1), QStringLiteral("60\n75 %"));
    QVERIFY2(view.summary().contains(QStringLiteral("Accuracy 75.0 %")),
             qPrintable(view.summary()));
    // F1: 60 / (40 + 50) and 120 / (80 + 70)
    QVERIFY2(view.summary().contains(QStringLiteral("macro F1 73.3 %")),
             qPrintable(view.summary()));
    QVERIFY(view.summary().contains(QStringLiteral("120 rows")));
}

void TestConfusionView::itGrowsWithPlayback()
{
    ConfusionView view;
    view.setModel(facts(2));
    ResultStore store;
    store.reset(120);
    store.setKnownClasses(halves(120, 2));
    view.refresh(store);
    QVERIFY(view.summary().contains(QStringLiteral("0 rows")));
    QCOMPARE(view.cellText(1, 1), QStringLiteral("·"));
    QVERIFY(store.append(makeBlock(plan(0, 20, 2))));
    view.refresh(store);
    QVERIFY(view.summary().contains(QStringLiteral("20 rows")));
    QVERIFY(store.append(makeBlock(plan(20, 20, 2))));
    view.refresh(store);
    QVERIFY(view.summary().contains(QStringLiteral("40 rows")));
    QCOMPARE(view.cellText(0, 1), QStringLiteral("10\n25 %"));
}

void TestConfusionView::withoutKnownClassesItSaysWhy()
{
    ConfusionView view;
    view.setModel(facts(2));
    ResultStore store;
    store.reset(120);
    QVERIFY(store.append(makeBlock(plan(0, 120, 2))));
    view.refresh(store);
    QVERIFY(view.caption().contains(QStringLiteral("no column")));
    QVERIFY(view.summary().contains(QStringLiteral("0 rows")));
}

void TestConfusionView::anotherModelEmptiesIt()
{
    ConfusionView view;
    view.setModel(facts(2));
    ResultStore store;
    store.reset(120);
    store.setKnownClasses(halves(120, 2));
    QVERIFY(store.append(makeBlock(plan(0, 120, 2))));
    view.refresh(store);
    view.setModel(facts(3));
    QCOMPARE(view.cellText(0, 0), QStringLiteral("·"));
    view.setModel({});
    view.refresh(store); // must do no harm
    QVERIFY(view.cellText(0, 0).isEmpty());
}

void TestConfusionView::manyClassesCanBeDrawn()
{
    ConfusionView view;
    view.setModel(facts(200));
    ResultStore store;
    store.reset(120);
    store.setKnownClasses(halves(120, 200));
    QVERIFY(store.append(makeBlock(plan(0, 120, 200))));
    view.refresh(store);
    view.resize(380, 240);
    QVERIFY(!view.grab().isNull());
    QCOMPARE(view.cellText(0, 0), QStringLiteral("30\n75 %"));
}

QTEST_MAIN(TestConfusionView)
#include "tst_confusion_view.moc"
