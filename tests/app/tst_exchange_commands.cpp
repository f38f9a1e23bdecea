#include "tests/support/program_calls.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace stint;
using nlohmann::json;
using test::Call;

/// `stint import` and `stint export`.
class TestExchangeCommands : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void importedModelScoresAndExports();
    void calibratedModelHasAThreshold();
    void trainedVariantsAreExported_data();
    void trainedVariantsAreExported();
    void withoutJsonNothingIsOnStdout();
    void wrongUsageEndsWithTwo_data();
    void wrongUsageEndsWithTwo();
    void failuresEndWithOneAndASentence_data();
    void failuresEndWithOneAndASentence();
    void failuresLeaveNoFiles();

private:
    /// The words of a call; those that look like files lie in the folder.
    [[nodiscard]] Call called(const QString& words) const
    {
        QStringList arguments;
        for (const QString& word : words.split(u' '))
            arguments << (word.contains(u'.') && !word.startsWith(u'-') ? m_folder.filePath(word)
                                                                        : word);
        return test::stintCall(arguments);
    }
    [[nodiscard]] QString in(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name));
    }

    QTemporaryDir m_folder;
};

namespace {

QString golden(const QString& name)
{
    return QStringLiteral(STINT_SOURCE_DIR "/tests/golden/") + name;
}

} // namespace

void TestExchangeCommands::initTestCase()
{
    QVERIFY(m_folder.isValid());
    const Call trained = test::fillFolder(m_folder.path());
    QVERIFY2(trained.code == 0, trained.err.constData());
    QVERIFY(QFile::copy(golden(QStringLiteral("import_step_t.safetensors")), in("p.safetensors")));
    // The channels of the made-up machine in place of the example's.
    json config = json::parse(
        test::fileContents(golden(QStringLiteral("import_step_t.json"))).toStdString());
    const char* names[] = {"flow", "pressure", "level"};
    const double means[] = {20.0, 1.5, 60.0};
    const double scales[] = {3.0, 0.2, 10.0};
    for (std::size_t c = 0; c < 3; ++c) {
        config["channels"][c]
            = {{"name", names[c]}, {"unit", "V"}, {"mean", means[c]}, {"scale", scales[c]}};
    }
    QVERIFY(test::writeFile(in("c.json"), QByteArray::fromStdString(config.dump())));
    config["spin"] = 1;
    QVERIFY(test::writeFile(in("unknown.json"), QByteArray::fromStdString(config.dump())));
    QVERIFY(test::writeFile(in("text.json"), "not json"));
    const QByteArray parameters = test::fileContents(in("p.safetensors"));
    QVERIFY(test::writeFile(in("cut.safetensors"), parameters.left(parameters.size() - 100)));
}

void TestExchangeCommands::importedModelScoresAndExports()
{
    const Call imported
        = called(QStringLiteral("import p.safetensors --config c.json --out i.stint --json"));
    QVERIFY2(imported.code == 0, imported.err.constData());
    const json document = imported.document();
    QCOMPARE(document.at("calibrated").get<bool>(), false);
    QCOMPARE(document.at("variants").at(0).at("name").get<std::string>(),
             std::string("dense/step-t"));
    QCOMPARE(document.at("modes").size(), std::size_t {2});
    QCOMPARE(document.at("remarks").size(), std::size_t {1});
    const Call scored
        = called(QStringLiteral("score faulty.csv --model i.stint --out s.csv --json"));
    QVERIFY2(scored.code == 0, scored.err.constData());
    QCOMPARE(scored.document().at("alarms").get<int>(), 0);
    const Call exported = called(
        QStringLiteral("export i.stint --format onnx --out i.onnx --mode dense/step-t/window "
                       "--json"));
    QVERIFY2(exported.code == 0, exported.err.constData());
    const json files = exported.document().at("files");
    QCOMPARE(files.size(), std::size_t {1});
    QCOMPARE(QString::fromStdString(files.at(0).get<std::string>()), in("i.onnx"));
    QCOMPARE(exported.document().at("bytes").get<qint64>(), QFile(in("i.onnx")).size());
}

void TestExchangeCommands::calibratedModelHasAThreshold()
{
    const Call imported = called(QStringLiteral(
        "import p.safetensors --config c.json --out k.stint --calibrate normal.csv --rows 0:700 "
        "--label-column anomaly --false-alarms 1e-2 --json"));
    QVERIFY2(imported.code == 0, imported.err.constData());
    const json document = imported.document();
    QCOMPARE(document.at("calibrated").get<bool>(), true);
    QVERIFY(document.at("threshold").get<double>() < 1e6);
    QVERIFY(document.at("remarks").empty());
    const Call scored
        = called(QStringLiteral("score faulty.csv --model k.stint --out s.csv --json"));
    QVERIFY2(scored.code == 0, scored.err.constData());
    QVERIFY(scored.document().at("alarms").get<int>() > 0);
    const Call inspected = called(QStringLiteral("inspect k.stint --json"));
    QVERIFY2(inspected.code == 0, inspected.err.constData());
}

void TestExchangeCommands::trainedVariantsAreExported_data()
{
    QTest::addColumn<QString>("variant");
    for (const char* variant : {"dense/full", "dense/step-t", "sbt/step-t"})
        QTest::newRow(variant) << QString::fromLatin1(variant);
}

