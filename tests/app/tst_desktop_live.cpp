#include "app/live/pseudo_terminal.h"
#include "core/series/csv_reader.h"
#include "core/stream/player.h"
#include "tests/support/live_desktop.h"

#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <functional>
#include <random>

using namespace stint;
using namespace stint::test;
using app::LivePhase;
using app::PseudoTerminal;
using ui::NotificationStrip;

/// The real window and a device at a pseudo-terminal: what is shown, recorded and answered is what
/// was sent.
class TestDesktopLive : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void aDeviceIsShownAsItSends();
    void aPortThatIsNotThereIsToldInTheDialog();
    void noiseIsRefusedAndOtherRatesAreProposed();
    void aPauseStopsThePictureOnly();
    void recordingGoesOnOverPausesAndReconnects();
    void aModelAnswersAsAPlayerWould();
    void alarmsAreListedWithTimeAndChannel();
    void modesAndThresholdsTakeEffectLive();
    void trainingGoesOnBesideTheDevice();
    void whatWasSentCanBePlayedAgain();
    void theRestIsWrittenAfterDisconnecting();
    void anotherDeviceWaitsForTheEndOfTheOneBefore();
    void aRecordingThatCannotBeMadeIsTold();
    void otherChannelsBeginANewRecording();
    void commandsReachTheDevice();
    void theFormatCanBeChanged();
    void aBinaryFormatIsPreviewedBeforeItIsChosen();
    void openingARecordingLeavesTheDevice();

private:
    /// Makes the device appear at the path that stays the same.
    void plugIn();
    void unplug() { m_device.close(); }
    QString path(const QString& name) const { return m_folder.filePath(name); }
    /// The window, connected.
    std::unique_ptr<LiveDesktop> connectDesktop();
    std::unique_ptr<LiveDesktop> connectWithModel();
    bool send(const std::string& text) { return m_device.write(text, {}) == text.size(); }
    /// Rows of a made-up machine, with the line of names before the first.
    std::string lines(Index first, Index last) const;

    QTemporaryDir m_folder;
    PseudoTerminal m_device;
    std::shared_ptr<const Recording> m_machine; // what the device sends
};

namespace {

constexpr Index machineRows = 3000;

bool same(double a, double b) { return !(a < b) && !(b < a) && !std::isnan(a) && !std::isnan(b); }

std::string noise(std::size_t bytes)
{
    std::mt19937 random(3);
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i)
        text += static_cast<char>(random() & 0xFFU);
    return text;
}

} // namespace

void TestDesktopLive::initTestCase()
{
    QVERIFY(m_folder.isValid());
    // Settings and recordings of the user stay as they are.
    qputenv("HOME", m_folder.path().toUtf8());
    qputenv("XDG_CONFIG_HOME", m_folder.path().toUtf8());
    QStandardPaths::setTestModeEnabled(true);
    m_machine = oddMachine(machineRows);
    QVERIFY(saveFamily(*smallFamily(), path(QStringLiteral("model.stint")).toStdString()).ok());
}

void TestDesktopLive::init() { plugIn(); }

void TestDesktopLive::plugIn()
{
    auto made = PseudoTerminal::open();
    QVERIFY(made.ok());
    m_device = std::move(*made);
    std::error_code code;
    const std::string link = path(QStringLiteral("board")).toStdString();
    std::filesystem::remove(link, code);
    std::filesystem::create_symlink(m_device.path(), link, code);
    QVERIFY(!code);
}

std::string TestDesktopLive::lines(Index first, Index last) const
{
    std::string text;
    char digits[32];
    const auto channels = m_machine->channels.size();
    if (first == 0) {
        text = "\n";
        for (std::size_t c = 0; c < channels; ++c)
            text += (c > 0 ? "," : "") + m_machine->channels[c].name;
        text += '\n';
    }
    for (auto r = static_cast<std::size_t>(first); r < static_cast<std::size_t>(last); ++r) {
        for (std::size_t c = 0; c < channels; ++c) {
            const double value = m_machine->channels[c].values[r];
            text += c > 0 ? "," : "";
            text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
        }
        text += '\n';
    }
    return text;
}

