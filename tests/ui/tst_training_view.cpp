#include "ui/views/training_view.h"

#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>

using namespace stint;
using namespace stint::ui;

class TestTrainingView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyVariantGetsTwoCurves();
    void progressIsShown();
    void cancellingIsAskedForWhileItRunsOnly();
    void lossesThatAreNoNumbersDoNoHarm();
    void accuracyIsShownWhenClassifying();
    void theEndIsTold();
};

namespace {

TrainProgress epoch(VariantName variant, int number, double fraction)
{
    TrainProgress progress;
    progress.variant = variant;
    progress.variantCount = 2;
    progress.epoch = number;
    progress.epochs = 5;
    progress.trainLoss = 1.0 / number;
    progress.validationLoss = 1.2 / number;
    progress.fraction = fraction;
    return progress;
}

constexpr VariantName dense {WeightFormat::Dense, AttentionMask::Full};
constexpr VariantName sbt {WeightFormat::SparseBinary, AttentionMask::StepT};

} // namespace

void TestTrainingView::everyVariantGetsTwoCurves()
{
    TrainingView view;
    view.begin(ModelTask::Anomaly);
    view.add(epoch(dense, 1, 0.1));
    view.add(epoch(dense, 2, 0.2));
    view.add(epoch(sbt, 1, 0.6));
    QCOMPARE(view.curves(), 4);
    QCOMPARE(view.epochs(0, false), 2);
    QCOMPARE(view.epochs(0, true), 2);
    QCOMPARE(view.epochs(1, true), 1);
    view.begin(ModelTask::Anomaly);
    QCOMPARE(view.curves(), 0);
}

void TestTrainingView::progressIsShown()
{
    TrainingView view;
    view.begin(ModelTask::Anomaly);
    QCOMPARE(view.percent(), 0);
    view.add(epoch(sbt, 3, 0.37));
    QCOMPARE(view.percent(), 37);
    QVERIFY(view.status().contains(QStringLiteral("sbt/step-t")));
    QVERIFY(view.status().contains(QStringLiteral("3 of 5")));
}

void TestTrainingView::cancellingIsAskedForWhileItRunsOnly()
{
    TrainingView view;
    const QSignalSpy cancels(&view, &TrainingView::cancelRequested);
    auto* button = view.findChild<QPushButton*>();
    button->click();
    QCOMPARE(cancels.count(), 0);
    view.begin(ModelTask::Anomaly);
    QVERIFY(view.running());
    button->click();
    QCOMPARE(cancels.count(), 1);
    view.finish(QStringLiteral("done"), {});
    button->click();
    QCOMPARE(cancels.count(), 1);
}

void TestTrainingView::lossesThatAreNoNumbersDoNoHarm()
{
    TrainingView view;
    view.begin(ModelTask::Anomaly);
    TrainProgress bad = epoch(dense, 1, 0.5);
    bad.trainLoss = std::numeric_limits<double>::quiet_NaN();
    bad.validationLoss = std::numeric_limits<double>::infinity();
    view.add(bad);
    bad.epoch = 2;
    bad.trainLoss = 0.0;
    view.add(bad);
    view.resize(500, 300);
    QVERIFY(!view.grab().isNull());
    QCOMPARE(view.epochs(0, false), 2);
}

void TestTrainingView::accuracyIsShownWhenClassifying()
{
    TrainingView view;
    view.begin(ModelTask::Classify);
    TrainProgress progress = epoch(dense, 1, 0.5);
    progress.validationAccuracy = 0.875;
    view.add(progress);
    QVERIFY2(view.status().contains(QStringLiteral("accuracy 87.5 %")), qPrintable(view.status()));
    auto* plot = view.findChild<QCustomPlot*>();
    QVERIFY(plot->yAxis2->visible());
    QVERIFY(plot->yAxis2->label().contains(u'%'));
    QVERIFY(std::abs(plot->graph(1)->data()->at(0)->value - 87.5) < 1e-9);
    view.begin(ModelTask::Forecast);
    QVERIFY(!plot->yAxis2->visible());
}

void TestTrainingView::theEndIsTold()
{
    TrainingView view;
    view.begin(ModelTask::Anomaly);
    view.finish(QStringLiteral("Trained in 3 s."), {QStringLiteral("Channel 2 is constant.")});
    QVERIFY(!view.running());
    QCOMPARE(view.status(), QStringLiteral("Trained in 3 s.\nChannel 2 is constant."));
}

QTEST_MAIN(TestTrainingView)
#include "tst_training_view.moc"
