#include "core/model/family.h"
#include "core/series/csv_reader.h"
#include "core/stream/player.h"
#include "tests/support/program_calls.h"
#include "tests/support/small_family.h"

#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

using namespace stint;
using nlohmann::json;
using test::Call;

namespace {

/// Keys of an object that are not there, comma separated.
QString missing(const json& object, const char* keys)
{
    QStringList absent;
    for (const QString& key : QString::fromLatin1(keys).split(u' ')) {
        if (!object.is_object() || !object.contains(key.toStdString()))
            absent.append(key);
    }
    return absent.join(u',');
}

std::optional<float> floatOf(const QByteArray& field)
{
    float value = 0.0F;
    const auto parsed = std::from_chars(field.constData(), field.constData() + field.size(), value);
    return parsed.ec == std::errc {} && parsed.ptr == field.constData() + field.size()
        ? std::optional(value)
        : std::nullopt;
}

} // namespace

class TestCommands : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void describeTellsWhatWasDetected();
    void trainTellsWhatWasTrained();
    void scoreTellsWhatItCost();
    void scoresAreThoseOfAPlayer_data();
    void scoresAreThoseOfAPlayer();
    void aThresholdThatMovesIsWrittenWithEachRow();
    void evaluateComparesThresholds();
    void scoresPassThroughPipes();
    void timesAreWrittenAsInTheInput();
    void evaluateJudgesEveryModeAndBaseline();
    void evaluatePoolsRecordings();
    void inspectCountsEveryMode();
    void theDemoPlaysEveryMode();
    void snapshotDrawsAPicture();
    void everyDocumentIsAloneOnStandardOutput();
    void quietSaysNothing();
    void helpAndVersionAreNoMistakes();

private:
    [[nodiscard]] QString in(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name));
    }

    QTemporaryDir m_folder;
    json m_trained; ///< what `stint train --json` said
};

void TestCommands::initTestCase()
{
    QVERIFY(m_folder.isValid());
    const Call trained = test::fillFolder(m_folder.path());
    QVERIFY2(trained.code == 0, trained.err.constData());
    m_trained = trained.document();
}

void TestCommands::describeTellsWhatWasDetected()
{
    const Call call
        = test::stintCall({QStringLiteral("describe"), in("faulty.csv"), QStringLiteral("--json")});
    QCOMPARE(call.code, 0);
    const json d = call.document();
    QCOMPARE(missing(d, "rows channels time dialect bad_lines labels"), QString());
    QCOMPARE(
        missing(d["time"], "column kind unit start step_s gaps non_monotonic date_order_guessed"),
        QString());
    QCOMPARE(
        missing(d["dialect"], "encoding delimiter decimal quote preamble_lines header_lines eol"),
        QString());
    QCOMPARE(d["rows"].get<int>(), 700);
    QCOMPARE(d["channels"].size(), std::size_t {3});
    for (const json& channel : d["channels"])
        QCOMPARE(missing(channel, "name unit min max missing"), QString());
    QVERIFY(d["labels"] == json::array({"anomaly"}));
    QVERIFY(d["channels"][1]["unit"] == "bar");

    QVERIFY(
        test::writeFile(in("bad.csv"), "time,flow,level\n0,1,2\n1,x,3\n2,2,3\n3\n4,5,6\n5,6,7\n"));
    const Call bad
        = test::stintCall({QStringLiteral("describe"), in("bad.csv"), QStringLiteral("--json")});
    QCOMPARE(bad.code, 0);
    const json lines = bad.document()["bad_lines"];
    QVERIFY(!lines.empty());
    for (const json& line : lines)
        QCOMPARE(missing(line, "line why"), QString());
}