std::unique_ptr<LiveDesktop> TestDesktopLive::connectDesktop()
{
    auto desktop = std::make_unique<LiveDesktop>();
    desktop->window.resize(1280, 800);
    desktop->window.show();
    desktop->window.emptyState().connectButton()->click();
    ui::ConnectDialog* dialog = desktop->live().dialog();
    if (dialog == nullptr)
        return nullptr;
    dialog->portField()->setText(path(QStringLiteral("board")));
    dialog->connectButton()->click();
    if (!waitFor([&] { return desktop->live().connected(); }))
        return nullptr;
    return desktop;
}

std::unique_ptr<LiveDesktop> TestDesktopLive::connectWithModel()
{
    auto desktop = connectDesktop();
    if (!desktop)
        return nullptr;
    desktop->session.open({path(QStringLiteral("model.stint"))});
    if (!waitFor([&] { return desktop->session.family() != nullptr; }))
        return nullptr;
    return desktop;
}

void TestDesktopLive::aDeviceIsShownAsItSends()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    QVERIFY(waitFor([&] { return desktop->live().dialog() == nullptr; }));
    QVERIFY(desktop->window.deviceBar().isVisible());
    QVERIFY(!desktop->window.actions().connectDevice->isVisible());
    for (Index row = 0; row < 600; row += 60) {
        QVERIFY(send(lines(row, row + 60)));
        QTest::qWait(20);
    }
    QVERIFY(waitFor([&] { return desktop->rows() == 600; }));
    const Recording& shown = *desktop->session.recording();
    QCOMPARE(shown.channels.size(), m_machine->channels.size());
    for (std::size_t c = 0; c < shown.channels.size(); ++c) {
        QCOMPARE(shown.channels[c].name, m_machine->channels[c].name);
        for (std::size_t r = 0; r < 600; ++r)
            QVERIFY(same(shown.channels[c].values[r], m_machine->channels[c].values[r]));
    }
    // The curve has these values, too.
    desktop->window.deviceBar().setTimeWindow(0.0);
    QTest::qWait(100);
    const QCPGraphDataContainer& points = desktop->window.inputsAndScore().channelPoints(0);
    QCOMPARE(points.size(), 600);
    for (int i = 0; i < 600; ++i)
        QVERIFY(same(points.at(i)->value, shown.channels[0].values[static_cast<std::size_t>(i)]));
    const ui::DeviceBar& bar = desktop->window.deviceBar();
    QVERIFY(waitFor([&] { return bar.sentence().contains(QStringLiteral("3 channels")); }));
    QVERIFY(!bar.sample().isEmpty());
    QVERIFY(waitFor([&] { return desktop->window.console().shownLines() > 500; }));
    QVERIFY(waitFor(
        [&] { return desktop->window.statusLine().text().contains(QStringLiteral("live")); }));
    QVERIFY(!desktop->window.actions().step->isEnabled());
    QVERIFY(!desktop->window.playbackBar().speeds()->isEnabled());
}

void TestDesktopLive::aPortThatIsNotThereIsToldInTheDialog()
{
    LiveDesktop desktop;
    desktop.window.show();
    desktop.window.actions().connectDevice->trigger();
    ui::ConnectDialog* dialog = desktop.live().dialog();
    QVERIFY(dialog != nullptr);
    dialog->portField()->setText(path(QStringLiteral("nothing")));
    dialog->connectButton()->click();
    QVERIFY(waitFor([&] { return !dialog->problem().isEmpty(); }));
    QVERIFY2(dialog->problem().contains(QStringLiteral("nothing")), qPrintable(dialog->problem()));
    QVERIFY(dialog->connectButton()->isEnabled());
    QVERIFY(!desktop.live().connected());
    dialog->portField()->setText(path(QStringLiteral("board")));
    dialog->connectButton()->click();
    QVERIFY(waitFor([&] { return desktop.live().connected(); }));
}

