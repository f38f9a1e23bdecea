#include "tests/support/made_up_blocks.h"
#include "ui/plot/theme.h"
#include "ui/views/cost_view.h"

#include <QTest>

#include <limits>

using namespace stint;
using namespace stint::test;
using namespace stint::ui;

class TestCostView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersAreThoseOfTheTally();
    void theRatioIsTheTallys();
    void theCurveHasAPointForEveryChange();
    void theVariantIsTold();
    void nothingIsClaimedBeforeTheFirstStep();
    void numbersAreShortened_data();
    void numbersAreShortened();
};

namespace {

ResultStore playedStore()
{
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.rows = 20;
    store.append(makeBlock(plan));
    plan.first = 20;
    plan.run = 2;
    plan.mode = denseWindow;
    plan.operationsPerStep = 800;
    store.append(makeBlock(plan));
    return store;
}

} // namespace

void TestCostView::numbersAreThoseOfTheTally()
{
    CostView view;
    view.refresh(playedStore());
    const int projection = static_cast<int>(Part::Projection);
    const int total = static_cast<int>(partCount);
    QCOMPARE(view.cellText(projection, 0), QStringLiteral("800"));
    QCOMPARE(view.cellText(projection, 1), QStringLiteral("1600"));
    QCOMPARE(view.cellText(static_cast<int>(Part::Head), 0), QStringLiteral("0"));
    QCOMPARE(view.cellText(total, 0), QStringLiteral("800"));
    QCOMPARE(view.cellText(total, 1), QStringLiteral("1600"));
}

void TestCostView::theRatioIsTheTallys()
{
    CostView view;
    view.refresh(playedStore());
    // 1000 operations of the dense window by 800 counted
    QVERIFY2(view.headline().startsWith(QStringLiteral("1.3×"))
                 || view.headline().startsWith(QStringLiteral("1.2×")),
             qPrintable(view.headline()));
    QVERIFY(view.details().contains(QStringLiteral("20 steps")));
    // both runs: 20 * 100 + 20 * 800 instead of 40 * 1000
    QVERIFY2(view.details().contains(shortNumber(18'000)), qPrintable(view.details()));
    QVERIFY2(view.details().contains(shortNumber(40'000)), qPrintable(view.details()));
}

void TestCostView::theCurveHasAPointForEveryChange()
{
    CostView view;
    view.refresh(playedStore());
    QCOMPARE(view.curvePoints(), 2);
}

void TestCostView::theVariantIsTold()
{
    CostView view;
    ModelFacts facts;
    facts.variants.push_back(
        {denseWindow.variant(), 4321, 70, 90, {}, QStringLiteral("retroactive + single-output")});
    view.setModel(facts);
    ResultStore store;
    store.reset(100);
    BlockPlan plan;
    plan.rows = 20;
    QVERIFY(store.append(makeBlock(plan)));
    view.refresh(store);
    for (const char* part : {"4321 bits", "90 floats", "retroactive + single-output"})
        QVERIFY2(view.details().contains(QLatin1String(part)), qPrintable(view.details()));
    plan.run = 2;
    plan.mode = denseWindow;
    QVERIFY(store.append(makeBlock(plan)));
    view.refresh(store);
    QVERIFY(view.details().contains(QStringLiteral("70 floats")));
    QVERIFY(view.details().contains(QStringLiteral("the whole window")));
}

void TestCostView::nothingIsClaimedBeforeTheFirstStep()
{
    CostView view;
    ResultStore store;
    store.reset(10);
    view.refresh(store);
    QVERIFY(!view.headline().contains(u'×'));
    QCOMPARE(view.curvePoints(), 0);
}

void TestCostView::numbersAreShortened_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    const QString gap(QChar(0x202F));
    QTest::newRow("zero") << 0.0 << QStringLiteral("0");
    QTest::newRow("small") << 0.12345 << QStringLiteral("0.1235");
    QTest::newRow("below ten thousand") << 9999.0 << QStringLiteral("9999");
    QTest::newRow("ten thousand") << 1e4 << QStringLiteral("10") + gap + QStringLiteral("k");
    QTest::newRow("millions") << 1.5e6 << QStringLiteral("1.5") + gap + QStringLiteral("M");
    QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN()
                                  << QStringLiteral("–");
}

void TestCostView::numbersAreShortened()
{
    QFETCH(double, value);
    QFETCH(QString, text);
    QCOMPARE(shortNumber(value), text);
}

QTEST_MAIN(TestCostView)
#include "tst_cost_view.moc"
