#include "app/live/file_times.h"
#include "core/series/csv_reader.h"
#include "core/series/csv_writer.h"
#include "core/stream/player.h"
#include "tests/support/live_desktop.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fcntl.h>
#include <functional>
#include <mutex>
#include <random>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace stint;
using namespace stint::test;
using app::FileFollower;
using app::FileTimes;
using app::LivePhase;
using app::LiveRows;
using ui::MainWindow;

/// A file that grows in place of a device: every row is handed on, shown and answered once.
class TestFollowFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void timesOnlyGrow_data();
    void timesOnlyGrow();
    void everyRowIsHandedOnOnce();
    void rowsWaitInTheFileForRoom();
    void nothingIsHandedOnAfterTheEnd();
    void theWindowShowsRowsAsTheyAreAppended();
    void aModelAnswersAsAPlayerWould();
    void rowsThatTheFileMarksAreHatched();
    void theCourseCanBeHeldStill();
    void aFileThatIsCutShortGoesOnAfterAGap();
    void aRotatedFileGoesOn();
    void anotherHeaderEndsItWithASentence();
    void aRemovedFileIsToldAndWaitedFor();
    void aCompressedFileIsRefused();
    void theFirstRowsAreWaitedFor_data();
    void theFirstRowsAreWaitedFor();
    void aFileWithoutRowsCanBeFollowedLater_data();
    void aFileWithoutRowsCanBeFollowedLater();
    void waitingForTheFirstRowsCanBeEnded();
    void aFileThatIsNotThereIsNotFollowed();
    void aPipeHoldsNothingUp();
    void whatCameInStaysWhenFollowingEnds();
    void openingAnotherRecordingEndsIt();
    void onlyNewAlarmsCall();

private:
    struct Desktop : LiveDesktop {
        QAction& action() { return *window.actions().followFile; }
    };

    QString path() const { return m_folder->filePath(QStringLiteral("log.csv")); }
    void write(const QByteArray& bytes, QIODevice::OpenMode mode = QIODevice::Truncate,
               const QString& to = {}) const
    {
        QFile file(to.isEmpty() ? path() : to);
        QVERIFY(file.open(QIODevice::WriteOnly | mode));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    void append(const QByteArray& bytes) const { write(bytes, QIODevice::Append); }
    /// The text of rows of the machine; with the header from row 0 on.
    QByteArray lines(Index first, Index last) const;
    app::FollowedFile followed() const;
    /// Files that have too few rows to be followed as they are.
    void filesWithoutRows() const;
    /// The window with that file opened; null if it has not been read.
    std::unique_ptr<Desktop> openInWindow(const QByteArray& bytes, bool follow);
    /// Appends what is missing up to a row, and sees it come in.
    void growAndSee(Desktop& desktop, const QByteArray& had, Index rows);
    /// The window with the file opened and followed, all its rows shown.
    std::unique_ptr<Desktop> followInWindow(Index rows, bool withModel = false);

    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_text; // the whole machine as a table
    QList<qsizetype> m_ends; // of its lines
    std::shared_ptr<const Recording> m_machine;
};

namespace {

constexpr Index machineRows = 2000;

/// What a follower handed on.
struct HandedOn {
    std::mutex mutex;
    std::vector<double> values; // (R, C)
    std::vector<double> times;
    std::vector<std::uint64_t> gaps;
    std::uint64_t next = 0;
    bool inOrder = true;
    std::atomic<bool> room {true};

    app::FollowerOutput output()
    {
        return {[this](LiveRows& rows) {
                    const std::lock_guard lock(mutex);
                    inOrder = inOrder && rows.firstRow == next;
                    next += static_cast<std::uint64_t>(rows.samples.rows);
                    if (rows.gap)
                        gaps.push_back(rows.firstRow);
                    values.insert(values.end(), rows.samples.values.begin(),
                                  rows.samples.values.end());
                    times.insert(times.end(), rows.time.begin(), rows.time.end());
                },
                [this] { return room.load(); }};
    }