void TestDesktopLive::noiseIsRefusedAndOtherRatesAreProposed()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    QVERIFY(send(noise(6000)));
    const ui::DeviceBar& bar = desktop->window.deviceBar();
    QVERIFY(waitFor([&] { return !bar.rateButtons().isEmpty(); }));
    QVERIFY(waitFor([&] { return bar.sentence().contains(QStringLiteral("rate")); }));
    QVERIFY(desktop->live().recording() == nullptr);
    // With another rate the same port makes sense.
    bar.rateButtons().first()->click();
    QVERIFY(waitFor([&] { return desktop->live().state().phase == LivePhase::Detecting; }));
    QVERIFY(send(lines(0, 300)));
    QVERIFY(waitFor([&] { return desktop->rows() == 300; }));
    QVERIFY(waitFor([&] { return bar.rateButtons().isEmpty(); }));
}

void TestDesktopLive::aPauseStopsThePictureOnly()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    QVERIFY(send(lines(0, 300)));
    QVERIFY(waitFor([&] { return desktop->rows() == 300; }));
    desktop->window.actions().play->trigger();
    QVERIFY(desktop->live().paused());
    const QCPRange frozen = desktop->window.inputsAndScore().visibleRange();
    QVERIFY(send(lines(300, 600)));
    QVERIFY(waitFor([&] { return desktop->rows() == 600; }));
    QVERIFY(desktop->window.inputsAndScore().visibleRange() == frozen);
    desktop->window.actions().toEnd->trigger();
    QVERIFY(!desktop->live().paused());
    QVERIFY(desktop->window.actions().follow->isChecked());
    const double newest = desktop->session.recording()->time.seconds[599];
    QVERIFY(waitFor([&] {
        return std::abs(desktop->window.inputsAndScore().visibleRange().upper - newest) < 1e-6;
    }));
}

void TestDesktopLive::recordingGoesOnOverPausesAndReconnects()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    desktop->window.actions().record->trigger();
    QVERIFY(waitFor([&] { return desktop->live().state().recorder.recording; }));
    QVERIFY(send(lines(0, 300)));
    QVERIFY(waitFor([&] { return desktop->rows() == 300; }));
    desktop->window.actions().play->trigger();
    QVERIFY(send(lines(300, 500)));
    QVERIFY(waitFor([&] { return desktop->rows() == 500; }));
    unplug();
    QVERIFY(waitFor([&] { return desktop->live().state().phase == LivePhase::Away; }));
    QVERIFY(waitFor([&] {
        return desktop->window.deviceBar().sentence().contains(QStringLiteral("went away"));
    }));
    plugIn();
    QVERIFY(waitFor([&] { return desktop->live().state().counts.reconnects == 1; }));
    QVERIFY(send("\n" + lines(500, 700)));
    QVERIFY(waitFor([&] { return desktop->rows() == 700; }));
    QCOMPARE(desktop->live().recording()->extent()->gaps, (std::vector<Index> {500}));
    QVERIFY(waitFor([&] { return desktop->live().state().recorder.rows == 700; }));
    const QString file = QString::fromStdString(desktop->live().state().recorder.path);
    QVERIFY(waitFor(
        [&] { return desktop->window.statusLine().text().contains(QStringLiteral(".csv")); }));
    desktop->window.actions().record->trigger();
    QVERIFY(waitFor([&] { return !desktop->live().state().recorder.recording; }));
    const Result<Recording> recorded = readRecording(file.toStdString());
    QVERIFY2(recorded.ok(), recorded.ok() ? "" : recorded.error().message.c_str());
    QCOMPARE(recorded->rows(), Index {700});
    for (std::size_t c = 0; c < m_machine->channels.size(); ++c) {
        for (std::size_t r = 0; r < 700; ++r)
            QVERIFY(same(recorded->channels[c].values[r], m_machine->channels[c].values[r]));
    }
}

void TestDesktopLive::aModelAnswersAsAPlayerWould()
{
    const auto desktop = connectWithModel();
    QVERIFY(desktop);
    for (Index row = 0; row < 1000; row += 50) {
        QVERIFY(send(lines(row, row + 50)));
        QTest::qWait(5);
    }
    const ui::ResultStore& store = desktop->session.store();
    QVERIFY(waitFor([&] { return store.newestRow() == 999; }));
    QCOMPARE(desktop->live().state().engine.skipped, std::uint64_t {0});
    PlayerOptions options;
    options.mode = desktop->session.mode();
    const auto player = Player::create(m_machine, desktop->session.family(), options);
    QVERIFY(player.ok());
    const PlayedRows expected = played(**player, 256, 1000);
    for (std::size_t r = 0; r < 1000; ++r) {
        QCOMPARE(std::isnan(store.score()[r]), std::isnan(expected.score[r]));
        if (!std::isnan(expected.score[r]))
            QVERIFY(std::abs(store.score()[r] - expected.score[r])
                    <= 1e-4F * std::max(1.0F, std::abs(expected.score[r])));
    }
}

