#include "app/desktop/desktop_session.h"
#include "app/desktop/snapshot.h"
#include "core/base/rng.h"
#include "core/model/family.h"
#include "core/stream/player.h"
#include "core/train/trainer.h"
#include "tests/support/made_up_blocks.h"
#include "ui/main_window.h"

#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <functional>

using namespace stint;
using namespace stint::test;
using app::DesktopOptions;
using app::DesktopSession;
using ui::MainWindow;

/// The real window with real threads, on a small recording and a model trained here.
class TestDesktop : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void filesAreOpenedAndPlayedToTheEnd();
    void everyControlTakesEffectAtTheNextRow();
    void aStepAnswersOneRowAndCountsIt();
    void seekingLeavesNoStaleRows();
    void aSecondInferenceIsComparedWithTheFirst();
    void anotherThresholdMarksTheAnsweredRows();
    void aThresholdMayMoveWithTheRows();
    void trainingInTheWindowGivesAModel();
    void trainingCanBeCancelled();
    void aSavedModelOpensAgain();
    void badFilesAreToldAndDoNoHarm_data();
    void badFilesAreToldAndDoNoHarm();
    void aModelOfOtherChannelsIsRefused();
    void aRefusedModeIsToldAtTheStart();
    void thePaceOfTheRecordingIsKept();
    void asFastAsItGoesLosesNothing();
    void togglingWhilePlayingShowsNoStaleNumber();
    void expectedValuesAppearWhenAskedFor();
    void forecastsArePlayed();
    void classesArePlayedAndJudged();
    void theSnapshotIsAPicture();

private:
    struct Desktop {
        MainWindow window;
        DesktopSession session {window};
    };

    std::unique_ptr<Desktop> openDesktop();
    std::unique_ptr<Desktop> openFiles(const QString& recording, const QString& model);
    static bool waitFor(const std::function<bool()>& condition);
    static bool playToEnd(Desktop& desktop);
    void compareWithPlayer(const Desktop& desktop, Index first, Index last) const;
    QString path(const QString& name) const { return m_folder.filePath(name); }

    QTemporaryDir m_folder;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const Family> m_family;
};

namespace {

constexpr Index recordingRows = 3000;
constexpr double tolerance = 1e-4;
constexpr Mode start {WeightFormat::Dense, AttentionMask::StepT, Inference::Continual};

/// A table with two correlated waves, and a third channel that departs between rows 2000 and 2100.
QByteArray tableText(Index rows)
{
    QByteArray text("time_s,flow [l/min],pressure [bar],current [A],anomaly\n");
    Rng rng(7);
    for (Index row = 0; row < rows; ++row) {
        const double t = 0.1 * static_cast<double>(row);
        const bool odd = row >= 2000 && row < 2100;
        const double wave = std::sin(0.7 * t);
        text += QByteArray::number(t, 'f', 1) + ',' + QByteArray::number(wave + 0.05 * rng.normal())
            + ',' + QByteArray::number(2.0 * wave + 0.05 * rng.normal()) + ','
            + QByteArray::number(std::cos(0.7 * t) + (odd ? 2.0 : 0.0) + 0.05 * rng.normal()) + ','
            + (odd ? '1' : '0') + '\n';
    }
    return text;
}

void writeFile(const QString& file, const QByteArray& content)
{
    QFile out(file);
    QVERIFY(out.open(QIODevice::WriteOnly));
    QCOMPARE(out.write(content), content.size());
}

TrainSettings smallSettings()
{
    TrainSettings settings;
    settings.variants = {{WeightFormat::Dense, AttentionMask::Full},
                         {WeightFormat::Dense, AttentionMask::StepT},
                         {WeightFormat::SparseBinary, AttentionMask::StepT}};
    settings.rows = std::pair<Index, Index> {0, 1800};
    settings.window = 16;
    settings.width = 16;
    settings.hidden = 32;
    settings.epochs = 3;
    settings.threads = 1;
    return settings;
}

} // namespace