void TestCommands::trainTellsWhatWasTrained()
{
    QCOMPARE(missing(m_trained, "task seconds variants model"), QString());
    QVERIFY(m_trained["task"] == "anomaly");
    QCOMPARE(m_trained["variants"].size(), std::size_t {3});
    for (const json& variant : m_trained["variants"]) {
        QCOMPARE(missing(variant, "name epochs train_loss validation_loss"), QString());
        QCOMPARE(variant["epochs"].get<int>(), 3);
    }
    QCOMPARE(QString::fromStdString(m_trained["model"]), in("m.stint"));
    const auto family = loadFamily(in("m.stint").toStdString());
    QVERIFY(family.ok());
    QCOMPARE((*family)->channels.size(), std::size_t {3}); // the label is no channel
}

void TestCommands::scoreTellsWhatItCost()
{
    const Call call = test::stintCall(
        {QStringLiteral("score"), in("faulty.csv"), QStringLiteral("--model"), in("m.stint"),
         QStringLiteral("--out"), in("s.csv"), QStringLiteral("--json")});
    QCOMPARE(call.code, 0);
    const json d = call.document();
    QCOMPARE(missing(d, "rows scored alarms threshold flops seconds us_per_step"), QString());
    QCOMPARE(missing(d["flops"], "operations executed dense_window saved ratio"), QString());
    QCOMPARE(d["rows"].get<int>(), 700);
    QCOMPARE(d["scored"].get<int>(), 693);
    QVERIFY(d["alarms"].get<int>() >= 10); // the labelled jump
    const json& f = d["flops"];
    QVERIFY(f["operations"].get<double>() * f["ratio"].get<double>()
            > 0.999 * f["dense_window"].get<double>());
    QCOMPARE(f["saved"].get<double>() > 0.0, f["ratio"].get<double>() > 1.0);
    QCOMPARE(test::fileContents(in("s.csv")).count('\n'), 701);
}

void TestCommands::scoresAreThoseOfAPlayer_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("score");
    QTest::newRow("sparse, continual")
        << QStringLiteral("sbt/step-t/continual") << QStringLiteral("combined");
    QTest::newRow("sparse, window")
        << QStringLiteral("sbt/step-t/window") << QStringLiteral("encoder");
    QTest::newRow("full attention")
        << QStringLiteral("dense/full/window") << QStringLiteral("autoregression");
}

void TestCommands::scoresAreThoseOfAPlayer()
{
    QFETCH(QString, mode);
    QFETCH(QString, score);
    const Call call
        = test::stintCall({QStringLiteral("score"), in("faulty.csv"), QStringLiteral("--model"),
                           in("m.stint"), QStringLiteral("--out"), in("s.csv"),
                           QStringLiteral("--mode"), mode, QStringLiteral("--score"), score});
    QVERIFY2(call.code == 0, call.err.constData());
    const auto recording = readRecording(in("faulty.csv").toStdString());
    const auto family = loadFamily(in("m.stint").toStdString());
    PlayerOptions options;
    options.mode = *parseMode(mode.toStdString());
    options.score = *parseScoreKind(score.toStdString());
    const auto rows
        = test::playedFromStart(std::make_shared<const Recording>(*recording), *family, options);
    const QList<QByteArray> lines = test::fileContents(in("s.csv")).split('\n');
    QCOMPARE(lines.size(), 702); // header, rows, and nothing behind the last line end
    QVERIFY(lines.back().isEmpty());
    QVERIFY(lines.front().startsWith("time [s],score,alarm,level,part,encoder,autoregression,"));
    for (std::size_t t = 0; t < 700; ++t) {
        const QList<QByteArray> fields = lines[static_cast<qsizetype>(t) + 1].split(',');
        QCOMPARE(fields.size(), 10);
        QCOMPARE(fields[0].toDouble(), static_cast<double>(t) / 10.0);
        if (t < 7) {
            QVERIFY(fields[1].isEmpty() && fields[2].isEmpty() && fields[3].isEmpty()
                    && fields[9].isEmpty());
            continue;
        }
        std::vector<float> read;
        for (const qsizetype column : {1, 5, 6, 7, 8, 9})
            read.push_back(floatOf(fields[column]).value_or(std::nanf("")));
        QVERIFY(test::sameBits(read,
                               {rows.score[t], rows.encoderScore[t], rows.autoregressionScore[t],
                                rows.contributions[3 * t], rows.contributions[3 * t + 1],
                                rows.contributions[3 * t + 2]}));
        QCOMPARE(fields[2], QByteArray::number(rows.alarm[t]));
        const std::optional<float> level = floatOf(fields[3]);
        QVERIFY(level && *level > 0.0F && *level < 1.0F);
        QCOMPARE(*level > 0.5F, rows.alarm[t] != 0);
    }
}