void TestDesktopLive::alarmsAreListedWithTimeAndChannel()
{
    const auto desktop = connectWithModel();
    QVERIFY(desktop);
    QVERIFY(send(lines(0, 1450)));
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() == 1449; }));
    const int before = desktop->live().bell().alarms();
    QVERIFY(send(lines(1450, 1800)));
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() == 1799; }));
    const std::vector<ui::AlarmSpan>& alarms = desktop->session.store().alarms();
    const auto found = std::find_if(alarms.begin(), alarms.end(), [](const ui::AlarmSpan& a) {
        return a.first >= oddFrom && a.first < oddTo;
    });
    QVERIFY(found != alarms.end());
    QCOMPARE(found->topChannel, Index {1});
    QVERIFY(waitFor([&] { return desktop->window.eventsView().eventCount() > 0; }));
    QVERIFY(waitFor([&] { return desktop->live().bell().alarms() > before; }));
    QVERIFY(desktop->window.eventsView()
                .text(0, ui::AlarmModel::TimeColumn)
                .contains(QStringLiteral("s")));
}

void TestDesktopLive::modesAndThresholdsTakeEffectLive()
{
    const auto desktop = connectWithModel();
    QVERIFY(desktop);
    QVERIFY(send(lines(0, 400)));
    const ui::ResultStore& store = desktop->session.store();
    QVERIFY(waitFor([&] { return store.newestRow() == 399; }));
    const Mode before = desktop->session.mode();
    Mode other = before;
    for (const ModeStatus& status : desktop->session.family()->modes()) {
        if (status.offered && !(status.mode.variant() == before.variant()))
            other = status.mode;
    }
    QVERIFY(!(other == before));
    desktop->session.setMode(other);
    desktop->session.setThreshold(0.001F);
    QTest::qWait(100);
    QVERIFY(send(lines(400, 700)));
    QVERIFY(waitFor([&] { return store.newestRow() == 699; }));
    QVERIFY(store.mode(650) == other);
    QCOMPARE(store.alarm()[650], std::uint8_t {1});
    QVERIFY(waitFor(
        [&] { return std::abs(desktop->window.thresholdControl().threshold() - 0.001) < 1e-5; }));
}

void TestDesktopLive::trainingGoesOnBesideTheDevice()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    QVERIFY(send(lines(0, 800)));
    QVERIFY(waitFor([&] { return desktop->rows() == 800; }));
    desktop->window.actions().train->trigger();
    auto* dialog = desktop->window.findChild<ui::TrainDialog*>();
    QVERIFY(dialog != nullptr);
    QVERIFY(send(lines(800, 900)));
    QVERIFY(waitFor([&] { return desktop->rows() == 900; }));
    dialog->close();
    TrainSettings settings = smallSettings();
    settings.rows = std::pair<Index, Index> {0, 800};
    Q_EMIT desktop->window.trainRequested(settings);
    QVERIFY(desktop->session.training());
    Index row = 900;
    QVERIFY(waitFor([&] {
        row += 10;
        return send(lines(row - 10, row)) && desktop->session.family() != nullptr;
    }));
    QVERIFY(send(lines(row, row + 200)));
    QVERIFY(waitFor([&] { return desktop->session.store().newestRow() == row + 199; }));
    QVERIFY(std::isfinite(desktop->session.store().score()[static_cast<std::size_t>(row + 199)]));
    QCOMPARE(desktop->rows(), row + 200);
}