bool TestDesktop::waitFor(const std::function<bool()>& condition)
{
    return QTest::qWaitFor(condition, 30'000);
}

void TestDesktop::initTestCase()
{
    QVERIFY(m_folder.isValid());
    writeFile(path(QStringLiteral("table.csv")), tableText(recordingRows));
    Desktop desktop;
    desktop.session.open({path(QStringLiteral("table.csv"))});
    QVERIFY(waitFor([&] { return desktop.session.recording() != nullptr; }));
    m_recording = desktop.session.recording();
    QCOMPARE(m_recording->rows(), recordingRows);
    QCOMPARE(m_recording->channels.size(), std::size_t {3});
    const Result<TrainOutcome> trained = trainFamily({m_recording}, smallSettings());
    QVERIFY2(trained.ok(), trained.ok() ? "" : trained.error().message.c_str());
    m_family = trained->family;
    QVERIFY(saveFamily(*m_family, path(QStringLiteral("model.stint")).toStdString()).ok());
}

std::unique_ptr<TestDesktop::Desktop> TestDesktop::openDesktop()
{
    auto desktop = std::make_unique<Desktop>();
    desktop->window.resize(1280, 800);
    desktop->window.show();
    DesktopOptions options;
    options.files = {path(QStringLiteral("table.csv")), path(QStringLiteral("model.stint"))};
    options.mode = start;
    desktop->session.begin(options);
    if (!waitFor([&] { return desktop->session.playable(); }))
        return nullptr;
    desktop->window.playbackBar().setSpeed(0.0);
    return desktop;
}

bool TestDesktop::playToEnd(Desktop& desktop)
{
    desktop.session.setPlaying(true);
    return waitFor([&] {
        return !desktop.session.playing() && desktop.session.position() == recordingRows
            && desktop.session.store().newestRow() == recordingRows - 1;
    });
}

/// The rows [first, last) of the store against a fresh player in the mode that each row names.
void TestDesktop::compareWithPlayer(const Desktop& desktop, Index first, Index last) const
{
    const ui::ResultStore& store = desktop.session.store();
    PlayerOptions options;
    options.mode = *store.mode(last - 1);
    const auto player = Player::create(m_recording, m_family, options);
    QVERIFY(player.ok());
    ResultBlock block;
    while ((*player)->advance(256, block) > 0) {
        for (Index i = 0; i < block.rows; ++i) {
            const Index row = block.firstRow + i;
            if (row < first || row >= last)
                continue;
            const float expected = block.score[static_cast<std::size_t>(i)];
            const float shown = store.score()[static_cast<std::size_t>(row)];
            QCOMPARE(std::isnan(shown), std::isnan(expected));
            if (!std::isnan(expected))
                QVERIFY2(std::abs(static_cast<double>(shown) - static_cast<double>(expected))
                             < tolerance,
                         qPrintable(QString::number(row)));
        }
    }
}

void TestDesktop::filesAreOpenedAndPlayedToTheEnd()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    QVERIFY(desktop->session.mode() == start);
    QVERIFY(playToEnd(*desktop));
    compareWithPlayer(*desktop, 0, recordingRows);
    const ui::ResultStore& store = desktop->session.store();
    QCOMPARE(store.cost().tally().steps, static_cast<std::uint64_t>(store.answered()));
    const ui::AttentionRing& attention = store.attention();
    QVERIFY(attention.size() > 0);
    QCOMPARE(attention.row(attention.size() - 1), recordingRows - 1);
    for (Index layer = 0; layer < attention.layers(); ++layer) {
        for (Index head = 0; head < attention.heads(); ++head) {
            double sum = 0.0;
            for (const float weight : attention.weights(attention.size() - 1, layer, head))
                sum += static_cast<double>(weight);
            QVERIFY2(std::abs(sum - 1.0) < 1e-4, qPrintable(QString::number(sum)));
        }
    }
    // The departure is found, and the window shows it.
    QVERIFY(desktop->window.eventsView().eventCount() >= 1);
    QCOMPARE(desktop->window.inputsAndScore().labelBands().size(), std::size_t {1});
    QVERIFY(!desktop->window.inputsAndScore().alarmBands().empty());
    QVERIFY(desktop->window.costView().headline().contains(u'×'));
    QVERIFY(desktop->window.statusLine().text().contains(QStringLiteral("dropped 0")));
}

