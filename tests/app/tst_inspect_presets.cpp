#include "tests/support/program_calls.h"

#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>

using nlohmann::json;
using stint::test::Call;

namespace {

Call inspect(const QString& preset, const QStringList& more = {QStringLiteral("--json")})
{
    return stint::test::stintCall(
        QStringList {QStringLiteral("inspect"), QStringLiteral("--preset"), preset} + more);
}

json document(const QString& preset, const QString& rules = QStringLiteral("operations"))
{
    return inspect(preset, {QStringLiteral("--json"), QStringLiteral("--rules"), rules}).document();
}

/// The mode written WEIGHTS/ATTENTION/INFERENCE; null if it is not there.
json mode(const json& d, const std::string& wanted)
{
    for (const json& m : d["modes"]) {
        if (m["weights"].get<std::string>() + "/" + m["attention"].get<std::string>() + "/"
                + m["inference"].get<std::string>()
            == wanted)
            return m;
    }
    return {};
}

/// Why a mode is not offered; empty if it is.
QString whyNot(const json& d, const std::string& wanted)
{
    for (const json& refused : d["not_offered"]) {
        if (refused["mode"] == wanted)
            return QString::fromStdString(refused["why"].get<std::string>());
    }
    return {};
}

} // namespace

class TestInspectPresets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPresetHasItsKeys_data();
    void everyPresetHasItsKeys();
    void publishedCostsComeOutByThePapersRules_data();
    void publishedCostsComeOutByThePapersRules();
    void publishedModelsSayWhyTheyDoNotStream();
    void streamFormsComeToTheWorkedNumbers();
    void aFractionOfOnesOwnCanBeKept();
    void theTextShowsThePublishedFigureBesideOurs();
};

void TestInspectPresets::everyPresetHasItsKeys_data()
{
    QTest::addColumn<QString>("rules");
    for (const char* name :
         {"smd", "ettm1-stream", "heartbeat", "arabic-stream", "gtzan", "gtzan-b2-stream"}) {
        for (const char* rules : {"operations", "sbt-paper", "continual-paper"})
            QTest::addRow("%s|%s", name, rules) << QString::fromLatin1(rules);
    }
}

void TestInspectPresets::everyPresetHasItsKeys()
{
    QFETCH(QString, rules);
    const QString name = QString::fromLatin1(QTest::currentDataTag()).section(u'|', 0, 0);
    const json d = document(name, rules);
    QVERIFY(d["parameters"].get<std::uint64_t>() > 10'000);
    QVERIFY(!d["modes"].empty());
    for (const json& m : d["modes"]) {
        for (const char* key : {"weights", "attention", "inference", "flops_per_step", "bits",
                                "state_floats", "parts", "ratio_to_dense_window"})
            QVERIFY2(m.contains(key), key);
        if (rules != QStringLiteral("operations"))
            continue;
        std::uint64_t flops = 0;
        std::uint64_t bits = 0;
        for (const json& part : m["parts"]) {
            flops += part["flops"].get<std::uint64_t>();
            bits += part["bits"].get<std::uint64_t>();
        }
        QVERIFY(m["flops_per_step"] == flops);
        QVERIFY(m["bits"] == bits);
        QVERIFY(m["bits_packed"] < m["bits"]);
    }
    for (const json& refused : d["not_offered"])
        QVERIFY(refused["why"].get<std::string>().size() > 20);
}

void TestInspectPresets::publishedCostsComeOutByThePapersRules_data()
{
    QTest::addColumn<QString>("rules");
    QTest::addColumn<int>("figures");
    for (const char* name : {"smd", "msl", "smap", "ecl", "wth", "ettm1", "arabic",
                             "face-detection", "heartbeat", "insect", "japanese-vowels"})
        QTest::newRow(name) << QStringLiteral("sbt-paper") << 2;
    for (const char* name : {"thumos14", "thumos14-audio"})
        QTest::newRow(name) << QStringLiteral("continual-paper") << 2;
}

void TestInspectPresets::publishedCostsComeOutByThePapersRules()
{
    QFETCH(QString, rules);
    QFETCH(int, figures);
    const json d = document(QString::fromLatin1(QTest::currentDataTag()), rules);
    int found = 0;
    for (const json& m : d["modes"]) {
        if (!m.contains("published"))
            continue;
        ++found;
        const json& published = m["published"];
        const auto unit = published["rounded_to"].get<std::uint64_t>();
        const auto ours = m["flops_per_step"].get<std::uint64_t>();
        QCOMPARE((ours + unit / 2) / unit * unit, published["flops_per_step"].get<std::uint64_t>());
        for (const char* key : {"parameters", "bits"}) {
            if (published.contains(key))
                QVERIFY(m[key] == published[key]);
        }
    }
    QCOMPARE(found, figures);
}

void TestInspectPresets::publishedModelsSayWhyTheyDoNotStream()
{
    const json d = document(QStringLiteral("smd"));
    QVERIFY(mode(d, "sbt/step-t/continual").is_null());
    QVERIFY(whyNot(d, "sbt/step-t/continual").contains(QStringLiteral("positions")));
    QVERIFY(!whyNot(d, "dense/full/continual").isEmpty());
    QVERIFY(!mode(d, "sbt/step-t/window").is_null());
}

void TestInspectPresets::streamFormsComeToTheWorkedNumbers()
{
    const json d = document(QStringLiteral("smd-stream"));
    const json stream = mode(d, "sbt/step-t/continual");
    QVERIFY(stream["flops_per_step"] == 104'120);
    QVERIFY(stream["dense_window"] == 37'546'888);
    QVERIFY(stream["state_floats"] == 60'496);
    QVERIFY(std::abs(stream["ratio_to_dense_window"].get<double>() - 360.6) < 0.1);
    QVERIFY(mode(d, "dense/step-t/continual")["flops_per_step"] == 234'992);
    QVERIFY(mode(d, "sbt/step-t/window")["flops_per_step"] == 3'603'502);
}

void TestInspectPresets::aFractionOfOnesOwnCanBeKept()
{
    const Call call
        = inspect(QStringLiteral("ecl-stream"),
                  {QStringLiteral("--json"), QStringLiteral("--keep"), QStringLiteral("0.25")});
    const json stream = mode(call.document(), "sbt/step-t/continual");
    QVERIFY(stream["flops_per_step"] == 744'800);
    QVERIFY(stream["keep"] == 0.25);
}

void TestInspectPresets::theTextShowsThePublishedFigureBesideOurs()
{
    const Call ours = inspect(QStringLiteral("japanese-vowels"), {});
    QCOMPARE(ours.code, 0);
    QVERIFY(ours.out.contains("326532"));
    QVERIFY(ours.out.contains("Published figures follow the rules \"sbt-paper\"."));
    QVERIFY(ours.out.contains("not offered:"));
    const Call theirs = inspect(QStringLiteral("japanese-vowels"),
                                {QStringLiteral("--rules"), QStringLiteral("sbt-paper")});
    QVERIFY(theirs.out.contains("45728 bits (published 45728)"));
}

QTEST_APPLESS_MAIN(TestInspectPresets)
#include "tst_inspect_presets.moc"
