#include "app/live/pseudo_terminal.h"
#include "core/series/csv_reader.h"
#include "tests/support/program_calls.h"
#include "tests/support/small_family.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>

using namespace stint;
using nlohmann::json;
using test::Call;

namespace {

/// What a process has said on stderr once it names a pseudo-terminal; empty if it does not.
QString terminalOf(QProcess& process)
{
    static const QRegularExpression name(QStringLiteral("/dev/pts/[0-9]+"));
    QByteArray said;
    while (process.waitForReadyRead(20'000)) {
        said += process.readAllStandardError();
        const auto match = name.match(QString::fromUtf8(said));
        if (match.hasMatch())
            return match.captured();
    }
    return {};
}

/// A device that a program plays, and the program that listens to it.
class PlayedDevice {
public:
    explicit PlayedDevice(const QString& recording, const QStringList& options)
    {
        test::prepareCall(m_play,
                          QStringList {QStringLiteral("play"), recording, QStringLiteral("--port"),
                                       QStringLiteral("pty"), QStringLiteral("--json")}
                              + options);
        m_play.setReadChannel(QProcess::StandardError);
        m_play.start();
        port = terminalOf(m_play);
    }

    void listen(const QStringList& options)
    {
        test::prepareCall(m_listen,
                          QStringList {QStringLiteral("listen"), QStringLiteral("--port"), port,
                                       QStringLiteral("--json")}
                              + options);
        m_listen.start();
        m_listen.waitForStarted();
    }

    /// Waits for the end of the recording, and then interrupts the listener, if there is one.
    void finish()
    {
        played = test::finishCall(m_play);
        if (m_listen.state() != QProcess::Running)
            return;
        ::kill(static_cast<pid_t>(m_listen.processId()), SIGINT);
        listened = test::finishCall(m_listen);
    }

    QString port;
    Call played, listened;

private:
    QProcess m_play, m_listen;
};

/// Whether every sample of a listener's document is counted as one of its kinds.
bool addsUp(const json& heard)
{
    int counted = 0;
    for (const char* key : {"scored", "skipped", "filling", "unwatched"})
        counted += heard[key].get<int>();
    return counted == heard["samples"].get<int>();
}

bool sameValues(const Recording& a, const Recording& b)
{
    if (a.channels.size() != b.channels.size() || a.rows() != b.rows())
        return false;
    for (std::size_t c = 0; c < a.channels.size(); ++c)
        for (std::size_t r = 0; r < a.channels[c].values.size(); ++r) {
            const double x = a.channels[c].values[r];
            const double y = b.channels[c].values[r];
            if (!(x <= y && x >= y) && !(std::isnan(x) && std::isnan(y)))
                return false;
        }
    return true;
}

} // namespace

class TestLiveCommands : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void whatIsPlayedIsRecordedAndScored_data();
    void whatIsPlayedIsRecordedAndScored();
    void theFormatIsFoundOut();
    void alarmsAreToldAsTheyHappen();
    void aThresholdThatFollowsADriftAlarmsAsForAFile();
    void rowsOfOtherChannelsAreUnwatched();
    void aRecordingIsPlayedToAPort();
    void aListenerThatIsKilledLeavesAReadableFile();
    void aFullDiskEndsWithASentence();
    void listeningEndsByItself();
    void portsAreListed();
    void failuresSayWhy_data();
    void failuresSayWhy();

private:
    QString in(const char* name) const { return m_folder->filePath(QString::fromLatin1(name)); }
    QString of(const char* name) const { return m_data.filePath(QString::fromLatin1(name)); }

