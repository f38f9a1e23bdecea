#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"
#include "core/exchange/import_calibration.h"
#include "core/exchange/torch_import.h"
#include "core/stream/player.h"
#include "tests/support/fixtures.h"
#include "tests/support/small_family.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

using namespace stint;
using nlohmann::json;

class TestTorchImport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersEqualPyTorch_data();
    void answersEqualPyTorch();
    void importedFamilyIsSavedAndReadBack();
    void uncalibratedFamilyRaisesNoAlarm();
    void calibrationFitsEverythingBesideTheEncoder();
    void calibrationRefusesTooFewRows();
    void batchNormIsFolded();
    void missingBiasesAreZero();
    void forecastsAndClassesAreImported();
    void wrongConfigurationIsRefused_data();
    void wrongConfigurationIsRefused();
    void wrongTensorsAreRefused_data();
    void wrongTensorsAreRefused();
    void damagedFilesAreRefused();
};

namespace {

constexpr float tolerance = 1e-5F;

std::string golden(const char* name) { return std::string(STINT_GOLDEN_DIR "/") + name; }

TensorFile tensorsOf(const std::string& name)
{
    QFile file(QString::fromStdString(golden(name.c_str())));
    return file.open(QIODevice::ReadOnly) ? parseTensors(file.readAll().toStdString()).value()
                                          : TensorFile {};
}

json configOf(const char* name) { return test::readJson(golden(name)); }

Family stepTFamily()
{
    auto family = importTorch(golden("import_step_t.safetensors"), golden("import_step_t.json"));
    return family ? std::move(*family) : Family {};
}

/// A recording whose channels are called like those of the examples.
Recording recordingFor(const Family& family, Index rows)
{
    Recording recording = test::madeUpRecording(rows, 3);
    for (std::size_t c = 0; c < recording.channels.size(); ++c)
        recording.channels[c].name = family.channels[c].name;
    return recording;
}

} // namespace

void TestTorchImport::answersEqualPyTorch_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("two blocks, step-t, query token") << QStringLiteral("import_step_t");
    QTest::newRow("one block, full, positions of the window") << QStringLiteral("import_full");
}

void TestTorchImport::answersEqualPyTorch()
{
    QFETCH(QString, name);
    const std::string at = name.toStdString();
    const auto family
        = importTorch(golden((at + ".safetensors").c_str()), golden((at + ".json").c_str()));
    QVERIFY2(family.ok(), family.ok() ? "" : family.error().message.c_str());
    const json answers = test::readJson(golden((at + "_answers.json").c_str()));
    const auto x = convert<float>(test::matrixOf(answers.at("x")));
    const Matrix<double> expected = test::matrixOf(answers.at("answers"));
    const FamilyVariant& variant = family->variants.front();
    const Index past = variant.config.past();
    const Encoder<float> encoder(variant.config, variant.parameters);
    WindowEncoder<float> window(encoder);
    QVERIFY(continualStepping(variant.config) == Stepping::TwoPath);
    ContinualStream<float> stream(encoder, 1);
    stream.reset(0);
    stream.absorb(x.row(0), x.stride(), past);
    Matrix<float> answer(2, variant.config.outputs);
    PartCounts uncounted;
    for (Index t = past; t < x.rows(); ++t) {
        window.answer(x.row(t - past), x.stride(), t - past, answer.row(0), nullptr, uncounted);
        stream.step(x.row(t), x.stride(), 1, answer.row(1), answer.stride(), nullptr, uncounted);
        for (Index c = 0; c < variant.config.outputs; ++c) {
            const auto y = static_cast<float>(expected(t - past, c));
            QVERIFY(std::abs(answer(0, c) - y) < tolerance);
            QVERIFY(std::abs(answer(1, c) - y) < tolerance);
        }
    }
}

void TestTorchImport::importedFamilyIsSavedAndReadBack()
{
    const Family family = stepTFamily();
    QCOMPARE(family.variants.size(), std::size_t {1});
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("m.stint")).toStdString();
    QVERIFY(saveFamily(family, path).ok());
    const auto read = loadFamily(path);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QVERIFY((*read)->variants.front().parameters == family.variants.front().parameters);
    QCOMPARE(toString((*read)->variants.front().name), std::string("dense/step-t"));
    QVERIFY((*read)->channels == family.channels);
}

