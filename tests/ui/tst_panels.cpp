#include "tests/support/made_up_blocks.h"
#include "ui/panels/empty_state.h"
#include "ui/panels/notification_strip.h"
#include "ui/panels/playback_bar.h"
#include "ui/panels/status_line.h"
#include "ui/panels/threshold_control.h"
#include "ui/panels/train_dialog.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace stint;
using namespace stint::test;
using namespace stint::ui;

namespace {

/// A recording with a column of classes.
std::shared_ptr<const Recording> classRecording()
{
    auto recording = std::make_shared<Recording>(*makeRecording(1000, 2));
    recording->classColumns.push_back(
        {"activity", {"walk", "run"}, std::vector<std::int32_t>(1000, 1)});
    return recording;
}

bool isSameVariants(const std::vector<VariantName>& a, const std::vector<VariantName>& b)
{
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](VariantName v) {
               return std::find(b.begin(), b.end(), v) != b.end();
           });
}

} // namespace

class TestPanels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSliderSeeksWhenTheUserMovesItOnly();
    void thePlaceIsWrittenOut();
    void everySpeedCanBeChosen();
    void aMessageStaysUntilItIsDismissed();
    void aRepeatedMessageIsCounted();
    void theEmptyStateAsksForWhatIsPressed();
    void theThresholdControlAsksAndGoesBack();
    void theThresholdControlOffersMotions();
    void theStatusLineSaysEverything();
    void theTrainDialogStartsWithUsableSettings();
    void theTrainDialogRefusesBadRows_data();
    void theTrainDialogRefusesBadRows();
    void theTrainDialogNeedsAVariant();
    void theTrainDialogFollowsTaskAndRecipe_data();
    void theTrainDialogFollowsTaskAndRecipe();
    void classesAreOfferedWhereTheRecordingHasThem();
    void advancedFieldsAreFoldedAway();
    void labelledRowsAreNotSuggestedForTraining();
};

void TestPanels::theSliderSeeksWhenTheUserMovesItOnly()
{
    QAction play;
    QAction step;
    PlaybackBar bar(&play, &step);
    bar.setRows(1000);
    QList<Index> seeks;
    connect(&bar, &PlaybackBar::seekRequested, this, [&](Index row) { seeks.append(row); });
    bar.setPosition(400, QStringLiteral("40 s"));
    QCOMPARE(bar.position(), Index {400});
    QVERIFY(seeks.isEmpty());
    bar.slider()->setValue(700);
    QCOMPARE(seeks, QList<Index> {700});
}

void TestPanels::thePlaceIsWrittenOut()
{
    QAction play;
    QAction step;
    PlaybackBar bar(&play, &step);
    QVERIFY(!bar.slider()->isEnabled());
    bar.setRows(1000);
    bar.setPosition(12, QStringLiteral("1.1 s"));
    QVERIFY(bar.positionText().startsWith(QStringLiteral("12 / 1")));
    QVERIFY(bar.positionText().endsWith(QStringLiteral("1.1 s")));
}

void TestPanels::everySpeedCanBeChosen()
{
    QAction play;
    QAction step;
    PlaybackBar bar(&play, &step);
    for (const double factor : {1.0, 2.0, 5.0, 10.0, 100.0, 0.0}) {
        QVERIFY(bar.setSpeed(factor));
        QVERIFY(std::abs(bar.speed() - factor) < 1e-12);
    }
    QVERIFY(!bar.setSpeed(3.0));
}

void TestPanels::aMessageStaysUntilItIsDismissed()
{
    NotificationStrip strip;
    strip.show(QStringLiteral("a.csv is empty."), NotificationStrip::Kind::Problem);
    QVERIFY(!strip.isHidden());
    QCOMPARE(strip.sentence(), QStringLiteral("a.csv is empty."));
    QCOMPARE(strip.accessibleDescription(), QStringLiteral("a.csv is empty."));
    strip.dismiss();
    QVERIFY(strip.isHidden());
}

void TestPanels::aRepeatedMessageIsCounted()
{
    NotificationStrip strip;
    for (int i = 0; i < 3; ++i)
        strip.show(QStringLiteral("again"), NotificationStrip::Kind::Problem);
    QCOMPARE(strip.repeats(), 3);
    strip.show(QStringLiteral("other"), NotificationStrip::Kind::Problem);
    QCOMPARE(strip.repeats(), 1);
}

void TestPanels::theEmptyStateAsksForWhatIsPressed()
{
    EmptyState empty;
    const QSignalSpy demo(&empty, &EmptyState::demoRequested);
    const QSignalSpy open(&empty, &EmptyState::openRequested);
    empty.demoButton()->click();
    empty.openButton()->click();
    QCOMPARE(demo.count(), 1);
    QCOMPARE(open.count(), 1);
    empty.setDemoAvailable(false, QStringLiteral("missing"));
    empty.demoButton()->click();
    QCOMPARE(demo.count(), 1);
    QCOMPARE(empty.demoButton()->toolTip(), QStringLiteral("missing"));
}

