#include "app/live/file_follower.h"
#include "core/series/csv_reader.h"
#include "core/series/csv_writer.h"
#include "tests/support/hanging_reads.h"
#include "tests/support/live_desktop.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fstream>

using namespace stint;
using namespace stint::test;
using app::FileFollower;
using app::LiveRows;

/// A disk that stops answering while a file on it is followed: nobody waits for it.
class TestHangingDisk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void aFollowerEndsWithoutIt();
    void oneThatWaitsForFirstRowsEndsWithoutIt();
    void aFileIsLetGoInTheWindow();
    void theWindowCloses();

private:
    QString path() const { return m_folder->filePath(QStringLiteral("log.csv")); }
    std::string name() const { return path().toStdString(); }
    void append(std::string_view text) const
    {
        std::ofstream file(name(), std::ios::binary | std::ios::app);
        file << text;
        QVERIFY(file.good());
    }
    /// The next look at the file hangs.
    void hang() const
    {
        hangReads();
        append("9,9\n");
        QVERIFY(waitFor([] { return hangingReads() > 0; }));
    }
    std::unique_ptr<LiveDesktop> followed() const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestHangingDisk::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    append("time,a\n0,1\n1,2\n2,3\n");
}

/// Threads that were left to themselves end on their own.
void TestHangingDisk::cleanup()
{
    letReadsGo();
    QVERIFY(waitFor([] { return hangingReads() == 0; }));
    QTest::qWait(50);
}

void TestHangingDisk::aFollowerEndsWithoutIt()
{
    std::atomic<Index> rows = 0;
    const auto read = readRecording(name());
    QVERIFY(read.ok());
    {
        FileFollower follower(
            {[&rows](LiveRows& more) { rows += more.samples.rows; }, [] { return true; }});
        follower.start({name(), read->reading, false});
        QVERIFY(waitFor([&] { return rows == 3; }));
        hang();
        follower.stop();
        QCOMPARE(hangingReads(), 1); // still: nobody let it go
        QCOMPARE(follower.state().phase, app::LivePhase::Idle);
    }
    letReadsGo();
    QVERIFY(waitFor([] { return hangingReads() == 0; }));
    QTest::qWait(100);
    QCOMPARE(rows.load(), Index {3}); // what came after the end is handed to nobody
}

void TestHangingDisk::oneThatWaitsForFirstRowsEndsWithoutIt()
{
    QVERIFY(QFile::resize(path(), 9)); // the header and half a row
    FileFollower follower({[](LiveRows&) {}, [] { return true; }});
    follower.start({name(), nullptr, false});
    QVERIFY(waitFor([&] { return follower.state().counts.bytes == 9; }));
    hang();
    follower.stop();
    QCOMPARE(hangingReads(), 1);
}

std::unique_ptr<LiveDesktop> TestHangingDisk::followed() const
{
    auto desktop = std::make_unique<LiveDesktop>();
    desktop->window.show();
    app::DesktopOptions options;
    options.files = {path()};
    options.follow = true;
    desktop->session.begin(options);
    if (!waitFor([&] { return desktop->rows() == 3; }))
        return nullptr;
    return desktop;
}

void TestHangingDisk::aFileIsLetGoInTheWindow()
{
    const auto desktop = followed();
    QVERIFY(desktop);
    hang();
    desktop->window.deviceBar().stopFollowing()->click();
    QVERIFY(waitFor([&] { return !desktop->live().live(); }));
    QCOMPARE(hangingReads(), 1);
    QCOMPARE(desktop->session.recording()->rows(), Index {3}); // what had come in stays
    QVERIFY(desktop->session.recording()->reading);
}

void TestHangingDisk::theWindowCloses()
{
    auto desktop = followed();
    QVERIFY(desktop);
    hang();
    desktop->window.close();
    desktop.reset();
    QCOMPARE(hangingReads(), 1);
}

QTEST_MAIN(TestHangingDisk)
#include "tst_hanging_disk.moc"