    QTemporaryDir m_data; ///< recordings and a model, made once
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestLiveCommands::initTestCase() { QCOMPARE(test::fillFolder(m_data.path()).code, 0); }

void TestLiveCommands::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void TestLiveCommands::whatIsPlayedIsRecordedAndScored_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<bool>("names");
    QTest::newRow("commas") << QStringLiteral("csv") << true;
    QTest::newRow("semicolons") << QStringLiteral("csv:;") << true;
    QTest::newRow("labels") << QStringLiteral("labels") << true;
    QTest::newRow("Teleplot") << QStringLiteral("teleplot") << true;
    QTest::newRow("JSON") << QStringLiteral("json") << true;
    QTest::newRow("comment frames") << QStringLiteral("comment") << false;
    QTest::newRow("dollar frames") << QStringLiteral("dollar") << false;
    QTest::newRow("NMEA") << QStringLiteral("nmea") << false;
}

void TestLiveCommands::whatIsPlayedIsRecordedAndScored()
{
    QFETCH(QString, format);
    QFETCH(bool, names);
    PlayedDevice device(
        of("faulty.csv"),
        {QStringLiteral("--rate"), QStringLiteral("0"), QStringLiteral("--format"), format});
    QStringList options {QStringLiteral("--format"), format, QStringLiteral("--record"),
                         in("r.csv")};
    if (names)
        options << QStringLiteral("--model") << of("m.stint");
    device.listen(options);
    device.finish();
    QCOMPARE(device.played.code, 0);
    QCOMPARE(device.listened.code, 130);
    const json played = device.played.document();
    const json heard = device.listened.document();
    QVERIFY2(heard.is_object(), device.listened.err.constData());
    QVERIFY(played.is_object());
    QCOMPARE(heard["samples"].get<int>(), 700);
    QCOMPARE(heard["recorded"].get<int>(), 700);
    QVERIFY2(addsUp(heard), heard.dump().c_str());
    QCOMPARE(heard["unwatched"].get<int>(), names ? 0 : 700); // there is no model
    QVERIFY(heard["bytes"] == played["bytes"]);
    QVERIFY(heard["samples"] == played["samples"]);
    for (const char* key : {"dropped", "bad_lines", "reconnects", "skipped"})
        QVERIFY2(heard[key].get<int>() == 0, key);
    const auto original = readRecording(of("faulty.csv").toStdString());
    const auto recorded = readRecording(in("r.csv").toStdString());
    QVERIFY(original.ok() && recorded.ok());
    QVERIFY(sameValues(*original, *recorded));
    if (!names)
        return;
    for (std::size_t c = 0; c < original->channels.size(); ++c)
        QCOMPARE(recorded->channels[c].name, original->channels[c].name);
    const Call scored = test::stintCall(
        {QStringLiteral("score"), in("r.csv"), QStringLiteral("--model"), of("m.stint"),
         QStringLiteral("--out"), in("s.csv"), QStringLiteral("--json")});
    QCOMPARE(scored.code, 0);
    QVERIFY(heard["alarms"].get<int>() > 5);
    QVERIFY(heard["alarms"] == scored.document()["alarms"]);
    QVERIFY(heard["scored"] == scored.document()["scored"]);
}

void TestLiveCommands::theFormatIsFoundOut()
{
    PlayedDevice device(of("faulty.csv"), {QStringLiteral("--rate"), QStringLiteral("0")});
    device.listen({QStringLiteral("--record"), in("r.csv"), QStringLiteral("--raw"), in("r.bin")});
    device.finish();
    const json heard = device.listened.document();
    QVERIFY2(heard.is_object(), device.listened.err.constData());
    QCOMPARE(QString::fromStdString(heard["format"].get<std::string>()), QStringLiteral("csv"));
    QCOMPARE(heard["recorded"].get<int>(), 700);
    QCOMPARE(heard["channels"].size(), std::size_t {3});
    QCOMPARE(heard["channels"][1]["name"].get<std::string>(), std::string("pressure"));
    QCOMPARE(heard["channels"][1]["unit"].get<std::string>(), std::string("bar"));
    QVERIFY(device.listened.err.contains("Looks like"));
    QCOMPARE(QFile(in("r.bin")).size(), heard["bytes"].get<qint64>());
}