void TestPanels::theThresholdControlAsksAndGoesBack()
{
    ThresholdControl control;
    QVERIFY(!control.field()->isEnabled());
    QList<double> asked;
    connect(&control, &ThresholdControl::thresholdRequested, this,
            [&](double value) { asked.append(value); });
    const QSignalSpy automatic(&control, &ThresholdControl::automaticRequested);
    control.setThreshold(1.5);
    QVERIFY(asked.isEmpty());
    QVERIFY(std::abs(control.threshold() - 1.5) < 1e-9);
    control.field()->setValue(2.25);
    QCOMPARE(asked.size(), 1);
    QVERIFY(std::abs(asked[0] - 2.25) < 1e-9);
    QVERIFY(!control.automaticButton()->isEnabled());
    control.setAutomatic(false);
    control.automaticButton()->click();
    QCOMPARE(automatic.count(), 1);
}

void TestPanels::theThresholdControlOffersMotions()
{
    ThresholdControl control;
    QVERIFY(!control.motionButton()->isEnabled()); // there is no threshold
    control.setThreshold(1.5);
    QVERIFY(control.motionButton()->isEnabled());
    QVERIFY(control.stillAction()->isChecked());
    QList<std::optional<ThresholdMotion>> asked;
    connect(&control, &ThresholdControl::motionRequested, this,
            [&](const std::optional<ThresholdMotion>& motion) { asked.append(motion); });
    control.adaptiveAction()->trigger();
    control.driftAction()->trigger();
    control.stillAction()->trigger();
    QCOMPARE(asked.size(), 3);
    QVERIFY(asked[0] == ThresholdMotion {} && asked[1] == ThresholdMotion {usualDrift});
    QVERIFY(!asked[2]);

    const QString fixed = control.motionButton()->text();
    control.setMotion(ThresholdMotion {500});
    QVERIFY(control.driftAction()->isChecked());
    QVERIFY(control.driftAction()->toolTip().contains(QStringLiteral("500")));
    QVERIFY(control.motionButton()->text() != fixed);
    control.driftAction()->trigger();
    QVERIFY(asked[3] == ThresholdMotion {500});
    control.setMotion(ThresholdMotion {});
    QVERIFY(control.adaptiveAction()->isChecked() && !control.driftAction()->isChecked());

    control.setMotionRefusal(QStringLiteral("nothing to begin with"));
    QVERIFY(!control.adaptiveAction()->isEnabled() && !control.driftAction()->isEnabled());
    QVERIFY(control.stillAction()->isChecked());
    QCOMPARE(control.motionButton()->text(), fixed);
    QCOMPARE(control.motionButton()->toolTip(), QStringLiteral("nothing to begin with"));
    control.setMotionRefusal({});
    QVERIFY(control.adaptiveAction()->isChecked());
}

void TestPanels::theStatusLineSaysEverything()
{
    StatusLine line;
    PlaybackStatus status;
    status.state = QStringLiteral("playing");
    status.next = 12;
    status.rows = 345;
    status.time = QStringLiteral("1.1 s");
    status.rowsPerSecond = 99.6;
    status.microsecondsPerStep = 3.21;
    status.frameMilliseconds = 4.0;
    status.dropped = 2;
    status.held = 7;
    line.setStatus(status);
    for (const QString& part :
         {QStringLiteral("playing"), QStringLiteral("row 12 / 345"), QStringLiteral("1.1 s"),
          QStringLiteral("100 rows/s"), QStringLiteral("3.2"), QStringLiteral("frame 4.0 ms"),
          QStringLiteral("dropped 2"), QStringLiteral("held 7")})
        QVERIFY2(line.text().contains(part), qPrintable(part));
    QVERIFY(!line.text().contains(QStringLiteral("differ")));
    status.answer = QStringLiteral("class walk 97 %");
    status.inferenceDifference = 1.25e-7;
    line.setStatus(status);
    QVERIFY(line.text().contains(QStringLiteral("e-07")));
    QVERIFY(line.text().contains(QStringLiteral("class walk 97 %")));
}

void TestPanels::theTrainDialogStartsWithUsableSettings()
{
    const auto recording = makeRecording(1000, 2);
    TrainDialog dialog(recording);
    const Result<TrainSettings> settings = dialog.settings();
    QVERIFY2(settings.ok(), qPrintable(dialog.problem()));
    QCOMPARE(settings->variants.size(), std::size_t {3});
    QCOMPARE(settings->rows->second, Index {1000});
    int asked = 0;
    connect(&dialog, &TrainDialog::trainRequested, this, [&] { ++asked; });
    for (QPushButton* button : dialog.findChildren<QPushButton*>()) {
        if (button->isDefault())
            button->click();
    }
    QCOMPARE(asked, 1);
}

void TestPanels::theTrainDialogRefusesBadRows_data()
{
    QTest::addColumn<QString>("rows");
    QTest::newRow("empty") << QString();
    QTest::newRow("one number") << QStringLiteral("100");
    QTest::newRow("words") << QStringLiteral("a:b");
    QTest::newRow("backwards") << QStringLiteral("200:100");
    QTest::newRow("past the end") << QStringLiteral("0:1001");
    QTest::newRow("negative") << QStringLiteral("-5:100");
}