void TestCommands::aThresholdThatMovesIsWrittenWithEachRow()
{
    const QStringList call {
        QStringLiteral("score"), in("faulty.csv"), QStringLiteral("--model"), in("m.stint"),
        QStringLiteral("--out"), in("s.csv"),      QStringLiteral("--json")};
    const Call still = test::stintCall(call);
    const Call moving = test::stintCall(
        call + QStringList {QStringLiteral("--threshold-drift"), QStringLiteral("60")});
    QVERIFY2(moving.code == 0, moving.err.constData());
    QVERIFY(moving.err.isEmpty());
    QVERIFY(still.document()["threshold_moves"] == false);
    QVERIFY(moving.document()["threshold_moves"] == true);
    const QList<QByteArray> lines = test::fileContents(in("s.csv")).split('\n');
    QVERIFY(lines.front().startsWith("time [s],score,alarm,level,threshold,part,"));
    std::set<QByteArray> thresholds;
    int alarms = 0;
    for (qsizetype t = 1; t <= 700; ++t) {
        const QList<QByteArray> fields = lines[t].split(',');
        QCOMPARE(fields.size(), 11);
        const std::optional<float> threshold = floatOf(fields[4]);
        QVERIFY(threshold);
        thresholds.insert(fields[4]);
        const std::optional<float> score = floatOf(fields[1]);
        if (!score)
            continue;
        QCOMPARE(fields[2] == "1", *score > *threshold);
        QCOMPARE(*floatOf(fields[3]) > 0.5F, *score > *threshold);
        alarms += *score > *threshold ? 1 : 0;
    }
    QVERIFY(thresholds.size() > 100);
    QCOMPARE(moving.document()["alarms"].get<int>(), alarms);
}

void TestCommands::evaluateComparesThresholds()
{
    const QStringList call {
        QStringLiteral("evaluate"),       in("faulty.csv"),
        QStringLiteral("--model"),        in("m.stint"),
        QStringLiteral("--label-column"), QStringLiteral("anomaly"),
        QStringLiteral("--modes"),        QStringLiteral("sbt/step-t/continual")};
    const QStringList asDocument {QStringLiteral("--json")};
    QVERIFY(!test::stintCall(call + asDocument).document()["modes"][0].contains("thresholds"));
    const QStringList drift {QStringLiteral("--threshold-drift"), QStringLiteral("60")};
    const Call compared = test::stintCall(call + asDocument + drift);
    QVERIFY2(compared.code == 0, compared.err.constData());
    const auto mode = compared.document()["modes"][0];
    const auto& thresholds = mode["thresholds"];
    QCOMPARE(thresholds.size(), std::size_t {3});
    QVERIFY(thresholds[0]["threshold"] == "fixed");
    QVERIFY(thresholds[0]["alarm_rows"] == mode["metrics"]["alarm_rows"]);
    QVERIFY(thresholds[0]["false_alarm_rate"] == mode["metrics"]["false_alarm_rate"]);
    QVERIFY(thresholds[0]["f1"] == mode["metrics"]["f1_at_threshold"]);
    QVERIFY(thresholds[2]["drift"] == 60);
    for (const auto& one : thresholds)
        QCOMPARE(missing(one,
                         "threshold drift target alarm_rows normal_rows false_alarm_rate "
                         "event_recall f1"),
                 QString());
    // The same alarms as those of score.
    const Call scored = test::stintCall(
        {QStringLiteral("score"), in("faulty.csv"), QStringLiteral("--model"), in("m.stint"),
         QStringLiteral("--out"), in("s.csv"), QStringLiteral("--threshold-drift"),
         QStringLiteral("60"), QStringLiteral("--json")});
    QVERIFY(thresholds[2]["alarm_rows"] == scored.document()["alarms"]);
    const Call table = test::stintCall(call + drift);
    QVERIFY(table.out.contains("adaptive, with drift over 60 rows"));
    const Call without = test::stintCall(
        call + QStringList {QStringLiteral("--threshold"), QStringLiteral("adaptive")});
    QVERIFY(without.out.contains("adaptive") && !without.out.contains("drift"));
}

