#include "app/live/recorder.h"
#include "core/series/csv_reader.h"
#include "tests/support/small_family.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <csignal>
#include <cstring>
#include <limits>
#include <sys/resource.h>
#include <vector>

using namespace stint;
using namespace stint::app;

namespace {

constexpr double startTime = 1'795'000'000.25;

/// Rows of a device with so many channels; values that only full precision keeps apart.
class MadeUpDevice {
public:
    explicit MadeUpDevice(std::size_t channels)
    {
        for (std::size_t c = 0; c < channels; ++c)
            channelsNow.push_back({"value " + std::to_string(c + 1), ""});
    }

    LiveRows rows(Index count)
    {
        LiveRows block;
        block.samples.layout = layout;
        block.samples.channels = channelsNow;
        block.samples.rows = count;
        block.firstRow = m_row;
        for (Index r = 0; r < count; ++r, ++m_row) {
            block.time.push_back(startTime + 0.001 * static_cast<double>(m_row));
            block.samples.arrival.push_back(0.0);
            block.samples.deviceTime.push_back(std::nan(""));
            for (std::size_t c = 0; c < channelsNow.size(); ++c)
                block.samples.values.push_back(std::sin(static_cast<double>(m_row * 131 + c))
                                               * std::pow(10.0, c % 40));
        }
        sent.insert(sent.end(), block.samples.values.begin(), block.samples.values.end());
        return block;
    }

    std::uint64_t layout = 1;
    std::vector<WireChannel> channelsNow;
    std::vector<double> sent; ///< (rows, channels)

private:
    std::uint64_t m_row = 0;
};

bool sameBits(double a, double b)
{
    return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
}

/// Whether a recording holds exactly these values, (rows, channels).
bool holds(const std::string& path, const std::vector<double>& values, std::size_t channels)
{
    const auto recording = readRecording(path);
    if (!recording || recording->channels.size() != channels || recording->badLineCount != 0
        || static_cast<std::size_t>(recording->rows()) * channels != values.size())
        return false;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!sameBits(recording->channels[i % channels].values[i / channels], values[i]))
            return false;
    return true;
}

QByteArray bytesOf(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// No file may grow beyond this while it lives: what a full disk does.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { setrlimit(RLIMIT_FSIZE, &m_before); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit m_before {};
};

} // namespace

class TestRecorder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void whatIsRecordedReadsBackCellForCell_data();
    void whatIsRecordedReadsBackCellForCell();
    void missingAndExtremeValuesReadBack();
    void namesAndUnitsReadBack();
    void timesReadBack();
    void rowsAreInTheFileWhileItRuns();
    void anExistingFileIsNeverTouched();
    void newChannelsBeginANewFile();
    void channelsThatShowUpAtTheStartShareAFile();
    void aGapGoesOnInTheSameFile();
    void bytesAreKeptAsTheyCame();
    void aFullDiskIsNamedAndLosesNothing();
    void whatFindsNoRoomIsCounted();
    void aFileThatIsRemovedIsReplaced();
    void nothingRecordedLeavesNoFile();
    void aFolderThatIsMissingIsRefused();