void TestExchangeCommands::trainedVariantsAreExported()
{
    QFETCH(QString, variant);
    const Call exported = called(
        QStringLiteral("export m.stint --format onnx --out v.onnx --json --variant ") + variant);
    QVERIFY2(exported.code == 0, exported.err.constData());
    QCOMPARE(QString::fromStdString(exported.document().at("variant").get<std::string>()), variant);
    const QByteArray bytes = test::fileContents(in("v.onnx"));
    QVERIFY(bytes.size() > 5000);
    QVERIFY(bytes.contains(variant.toUtf8() + "/block.0.attention.query.weight"));
}

void TestExchangeCommands::withoutJsonNothingIsOnStdout()
{
    const Call imported
        = called(QStringLiteral("import p.safetensors --config c.json --out q.stint"));
    QCOMPARE(imported.code, 0);
    QVERIFY(imported.out.isEmpty());
    QVERIFY(imported.err.contains("dense/step-t"));
    const Call exported
        = called(QStringLiteral("export q.stint --format onnx --out q.onnx --quiet"));
    QCOMPARE(exported.code, 0);
    QVERIFY(exported.out.isEmpty() && exported.err.isEmpty());
}

void TestExchangeCommands::wrongUsageEndsWithTwo_data()
{
    QTest::addColumn<QString>("call");
    const auto row = [](const char* trait, const char* call) {
        QTest::newRow(trait) << QString::fromLatin1(call);
    };
    row("import without configuration", "import p.safetensors --out x.stint");
    row("import without output", "import p.safetensors --config c.json");
    row("range that is none", "import p.safetensors --config c.json --out x.stint --rows 5");
    row("target that is no fraction",
        "import p.safetensors --config c.json --out x.stint --false-alarms 2");
    row("export without format", "export m.stint --out x.onnx");
    row("unknown format", "export m.stint --format pickle --out x.onnx");
    row("unknown variant", "export m.stint --format onnx --out x.onnx --variant dense/best");
    row("variant that is not there",
        "export m.stint --format onnx --out x.onnx --variant binary/full");
    row("mode that is not there",
        "export m.stint --format onnx --out x.onnx --mode binary/full/window");
    row("both",
        "export m.stint --format onnx --out x.onnx --variant dense/full --mode "
        "dense/full/window");
}

void TestExchangeCommands::wrongUsageEndsWithTwo()
{
    QFETCH(QString, call);
    const Call ended = called(call);
    QVERIFY2(ended.code == 2, ended.err.constData());
    QVERIFY(!ended.err.isEmpty());
    QVERIFY(ended.out.isEmpty());
}

void TestExchangeCommands::failuresEndWithOneAndASentence_data()
{
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* trait, const char* call, const char* word) {
        QTest::newRow(trait) << QString::fromLatin1(call) << QString::fromLatin1(word);
    };
    row("parameters that are not there", "import no.safetensors --config c.json --out x.stint",
        "no.safetensors");
    row("parameters that are cut short", "import cut.safetensors --config c.json --out x.stint",
        "cut.safetensors");
    row("parameters that are a table", "import normal.csv --config c.json --out x.stint",
        "normal.csv");
    row("a model as parameters", "import m.stint --config c.json --out x.stint", "embedding");
    row("configuration that is not there", "import p.safetensors --config no.json --out x.stint",
        "no.json");
    row("configuration that is text", "import p.safetensors --config text.json --out x.stint",
        "text.json");
    row("configuration with an unknown key",
        "import p.safetensors --config unknown.json --out x.stint", "spin");
    row("recording that is not there",
        "import p.safetensors --config c.json --out x.stint --calibrate no.csv", "no.csv");
    row("too few normal rows",
        "import p.safetensors --config c.json --out x.stint --calibrate normal.csv --rows 0:20",
        "20 normal rows");
    row("rows behind the recording's end",
        "import p.safetensors --config c.json --out x.stint --calibrate normal.csv --rows "
        "5000:6000",
        "0 normal rows");
    row("model in a folder that is not there",
        "import p.safetensors --config c.json --out no.such/x.stint", "no.such/x.stint");
    row("export of what is no model", "export normal.csv --format onnx --out x.onnx", "normal.csv");
    row("export to a folder that is not there", "export m.stint --format onnx --out no.such/x.onnx",
        "no.such/x.onnx");
}

void TestExchangeCommands::failuresEndWithOneAndASentence()
{
    QFETCH(QString, call);
    QFETCH(QString, word);
    const Call ended = called(call + QStringLiteral(" --json"));
    QVERIFY2(ended.code == 1, ended.err.constData());
    QVERIFY2(ended.saysOneSentenceAbout(word), ended.err.constData());
    QVERIFY(ended.out.isEmpty());
}

void TestExchangeCommands::failuresLeaveNoFiles()
{
    const QDir folder(m_folder.path());
    QCOMPARE(folder.entryList({QStringLiteral("x.*"), QStringLiteral("*.part")}), QStringList());
}

QTEST_GUILESS_MAIN(TestExchangeCommands)
#include "tst_exchange_commands.moc"