void TestDesktopLive::whatWasSentCanBePlayedAgain()
{
    const auto desktop = connectWithModel();
    QVERIFY(desktop);
    QVERIFY(send(lines(0, 1000)));
    const ui::ResultStore& store = desktop->session.store();
    QVERIFY(waitFor([&] { return store.newestRow() == 999; }));
    const float live = store.score()[900];
    desktop->window.actions().disconnectDevice->trigger();
    QVERIFY(!desktop->live().connected());
    QVERIFY(!desktop->window.deviceBar().isVisible());
    QVERIFY(desktop->live().live()); // nothing has waited for its last rows
    QVERIFY(waitFor([&] { return !desktop->live().live(); }));
    QCOMPARE(desktop->session.recording()->rows(), Index {1000});
    QCOMPARE(store.rows(), Index {1000});
    QVERIFY(same(static_cast<double>(store.score()[900]), static_cast<double>(live)));
    QVERIFY(waitFor([&] { return desktop->session.playable(); }));
    QVERIFY(desktop->window.playbackBar().speeds()->isEnabled());
    desktop->window.playbackBar().setSpeed(0.0);
    const std::uint64_t run = store.run();
    desktop->session.setPlaying(true); // from the end it begins anew
    QVERIFY(waitFor([&] {
        return store.run() > run && store.newestRow() == 999 && !desktop->session.playing();
    }));
    QVERIFY(std::abs(store.score()[900] - live) <= 1e-4F * std::max(1.0F, std::abs(live)));
    // And the device can be connected again.
    ui::ConnectChoice again;
    again.port = path(QStringLiteral("board"));
    desktop->live().connectTo(again);
    QVERIFY(waitFor([&] { return desktop->live().connected(); }));
    QVERIFY(send(lines(0, 300)));
    QVERIFY(waitFor([&] { return desktop->rows() == 300 && store.newestRow() == 299; }));
}

void TestDesktopLive::theRestIsWrittenAfterDisconnecting()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    desktop->window.actions().record->trigger();
    QVERIFY(waitFor([&] { return desktop->live().state().recorder.recording; }));
    QVERIFY(send(lines(0, 300)));
    QVERIFY(waitFor([&] { return desktop->rows() == 300; }));
    const QString file = QString::fromStdString(desktop->live().state().recorder.path);
    desktop->window.actions().disconnectDevice->trigger();
    const ui::NotificationStrip& strip = desktop->window.strip();
    QVERIFY(waitFor([&] { return strip.sentence().startsWith(QStringLiteral("Recorded 300")); }));
    QVERIFY2(strip.sentence().contains(file), qPrintable(strip.sentence()));
    QCOMPARE(readRecording(file.toStdString())->rows(), Index {300});
}

void TestDesktopLive::anotherDeviceWaitsForTheEndOfTheOneBefore()
{
    const auto desktop = connectWithModel();
    QVERIFY(desktop);
    QVERIFY(send(lines(0, 600)));
    QVERIFY(waitFor([&] { return desktop->rows() == 600; }));
    desktop->window.actions().disconnectDevice->trigger();
    ui::ConnectChoice again;
    again.port = path(QStringLiteral("board"));
    desktop->live().connectTo(again);
    // What was sent is handed over first, whole and answered.
    QVERIFY(waitFor([&] { return !desktop->live().live(); }));
    QCOMPARE(desktop->session.recording()->rows(), Index {600});
    QCOMPARE(desktop->session.store().newestRow(), Index {599});
    QVERIFY(waitFor([&] { return desktop->live().connected(); }));
    QVERIFY(send(lines(0, 100)));
    QVERIFY(waitFor([&] { return desktop->rows() == 100; }));
}

void TestDesktopLive::aRecordingThatCannotBeMadeIsTold()
{
    LiveDesktop desktop;
    desktop.window.show();
    ui::ConnectChoice choice;
    choice.port = path(QStringLiteral("board"));
    choice.recordFile = path(QStringLiteral("no folder/r.csv"));
    desktop.live().connectTo(choice);
    QVERIFY(waitFor([&] {
        return desktop.window.strip().sentence().contains(QStringLiteral("no folder/r.csv"));
    }));
    QVERIFY(desktop.live().connected());
}