void TestTorchImport::uncalibratedFamilyRaisesNoAlarm()
{
    const auto family = std::make_shared<const Family>(stepTFamily());
    QVERIFY(!family->variants.front().thresholds[0].supported);
    QVERIFY(!family->variants.front().thresholds[0].remark.empty());
    PlayerOptions options;
    options.mode = family->defaultMode();
    QCOMPARE(toString(options.mode), std::string("dense/step-t/continual"));
    const auto recording = std::make_shared<const Recording>(recordingFor(*family, 300));
    const auto rows = test::playedFromStart(recording, family, options);
    QCOMPARE(rows.score.size(), std::size_t {300});
    QVERIFY(std::isfinite(rows.score.back()));
    QVERIFY(std::none_of(rows.alarm.begin(), rows.alarm.end(), [](auto a) { return a != 0; }));
}

void TestTorchImport::calibrationFitsEverythingBesideTheEncoder()
{
    Family family = stepTFamily();
    const Recording recording = recordingFor(family, 900);
    const Matrix<float> z = test::standardisedRows(family, recording);
    const auto done = calibrateImported(family, z, 0, 900, 0.01, {});
    QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
    QVERIFY(family.autoregression.order > 1);
    QVERIFY(family.baselines.components.rows() > 0);
    QCOMPARE(family.training.calibrationRows, Index {300});
    for (const Threshold& threshold : family.variants.front().thresholds) {
        QVERIFY(threshold.supported);
        QVERIFY(threshold.value < 1e6F);
        QVERIFY(threshold.rows > 250);
    }
    // Errors divided by their mean on normal rows are about 1 there.
    const auto calibrated = std::make_shared<const Family>(family);
    PlayerOptions options;
    options.mode = calibrated->defaultMode();
    const auto rows
        = test::playedFromStart(std::make_shared<const Recording>(recording), calibrated, options);
    double sum = 0.0;
    for (std::size_t t = 100; t < 600; ++t)
        sum += static_cast<double>(rows.encoderScore[t]) / 500.0;
    QVERIFY(std::abs(sum - 1.0) < 0.3);
}

void TestTorchImport::calibrationRefusesTooFewRows()
{
    Family family = stepTFamily();
    const Matrix<float> z = test::standardisedRows(family, recordingFor(family, 30));
    const auto done = calibrateImported(family, z, 0, 30, 0.01, {});
    QVERIFY(!done.ok());
    QVERIFY(test::isSentenceAbout(done.error().message, "30 normal rows"));
    QCOMPARE(family.autoregression.order, Index {1});
}

void TestTorchImport::batchNormIsFolded()
{
    TensorFile file = tensorsOf("import_step_t.safetensors");
    json config = configOf("import_step_t.json");
    config["norm"] = "batch";
    const auto layerNorm = file.tensors.at("encoder.layers.0.norm1.weight").floats();
    for (const char* norm : {"0.norm1", "0.norm2", "1.norm1", "1.norm2"}) {
        const std::string at = std::string("encoder.layers.") + norm;
        file.tensors[at + ".running_mean"] = Tensor::ofFloats({8}, std::vector<float>(8, 0.5F));
        file.tensors[at + ".running_var"] = Tensor::ofFloats({8}, std::vector<float>(8, 4.0F));
        file.tensors[at + ".num_batches_tracked"]
            = {TensorType::I64, {}, std::vector<std::uint8_t>(8, 1)};
    }
    const auto names = parseImportConfig(config.dump());
    QVERIFY(names.ok());
    const auto family = importedFamily(file, *names);
    QVERIFY2(family.ok(), family.ok() ? "" : family.error().message.c_str());
    const auto& norm = family->variants.front().parameters.blocks.front().attentionNorm;
    QVERIFY(std::abs(norm.gain[3] - layerNorm[3] / 2.0F) < tolerance);
}