void TestLiveCommands::alarmsAreToldAsTheyHappen()
{
    PlayedDevice device(of("faulty.csv"), {QStringLiteral("--rate"), QStringLiteral("0")});
    device.listen({QStringLiteral("--model"), of("m.stint")});
    device.finish();
    const json heard = device.listened.document();
    QVERIFY2(heard.is_object(), device.listened.err.constData());
    QVERIFY(!heard["events"].empty());
    const json& event = heard["events"].back();
    QVERIFY(event["first_row"] <= event["last_row"] && event["begin"] <= event["end"]);
    QVERIFY(!event["channel"].get<std::string>().empty() && event["peak"].get<double>() > 0.0);
    const QByteArray& said = device.listened.err;
    QCOMPARE(said.count("alarm begins"), static_cast<qsizetype>(heard["events"].size()));
    QCOMPARE(said.count("alarm ends"), static_cast<qsizetype>(heard["events"].size()));
    QCOMPARE(heard["recorded"].get<int>(), 0); // nobody asked
}

void TestLiveCommands::aThresholdThatFollowsADriftAlarmsAsForAFile()
{
    PlayedDevice device(of("faulty.csv"), {QStringLiteral("--rate"), QStringLiteral("0")});
    const QStringList drift {QStringLiteral("--threshold-drift"), QStringLiteral("60")};
    device.listen(QStringList {QStringLiteral("--model"), of("m.stint"), QStringLiteral("--record"),
                               in("r.csv")}
                  + drift);
    device.finish();
    const json heard = device.listened.document();
    QVERIFY2(heard.is_object(), device.listened.err.constData());
    QCOMPARE(heard["recorded"].get<int>(), 700);
    QVERIFY2(addsUp(heard), heard.dump().c_str());
    const auto score = [&](const QStringList& more) {
        return test::stintCall(QStringList {QStringLiteral("score"), in("r.csv"),
                                            QStringLiteral("--model"), of("m.stint"),
                                            QStringLiteral("--out"), in("s.csv"),
                                            QStringLiteral("--json")}
                               + more)
            .document();
    };
    const json still = score({});
    const json moving = score(drift);
    QVERIFY(heard["alarms"].get<int>() > 5);
    QVERIFY(heard["alarms"] == moving["alarms"]);
    QVERIFY(heard["threshold"] == moving["threshold"]); // that of the next row
    QVERIFY(heard["threshold"] != still["threshold"]);
    // The same rows: those of the events, and those that the scores call alarms.
    const auto scores = readRecording(in("s.csv").toStdString());
    QVERIFY(scores.ok());
    const Recording& table = *scores;
    const auto column = [&](const char* name) -> const std::vector<double>* {
        const auto found = std::ranges::find(table.channels, name, &Channel::name);
        return found == table.channels.end() ? nullptr : &found->values;
    };
    const std::vector<double>* alarm = column("alarm");
    const std::vector<double>* threshold = column("threshold");
    QVERIFY(alarm != nullptr && threshold != nullptr);
    QVERIFY(std::ranges::max(*threshold) > std::ranges::min(*threshold));
    std::size_t counted = 0;
    for (const json& event : heard["events"])
        for (auto row = event["first_row"].get<std::size_t>();
             row <= event["last_row"].get<std::size_t>(); ++row)
            counted += alarm->at(row) > 0.5 ? 1U : 0U;
    QCOMPARE(counted, heard["alarms"].get<std::size_t>());
}

void TestLiveCommands::rowsOfOtherChannelsAreUnwatched()
{
    QVERIFY(test::writeFile(
        in("other.csv"), "time,volume\n" + [] {
            QByteArray rows;
            for (int row = 0; row < 300; ++row)
                rows += QByteArray::number(row) + ',' + QByteArray::number(row % 9) + '\n';
            return rows;
        }()));
    PlayedDevice device(in("other.csv"), {QStringLiteral("--rate"), QStringLiteral("0")});
    device.listen({QStringLiteral("--format"), QStringLiteral("csv"), QStringLiteral("--model"),
                   of("m.stint")});
    device.finish();
    const json heard = device.listened.document();
    QVERIFY2(heard.is_object(), device.listened.err.constData());
    QCOMPARE(heard["samples"].get<int>(), 300);
    QCOMPARE(heard["unwatched"].get<int>(), 300);
    QVERIFY(addsUp(heard));
    QVERIFY(device.listened.err.contains("No channel"));
}