void TestCommands::scoresPassThroughPipes()
{
    const QStringList common {QStringLiteral("--model"), in("m.stint"), QStringLiteral("--out")};
    const Call toFile = test::stintCall(QStringList {QStringLiteral("score"), in("faulty.csv")}
                                        + common + QStringList {in("s.csv")});
    QCOMPARE(toFile.code, 0);
    const Call piped = test::stintCall(QStringList {QStringLiteral("score"), QStringLiteral("-")}
                                           + common + QStringList {QStringLiteral("-")},
                                       test::fileContents(in("faulty.csv")));
    QCOMPARE(piped.code, 0);
    QVERIFY(piped.out == test::fileContents(in("s.csv")));
    const Call nothing = test::stintCall(QStringList {QStringLiteral("score"), QStringLiteral("-")}
                                         + common + QStringList {QStringLiteral("-")});
    QCOMPARE(nothing.code, 1);
    QVERIFY(nothing.out.isEmpty());
    QVERIFY(nothing.saysOneSentenceAbout(QStringLiteral("standard input")));
}

void TestCommands::timesAreWrittenAsInTheInput()
{
    QByteArray dates = "when,flow,pressure,level\n";
    QByteArray milliseconds = "t [ms],flow,pressure,level\n";
    QByteArray none = "flow,pressure,level\n";
    for (int t = 0; t < 40; ++t) {
        const QByteArray values = QByteArray::number(20 + t % 5) + ",1." + QByteArray::number(t % 4)
            + ",6" + QByteArray::number(t % 3) + "\n";
        dates += "2024-03-01 12:00:" + QByteArray::number(10 + t) + "," + values;
        milliseconds += QByteArray::number(100 * t) + "," + values;
        none += values;
    }
    const struct {
        QByteArray text, first, last;
    } cases[] = {{dates, "2024-03-01 12:00:10", "2024-03-01 12:00:49"},
                 {milliseconds, "0", "3900"},
                 {none, "0", "39"}};
    for (const auto& one : cases) {
        const Call call = test::stintCall({QStringLiteral("score"), QStringLiteral("-"),
                                           QStringLiteral("--model"), in("m.stint"),
                                           QStringLiteral("--out"), QStringLiteral("-")},
                                          one.text);
        QVERIFY2(call.code == 0, call.err.constData());
        const QList<QByteArray> lines = call.out.split('\n');
        QCOMPARE(lines.size(), 42);
        QCOMPARE(lines[1].split(',').front(), one.first);
        QCOMPARE(lines[40].split(',').front(), one.last);
    }
}

void TestCommands::evaluateJudgesEveryModeAndBaseline()
{
    const Call call = test::stintCall(
        {QStringLiteral("evaluate"), in("faulty.csv"), QStringLiteral("--model"), in("m.stint"),
         QStringLiteral("--label-column"), QStringLiteral("anomaly"), QStringLiteral("--json")});
    QVERIFY2(call.code == 0, call.err.constData());
    const json d = call.document();
    QCOMPARE(d["modes"].size(), std::size_t {6});
    const char* metrics = "auc_roc auc_pr vus_pr best_f1 event_recall_at_1pct";
    for (const json& mode : d["modes"]) {
        QCOMPARE(missing(mode,
                         "weights attention inference flops_per_step dense_flops_per_step bits "
                         "us_per_step metrics parts"),
                 QString());
        QCOMPARE(missing(mode["metrics"], metrics), QString());
        QCOMPARE(mode["parts"].size(), std::size_t {2});
        QVERIFY(mode["parts"][0]["name"] == "encoder");
        QVERIFY(mode["parts"][1]["name"] == "autoregression");
        for (const json& part : mode["parts"])
            QCOMPARE(missing(part["metrics"], metrics), QString());
        QVERIFY(mode["metrics"]["auc_roc"].get<double>() > 0.9); // the jump is not hard to see
        QCOMPARE(mode["metrics"]["rows"].get<int>(), 693);
        QCOMPARE(mode["metrics"]["rows_without_answer"].get<int>(), 7);
    }
    QCOMPARE(d["baselines"].size(), std::size_t {6});
    for (const json& baseline : d["baselines"]) {
        QCOMPARE(missing(baseline, "name metrics"), QString());
        QCOMPARE(missing(baseline["metrics"], metrics), QString());
    }
}