void TestPanels::theTrainDialogRefusesBadRows()
{
    QFETCH(QString, rows);
    TrainDialog dialog(makeRecording(1000, 2));
    dialog.rowsField()->setText(rows);
    QVERIFY(!dialog.settings().ok());
    QVERIFY(!dialog.problem().isEmpty());
    for (const QPushButton* button : dialog.findChildren<QPushButton*>())
        QCOMPARE(button->isEnabled(), !button->isDefault());
    dialog.rowsField()->setText(QStringLiteral("10:900"));
    QVERIFY(dialog.settings().ok());
    QCOMPARE(dialog.settings()->rows->first, Index {10});
}

void TestPanels::theTrainDialogNeedsAVariant()
{
    TrainDialog dialog(makeRecording(1000, 2));
    for (QCheckBox* box : dialog.findChildren<QCheckBox*>())
        box->setChecked(false);
    QVERIFY(!dialog.settings().ok());
    QVERIFY(dialog.problem().contains(QStringLiteral("variant")));
    const VariantName sbt {WeightFormat::SparseBinary, AttentionMask::StepT};
    dialog.variantBox(sbt)->setChecked(true);
    QVERIFY(dialog.settings().ok());
    QVERIFY(dialog.settings()->variants.front() == sbt);
}

void TestPanels::theTrainDialogFollowsTaskAndRecipe_data()
{
    QTest::addColumn<ModelTask>("task");
    QTest::addColumn<int>("recipe");
    for (const ModelTask task : allModelTasks) {
        QTest::addRow("%s, recommended", name(task).data()) << task << 0;
        QTest::addRow("%s, paper", name(task).data()) << task << 1;
    }
}

void TestPanels::theTrainDialogFollowsTaskAndRecipe()
{
    QFETCH(ModelTask, task);
    QFETCH(int, recipe);
    TrainDialog dialog(classRecording());
    dialog.setTask(task);
    dialog.recipeField()->setCurrentIndex(recipe);
    const Result<TrainSettings> chosen = dialog.settings();
    QVERIFY2(chosen.ok(), qPrintable(dialog.problem()));
    const TrainSettings wanted
        = *TrainSettings::preset(recipe == 0 ? "recommended" : "paper", task);
    QVERIFY(chosen->task == task);
    QCOMPARE(chosen->epochs, wanted.epochs);
    QCOMPARE(chosen->window, wanted.window);
    QVERIFY(std::abs(chosen->keep - wanted.keep) < 1e-6);
    QVERIFY(chosen->positions == wanted.positions);
    QVERIFY(chosen->norm == wanted.norm);
    QVERIFY(chosen->denseNorm == wanted.denseNorm);
    QVERIFY(isSameVariants(chosen->variants, variantsOf(wanted)));
    if (task == ModelTask::Classify)
        QCOMPARE(QString::fromStdString(chosen->labelColumn), QStringLiteral("activity"));
}

void TestPanels::classesAreOfferedWhereTheRecordingHasThem()
{
    TrainDialog with(classRecording());
    QCOMPARE(with.taskField()->currentIndex(), static_cast<int>(ModelTask::Classify));
    QVERIFY(!with.classField()->isHidden());
    with.setTask(ModelTask::Forecast);
    QVERIFY(with.classField()->isHidden());
    TrainDialog without(makeRecording(1000, 2));
    without.setTask(ModelTask::Classify);
    QCOMPARE(without.taskField()->currentIndex(), static_cast<int>(ModelTask::Anomaly));
}

void TestPanels::advancedFieldsAreFoldedAway()
{
    TrainDialog dialog(makeRecording(1000, 2));
    dialog.show();
    QVERIFY(!dialog.windowField()->isVisible());
    dialog.advancedButton()->click();
    QVERIFY(dialog.windowField()->isVisible());
    dialog.windowField()->setValue(48);
    dialog.positionsField()->setCurrentIndex(static_cast<int>(Positions::Rotary));
    dialog.normField()->setCurrentIndex(static_cast<int>(Norm::Token));
    dialog.keepField()->setValue(25.0);
    const Result<TrainSettings> chosen = dialog.settings();
    QVERIFY(chosen.ok());
    QCOMPARE(chosen->window, Index {48});
    QVERIFY(chosen->positions == Positions::Rotary);
    QVERIFY(chosen->norm == Norm::Token);
    QVERIFY(std::abs(chosen->keep - 0.25) < 1e-9);
}

void TestPanels::labelledRowsAreNotSuggestedForTraining()
{
    const auto end = [](const Recording& recording, ModelTask task) {
        return suggestedSettings(recording, task).rows->second;
    };
    const auto late = makeRecording(2000, 2, 1200, 1300);
    QCOMPARE(end(*late, ModelTask::Anomaly), Index {1200});
    QCOMPARE(end(*late, ModelTask::Classify), Index {2000});
    // Too few rows before the first label to learn from: all are suggested.
    QCOMPARE(end(*makeRecording(2000, 2, 30, 40), ModelTask::Anomaly), Index {2000});
}

QTEST_MAIN(TestPanels)
#include "tst_panels.moc"