void TestDesktop::everyControlTakesEffectAtTheNextRow()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    desktop->session.seek(500);
    Index row = 500;
    for (const ModeStatus& status : m_family->modes()) {
        if (!status.offered)
            continue;
        desktop->session.setMode(status.mode);
        desktop->session.step();
        QVERIFY(waitFor([&] { return desktop->session.store().newestRow() == row; }));
        QVERIFY(*desktop->session.store().mode(row) == status.mode);
        QVERIFY(*desktop->window.modeBar().mode() == status.mode);
        QCOMPARE(desktop->session.store().cost().tally().steps, std::uint64_t {1});
        compareWithPlayer(*desktop, row, row + 1);
        ++row;
    }
    QVERIFY(row > 503);
}

void TestDesktop::aStepAnswersOneRowAndCountsIt()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    desktop->session.seek(100);
    for (std::uint64_t steps = 1; steps <= 5; ++steps) {
        desktop->session.step();
        const Index row = 99 + static_cast<Index>(steps);
        QVERIFY(waitFor([&] { return desktop->session.store().newestRow() == row; }));
        QCOMPARE(desktop->session.store().cost().tally().steps, steps);
    }
    QCOMPARE(desktop->session.position(), Index {105});
    QVERIFY(!desktop->session.playing());
}

void TestDesktop::seekingLeavesNoStaleRows()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    desktop->session.setPlaying(true);
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() > 300; }));
    desktop->session.setPlaying(false);
    desktop->session.seek(1000);
    desktop->session.setMode(
        {WeightFormat::SparseBinary, AttentionMask::StepT, Inference::Continual});
    desktop->session.step();
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() == 1000; }));
    QTest::qWait(200); // time for anything left over to arrive
    QCOMPARE(desktop->session.store().newestRow(), Index {1000});
    QCOMPARE(desktop->session.position(), Index {1001});
    QCOMPARE(desktop->session.store().answered(), Index {1});
    compareWithPlayer(*desktop, 1000, 1001);
}

void TestDesktop::aSecondInferenceIsComparedWithTheFirst()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    desktop->session.seek(400);
    desktop->session.setPlaying(true);
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() > 600; }));
    desktop->session.setMode({start.weights, start.attention, Inference::Window});
    QVERIFY(waitFor([&] { return desktop->session.store().comparedRows() > 0; }));
    QVERIFY(*desktop->session.store().largestInferenceDifference() < tolerance);
    QVERIFY(waitFor(
        [&] { return desktop->window.statusLine().text().contains(QStringLiteral("differ")); }));
    QVERIFY(waitFor([&] { return !desktop->session.playing(); }));
    compareWithPlayer(*desktop, 600, recordingRows);
}

void TestDesktop::anotherThresholdMarksTheAnsweredRows()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    QVERIFY(playToEnd(*desktop));
    desktop->window.thresholdControl().field()->setValue(1e6);
    QVERIFY(waitFor([&] { return desktop->window.eventsView().eventCount() == 0; }));
    QVERIFY(desktop->window.thresholdControl().automaticButton()->isEnabled());
    desktop->window.thresholdControl().automaticButton()->click();
    QVERIFY(waitFor([&] { return desktop->window.eventsView().eventCount() > 0; }));
    QVERIFY(desktop->window.thresholdControl().threshold() < 1e5);
}