void TestLiveCommands::aRecordingIsPlayedToAPort()
{
    auto terminal = app::PseudoTerminal::open();
    QVERIFY(terminal.ok());
    QProcess play;
    test::prepareCall(play,
                      {QStringLiteral("play"), of("faulty.csv"), QStringLiteral("--port"),
                       QString::fromStdString(terminal->path()), QStringLiteral("--rate"),
                       QStringLiteral("0"), QStringLiteral("--json")});
    play.start();
    std::string got;
    while (play.state() != QProcess::NotRunning && !play.waitForFinished(10))
        got += terminal->read();
    got += terminal->read();
    QCOMPARE(play.exitCode(), 0);
    const json played = json::parse(play.readAllStandardOutput().toStdString(), nullptr, false);
    QCOMPARE(played["samples"].get<int>(), 700);
    QCOMPARE(played["bytes"].get<std::size_t>(), got.size());
    QVERIFY(got.starts_with("\nflow [l/min],pressure [bar],level [%]\n"));
    QCOMPARE(std::count(got.begin(), got.end(), '\n'), 702);
}

void TestLiveCommands::aListenerThatIsKilledLeavesAReadableFile()
{
    const auto terminal = app::PseudoTerminal::open();
    QVERIFY(terminal.ok());
    QProcess listen;
    test::prepareCall(listen,
                      {QStringLiteral("listen"), QStringLiteral("--port"),
                       QString::fromStdString(terminal->path()), QStringLiteral("--format"),
                       QStringLiteral("csv"), QStringLiteral("--record"), in("r.csv")});
    listen.start();
    QVERIFY(terminal->waitForReader({}));
    std::string text = "\n";
    for (int row = 0; row < 1000; ++row)
        text += std::to_string(row) + "," + std::to_string(2 * row) + "\n";
    QCOMPARE(terminal->write(text, {}), text.size());
    QTest::qWait(1000); // what is older than a second is safe
    QCOMPARE(terminal->write("1000,2000\n1001,20", {}), std::size_t {17});
    listen.kill();
    QVERIFY(listen.waitForFinished());
    const auto recorded = readRecording(in("r.csv").toStdString());
    QVERIFY(recorded.ok());
    QCOMPARE(recorded->badLineCount, std::size_t {0});
    QVERIFY(recorded->rows() >= 1000);
    for (std::size_t r = 0; r < 1000; ++r)
        QCOMPARE(static_cast<int>(recorded->channels[1].values[r]), 2 * static_cast<int>(r));
}

void TestLiveCommands::aFullDiskEndsWithASentence()
{
    PlayedDevice device(of("faulty.csv"), {QStringLiteral("--rate"), QStringLiteral("0")});
    QProcess listen;
    test::prepareCall(listen, {});
    listen.setProgram(QStringLiteral("bash"));
    // No file may grow beyond so many blocks of 1024 bytes.
    listen.setArguments({QStringLiteral("-c"), QStringLiteral("ulimit -f 20; exec \"$@\""),
                         QStringLiteral("bash"), QStringLiteral(STINT_PROGRAM),
                         QStringLiteral("listen"), QStringLiteral("--port"), device.port,
                         QStringLiteral("--record"), in("r.csv"), QStringLiteral("--json"),
                         QStringLiteral("--for"), QStringLiteral("3")});
    listen.start();
    const Call call = test::finishCall(listen);
    device.finish();
    QCOMPARE(call.code, 1);
    QVERIFY2(call.err.contains("\"" + in("r.csv").toUtf8() + "\" cannot be written"),
             call.err.constData());
    const json heard = call.document();
    QCOMPARE(heard["samples"].get<int>(), 700);
    QCOMPARE(heard["recorded"].get<int>() + heard["dropped"].get<int>(), 700);
    QVERIFY(heard["dropped"].get<int>() > 0);
    const auto recorded = readRecording(in("r.csv").toStdString());
    QVERIFY(recorded.ok());
    QCOMPARE(recorded->badLineCount, std::size_t {0});
    QCOMPARE(recorded->rows(), heard["recorded"].get<Index>());
}

