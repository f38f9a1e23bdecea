#include "app/live/live_feed.h"
#include "app/live/pseudo_terminal.h"
#include "core/series/csv_reader.h"
#include "tests/support/small_family.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

using namespace stint;
using namespace stint::app;

namespace {

const Mode sparseContinual {WeightFormat::SparseBinary, AttentionMask::StepT, Inference::Continual};

/// A device that sends lines of numbers, and remembers them.
class Device {
public:
    explicit Device(std::size_t channels) : m_channels(channels) { }

    /// So many lines, with more digits than a float has.
    std::string lines(std::size_t count)
    {
        std::string text;
        char digits[32];
        for (std::size_t i = 0; i < count; ++i, ++m_row) {
            for (std::size_t c = 0; c < m_channels; ++c) {
                const double value
                    = std::round(1e9 * std::sin(static_cast<double>(m_row * 31 + c))) / 1e6;
                sent.push_back(value);
                if (c > 0)
                    text += ',';
                text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
            }
            text += "\r\n";
        }
        all += text;
        return text;
    }

    std::vector<double> sent; ///< (rows, channels)
    std::string all; ///< every byte

private:
    std::size_t m_channels;
    std::size_t m_row = 0;
};

/// Whether a recording holds exactly these values, (rows, channels).
bool holds(const std::string& path, const std::vector<double>& values, std::size_t channels)
{
    const auto recording = readRecording(path);
    if (!recording || recording->channels.size() != channels || recording->badLineCount != 0
        || static_cast<std::size_t>(recording->rows()) * channels != values.size())
        return false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double cell = recording->channels[i % channels].values[i / channels];
        if (cell < values[i] || cell > values[i])
            return false;
    }
    return true;
}

PseudoTerminal terminal()
{
    auto made = PseudoTerminal::open();
    return made ? std::move(*made) : PseudoTerminal();
}

/// Writes everything; a reader has to be there.
bool send(const PseudoTerminal& to, std::string_view bytes)
{
    return to.write(bytes, {}) == bytes.size();
}

SerialSettings at(const std::string& path)
{
    SerialSettings settings;
    settings.port = path;
    return settings;
}

std::string noise(std::size_t bytes)
{
    std::mt19937 random(7);
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i)
        text += static_cast<char>(random() & 0xFFU);
    return text;
}

/// The values of a recording as a device would send them, with a line of names.
std::string asLines(const Recording& recording)
{
    std::string text = "\n";
    char digits[32];
    for (std::size_t c = 0; c < recording.channels.size(); ++c)
        text += (c > 0 ? "," : "") + recording.channels[c].name;
    text += "\n";
    for (std::size_t r = 0; r < static_cast<std::size_t>(recording.rows()); ++r) {
        for (std::size_t c = 0; c < recording.channels.size(); ++c) {
            if (c > 0)
                text += ',';
            const double value = recording.channels[c].values[r];
            text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
        }
        text += '\n';
    }
    return text;
}

} // namespace

class TestLiveSerial : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void whatIsSentIsRecordedCellForCell_data();
    void whatIsSentIsRecordedCellForCell();
    void threeMegabytesASecondLoseNothing();
    void aDeviceThatComesBackGoesOnInOneRecording();
    void theNumberOfATerminalMayBelongToAnother();
    void newChannelsBeginANewRecording();
    void channelsAreCalledAsInTheirRecording();
    void noiseOfAWrongRateIsRefused();
    void aGivenFormatIsNotSearchedFor();
    void commandsReachTheDevice();
    void rawLinesAreShown();
    void theNewestBytesAreKeptAsTheyCame();
    void aPortThatIsMissingIsWaitedFor();
    void aPortInUseIsNamedAndTriedAgain();
    void whatIsNoPortIsRefused();
    void alarmsEqualThoseOfTheRecording();