private:
    std::string in(const char* name) const
    {
        return m_folder->filePath(QString::fromLatin1(name)).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestRecorder::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void TestRecorder::whatIsRecordedReadsBackCellForCell_data()
{
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("rows");
    QTest::newRow("one channel") << 1 << 500;
    QTest::newRow("few channels") << 3 << 20'000;
    QTest::newRow("400 channels") << 400 << 1000;
}

void TestRecorder::whatIsRecordedReadsBackCellForCell()
{
    QFETCH(int, channels);
    QFETCH(int, rows);
    MadeUpDevice device(static_cast<std::size_t>(channels));
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    for (int sent = 0; sent < rows; sent += 50)
        recorder.add(device.rows(50));
    recorder.stop();
    const RecorderState state = recorder.state();
    QCOMPARE(state.rows, static_cast<std::uint64_t>(rows));
    QCOMPARE(state.unwritten + state.waiting, std::uint64_t {0});
    QVERIFY(state.problem.empty() && state.remark.empty() && !state.recording);
    QCOMPARE(state.fileBytes, static_cast<std::uint64_t>(bytesOf(in("r.csv")).size()));
    QCOMPARE(state.files.size(), std::size_t {1});
    QVERIFY(holds(in("r.csv"), device.sent, static_cast<std::size_t>(channels)));
}

void TestRecorder::missingAndExtremeValuesReadBack()
{
    MadeUpDevice device(4);
    LiveRows block = device.rows(300);
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> odd {nan,     -0.0,    5e-324, 1.7976931348623157e308,
                                   1.0 / 3, -1e-300, 1e15,   0.1 + 0.2};
    for (std::size_t i = 0; i < odd.size(); ++i)
        block.samples.values[100 + i * 5] = odd[i];
    for (std::size_t c = 0; c < 4; ++c)
        block.samples.values[200 + c] = nan; // a row of nothing
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    recorder.add(block);
    recorder.stop();
    QVERIFY(holds(in("r.csv"), block.samples.values, 4));
}

void TestRecorder::namesAndUnitsReadBack()
{
    MadeUpDevice device(4);
    device.channelsNow
        = {{"flow", "l/min"}, {"motor, left", "°C"}, {"a \"quoted\" name", ""}, {"x\ty", "%"}};
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    recorder.add(device.rows(100));
    recorder.stop();
    const auto recording = readRecording(in("r.csv"));
    QVERIFY(recording.ok());
    QCOMPARE(recording->channels.size(), std::size_t {4});
    for (std::size_t c = 0; c < 3; ++c) {
        QCOMPARE(recording->channels[c].name, device.channelsNow[c].name);
        QCOMPARE(recording->channels[c].unit, device.channelsNow[c].unit);
    }
    QCOMPARE(recording->channels[3].name, std::string("x y"));
}

void TestRecorder::timesReadBack()
{
    MadeUpDevice device(1);
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    recorder.add(device.rows(2000));
    recorder.stop();
    const auto recording = readRecording(in("r.csv"));
    QVERIFY(recording.ok());
    QVERIFY(recording->time.kind == TimeKind::Date);
    QCOMPARE(recording->time.nonMonotonic, std::size_t {0});
    QCOMPARE(recording->time.gaps, std::size_t {0});
    QVERIFY(std::abs(recording->time.step - 0.001) < 2e-6);
    for (std::size_t r = 0; r < 2000; ++r)
        QVERIFY(std::abs(recording->time.seconds[r] - startTime - 0.001 * static_cast<double>(r))
                < 2e-6);
}

void TestRecorder::rowsAreInTheFileWhileItRuns()
{
    MadeUpDevice device(3);
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    recorder.add(device.rows(100));
    QTRY_VERIFY(holds(in("r.csv"), device.sent, 3));
    recorder.add(device.rows(100));
    QTRY_VERIFY(holds(in("r.csv"), device.sent, 3));
    QVERIFY(recorder.state().recording);
}

void TestRecorder::anExistingFileIsNeverTouched()
{
    for (const char* name : {"r.csv", "r-2.csv"}) {
        QFile file(QString::fromStdString(in(name)));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("precious") == 8);
    }
    MadeUpDevice device(2);
    Recorder recorder;
    const auto path = recorder.start(in("r.csv"));
    QVERIFY(path.ok());
    QCOMPARE(*path, in("r-3.csv"));
    QVERIFY(test::isSentenceAbout(recorder.state().remark, "r-3.csv"));
    recorder.add(device.rows(10));
    recorder.stop();
    QVERIFY(holds(in("r-3.csv"), device.sent, 2));
    QCOMPARE(bytesOf(in("r.csv")), QByteArray("precious"));
    QCOMPARE(bytesOf(in("r-2.csv")), QByteArray("precious"));
}

void TestRecorder::newChannelsBeginANewFile()
{
    MadeUpDevice device(3);
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    recorder.add(device.rows(50));
    QTRY_COMPARE(recorder.state().rows, std::uint64_t {50});
    MadeUpDevice more(5);
    more.layout = 2;
    recorder.add(more.rows(60));
    MadeUpDevice fewer(2);
    fewer.layout = 3;
    recorder.add(fewer.rows(70));
    recorder.stop();
    QVERIFY(holds(in("r.csv"), device.sent, 3));
    QVERIFY(holds(in("r-2.csv"), more.sent, 5));
    QVERIFY(holds(in("r-3.csv"), fewer.sent, 2));
    const std::vector<std::string> files {in("r.csv"), in("r-2.csv"), in("r-3.csv")};
    QCOMPARE(recorder.state().files, files);
    QVERIFY(test::isSentenceAbout(recorder.state().remark, "r-3.csv"));
}

void TestRecorder::channelsThatShowUpAtTheStartShareAFile()
{
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    std::vector<double> expected;
    for (std::size_t channels = 1; channels <= 3; ++channels) {
        MadeUpDevice device(channels);
        device.layout = channels;
        recorder.add(device.rows(2));
        for (std::size_t i = 0; i < 6; ++i)
            expected.push_back(i % 3 < channels ? device.sent[i / 3 * channels + i % 3]
                                                : std::nan(""));
    }
    recorder.stop();
    QCOMPARE(recorder.state().files.size(), std::size_t {1});
    QVERIFY(holds(in("r.csv"), expected, 3));
}

void TestRecorder::aGapGoesOnInTheSameFile()
{
    MadeUpDevice device(2);
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    recorder.add(device.rows(100));
    LiveRows later = device.rows(100);
    later.gap = true;
    for (double& time : later.time)
        time += 60.0;
    recorder.add(later);
    recorder.stop();
    QVERIFY(holds(in("r.csv"), device.sent, 2));
    QCOMPARE(readRecording(in("r.csv"))->time.gaps, std::size_t {1});
}