void TestCommands::evaluatePoolsRecordings()
{
    const QStringList base {QStringLiteral("evaluate"),
                            in("faulty.csv"),
                            in("other.csv"),
                            QStringLiteral("--model"),
                            in("m.stint"),
                            QStringLiteral("--label-column"),
                            QStringLiteral("anomaly"),
                            QStringLiteral("--modes"),
                            QStringLiteral("sbt/step-t/continual"),
                            QStringLiteral("--json")};
    const json pooled = test::stintCall(base).document();
    QCOMPARE(pooled["modes"].size(), std::size_t {1});
    QCOMPARE(pooled["modes"][0]["metrics"]["rows"].get<int>(), 693 + 393);
    QCOMPARE(pooled["modes"][0]["metrics"]["rows_without_answer"].get<int>(), 14);
    const json ranged
        = test::stintCall(base + QStringList {QStringLiteral("--rows"), QStringLiteral("100:300")})
              .document();
    QCOMPARE(ranged["modes"][0]["metrics"]["rows"].get<int>(), 400);
    const json refitted
        = test::stintCall(base + QStringList {QStringLiteral("--fit"), in("normal.csv")})
              .document();
    QVERIFY(refitted["modes"][0]["metrics"] == pooled["modes"][0]["metrics"]);
    QVERIFY(refitted["baselines"] != pooled["baselines"]);
}

void TestCommands::inspectCountsEveryMode()
{
    const Call call
        = test::stintCall({QStringLiteral("inspect"), in("m.stint"), QStringLiteral("--json")});
    QCOMPARE(call.code, 0);
    const json d = call.document();
    QCOMPARE(missing(d, "parameters modes"), QString());
    QVERIFY(d["parameters"].get<int>() > 1000);
    QCOMPARE(d["modes"].size(), std::size_t {6});
    for (const json& mode : d["modes"]) {
        QCOMPARE(missing(mode,
                         "weights attention inference flops_per_step bits state_floats parts "
                         "ratio_to_dense_window"),
                 QString());
        std::uint64_t sum = 0;
        std::uint64_t bits = 0;
        for (const json& part : mode["parts"]) {
            QCOMPARE(missing(part, "name flops bits"), QString());
            sum += part["flops"].get<std::uint64_t>();
            bits += part["bits"].get<std::uint64_t>();
        }
        QCOMPARE(sum, mode["flops_per_step"].get<std::uint64_t>());
        QCOMPARE(bits, mode["bits"].get<std::uint64_t>());
        QVERIFY(mode["bits_entropy"] <= mode["bits_packed"]);
        QVERIFY(mode["bits_packed"] < mode["bits"]);
        QVERIFY(mode["block_bits_packed"] < mode["bits_packed"]);
    }
    const Call executed
        = test::stintCall({QStringLiteral("inspect"), in("m.stint"), QStringLiteral("--rules"),
                           QStringLiteral("executed"), QStringLiteral("--json")});
    const json e = executed.document();
    for (std::size_t i = 0; i < 6; ++i)
        QVERIFY(e["modes"][i]["flops_per_step"] == d["modes"][i]["executed_per_step"]);
}