void TestDesktop::aThresholdMayMoveWithTheRows()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    ui::ThresholdControl& control = desktop->window.thresholdControl();
    const ui::ResultStore& store = desktop->session.store();
    const auto calibrated = desktop->session.family()->find(start.variant())->thresholds[0].value;
    control.driftAction()->trigger();
    QVERIFY(playToEnd(*desktop));
    QVERIFY(store.thresholdMoves());
    PlayerOptions options;
    options.mode = start;
    options.motion = ThresholdMotion {usualDrift};
    const auto player
        = Player::create(desktop->session.recording(), desktop->session.family(), options);
    const float first = (*player)->threshold();
    ResultBlock block;
    while ((*player)->advance(1000, block) > 0) { }
    QVERIFY(std::abs(store.threshold() - (*player)->threshold()) <= 0.0F);
    QVERIFY(desktop->window.inputsAndScore().thresholdPoints().size() > 100);
    for (Index row = 0; row < store.rows(); ++row) {
        const auto r = static_cast<std::size_t>(row);
        QCOMPARE(store.alarm()[r] != 0, store.score()[r] > store.thresholdAt(row));
    }
    // A seek begins anew with what the held-out rows say.
    desktop->session.seek(300);
    desktop->session.step();
    QVERIFY(waitFor([&] { return store.newestRow() == 300; }));
    QVERIFY(std::abs(store.thresholdAt(300) - first) <= 0.0F);
    // By hand it stands still, on all rows; the button goes back to the one that moves.
    control.field()->setValue(1e6);
    QVERIFY(waitFor([&] { return desktop->window.eventsView().eventCount() == 0; }));
    QVERIFY(!store.thresholdMoves());
    control.automaticButton()->click();
    desktop->session.step();
    QVERIFY(waitFor([&] { return store.thresholdMoves(); }));
    control.stillAction()->trigger();
    QVERIFY(waitFor([&] { return !store.thresholdMoves(); }));
    QVERIFY(waitFor([&] { return std::abs(store.threshold() - calibrated) <= 0.0F; }));
}

void TestDesktop::trainingInTheWindowGivesAModel()
{
    Desktop desktop;
    desktop.window.show();
    desktop.session.open({path(QStringLiteral("table.csv"))});
    QVERIFY(waitFor([&] { return desktop.session.recording() != nullptr; }));
    QVERIFY(!desktop.window.actions().play->isEnabled());
    Q_EMIT desktop.window.trainRequested(smallSettings());
    QVERIFY(desktop.session.training());
    QVERIFY(waitFor([&] { return desktop.session.playable(); }));
    QVERIFY(desktop.window.actions().play->isEnabled());
    QCOMPARE(desktop.window.trainingView().curves(), 6);
    QVERIFY(!desktop.window.trainingView().running());
    desktop.window.playbackBar().setSpeed(0.0);
    QVERIFY(playToEnd(desktop));
}

void TestDesktop::trainingCanBeCancelled()
{
    Desktop desktop;
    desktop.window.show();
    desktop.session.open({path(QStringLiteral("table.csv"))});
    QVERIFY(waitFor([&] { return desktop.session.recording() != nullptr; }));
    TrainSettings settings = smallSettings();
    settings.epochs = 5000;
    settings.patience = 5000;
    Q_EMIT desktop.window.trainRequested(settings);
    QVERIFY(waitFor([&] { return desktop.window.trainingView().curves() > 0; }));
    Q_EMIT desktop.window.trainingView().cancelRequested();
    QVERIFY(waitFor([&] { return !desktop.session.training(); }));
    QVERIFY(!desktop.session.family());
    QVERIFY(desktop.window.trainingView().status().contains(QStringLiteral("cancelled")));
    QVERIFY(desktop.window.actions().train->isEnabled());
}

void TestDesktop::aSavedModelOpensAgain()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    const QString file = path(QStringLiteral("saved.stint"));
    Q_EMIT desktop->window.saveModelRequested(file);
    QVERIFY(waitFor([&] { return desktop->session.filesDone(); }));
    QVERIFY2(desktop->window.strip().sentence().contains(file),
             qPrintable(desktop->window.strip().sentence()));
    QVERIFY(loadFamily(file.toStdString()).ok());
    Q_EMIT desktop->window.saveModelRequested(QStringLiteral("/no/such/folder/m.stint"));
    QVERIFY(waitFor([&] { return desktop->session.filesDone(); }));
    QCOMPARE(desktop->window.strip().kind(), ui::NotificationStrip::Kind::Problem);
}