void TestRecorder::bytesAreKeptAsTheyCame()
{
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv"), in("r.bin")).ok());
    QByteArray all;
    for (int i = 0; i < 3000; ++i) {
        std::vector<std::uint8_t> bytes;
        for (int j = 0; j < i % 37; ++j)
            bytes.push_back(static_cast<std::uint8_t>((i * 7 + j * 13) & 0xFF));
        recorder.addRaw(bytes);
        for (const std::uint8_t byte : bytes)
            all.append(static_cast<char>(byte));
    }
    recorder.stop();
    QCOMPARE(bytesOf(in("r.bin")), all);
}

void TestRecorder::aFullDiskIsNamedAndLosesNothing()
{
    MadeUpDevice device(20);
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv"), in("r.bin")).ok());
    {
        const FullDisk full(100'001);
        for (int i = 0; i < 40; ++i)
            recorder.add(device.rows(50));
        QTRY_VERIFY(test::isSentenceAbout(recorder.state().problem, in("r.csv")));
        const QByteArray sofar = bytesOf(in("r.csv"));
        QVERIFY(sofar.size() > 90'000 && sofar.size() <= 100'001);
        QVERIFY(sofar.endsWith('\n')); // readable as it is
        QCOMPARE(sofar.split('\n').at(1).count(','), 20);
        const RecorderState state = recorder.state();
        QCOMPARE(state.rows + state.waiting, std::uint64_t {2000});
        QCOMPARE(state.rows, static_cast<std::uint64_t>(sofar.count('\n') - 1));
        QCOMPARE(state.fileBytes, static_cast<std::uint64_t>(sofar.size()));
        QCOMPARE(state.unwritten, std::uint64_t {0});
    }
    QTRY_COMPARE(recorder.state().rows, std::uint64_t {2000});
    QVERIFY(recorder.state().problem.empty());
    recorder.add(device.rows(50));
    recorder.stop();
    QVERIFY(holds(in("r.csv"), device.sent, 20));
}

void TestRecorder::whatFindsNoRoomIsCounted()
{
    MadeUpDevice device(400);
    Recorder recorder;
    std::uint64_t added = 0;
    {
        const FullDisk full(50'000);
        QVERIFY(recorder.start(in("r.csv")).ok());
        recorder.add(device.rows(10));
        ++added;
        QTRY_VERIFY(!recorder.state().problem.empty());
        const LiveRows block = device.rows(1000);
        for (; recorder.state().unwritten == 0 && added < 1000; ++added)
            recorder.add(block);
        QVERIFY(added > 15 && added < 40); // 3.2 MB each
        QVERIFY(test::isSentenceAbout(recorder.state().problem, "1000 rows"));
        recorder.stop();
    }
    const RecorderState state = recorder.state();
    QCOMPARE(state.rows + state.unwritten, 10 + (added - 1) * 1000);
    QCOMPARE(state.waiting, std::uint64_t {0});
    QVERIFY(test::isSentenceAbout(state.problem, in("r.csv")));
}

void TestRecorder::aFileThatIsRemovedIsReplaced()
{
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv")).ok());
    MadeUpDevice lost(2);
    recorder.add(lost.rows(30));
    QTRY_COMPARE(recorder.state().rows, std::uint64_t {30});
    QVERIFY(QFile::remove(QString::fromStdString(in("r.csv"))));
    QTRY_COMPARE(recorder.state().unwritten, std::uint64_t {30});
    MadeUpDevice kept(2);
    recorder.add(kept.rows(40));
    recorder.stop();
    QVERIFY(test::isSentenceAbout(recorder.state().remark, "r.csv"));
    QCOMPARE(recorder.state().rows, std::uint64_t {40});
    QVERIFY(holds(in("r.csv"), kept.sent, 2)); // its name is free again
}

void TestRecorder::nothingRecordedLeavesNoFile()
{
    Recorder recorder;
    QVERIFY(recorder.start(in("r.csv"), in("r.bin")).ok());
    QVERIFY(recorder.state().recording);
    recorder.stop();
    QVERIFY(QDir(m_folder->path()).isEmpty());
}

void TestRecorder::aFolderThatIsMissingIsRefused()
{
    Recorder recorder;
    const auto refused = recorder.start(in("nowhere/r.csv"));
    QVERIFY(!refused.ok());
    QVERIFY(test::isSentenceAbout(refused.error().message, "nowhere/r.csv"));
    QVERIFY(!recorder.start(in("r.csv"), in("nowhere/r.bin")).ok());
    QVERIFY(QDir(m_folder->path()).isEmpty());
    QVERIFY(!recorder.state().recording);
}

QTEST_GUILESS_MAIN(TestRecorder)
#include "tst_recorder.moc"