private:
    std::string in(const char* name) const
    {
        return m_folder->filePath(QString::fromLatin1(name)).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestLiveSerial::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void TestLiveSerial::whatIsSentIsRecordedCellForCell_data()
{
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("rows");
    QTest::newRow("one channel") << 1 << 2000;
    QTest::newRow("few channels") << 5 << 5000;
    QTest::newRow("400 channels") << 400 << 300;
}

void TestLiveSerial::whatIsSentIsRecordedCellForCell()
{
    QFETCH(int, channels);
    QFETCH(int, rows);
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    QVERIFY(feed.startRecording(in("r.csv"), in("r.bin")).ok());
    feed.start(at(device.path()));
    QVERIFY(device.waitForReader({}));
    Device sender(static_cast<std::size_t>(channels));
    QVERIFY(send(device, "\n"));
    for (int sent = 0; sent < rows; sent += 100)
        QVERIFY(send(device, sender.lines(100)));
    QTRY_COMPARE(feed.state().counts.rows, static_cast<std::uint64_t>(rows));
    feed.stop();
    const LiveState state = feed.state();
    QVERIFY(state.format && state.format->kind == WireKind::Delimited);
    QCOMPARE(state.channels.size(), static_cast<std::size_t>(channels));
    QCOMPARE(state.recorder.rows, static_cast<std::uint64_t>(rows));
    QVERIFY(holds(in("r.csv"), sender.sent, static_cast<std::size_t>(channels)));
    QFile raw(QString::fromStdString(in("r.bin")));
    QVERIFY(raw.open(QIODevice::ReadOnly));
    QVERIFY(raw.readAll().toStdString() == "\n" + sender.all);
}

void TestLiveSerial::threeMegabytesASecondLoseNothing()
{
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    QVERIFY(feed.startRecording(in("r.csv")).ok());
    feed.start(at(device.path()));
    QVERIFY(device.waitForReader({}));
    Device sender(8);
    QVERIFY(send(device, "\n"));
    const auto start = std::chrono::steady_clock::now();
    constexpr std::size_t bytes = 10'000'000;
    LiveRows rows;
    std::uint64_t seen = 0;
    while (sender.all.size() < bytes) {
        QVERIFY(send(device, sender.lines(200)));
        const auto due = std::chrono::microseconds(sender.all.size() / 3);
        std::this_thread::sleep_until(start + due);
        while (feed.tryTakeRows(rows))
            seen += static_cast<std::uint64_t>(rows.samples.rows);
    }
    const std::uint64_t sent = sender.sent.size() / 8;
    QTRY_COMPARE(feed.state().counts.rows, sent);
    feed.stop();
    while (feed.tryTakeRows(rows))
        seen += static_cast<std::uint64_t>(rows.samples.rows);
    const LiveState state = feed.state();
    QCOMPARE(state.counts.bytes, std::uint64_t {sender.all.size() + 1});
    QCOMPARE(state.counts.badLines, std::uint64_t {0});
    QCOMPARE(state.recorder.rows, sent);
    QVERIFY(seen == sent || state.counts.unseenBlocks > 0);
    QVERIFY(holds(in("r.csv"), sender.sent, 8));
}

void TestLiveSerial::aDeviceThatComesBackGoesOnInOneRecording()
{
    constexpr int times = 10;
    const std::filesystem::path link(in("device"));
    LiveFeed feed;
    QVERIFY(feed.startRecording(in("r.csv")).ok());
    feed.start(at(link.string()));
    Device sender(3);
    LiveRows rows;
    int gaps = 0;
    std::uint64_t expectedFirst = 0;
    for (int i = 0; i <= times; ++i) {
        const PseudoTerminal device = terminal();
        std::filesystem::remove(link);
        std::filesystem::create_symlink(device.path(), link);
        QVERIFY(device.waitForReader({}));
        QVERIFY(send(device, "\n" + sender.lines(200)));
        QTRY_COMPARE(feed.state().counts.rows, std::uint64_t {sender.sent.size() / 3});
        QVERIFY(feed.state().phase == LivePhase::Running);
        while (feed.tryTakeRows(rows)) {
            QCOMPARE(rows.firstRow, expectedFirst);
            expectedFirst += static_cast<std::uint64_t>(rows.samples.rows);
            gaps += rows.gap ? 1 : 0;
        }
        std::filesystem::remove(link);
        // The end of the terminal is the device being pulled out.
    }
    QTRY_VERIFY(feed.state().phase == LivePhase::Away);
    QVERIFY(test::isSentenceAbout(feed.state().problem, link.string()));
    // A port whose other end is gone reports errors for ever unless it is closed.
    QTest::qWait(500);
    QVERIFY(feed.state().counts.portErrors <= 3 * (times + 1));
    feed.stop();
    QCOMPARE(gaps, times);
    QCOMPARE(feed.state().identity, link.string());
    QCOMPARE(feed.state().counts.reconnects, std::uint64_t {times});
    QCOMPARE(feed.state().recorder.files.size(), std::size_t {1});
    QVERIFY(holds(in("r.csv"), sender.sent, 3));
    QVERIFY(readRecording(in("r.csv"))->time.gaps >= std::size_t {times});
    QCOMPARE(readRecording(in("r.csv"))->time.nonMonotonic, std::size_t {0});
}

void TestLiveSerial::theNumberOfATerminalMayBelongToAnother()
{
    PseudoTerminal device = terminal();
    LiveFeed feed;
    feed.start(at(device.path()));
    QVERIFY(device.waitForReader({}));
    device.close();
    QTRY_VERIFY(feed.state().phase == LivePhase::Away);
    QVERIFY(test::isSentenceAbout(feed.state().problem, "has ended"));
    const PseudoTerminal other = terminal(); // as a rule with the same number
    QTest::qWait(600);
    QVERIFY(!other.hasReader());
    QVERIFY(feed.state().phase == LivePhase::Away);
    QCOMPARE(feed.state().counts.reconnects, std::uint64_t {0});
}

void TestLiveSerial::newChannelsBeginANewRecording()
{
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    QVERIFY(feed.startRecording(in("r.csv"), in("r.bin")).ok());
    feed.start(at(device.path()));
    QVERIFY(device.waitForReader({}));
    Device three(3);
    Device five(5);
    QVERIFY(send(device, "\n" + three.lines(400)));
    QTRY_COMPARE(feed.state().recorder.rows, std::uint64_t {400});
    QVERIFY(send(device, five.lines(400)));
    QTRY_COMPARE(feed.state().counts.rows + feed.state().counts.badLines, std::uint64_t {800});
    feed.stop();
    // Lines that did not fit yet are counted, and kept as bytes.
    const std::uint64_t bad = feed.state().counts.badLines;
    QVERIFY(bad < 10);
    QVERIFY(holds(in("r.csv"), three.sent, 3));
    five.sent.erase(five.sent.begin(), five.sent.begin() + static_cast<std::ptrdiff_t>(5 * bad));
    QVERIFY(holds(in("r-2.csv"), five.sent, 5));
    QFile raw(QString::fromStdString(in("r.bin")));
    QVERIFY(raw.open(QIODevice::ReadOnly));
    QVERIFY(raw.readAll().toStdString() == "\n" + three.all + five.all);
}

void TestLiveSerial::channelsAreCalledAsInTheirRecording()
{
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    QVERIFY(feed.startRecording(in("r.csv")).ok());
    feed.start(at(device.path()), *parseWireFormat("json"));
    QVERIFY(device.waitForReader({}));
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += "{\"Temp (C)\":" + std::to_string(i) + ",\"rpm\":7,\"gyro[0]\":1,\"a, b\":2}\n";
    QVERIFY(send(device, "\n" + text));
    QTRY_VERIFY(feed.state().counts.rows >= 49);
    feed.stop();
    const auto recorded = readRecording(in("r.csv"));
    QVERIFY(recorded.ok());
    const std::vector<WireChannel> channels = feed.state().channels;
    QCOMPARE(channels.size(), std::size_t {4});
    QCOMPARE(recorded->channels.size(), std::size_t {4});
    for (std::size_t c = 0; c < 4; ++c) {
        QCOMPARE(channels[c].name, recorded->channels[c].name);
        QCOMPARE(channels[c].unit, recorded->channels[c].unit);
    }
    QCOMPARE(channels[0].name, std::string("Temp"));
    QCOMPARE(channels[0].unit, std::string("C"));
}

void TestLiveSerial::noiseOfAWrongRateIsRefused()
{
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    feed.start(at(device.path()));
    QVERIFY(device.waitForReader({}));
    QVERIFY(send(device, noise(8192)));
    QTRY_VERIFY(!feed.state().problem.empty());
    QVERIFY(feed.state().phase == LivePhase::Detecting);
    QVERIFY(!feed.state().format);
    LiveRows rows;
    QVERIFY(!feed.tryTakeRows(rows));
    // The rate is put right at the device.
    Device sender(4);
    QVERIFY(send(device, "\n" + sender.lines(3000)));
    QTRY_VERIFY(feed.state().phase == LivePhase::Running);
    QVERIFY(feed.state().problem.empty());
    QCOMPARE(feed.state().channels.size(), std::size_t {4});
    feed.stop();
}

void TestLiveSerial::aGivenFormatIsNotSearchedFor()
{
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    const auto format = parseWireFormat("csv:;");
    QVERIFY(format.ok());
    feed.start(at(device.path()), *format);
    QVERIFY(device.waitForReader({}));
    QVERIFY(send(device, "\n1;2\n3;4\n"));
    QTRY_COMPARE(feed.state().counts.rows, std::uint64_t {2}); // fewer bytes than are searched
    QVERIFY(feed.state().format && feed.state().format->delimiter == ';');
    feed.setFormat({});
    QTRY_VERIFY(feed.state().phase == LivePhase::Detecting);
    Device sender(2);
    QVERIFY(send(device, "\n" + sender.lines(500)));
    QTRY_VERIFY(feed.state().phase == LivePhase::Running);
    QVERIFY(feed.state().format->delimiter == ',');
    QTRY_COMPARE(feed.state().counts.rows, std::uint64_t {502}); // counted over both
}

void TestLiveSerial::commandsReachTheDevice()
{
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    feed.sendCommand("too early");
    feed.start(at(device.path()));
    QVERIFY(device.waitForReader({}));
    QTRY_VERIFY(feed.state().phase == LivePhase::Detecting);
    feed.sendCommand("rate 100\r\n");
    feed.sendCommand(std::string("\x01\x00\xFF", 3));
    std::string got;
    const std::string expected = "rate 100\r\n" + std::string("\x01\x00\xFF", 3);
    QTRY_VERIFY((got += device.read()) == expected);
}

void TestLiveSerial::rawLinesAreShown()
{
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    feed.start(at(device.path()), *parseWireFormat("csv"));
    QVERIFY(device.waitForReader({}));
    QVERIFY(send(device, "boot\x01!\r\n1,2\r\n" + std::string(2000, 'x') + "\n"));
    std::vector<ConsoleLine> lines;
    QTRY_VERIFY((feed.takeLines(lines), lines.size() == 3));
    QCOMPARE(lines[0].text, std::string("boot\\x01!"));
    QCOMPARE(lines[1].text, std::string("1,2"));
    QVERIFY(lines[2].text.size() < LineTap::longest + 10);
    QCOMPARE(lines[2].number, std::uint64_t {2});
    Device sender(2);
    QVERIFY(send(device, sender.lines(2000)));
    QTRY_COMPARE(feed.state().counts.rows, std::uint64_t {2001});
    lines.clear();
    feed.takeLines(lines);
    QCOMPARE(lines.size(), LineTap::newest);
    QCOMPARE(lines.back().number, std::uint64_t {2002});
}

void TestLiveSerial::theNewestBytesAreKeptAsTheyCame()
{
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    QVERIFY(feed.newestBytes().empty());
    feed.start(at(device.path()), *parseWireFormat("csv"));
    QVERIFY(device.waitForReader({}));
    std::string sent;
    for (std::size_t i = 0; sent.size() < 3 * LineTap::newestBytes; ++i) {
        sent += static_cast<char>(i * 7 + i / 256); // line ends and other control bytes among them
        if (sent.size() % 1024 == 0)
            QVERIFY(send(device, sent.substr(sent.size() - 1024)));
    }
    QTRY_COMPARE(feed.state().counts.bytes, std::uint64_t {sent.size()});
    const std::vector<std::uint8_t> kept = feed.newestBytes();
    QCOMPARE(kept.size(), LineTap::newestBytes);
    const std::string newest = sent.substr(sent.size() - kept.size());
    QVERIFY(std::equal(kept.begin(), kept.end(), newest.begin(),
                       [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
    feed.start(at(device.path())); // another device, for all it knows
    QVERIFY(feed.newestBytes().empty());
}

void TestLiveSerial::aPortThatIsMissingIsWaitedFor()
{
    const std::filesystem::path link(in("later"));
    LiveFeed feed;
    feed.start(at(link.string()));
    QTRY_VERIFY(feed.state().failure == PortFailure::Missing);
    QVERIFY(test::isSentenceAbout(feed.state().problem, link.string()));
    QVERIFY(feed.state().phase == LivePhase::Opening);
    const PseudoTerminal device = terminal();
    std::filesystem::create_symlink(device.path(), link);
    QTRY_VERIFY(feed.state().phase == LivePhase::Detecting);
    QVERIFY(feed.state().problem.empty());
    QCOMPARE(feed.state().counts.reconnects, std::uint64_t {0});
    feed.stop();
    QVERIFY(feed.state().phase == LivePhase::Idle);
}

void TestLiveSerial::aPortInUseIsNamedAndTriedAgain()
{
    const PseudoTerminal device = terminal();
    LiveFeed second;
    {
        LiveFeed first;
        first.start(at(device.path()));
        QTRY_VERIFY(first.state().phase == LivePhase::Detecting);
        second.start(at(device.path()));
        QTRY_VERIFY(second.state().failure == PortFailure::Busy);
        QVERIFY(test::isSentenceAbout(second.state().problem, device.path()));
    }
    QTRY_VERIFY(second.state().phase == LivePhase::Detecting);
    QVERIFY(second.state().failure == PortFailure::None);
}

void TestLiveSerial::whatIsNoPortIsRefused()
{
    QFile file(QString::fromStdString(in("notes.txt")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("x") == 1);
    file.close();
    LiveFeed feed;
    feed.start(at(in("notes.txt")));
    QTRY_VERIFY(feed.state().failure == PortFailure::Other);
    QVERIFY(test::isSentenceAbout(feed.state().problem, "not a serial port"));
}

void TestLiveSerial::alarmsEqualThoseOfTheRecording()
{
    Recording faulty = test::madeUpRecording(900, 5);
    for (std::size_t row = 500; row < 540; ++row)
        faulty.channels[1].values[row] *= 1.4;
    const PseudoTerminal device = terminal();
    LiveFeed feed;
    LiveModel model {test::smallFamily(), {.mode = sparseContinual, .threshold = 4.0F}};
    feed.setModel(model);
    QVERIFY(feed.startRecording(in("r.csv")).ok());
    feed.start(at(device.path()));
    QVERIFY(device.waitForReader({}));
    QVERIFY(send(device, asLines(faulty)));
    QTRY_COMPARE(feed.state().counts.rows, std::uint64_t {900});
    feed.stop();

    PlayerOptions options;
    options.mode = sparseContinual;
    options.threshold = 4.0F;
    const auto recorded = readRecording(in("r.csv"));
    QVERIFY(recorded.ok());
    const auto played = test::playedFromStart(std::make_shared<Recording>(*recorded),
                                              test::smallFamily(), options);
    std::vector<float> score;
    ResultBlock block;
    while (feed.tryTakeResults(block))
        score.insert(score.end(), block.score.begin(), block.score.end());
    QVERIFY(test::sameBits(score, played.score));
    const auto alarms = std::count(played.alarm.begin(), played.alarm.end(), 1);
    QVERIFY(alarms > 5);
    const EngineState engine = feed.state().engine;
    QCOMPARE(engine.alarms, static_cast<std::uint64_t>(alarms));
    QCOMPARE(engine.skipped, std::uint64_t {0});
    QVERIFY(engine.scored > 800);

    std::vector<LiveAlarm> news;
    feed.takeAlarms(news);
    QVERIFY(news.size() >= 2 && news.size() % 2 == 0); // begun and ended
    const LiveAlarm& last = news.back();
    QVERIFY(last.ended && last.begin <= last.end && last.peak > 4.0F);
    QVERIFY(last.firstRow >= 500 && last.lastRow < 600);
    QCOMPARE(last.topChannel, std::string("pressure"));
    const double seconds = recorded->time.seconds[static_cast<std::size_t>(last.firstRow)];
    QVERIFY(std::abs(last.begin - seconds) < 1e-5);
}

QTEST_GUILESS_MAIN(TestLiveSerial)
#include "tst_live_serial.moc"