void TestDesktopLive::otherChannelsBeginANewRecording()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    QVERIFY(send(lines(0, 300)));
    QVERIFY(waitFor([&] { return desktop->rows() == 300; }));
    std::string text;
    for (int i = 0; i < 400; ++i)
        text += std::to_string(i) + ",1,2,3,4\n";
    QVERIFY(send(text));
    QVERIFY(waitFor(
        [&] { return desktop->rows() > 0 && desktop->session.recording()->channels.size() == 5; }));
    const ui::NotificationStrip& strip = desktop->window.strip();
    QVERIFY(waitFor([&] { return strip.sentence().contains(QStringLiteral("5 instead of 3")); }));
}

void TestDesktopLive::commandsReachTheDevice()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    desktop->window.actions().sendCommand->trigger();
    ui::Console& console = desktop->window.console();
    QVERIFY(console.isVisible());
    console.inputField()->setText(QStringLiteral("rate 100"));
    console.sendButton()->click();
    std::string got;
    QVERIFY(waitFor([&] {
        got += m_device.read();
        return got.size() >= 9;
    }));
    QCOMPARE(QByteArray::fromStdString(got), QByteArray("rate 100\n"));
}

void TestDesktopLive::theFormatCanBeChanged()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    std::string text = "\n";
    for (int i = 0; i < 100; ++i)
        text += std::to_string(i) + ",5;" + std::to_string(2 * i) + ",25\n";
    QVERIFY(send(text));
    QVERIFY(waitFor([&] { return desktop->rows() > 90; }));
    desktop->window.actions().changeFormat->trigger();
    ui::FormatDialog* dialog = desktop->live().formatDialog();
    QVERIFY(dialog != nullptr);
    WireFormat wanted;
    wanted.delimiter = ';';
    wanted.decimal = ',';
    dialog->setFormat(wanted);
    QVERIFY2(dialog->preview().contains(QStringLiteral("5.5")), qPrintable(dialog->preview()));
    dialog->useButton()->click();
    QVERIFY(waitFor([&] { return desktop->live().state().format == wanted; }));
    QVERIFY(send(text));
    QVERIFY(waitFor([&] {
        return desktop->session.recording()->channels.size() == 2 && desktop->rows() >= 99;
    }));
    QVERIFY(waitFor([&] {
        return desktop->window.deviceBar().sentence().startsWith(QStringLiteral("Read as"));
    }));
}

void TestDesktopLive::aBinaryFormatIsPreviewedBeforeItIsChosen()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    const auto number = [](int value) {
        return std::string {static_cast<char>(value & 0xFF), static_cast<char>(value >> 8)};
    };
    std::string frames;
    for (int i = 0; i < 40; ++i) // without a check value nobody can tell what this is
        frames += "\xAA\x55" + number(10 + 256 * (i % 7)) + number(13 - 1000 * (i % 5));
    QVERIFY(send(frames));
    QVERIFY(waitFor([&] { return desktop->live().state().counts.bytes == frames.size(); }));
    desktop->window.actions().changeFormat->trigger();
    ui::FormatDialog* dialog = desktop->live().formatDialog();
    QVERIFY(dialog != nullptr);
    const auto wanted = parseWireFormat("frame:sync=AA55,size=0,payload=4,number=i16,channels=2");
    QVERIFY(wanted.ok());
    dialog->setFormat(*wanted);
    const QString preview = dialog->preview();
    for (const char* value : {" 10", " 266", " 13", " -987", " -3987"})
        QVERIFY2(preview.contains(QLatin1String(value)), qPrintable(preview));
}

void TestDesktopLive::openingARecordingLeavesTheDevice()
{
    const auto desktop = connectDesktop();
    QVERIFY(desktop);
    QVERIFY(send(lines(0, 300)));
    QVERIFY(waitFor([&] { return desktop->rows() == 300; }));
    QFile file(path(QStringLiteral("table.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("t,a\n0,1\n1,2\n2,3\n3,4\n");
    file.close();
    desktop->session.open({file.fileName()});
    QVERIFY(waitFor([&] { return desktop->session.recording()->rows() == 4; }));
    QVERIFY(!desktop->live().connected());
    QVERIFY(desktop->window.actions().connectDevice->isVisible());
}

QTEST_MAIN(TestDesktopLive)
#include "tst_desktop_live.moc"