void TestCommands::theDemoPlaysEveryMode()
{
    if (STINT_SLOW_BUILD)
        QSKIP("Half an hour in five modes takes too long in this build.");
    const Call call = test::stintCall(
        {QStringLiteral("demo"), QStringLiteral("--headless"), QStringLiteral("--json")});
    QVERIFY2(call.code == 0, call.err.constData());
    const json d = call.document();
    QCOMPARE(missing(d, "rows modes largest_difference_between_inferences"), QString());
    QCOMPARE(d["modes"].size(), std::size_t {6});
    QVERIFY(d["largest_difference_between_inferences"].get<double>() < 1e-3);
    for (const json& mode : d["modes"]) {
        QCOMPARE(missing(mode, "weights attention inference steps flops_per_step events"),
                 QString());
        QVERIFY(!mode["events"].empty());
    }
}

void TestCommands::snapshotDrawsAPicture()
{
    const Call call = test::stintCall(
        {QStringLiteral("snapshot"), in("faulty.csv"), QStringLiteral("--model"), in("m.stint"),
         QStringLiteral("--out"), in("w.png"), QStringLiteral("--json")});
    QVERIFY2(call.code == 0, call.err.constData());
    const json d = call.document();
    QCOMPARE(missing(d, "width height"), QString());
    const QImage picture(in("w.png"));
    QCOMPARE(picture.width(), d["width"].get<int>());
    QCOMPARE(picture.height(), d["height"].get<int>());
    QVERIFY(picture.width() >= 640);
}

void TestCommands::everyDocumentIsAloneOnStandardOutput()
{
    const QList<QStringList> calls {
        {QStringLiteral("describe"), in("faulty.csv")},
        {QStringLiteral("score"), in("faulty.csv"), QStringLiteral("--model"), in("m.stint"),
         QStringLiteral("--out"), in("s.csv")},
        {QStringLiteral("inspect"), in("m.stint")},
        {QStringLiteral("snapshot"), in("other.csv"), QStringLiteral("--model"), in("m.stint"),
         QStringLiteral("--out"), in("w.png")}};
    for (const QStringList& arguments : calls) {
        const Call call = test::stintCall(arguments + QStringList {QStringLiteral("--json")});
        QCOMPARE(call.code, 0);
        QVERIFY(call.document().is_object());
    }
}

void TestCommands::quietSaysNothing()
{
    const Call call = test::stintCall(
        {QStringLiteral("score"), in("faulty.csv"), QStringLiteral("--model"), in("m.stint"),
         QStringLiteral("--out"), in("s.csv"), QStringLiteral("--quiet")});
    QCOMPARE(call.code, 0);
    QVERIFY(call.out.isEmpty() && call.err.isEmpty());
    const Call drawn = test::stintCall(
        {QStringLiteral("snapshot"), in("other.csv"), QStringLiteral("--model"), in("m.stint"),
         QStringLiteral("--out"), in("w.png"), QStringLiteral("--quiet")});
    QCOMPARE(drawn.code, 0);
    QVERIFY2(drawn.out.isEmpty() && drawn.err.isEmpty(), drawn.err.constData());
    const Call trained = test::stintCall(test::trainArguments(in("normal.csv"), in("q.stint"), 1)
                                         + QStringList {QStringLiteral("--quiet")});
    QCOMPARE(trained.code, 0);
    QVERIFY(trained.err.isEmpty());
    QVERIFY(trained.document().is_object());
}

void TestCommands::helpAndVersionAreNoMistakes()
{
    const Call help = test::stintCall({QStringLiteral("--help")});
    QCOMPARE(help.code, 0);
    for (const char* word : {"describe", "train", "score", "evaluate", "inspect", "snapshot"})
        QVERIFY(help.out.contains(word));
    QCOMPARE(test::stintCall({QStringLiteral("score"), QStringLiteral("--help")}).code, 0);
    const Call version = test::stintCall({QStringLiteral("--version")});
    QCOMPARE(version.code, 0);
    QVERIFY(version.out.contains('.'));
}

QTEST_GUILESS_MAIN(TestCommands)
#include "tst_commands.moc"