void TestDesktop::badFilesAreToldAndDoNoHarm_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty recording") << QStringLiteral("empty.csv") << QByteArray();
    QTest::newRow("picture") << QStringLiteral("picture.csv")
                             << QByteArray("\x89PNG\r\n\x1a\n\0", 9);
    QTest::newRow("model that is none") << QStringLiteral("none.stint") << QByteArray("hello");
    QTest::newRow("missing") << QStringLiteral("missing.csv") << QByteArray("-");
}

void TestDesktop::badFilesAreToldAndDoNoHarm()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    if (content != "-")
        writeFile(path(name), content);
    desktop->session.open({path(name)});
    QVERIFY(waitFor([&] { return desktop->session.filesDone(); }));
    QCOMPARE(desktop->window.strip().kind(), ui::NotificationStrip::Kind::Problem);
    QVERIFY2(desktop->window.strip().sentence().contains(name),
             qPrintable(desktop->window.strip().sentence()));
    QVERIFY(playToEnd(*desktop));
}

void TestDesktop::aModelOfOtherChannelsIsRefused()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    writeFile(path(QStringLiteral("other.csv")), "time_s,a,b\n0,1,2\n1,2,1\n2,1,2\n3,2,1\n");
    desktop->session.open({path(QStringLiteral("other.csv"))});
    // The thread that plays refuses, some time after the file is open.
    QVERIFY(waitFor(
        [&] { return desktop->window.strip().sentence().contains(QStringLiteral("flow")); }));
    QVERIFY(!desktop->session.playable());
    QVERIFY(!desktop->window.actions().play->isEnabled());
    desktop->session.setPlaying(true); // must do no harm
    desktop->session.step();
}

void TestDesktop::aRefusedModeIsToldAtTheStart()
{
    Desktop desktop;
    DesktopOptions options;
    options.files = {path(QStringLiteral("model.stint"))};
    options.mode = {WeightFormat::Binary, AttentionMask::FixedMask, Inference::Window};
    desktop.session.begin(options);
    QVERIFY(waitFor([&] { return desktop.session.family() != nullptr; }));
    QVERIFY(desktop.window.strip().sentence().contains(QStringLiteral("binary/fixed-mask/window")));
    QVERIFY(desktop.session.mode() == desktop.session.family()->defaultMode());
}

void TestDesktop::thePaceOfTheRecordingIsKept()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    desktop->window.playbackBar().setSpeed(100.0); // 10 rows a second make 1000
    QElapsedTimer timer;
    timer.start();
    desktop->session.setPlaying(true);
    QTest::qWait(1500);
    const double expected = static_cast<double>(timer.elapsed());
    const auto answered = static_cast<double>(desktop->session.store().newestRow());
    // A busy machine may play slower; nothing may play faster than asked for.
    QVERIFY2(answered > 0.0 && answered < 1.2 * expected,
             qPrintable(QStringLiteral("%1 rows in %2 ms").arg(answered).arg(expected)));
}