    std::uint64_t count()
    {
        const std::lock_guard lock(mutex);
        return next;
    }
};

bool same(const std::vector<double>& a, const std::vector<double>& b)
{
    return std::ranges::equal(a, b, [](double x, double y) { return !(x < y || y < x); });
}

} // namespace

void TestFollowFile::initTestCase()
{
    QTemporaryDir folder;
    qputenv("HOME", QDir::tempPath().toUtf8());
    QStandardPaths::setTestModeEnabled(true);
    const auto machine = oddMachine(machineRows);
    const QString file = folder.filePath(QStringLiteral("machine.csv"));
    QVERIFY(writeRecording(*machine, file.toStdString()).ok());
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    m_text = written.readAll();
    for (qsizetype at = m_text.indexOf('\n'); at >= 0; at = m_text.indexOf('\n', at + 1))
        m_ends.append(at + 1);
    QCOMPARE(m_ends.size(), machineRows + 1);
    auto read = readRecording(file.toStdString());
    QVERIFY(read.ok());
    m_machine = std::make_shared<const Recording>(std::move(*read));
}

void TestFollowFile::init() { m_folder = std::make_unique<QTemporaryDir>(); }

QByteArray TestFollowFile::lines(Index first, Index last) const
{
    const qsizetype begin = first == 0 ? 0 : m_ends[first];
    return m_text.mid(begin, m_ends[last] - begin);
}

app::FollowedFile TestFollowFile::followed() const
{
    const auto read = readRecording(path().toStdString());
    return {path().toStdString(), read ? read->reading : nullptr, false};
}

std::unique_ptr<TestFollowFile::Desktop> TestFollowFile::followInWindow(Index rows, bool withModel)
{
    write(lines(0, rows));
    auto desktop = std::make_unique<Desktop>();
    desktop->window.resize(1280, 800);
    desktop->window.show();
    if (withModel) {
        const QString model = m_folder->filePath(QStringLiteral("m.stint"));
        if (!saveFamily(*smallFamily(), model.toStdString()).ok())
            return nullptr;
        desktop->session.open({model});
        if (!waitFor([&] { return desktop->session.family() != nullptr; }))
            return nullptr;
    }
    desktop->session.open({path()});
    if (!waitFor([&] { return desktop->session.recording() != nullptr; }))
        return nullptr;
    if (!desktop->action().isEnabled())
        return nullptr;
    desktop->action().trigger();
    if (!waitFor([&] { return desktop->rows() == rows; }))
        return nullptr;
    return desktop;
}

void TestFollowFile::timesOnlyGrow_data()
{
    QTest::addColumn<QList<double>>("of");
    QTest::addColumn<QList<double>>("to");
    const double none = std::nan("");
    QTest::newRow("growing") << QList<double> {5, 6, 8} << QList<double> {5, 6, 8};
    QTest::newRow("repeated") << QList<double> {5, 6, 6, 6, 7}
                              << QList<double> {5, 6, 6.001, 6.002, 7};
    QTest::newRow("begun anew") << QList<double> {50, 51, 52, 0, 1, 2}
                                << QList<double> {50, 51, 52, 53, 54, 55};
    QTest::newRow("missing") << QList<double> {none, 4, 6, none, 10}
                             << QList<double> {0, 4, 6, 8, 10};
}