void TestTorchImport::missingBiasesAreZero()
{
    TensorFile file = tensorsOf("import_step_t.safetensors");
    file.tensors.erase("encoder.layers.0.linear1.bias");
    file.tensors.erase("head.bias");
    const auto names = parseImportConfig(configOf("import_step_t.json").dump());
    const auto family = importedFamily(std::move(file), *names);
    QVERIFY2(family.ok(), family.ok() ? "" : family.error().message.c_str());
    const auto& parameters = family->variants.front().parameters;
    QCOMPARE(parameters.head.bias, std::vector<float>(3));
    QCOMPARE(parameters.blocks.front().expand.bias, std::vector<float>(12));
}

void TestTorchImport::forecastsAndClassesAreImported()
{
    json config = configOf("import_step_t.json");
    config["task"] = "forecast";
    config["skip"] = "last-value";
    auto family
        = importedFamily(tensorsOf("import_step_t.safetensors"), *parseImportConfig(config.dump()));
    QVERIFY2(family.ok(), family.ok() ? "" : family.error().message.c_str());
    QVERIFY(family->skip == SkipPath::LastValue);
    TensorFile file = tensorsOf("import_step_t.safetensors");
    file.tensors.erase("query_token");
    config = configOf("import_step_t.json");
    config.merge_patch({{"task", "classify"}, {"newest", "visible"}, {"classes", {"a", "b", "c"}}});
    family = importedFamily(std::move(file), *parseImportConfig(config.dump()));
    QVERIFY2(family.ok(), family.ok() ? "" : family.error().message.c_str());
    QCOMPARE(family->classes.size(), std::size_t {3});
    const Matrix<float> none;
    const auto calibrated = calibrateImported(*family, none, 0, 0, 0.01, {});
    QVERIFY(!calibrated.ok());
    QVERIFY(test::isSentenceAbout(calibrated.error().message, "classifies"));
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("m.stint")).toStdString();
    QVERIFY(saveFamily(*family, path).ok());
    QVERIFY(loadFamily(path).ok());
}

void TestTorchImport::wrongConfigurationIsRefused_data()
{
    QTest::addColumn<QString>("patch"); // merged into the example's configuration
    QTest::addColumn<QString>("word");
    const auto row = [](const char* trait, const char* patch, const char* word) {
        QTest::newRow(trait) << QString::fromLatin1(patch) << QString::fromLatin1(word);
    };
    row("unknown key", R"({"widow": 5})", "widow");
    row("window left out", R"({"window": null})", "window");
    row("window that is text", R"({"window": "five"})", "window");
    row("window below zero", R"({"window": -5})", "window");
    row("window that is no whole number", R"({"window": 5.5})", "window");
    row("unknown positions", R"({"positions": "spiral"})", "spiral");
    row("unknown mask", R"({"mask": "causal"})", "causal");
    row("mask that no state dict holds", R"({"mask": "fixed-mask"})", "fixed mask");
    row("flag that is a number", R"({"scale_embedding": 1})", "scale_embedding");
    row("task that is not imported", R"({"task": "translate"})", "translate");
    row("channels left out", R"({"channels": null})", "channels");
    row("channels that are a number", R"({"channels": 3})", "channels");
    row("channel without a name", R"({"channels": [{"unit": "V"}]})", "name");
    row("channel named twice", R"({"channels": [{"name": "a"}, {"name": "a"}]})", "twice");
    row("channel with an unknown key", R"({"channels": [{"name": "a", "std": 1}]})", "std");
    row("scale of zero", R"({"channels": [{"name": "a", "scale": 0}]})", "scale");
    row("too few channels", R"({"channels": [{"name": "a"}]})", "1 channels");
    row("lags that the embedding does not have", R"({"lags": 2})", "2 lags");
    row("classes without the task", R"({"classes": ["a", "b"]})", "classes");
    row("task without classes", R"({"task": "classify"})", "classes");
    row("other number of classes",
        R"({"task": "classify", "newest": "visible", "classes": ["a", "b"]})", "2 classes");
    row("skip path that is not there", R"({"skip": "autoregression"})", "skip");
    row("heads that do not divide the width", R"({"heads": 3})", "heads");
    row("prefix that is not there", R"({"prefix": "model."})", "model.layers.0");
    row("embedding that is not there", R"({"embedding": "embed"})", "embed.weight");
    row("query token that is not there", R"({"query_token": "token"})", "\"token\"");
    row("table that is not there", R"({"positions": "recycling-learned"})", "\"positions\"");
    row("norm that the tensors do not have", R"({"norm": "none"})", "norm1");
}