void TestDesktop::asFastAsItGoesLosesNothing()
{
    writeFile(path(QStringLiteral("long.csv")), tableText(200'000));
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    desktop->session.open({path(QStringLiteral("long.csv"))});
    QVERIFY(waitFor([&] {
        return desktop->session.recording()->rows() == 200'000 && desktop->session.playable();
    }));
    QElapsedTimer timer;
    timer.start();
    desktop->session.setPlaying(true);
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() == 199'999; }));
    qInfo("%.0f rows/s with all views", 200'000.0 / (1e-3 * static_cast<double>(timer.elapsed())));
    const ui::ResultStore& store = desktop->session.store();
    const Index past
        = desktop->session.family()->find(desktop->session.mode().variant())->config.past();
    for (Index row = past; row < 200'000; ++row)
        QVERIFY(std::isfinite(store.score()[static_cast<std::size_t>(row)]));
}

/// Opens two files of the folder and waits until they can be played, as fast as it goes.
std::unique_ptr<TestDesktop::Desktop> TestDesktop::openFiles(const QString& recording,
                                                             const QString& model)
{
    auto desktop = std::make_unique<Desktop>();
    desktop->window.resize(1280, 800);
    desktop->window.show();
    desktop->session.open({path(recording), path(model)});
    if (!waitFor([&] { return desktop->session.playable(); }))
        return nullptr;
    desktop->window.playbackBar().setSpeed(0.0);
    return desktop;
}

void TestDesktop::togglingWhilePlayingShowsNoStaleNumber()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    std::vector<Mode> modes;
    for (const ModeStatus& status : m_family->modes()) {
        if (status.offered)
            modes.push_back(status.mode);
    }
    desktop->window.playbackBar().setSpeed(100.0);
    desktop->session.setPlaying(true);
    for (std::size_t i = 0; i < 30; ++i) {
        desktop->session.setMode(modes[i % modes.size()]);
        QTest::qWait(10);
    }
    desktop->window.playbackBar().setSpeed(0.0);
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() == recordingRows - 1; }));
    // Whatever row a number stands at, it is that of the mode which the row names.
    const ui::ResultStore& store = desktop->session.store();
    Index compared = 0;
    for (const Mode& mode : modes) {
        PlayerOptions options;
        options.mode = mode;
        const auto player = Player::create(m_recording, m_family, options);
        QVERIFY(player.ok());
        ResultBlock block;
        while ((*player)->advance(256, block) > 0) {
            for (Index i = 0; i < block.rows; ++i) {
                const Index row = block.firstRow + i;
                if (!store.mode(row) || !(*store.mode(row) == mode))
                    continue;
                const auto expected = static_cast<double>(block.score[static_cast<std::size_t>(i)]);
                const auto shown
                    = static_cast<double>(store.score()[static_cast<std::size_t>(row)]);
                QVERIFY2(std::abs(shown - expected) < tolerance, qPrintable(QString::number(row)));
                ++compared;
            }
        }
    }
    QCOMPARE(compared, store.answered());
}

void TestDesktop::expectedValuesAppearWhenAskedFor()
{
    const auto desktop = openDesktop();
    QVERIFY(desktop);
    desktop->session.setPlaying(true);
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() > 600; }));
    desktop->session.setPlaying(false);
    QVERIFY(desktop->session.store().forecast().empty());
    desktop->window.actions().expected->trigger();
    // Some rows before the place are answered once more, so that there is something to see.
    QVERIFY(waitFor([&] {
        const Index row = desktop->session.position() - 1;
        return std::isfinite(desktop->session.store().forecast().at(row, 0));
    }));
    QVERIFY(waitFor([&] { return !desktop->window.inputsAndScore().forecastPoints(0).isEmpty(); }));
    QVERIFY(playToEnd(*desktop));
    compareWithPlayer(*desktop, 700, recordingRows);
    desktop->window.actions().expected->trigger();
    QVERIFY(desktop->window.inputsAndScore().forecastPoints(0).isEmpty());
}

void TestDesktop::forecastsArePlayed()
{
    TrainSettings settings = TrainSettings::forTask(ModelTask::Forecast);
    settings.variants = {{WeightFormat::Dense, AttentionMask::StepT}};
    settings.rows = std::pair<Index, Index> {0, 1800};
    settings.window = 16;
    settings.width = 16;
    settings.hidden = 32;
    settings.epochs = 2;
    settings.threads = 1;
    const Result<TrainOutcome> trained = trainFamily({m_recording}, settings);
    QVERIFY2(trained.ok(), trained.ok() ? "" : trained.error().message.c_str());
    const QString model = QStringLiteral("forecast.stint");
    QVERIFY(saveFamily(*trained->family, path(model).toStdString()).ok());
    const auto desktop = openFiles(QStringLiteral("table.csv"), model);
    QVERIFY(desktop);
    QVERIFY(playToEnd(*desktop));
    PlayerOptions options;
    options.mode = desktop->session.mode();
    options.keepForecast = true;
    const auto player = Player::create(m_recording, trained->family, options);
    QVERIFY(player.ok());
    ResultBlock block;
    while ((*player)->advance(256, block) > 0) {
        for (Index i = 0; i < block.rows * block.channels; ++i) {
            const auto expected = static_cast<double>(block.forecast[static_cast<std::size_t>(i)]);
            const auto shown = static_cast<double>(desktop->session.store().forecast().at(
                block.firstRow + i / block.channels, i % block.channels));
            QCOMPARE(std::isnan(shown), std::isnan(expected));
            QVERIFY(std::isnan(shown) || std::abs(shown - expected) < tolerance);
        }
    }
    const ui::InputsAndScoreView& view = desktop->window.inputsAndScore();
    QVERIFY(view.scoreTitleText().startsWith(QStringLiteral("Forecast error")));
    QVERIFY(!view.forecastPoints(1).isEmpty());
}