void TestFollowFile::timesOnlyGrow()
{
    QFETCH(QList<double>, of);
    QFETCH(QList<double>, to);
    FileTimes times;
    std::vector<double> all;
    std::vector<double> piece;
    for (const double value : of) { // whatever the blocks
        times.time({&value, 1}, piece);
        all.insert(all.end(), piece.begin(), piece.end());
    }
    QCOMPARE(all.size(), static_cast<std::size_t>(to.size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
        QVERIFY2(std::abs(all[i] - to[static_cast<qsizetype>(i)]) < 1e-4,
                 qPrintable(QString::number(all[i])));
        QVERIFY(i == 0 || all[i] > all[i - 1]);
    }
}

void TestFollowFile::everyRowIsHandedOnOnce()
{
    write(lines(0, 300));
    HandedOn handedOn;
    FileFollower follower(handedOn.output());
    follower.start(followed());
    // A writer that flushes anywhere, in the middle of numbers too.
    std::jthread appends([this] {
        std::mt19937 random(11);
        QFile file(path());
        if (!file.open(QIODevice::Append | QIODevice::Unbuffered))
            return;
        const QByteArray rest = m_text.mid(m_ends[300]);
        for (qsizetype at = 0; at < rest.size();) {
            const qsizetype piece
                = std::min<qsizetype>(1 + static_cast<qsizetype>(random() % 700), rest.size() - at);
            file.write(rest.mid(at, piece));
            at += piece;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    QVERIFY(waitFor([&] { return handedOn.count() == machineRows; }));
    appends.join();
    follower.stop();
    QVERIFY(handedOn.inOrder);
    QVERIFY(handedOn.gaps.empty());
    QVERIFY(same(handedOn.times, m_machine->time.seconds));
    const std::size_t channels = m_machine->channels.size();
    for (std::size_t r = 0; r < handedOn.times.size(); ++r)
        for (std::size_t c = 0; c < channels; ++c)
            QCOMPARE(handedOn.values[r * channels + c], m_machine->channels[c].values[r]);
    QCOMPARE(follower.state().counts.badLines, std::uint64_t {0});
}

void TestFollowFile::rowsWaitInTheFileForRoom()
{
    write(lines(0, machineRows));
    HandedOn handedOn;
    FileFollower follower(handedOn.output());
    handedOn.room = false;
    follower.start(followed());
    QTest::qWait(300);
    QCOMPARE(handedOn.count(), std::uint64_t {0});
    handedOn.room = true;
    QVERIFY(waitFor([&] { return handedOn.count() == machineRows; }));
    QVERIFY(handedOn.inOrder);
}

void TestFollowFile::nothingIsHandedOnAfterTheEnd()
{
    write(lines(0, 100));
    HandedOn handedOn;
    FileFollower follower(handedOn.output());
    follower.start(followed());
    QVERIFY(waitFor([&] { return follower.state().file->caughtUp; }));
    QCOMPARE(follower.state().phase, LivePhase::Running);
    QCOMPARE(follower.state().file->rowsBefore, std::uint64_t {100});
    follower.stop();
    QCOMPARE(follower.state().phase, LivePhase::Idle);
    append(lines(100, 200));
    QTest::qWait(500);
    QCOMPARE(handedOn.count(), std::uint64_t {100});
    follower.stop(); // may be said twice
}

void TestFollowFile::theWindowShowsRowsAsTheyAreAppended()
{
    const auto desktop = followInWindow(300);
    QVERIFY(desktop);
    const MainWindow& window = desktop->window;
    QVERIFY(desktop->action().isChecked());
    append(lines(300, 400) + m_text.mid(m_ends[400], 5));
    QVERIFY(waitFor([&] { return desktop->rows() == 400; }));
    const QByteArray rest = m_text.mid(m_ends[400] + 5, m_ends[401] - m_ends[400] - 5);
    append(rest);
    QVERIFY(waitFor([&] { return desktop->rows() == 401; }));
    const Recording& shown = *desktop->session.recording();
    QCOMPARE(shown.channels.size(), m_machine->channels.size());
    for (std::size_t r = 0; r < 401; ++r) {
        QCOMPARE(shown.time.seconds[r], m_machine->time.seconds[r]);
        for (std::size_t c = 0; c < shown.channels.size(); ++c)
            QCOMPARE(shown.channels[c].values[r], m_machine->channels[c].values[r]);
    }
    ui::DeviceBar& bar = desktop->window.deviceBar();
    QVERIFY(bar.isVisible());
    QVERIFY(waitFor([&] { return bar.sentence().contains(QStringLiteral("Following log.csv")); }));
    QVERIFY(bar.timeWindow() > 0.0);
    QVERIFY(waitFor(
        [&] { return desktop->window.statusLine().text().contains(QStringLiteral("following")); }));
    QVERIFY(window.windowTitle().contains(QStringLiteral("log.csv")));
    // The newest row stands at the right edge.
    ui::InputsAndScoreView& view = desktop->window.inputsAndScore();
    QVERIFY(waitFor(
        [&] { return std::abs(view.visibleRange().upper - m_machine->time.seconds[400]) < 1e-6; }));
    // What makes no sense for a file cannot be done.
    for (const QAction* action :
         {desktop->window.actions().record, desktop->window.actions().changeFormat,
          desktop->window.actions().step})
        QVERIFY(!action->isEnabled());
}

void TestFollowFile::aModelAnswersAsAPlayerWould()
{
    const auto desktop = followInWindow(300, true);
    QVERIFY(desktop);
    for (Index row = 300; row < 900; row += 150)
        append(lines(row, row + 150));
    const ui::ResultStore& store = desktop->session.store();
    QVERIFY(waitFor([&] { return store.newestRow() == 899; }));
    QCOMPARE(desktop->live().state().engine.skipped, std::uint64_t {0});
    PlayerOptions options;
    options.mode = desktop->session.mode();
    const auto expected = playedFromStart(m_machine, smallFamily(), options);
    for (std::size_t row = 0; row < 900; ++row) {
        const float want = expected.score[row];
        const float got = store.score()[row];
        QVERIFY2((std::isnan(want) && std::isnan(got)) || std::abs(got - want) <= 0.0F,
                 qPrintable(QString::number(row)));
    }
}

void TestFollowFile::rowsThatTheFileMarksAreHatched()
{
    const auto marked = [](int first, int last) {
        QByteArray text = first == 0 ? "time,a,fault\n" : "";
        for (int row = first; row < last; ++row)
            text += QByteArray::number(row) + ',' + QByteArray::number(row % 7) + ','
                + (row % 100 >= 80 ? "1\n" : "0\n");
        return text;
    };
    const auto desktop = openInWindow(marked(0, 290), true);
    QVERIFY(desktop);
    QVERIFY(waitFor([&] { return desktop->rows() == 290; }));
    const ui::InputsAndScoreView& view = desktop->window.inputsAndScore();
    QCOMPARE(view.labelBands().size(), std::size_t {3});
    QVERIFY(std::abs(view.labelBands()[2].upper - 289.5) < 1e-6);
    append(marked(290, 395)); // the band goes on, and another one comes
    QVERIFY(waitFor([&] { return desktop->rows() == 395; }));
    QVERIFY(waitFor([&] { return view.labelBands().size() == 4; }));
    const std::vector<QCPRange> live = view.labelBands();
    QVERIFY(std::abs(live[2].upper - 299.5) < 1e-6);
    QVERIFY(std::abs(live[3].upper - 394.5) < 1e-6);
    desktop->window.deviceBar().stopFollowing()->click();
    QVERIFY(waitFor([&] { return !desktop->live().live(); }));
    QVERIFY(view.labelBands() == live); // as it is drawn when it is played
    QCOMPARE(desktop->session.recording()->labels.size(), std::size_t {1});
}

void TestFollowFile::theCourseCanBeHeldStill()
{
    const auto desktop = followInWindow(300);
    QVERIFY(desktop);
    ui::InputsAndScoreView& view = desktop->window.inputsAndScore();
    desktop->window.actions().play->trigger();
    const QCPRange held = view.visibleRange();
    append(lines(300, 500));
    QVERIFY(waitFor([&] { return desktop->rows() == 500; }));
    QTest::qWait(100);
    QCOMPARE(view.visibleRange().upper, held.upper);
    QVERIFY(desktop->window.statusLine().text().contains(QStringLiteral("paused")));
    desktop->window.actions().toEnd->trigger();
    QVERIFY(waitFor(
        [&] { return std::abs(view.visibleRange().upper - m_machine->time.seconds[499]) < 1e-6; }));
}

void TestFollowFile::aFileThatIsCutShortGoesOnAfterAGap()
{
    const auto desktop = followInWindow(300);
    QVERIFY(desktop);
    write(lines(0, 50));
    QVERIFY(waitFor([&] { return desktop->rows() == 350; }));
    const ui::LiveRecording& live = *desktop->live().recording();
    QCOMPARE(live.extent()->gaps, std::vector<Index> {300});
    const Recording& shown = *live.recording();
    QCOMPARE(shown.channels[0].values[300], m_machine->channels[0].values[0]);
    QVERIFY(shown.time.seconds[300] > shown.time.seconds[299]);
    QVERIFY(waitFor([&] {
        return desktop->window.deviceBar().sentence().contains(QStringLiteral("began anew 1"));
    }));
}

void TestFollowFile::aRotatedFileGoesOn()
{
    const auto desktop = followInWindow(300);
    QVERIFY(desktop);
    append(lines(300, 310));
    QVERIFY(QFile::rename(path(), path() + QStringLiteral(".1")));
    write(m_text.left(m_ends[0]) + lines(310, 320));
    QVERIFY(waitFor([&] { return desktop->rows() == 320; }));
    const Recording& shown = *desktop->session.recording();
    for (std::size_t r = 0; r < 320; ++r)
        QCOMPARE(shown.time.seconds[r], m_machine->time.seconds[r]);
    QCOMPARE(desktop->live().recording()->extent()->gaps, std::vector<Index> {310});
}

void TestFollowFile::anotherHeaderEndsItWithASentence()
{
    const auto desktop = followInWindow(300);
    QVERIFY(desktop);
    write("time,other\n0,1\n1,2\n");
    QVERIFY(waitFor([&] { return !desktop->live().connected() && !desktop->live().live(); }));
    const ui::NotificationStrip& strip = desktop->window.strip();
    QVERIFY(waitFor([&] { return strip.sentence().contains(QStringLiteral("another header")); }));
    QVERIFY(!desktop->action().isChecked());
    QCOMPARE(desktop->session.recording()->rows(), Index {300});
}

void TestFollowFile::aRemovedFileIsToldAndWaitedFor()
{
    const auto desktop = followInWindow(300);
    QVERIFY(desktop);
    QVERIFY(QFile::remove(path()));
    QVERIFY(waitFor([&] {
        return desktop->window.deviceBar().sentence().contains(QStringLiteral("removed"));
    }));
    QVERIFY(desktop->window.statusLine().text().contains(QStringLiteral("file away")));
    write(m_text.left(m_ends[0]) + lines(300, 340));
    QVERIFY(waitFor([&] { return desktop->rows() == 340; }));
    QVERIFY(waitFor([&] {
        return desktop->window.deviceBar().sentence().contains(QStringLiteral("Following"));
    }));
}

void TestFollowFile::aCompressedFileIsRefused()
{
    const auto desktop = followInWindow(10);
    QVERIFY(desktop);
    desktop->action().trigger();
    QVERIFY(!desktop->live().connected());
    QVERIFY(waitFor([&] { return !desktop->live().live(); }));
    write(QByteArray::fromHex("1f8b080000000000"));
    desktop->action().trigger();
    QVERIFY(waitFor(
        [&] { return desktop->window.strip().sentence().contains(QStringLiteral("compressed")); }));
    QVERIFY(!desktop->live().connected());
    QVERIFY(!desktop->action().isChecked());
    QCOMPARE(desktop->session.recording()->rows(), Index {10}); // what was shown stays
}

void TestFollowFile::filesWithoutRows() const
{
    QTest::addColumn<qsizetype>("size");
    QTest::newRow("empty") << qsizetype {0};
    QTest::newRow("half a header") << qsizetype {3};
    QTest::newRow("a header") << m_ends[0];
    QTest::newRow("a header and half a line") << m_ends[0] + 4;
    QTest::newRow("one row") << m_ends[1];
}

std::unique_ptr<TestFollowFile::Desktop> TestFollowFile::openInWindow(const QByteArray& bytes,
                                                                      bool follow)
{
    write(bytes);
    auto desktop = std::make_unique<Desktop>();
    desktop->window.resize(1280, 800);
    desktop->window.show();
    app::DesktopOptions options;
    options.files = {path()};
    options.follow = follow;
    desktop->session.begin(options);
    if (!waitFor([&] { return desktop->session.filesDone(); }))
        return nullptr;
    return desktop;
}

void TestFollowFile::growAndSee(Desktop& desktop, const QByteArray& had, Index rows)
{
    const ui::DeviceBar& bar = desktop.window.deviceBar();
    QVERIFY(waitFor([&] { return bar.sentence().contains(QStringLiteral("its first rows")); }));
    QVERIFY(bar.sentence().contains(QStringLiteral("log.csv")));
    QVERIFY(bar.isVisible());
    QVERIFY(desktop.action().isChecked());
    QCOMPARE(desktop.rows(), Index {0});
    append(m_text.mid(had.size(), m_ends[rows] - had.size()));
    QVERIFY(waitFor([&] { return desktop.rows() == rows; }));
    append(lines(rows, rows + 100));
    QVERIFY(waitFor([&] { return desktop.rows() == rows + 100; }));
    const Recording& shown = *desktop.session.recording();
    QCOMPARE(shown.channels.size(), m_machine->channels.size());
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows) + 100; ++r) {
        QCOMPARE(shown.time.seconds[r], m_machine->time.seconds[r]);
        QCOMPARE(shown.channels[1].values[r], m_machine->channels[1].values[r]);
    }
    QVERIFY(desktop.action().isChecked());
    QVERIFY(waitFor([&] { return bar.sentence().contains(QStringLiteral("Following log.csv")); }));
}

void TestFollowFile::theFirstRowsAreWaitedFor_data() { filesWithoutRows(); }

void TestFollowFile::theFirstRowsAreWaitedFor()
{
    QFETCH(qsizetype, size);
    const auto desktop = openInWindow(m_text.left(size), true);
    QVERIFY(desktop);
    growAndSee(*desktop, m_text.left(size), 2);
}

void TestFollowFile::aFileWithoutRowsCanBeFollowedLater_data() { filesWithoutRows(); }

void TestFollowFile::aFileWithoutRowsCanBeFollowedLater()
{
    QFETCH(qsizetype, size);
    const auto desktop = openInWindow(m_text.left(size), false);
    QVERIFY(desktop);
    QVERIFY(!desktop->live().connected());
    QVERIFY(waitFor([&] { return desktop->action().isEnabled(); }));
    const bool read = desktop->session.recording() != nullptr;
    if (read)
        desktop->action().trigger();
    else // it could not be read, and says what can be done instead
        desktop->window.strip().actionButton()->click();
    growAndSee(*desktop, m_text.left(size), 300);
}

void TestFollowFile::waitingForTheFirstRowsCanBeEnded()
{
    const auto desktop = openInWindow(m_text.left(m_ends[0]), true);
    QVERIFY(desktop);
    ui::DeviceBar& bar = desktop->window.deviceBar();
    QVERIFY(waitFor([&] { return bar.sentence().contains(QStringLiteral("its first rows")); }));
    bar.stopFollowing()->click();
    QVERIFY(!desktop->live().connected());
    QVERIFY(!bar.isVisible());
    append(lines(1, 50));
    QTest::qWait(500);
    QVERIFY(!desktop->session.recording());
    // Waited for again, through the menu, and given up for another file.
    write(m_text.left(m_ends[0]));
    desktop->session.open({path()});
    QVERIFY(waitFor([&] { return desktop->action().isEnabled(); }));
    desktop->action().trigger();
    QVERIFY(waitFor([&] { return bar.sentence().contains(QStringLiteral("its first rows")); }));
    const QString other = m_folder->filePath(QStringLiteral("other.csv"));
    write(lines(0, 20), QIODevice::Truncate, other);
    desktop->session.open({other});
    QVERIFY(waitFor([&] { return desktop->session.recording() != nullptr; }));
    QVERIFY(!desktop->live().connected());
    QVERIFY(!desktop->action().isChecked());
    append(lines(1, 50));
    QTest::qWait(500);
    QCOMPARE(desktop->session.recording()->rows(), Index {20});
}

void TestFollowFile::aFileThatIsNotThereIsNotFollowed()
{
    Desktop desktop;
    desktop.window.show();
    app::DesktopOptions options;
    options.files = {path()};
    options.follow = true;
    desktop.session.begin(options);
    const ui::NotificationStrip& strip = desktop.window.strip();
    QVERIFY(waitFor([&] { return strip.sentence().contains(QStringLiteral("does not exist")); }));
    QVERIFY(!desktop.live().connected());
    QVERIFY(!desktop.action().isEnabled());
}

void TestFollowFile::aPipeHoldsNothingUp()
{
    QCOMPARE(mkfifo(path().toLocal8Bit().constData(), 0600), 0);
    app::DesktopOptions options;
    options.files = {path()};
    options.follow = true;
    int writer = -1;
    {
        Desktop desktop; // ends although the writer never does
        desktop.session.begin(options);
        QVERIFY(waitFor([&] {
            writer = ::open(path().toLocal8Bit().constData(), O_WRONLY | O_NONBLOCK);
            return writer >= 0;
        }));
        QVERIFY(!desktop.session.filesDone());
    }
    ::close(writer);
    Desktop desktop;
    desktop.session.begin(options);
    write(lines(0, 30), QIODevice::Append); // what comes through is shown, but does not grow
    QVERIFY(waitFor([&] { return desktop.session.recording() != nullptr; }));
    QCOMPARE(desktop.session.recording()->rows(), Index {30});
    const ui::NotificationStrip& strip = desktop.window.strip();
    QVERIFY(waitFor([&] { return strip.sentence().contains(QStringLiteral("not a file that")); }));
    QVERIFY(!desktop.live().connected());
}

void TestFollowFile::whatCameInStaysWhenFollowingEnds()
{
    const auto desktop = followInWindow(300);
    QVERIFY(desktop);
    append(lines(300, 330));
    QVERIFY(waitFor([&] { return desktop->rows() == 330; }));
    desktop->window.deviceBar().stopFollowing()->click();
    QVERIFY(waitFor([&] { return !desktop->live().live(); }));
    QVERIFY(!desktop->action().isChecked());
    QVERIFY(!desktop->window.deviceBar().isVisible());
    QCOMPARE(desktop->session.recording()->rows(), Index {330});
    QCOMPARE(desktop->session.recording()->time.column, m_machine->time.column);
    // It can be followed again, from the first row on.
    QVERIFY(desktop->action().isEnabled());
    append(lines(330, 340));
    desktop->action().trigger();
    QVERIFY(waitFor([&] { return desktop->rows() == 340; }));
}

void TestFollowFile::openingAnotherRecordingEndsIt()
{
    const auto desktop = followInWindow(300);
    QVERIFY(desktop);
    const QString other = m_folder->filePath(QStringLiteral("other.csv"));
    QVERIFY(QFile::copy(path(), other));
    desktop->session.open({other});
    QVERIFY(waitFor([&] { return desktop->session.recording()->path == other.toStdString(); }));
    QVERIFY(!desktop->live().connected());
    QVERIFY(!desktop->action().isChecked());
    QVERIFY(!desktop->window.deviceBar().isVisible());
}

void TestFollowFile::onlyNewAlarmsCall()
{
    const auto desktop = followInWindow(oddTo + 100, true);
    QVERIFY(desktop);
    const ui::ResultStore& store = desktop->session.store();
    QVERIFY(waitFor([&] { return store.newestRow() == oddTo + 99; }));
    QVERIFY(waitFor([&] { return desktop->live().state().engine.alarms > 0; }));
    QTest::qWait(100);
    QCOMPARE(desktop->live().bell().alarms(), 0); // that was before
    append(lines(oddTo + 100, oddTo + 130) + lines(oddFrom, oddTo) + lines(oddTo, oddTo + 40));
    QVERIFY(waitFor([&] { return desktop->live().bell().alarms() > 0; }));
}

QTEST_MAIN(TestFollowFile)
#include "tst_follow_file.moc"
