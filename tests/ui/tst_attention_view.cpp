#include "tests/support/made_up_blocks.h"
#include "ui/views/attention_view.h"

#include <QComboBox>
#include <QTest>

#include <cmath>

using namespace stint;
using namespace stint::test;
using namespace stint::ui;

class TestAttentionView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cellsAreTheWeightsOfTheirRowAndLag();
    void anotherLayerAndHeadCanBeChosen();
    void theNewestRowStandsBeside();
    void rowsWithoutAttentionAreEmpty();
    void aVariantChangeEmptiesTheMap();
    void theNewestTokenIsLagZero();
    void aSingleKeyIsShown();
    void axesAreLabelled();
};

namespace {

constexpr double tolerance = 1e-6;

BlockPlan plan(Index first, Index rows)
{
    BlockPlan result;
    result.first = first;
    result.rows = rows;
    result.layers = 2;
    result.heads = 3;
    return result;
}

double expected(Index row, Index layer, Index head, Index lag)
{
    return static_cast<double>(madeUpWeight(row, layer, head, lag, 7));
}

} // namespace

void TestAttentionView::cellsAreTheWeightsOfTheirRowAndLag()
{
    AttentionView view;
    ResultStore store;
    store.reset(2000);
    QVERIFY(store.append(makeBlock(plan(0, 1000))));
    view.refresh(store);
    QCOMPARE(view.mappedRows(), AttentionRing::capacity);
    QCOMPARE(view.mappedLags(), Index {7});
    for (const Index row : {Index {400}, Index {777}, Index {999}}) {
        double sum = 0.0;
        for (Index lag = 1; lag <= 7; ++lag) {
            QVERIFY(std::abs(view.cell(row, lag) - expected(row, 0, 0, lag)) < tolerance);
            sum += view.cell(row, lag);
        }
        QVERIFY(std::abs(sum - 1.0) < 1e-5);
    }
    QVERIFY(std::isnan(view.cell(399, 1)));
    QVERIFY(std::isnan(view.cell(1000, 1)));
    QVERIFY(std::isnan(view.cell(999, 0)));
    QVERIFY(std::isnan(view.cell(999, 8)));
}

void TestAttentionView::anotherLayerAndHeadCanBeChosen()
{
    AttentionView view;
    ResultStore store;
    store.reset(100);
    QVERIFY(store.append(makeBlock(plan(0, 100))));
    view.refresh(store);
    const QList<QComboBox*> boxes = view.findChildren<QComboBox*>();
    QCOMPARE(boxes.size(), 2);
    QCOMPARE(boxes[0]->count(), 2);
    QCOMPARE(boxes[1]->count(), 3);
    view.select(1, 2);
    view.refresh(store);
    QVERIFY(std::abs(view.cell(50, 4) - expected(50, 1, 2, 4)) < tolerance);
    boxes[1]->setCurrentIndex(0);
    view.refresh(store);
    QVERIFY(std::abs(view.cell(50, 4) - expected(50, 1, 0, 4)) < tolerance);
}

void TestAttentionView::theNewestRowStandsBeside()
{
    AttentionView view;
    ResultStore store;
    store.reset(100);
    QVERIFY(store.append(makeBlock(plan(0, 60))));
    view.refresh(store);
    for (Index lag = 1; lag <= 7; ++lag)
        QVERIFY(std::abs(view.newestWeight(lag) - expected(59, 0, 0, lag)) < tolerance);
    QVERIFY(std::isnan(view.newestWeight(8)));
    QVERIFY(store.append(makeBlock(plan(60, 1))));
    view.refresh(store);
    QVERIFY(std::abs(view.newestWeight(3) - expected(60, 0, 0, 3)) < tolerance);
}

void TestAttentionView::rowsWithoutAttentionAreEmpty()
{
    AttentionView view;
    ResultStore store;
    store.reset(500);
    QVERIFY(store.append(makeBlock(plan(0, 20))));
    BlockPlan without = plan(20, 100);
    without.layers = 0;
    QVERIFY(store.append(makeBlock(without)));
    QVERIFY(store.append(makeBlock(plan(120, 10))));
    view.refresh(store);
    QVERIFY(std::isfinite(view.cell(19, 1)));
    QVERIFY(std::isnan(view.cell(60, 1)));
    QVERIFY(std::isfinite(view.cell(125, 1)));
}

void TestAttentionView::aVariantChangeEmptiesTheMap()
{
    AttentionView view;
    ResultStore store;
    store.reset(500);
    QVERIFY(store.append(makeBlock(plan(0, 20))));
    view.refresh(store);
    BlockPlan other = plan(20, 1);
    other.run = 2;
    other.mode = binaryContinual;
    QVERIFY(store.append(makeBlock(other)));
    view.refresh(store);
    QVERIFY(std::isnan(view.cell(19, 1)));
    QVERIFY(std::isfinite(view.cell(20, 1)));
}

void TestAttentionView::theNewestTokenIsLagZero()
{
    AttentionView view;
    ResultStore store;
    store.reset(100);
    BlockPlan visible = plan(0, 60);
    visible.newestIsKey = true; // the last key is lag 0
    QVERIFY(store.append(makeBlock(visible)));
    view.refresh(store);
    QVERIFY(std::abs(view.cell(50, 0) - expected(50, 0, 0, 7)) < tolerance);
    QVERIFY(std::abs(view.cell(50, 1) - expected(50, 0, 0, 1)) < tolerance);
    QVERIFY(std::abs(view.cell(50, 6) - expected(50, 0, 0, 6)) < tolerance);
    QVERIFY(std::isnan(view.cell(50, 7)));
    QVERIFY(std::abs(view.newestWeight(0) - expected(59, 0, 0, 7)) < tolerance);
    QVERIFY(std::abs(view.newestWeight(2) - expected(59, 0, 0, 2)) < tolerance);
    // A model without it comes next.
    BlockPlan hidden = plan(60, 5);
    hidden.run = 2;
    QVERIFY(store.append(makeBlock(hidden)));
    view.refresh(store);
    QVERIFY(std::isnan(view.cell(62, 0)));
    QVERIFY(std::abs(view.cell(62, 7) - expected(62, 0, 0, 7)) < tolerance);
}

void TestAttentionView::aSingleKeyIsShown()
{
    AttentionView view;
    ResultStore store;
    store.reset(100);
    BlockPlan self = plan(0, 60);
    self.lags = 1;
    self.newestIsKey = true;
    QVERIFY(store.append(makeBlock(self)));
    view.refresh(store);
    QCOMPARE(view.mappedLags(), Index {1});
    QVERIFY(std::abs(view.cell(59, 0) - 1.0) < tolerance);
    QVERIFY(std::abs(view.newestWeight(0) - 1.0) < tolerance);
    QVERIFY(!view.grab().isNull());
}

void TestAttentionView::axesAreLabelled()
{
    const AttentionView view;
    for (QCPAxisRect* rect : view.plot()->axisRects()) {
        for (const QCPAxis* axis : {rect->axis(QCPAxis::atBottom), rect->axis(QCPAxis::atLeft)})
            QVERIFY2(axis->label().contains(u'['), qPrintable(axis->label()));
    }
}

QTEST_MAIN(TestAttentionView)
#include "tst_attention_view.moc"