void TestLiveCommands::listeningEndsByItself()
{
    const auto terminal = app::PseudoTerminal::open();
    QVERIFY(terminal.ok());
    const Call call = test::stintCall(
        {QStringLiteral("listen"), QStringLiteral("--port"),
         QString::fromStdString(terminal->path()), QStringLiteral("--record"), in("r.csv"),
         QStringLiteral("--for"), QStringLiteral("0.3"), QStringLiteral("--json")});
    QCOMPARE(call.code, 0);
    QCOMPARE(call.document()["samples"].get<int>(), 0);
    QVERIFY(call.document()["files"].empty());
    QVERIFY(!QFile::exists(in("r.csv"))); // nothing came
}

void TestLiveCommands::portsAreListed()
{
    const Call call = test::stintCall({QStringLiteral("ports"), QStringLiteral("--json")});
    QCOMPARE(call.code, 0);
    const json document = call.document();
    QVERIFY(document["ports"].is_array());
    for (const json& port : document["ports"])
        QVERIFY(!port["path"].get<std::string>().empty());
    QCOMPARE(test::stintCall({QStringLiteral("ports")}).code, 0);
}

void TestLiveCommands::failuresSayWhy_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("word");
    const QStringList listen {QStringLiteral("listen"), QStringLiteral("--port"),
                              QStringLiteral("/dev/nowhere0")};
    const QStringList play {QStringLiteral("play"), of("normal.csv"), QStringLiteral("--port")};
    QTest::newRow("a port that is missing") << listen << 1 << QStringLiteral("/dev/nowhere0");
    QTest::newRow("a format that is unknown")
        << listen + QStringList {QStringLiteral("--format"), QStringLiteral("morse")} << 2
        << QStringLiteral("morse");
    QTest::newRow("a parity that is unknown")
        << listen + QStringList {QStringLiteral("--parity"), QStringLiteral("some")} << 2
        << QStringLiteral("some");
    QTest::newRow("raw bytes without a recording")
        << listen + QStringList {QStringLiteral("--raw"), QStringLiteral("x.bin")} << 2
        << QStringLiteral("--record");
    QTest::newRow("a model that is missing")
        << listen + QStringList {QStringLiteral("--model"), QStringLiteral("none.stint")} << 1
        << QStringLiteral("none.stint");
    QTest::newRow("a folder that is missing")
        << listen + QStringList {QStringLiteral("--record"), QStringLiteral("/nowhere/r.csv")} << 1
        << QStringLiteral("/nowhere/r.csv");
    QTest::newRow("a port to play to that is missing")
        << play + QStringList {QStringLiteral("/dev/nowhere0")} << 1
        << QStringLiteral("/dev/nowhere0");
    QTest::newRow("a binary format to play") << play
            + QStringList {QStringLiteral("pty"), QStringLiteral("--format"),
                           QStringLiteral("slip")}
                                             << 2 << QStringLiteral("slip");
    QTest::newRow("a rate below zero")
        << play + QStringList {QStringLiteral("pty"), QStringLiteral("--rate=-1")} << 2
        << QStringLiteral("--rate");
    QTest::newRow("a recording that is missing")
        << QStringList {QStringLiteral("play"), QStringLiteral("none.csv"),
                        QStringLiteral("--port"), QStringLiteral("pty")}
        << 1 << QStringLiteral("none.csv");
}

void TestLiveCommands::failuresSayWhy()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QString, word);
    const Call call = test::stintCall(arguments + QStringList {QStringLiteral("--quiet")});
    QCOMPARE(call.code, code);
    QVERIFY2(call.saysOneSentenceAbout(word), call.err.constData());
}

QTEST_GUILESS_MAIN(TestLiveCommands)
#include "tst_live_commands.moc"