void TestDesktop::classesArePlayedAndJudged()
{
    constexpr int series = 36;
    constexpr int seriesRows = 30;
    QByteArray text("series_id,t,x,y,label\n");
    Rng rng(11);
    for (int s = 0; s < series; ++s) {
        const bool fast = s % 2 == 0;
        for (int row = 0; row < seriesRows; ++row) {
            const double wave = std::sin((fast ? 1.3 : 0.3) * row);
            text += QByteArray::number(s) + ',' + QByteArray::number(row) + ','
                + QByteArray::number(wave + 0.1 * rng.normal()) + ','
                + QByteArray::number(wave * wave + 0.1 * rng.normal()) + ','
                + (fast ? "running" : "walking") + '\n';
        }
    }
    const QString table = QStringLiteral("classes.csv");
    writeFile(path(table), text);
    Desktop desktop;
    desktop.window.show();
    desktop.session.open({path(table)});
    QVERIFY(waitFor([&] { return desktop.session.recording() != nullptr; }));
    TrainSettings settings
        = ui::suggestedSettings(*desktop.session.recording(), ModelTask::Classify);
    settings.variants = {{WeightFormat::Dense, AttentionMask::StepT}};
    settings.width = 16;
    settings.hidden = 32;
    settings.epochs = 40;
    settings.threads = 1;
    Q_EMIT desktop.window.trainRequested(settings);
    QVERIFY(waitFor([&] { return desktop.session.playable(); }));
    QVERIFY(desktop.window.confusionView().isVisible());
    QCOMPARE(desktop.window.inputsAndScore().boundaries().size(), std::size_t {series - 1});
    QVERIFY(desktop.window.inputsAndScore().knownStrip() != nullptr);
    desktop.window.playbackBar().setSpeed(0.0);
    desktop.session.setPlaying(true);
    const ui::ResultStore& store = desktop.session.store();
    QVERIFY(waitFor([&] { return store.newestRow() == series * seriesRows - 1; }));
    QCOMPARE(store.classAnswers().judged(), Index {series});
    const Index right = store.classAnswers().count(0, 0) + store.classAnswers().count(1, 1);
    QVERIFY2(right >= series * 8 / 10, qPrintable(QString::number(right)));
    QVERIFY(waitFor(
        [&] { return desktop.window.statusLine().text().contains(QStringLiteral("class ")); }));
    QVERIFY(waitFor([&] {
        return desktop.window.confusionView().summary().contains(QStringLiteral("36 series"));
    }));
    QVERIFY(!desktop.window.thresholdControl().field()->isEnabled());
    QVERIFY(store.alarms().empty());
}

void TestDesktop::theSnapshotIsAPicture()
{
    app::SnapshotOptions options;
    options.recording = path(QStringLiteral("table.csv")).toStdString();
    options.model = path(QStringLiteral("model.stint")).toStdString();
    options.output = path(QStringLiteral("picture.png")).toStdString();
    const Result<QSize> size = app::renderSnapshot(options);
    QVERIFY2(size.ok(), size.ok() ? "" : size.error().message.c_str());
    const QImage picture(path(QStringLiteral("picture.png")));
    QCOMPARE(picture.size(), *size);
    QVERIFY(picture.width() >= 1280);
    options.output = "/no/such/folder/picture.png";
    QVERIFY(!app::renderSnapshot(options).ok());
}

QTEST_MAIN(TestDesktop)
#include "tst_desktop.moc"