void TestTorchImport::wrongConfigurationIsRefused()
{
    QFETCH(QString, patch);
    QFETCH(QString, word);
    json config = configOf("import_step_t.json");
    config.merge_patch(json::parse(patch.toStdString()));
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("config.json"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(config.dump()));
    file.close();
    const auto family = importTorch(golden("import_step_t.safetensors"), path.toStdString());
    QVERIFY(!family.ok());
    QVERIFY2(test::isSentenceAbout(family.error().message, word.toStdString()),
             family.error().message.c_str());
}

void TestTorchImport::wrongTensorsAreRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("what");
    for (const char* name :
         {"encoder.layers.0.self_attn.in_proj_weight", "encoder.layers.1.self_attn.out_proj.weight",
          "encoder.layers.1.linear2.weight", "encoder.layers.0.norm2.weight",
          "encoder.layers.0.norm1.bias", "head.weight", "embedding.weight", "query_token"}) {
        for (const char* what : {"missing", "misshaped", "NaN", "infinity", "bytes"})
            QTest::addRow("%s %s", name, what)
                << QString::fromLatin1(name) << QString::fromLatin1(what);
    }
    QTest::newRow("one too many") << QStringLiteral("encoder.extra") << QStringLiteral("extra");
    QTest::newRow("norm after the last layer")
        << QStringLiteral("encoder.norm.weight") << QStringLiteral("extra");
    QTest::newRow("half a layer more")
        << QStringLiteral("encoder.layers.2.linear1.weight") << QStringLiteral("extra");
}

void TestTorchImport::wrongTensorsAreRefused()
{
    QFETCH(QString, name);
    QFETCH(QString, what);
    const std::string key = name.toStdString();
    TensorFile file = tensorsOf("import_step_t.safetensors");
    Tensor& tensor = file.tensors[key];
    std::vector<float> values = tensor.floats();
    if (what == QStringLiteral("missing")) {
        file.tensors.erase(key);
    } else if (what == QStringLiteral("misshaped")) {
        tensor.shape.push_back(1);
    } else if (what == QStringLiteral("extra")) {
        tensor = Tensor::ofFloats({1}, std::vector<float> {1.0F});
    } else if (what == QStringLiteral("bytes")) {
        tensor.type = TensorType::U8;
    } else {
        values.back() = what == QStringLiteral("NaN") ? std::numeric_limits<float>::quiet_NaN()
                                                      : std::numeric_limits<float>::infinity();
        tensor = Tensor::ofFloats(tensor.shape, values);
    }
    const auto names = parseImportConfig(configOf("import_step_t.json").dump());
    QVERIFY(names.ok());
    const auto family = importedFamily(std::move(file), *names);
    QVERIFY(!family.ok());
    const std::string& message = family.error().message;
    QVERIFY2(message.find(key) != std::string::npos || message.find("layers") != std::string::npos,
             message.c_str());
}

void TestTorchImport::damagedFilesAreRefused()
{
    QFile whole(QString::fromStdString(golden("import_full.safetensors")));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("cut.safetensors"));
    for (qsizetype length = 0; length < bytes.size(); length += 37) {
        QFile cut(path);
        QVERIFY(cut.open(QIODevice::WriteOnly | QIODevice::Truncate));
        cut.write(bytes.left(length));
        cut.close();
        const auto family = importTorch(path.toStdString(), golden("import_full.json"));
        QVERIFY(!family.ok());
        QVERIFY2(test::isSentenceAbout(family.error().message, "cut.safetensors"),
                 family.error().message.c_str());
    }
    const auto folderAsFile = importTorch(folder.path().toStdString(), golden("import_full.json"));
    QVERIFY(!folderAsFile.ok());
    const auto noConfig = importTorch(path.toStdString(), golden("no such.json"));
    QVERIFY(!noConfig.ok());
    QVERIFY(test::isSentenceAbout(noConfig.error().message, "no such.json"));
}

QTEST_APPLESS_MAIN(TestTorchImport)
#include "tst_torch_import.moc"
