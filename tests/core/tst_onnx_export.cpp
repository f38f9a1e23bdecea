#include "core/encoder/window_encoder.h"
#include "core/exchange/onnx_export.h"
#include "core/exchange/protobuf_writer.h"
#include "core/model/detector.h"
#include "tests/support/golden.h"
#include "tests/support/onnx_file.h"
#include "tests/support/onnx_runtime.h"
#include "tests/support/small_family.h"

#include <QTest>

#include <cmath>
#include <set>

using namespace stint;
using test::GoldenCase;
using test::GoldenWindow;
using test::OnnxFile;
using test::OnnxRuntime;

class TestOnnxExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void wireFormatIsThatOfProtocolBuffers();
    void fileIsWholeAndInOrder_data();
    void fileIsWholeAndInOrder();
    void runtimeAnswersAsPyTorch_data();
    void runtimeAnswersAsPyTorch();
    void runtimeAnswersAsOurWindow_data();
    void runtimeAnswersAsOurWindow();
    void binaryWeightsStandAsTheirFloats();
    void everyTaskAnswersAsItsFamily_data();
    void everyTaskAnswersAsItsFamily();

private:
    std::unique_ptr<OnnxRuntime> m_runtime;
};

namespace {

constexpr double tolerance = 1e-5;

/// A family around one encoder; its channels are shifted and scaled.
Family familyOf(const GoldenCase& golden)
{
    Family family;
    for (Index c = 0; c < golden.config.inputs; ++c) {
        family.channels.push_back({"channel " + std::to_string(c), "V"});
        family.standardiser.mean.push_back(0.25 * static_cast<double>(c));
        family.standardiser.scale.push_back(1.0 + 0.5 * static_cast<double>(c));
    }
    if (golden.config.outputs != golden.config.inputs) {
        family.task = ModelTask::Classify;
        family.classes.resize(static_cast<std::size_t>(golden.config.outputs), "class");
    }
    FamilyVariant variant;
    variant.config = golden.config;
    variant.parameters = convert<float>(golden.parameters);
    variant.name = {golden.parameters.blocks.front().query.format, golden.config.attention};
    family.variants.push_back(std::move(variant));
    return family;
}

void addGoldenRows()
{
    QTest::addColumn<QString>("group");
    QTest::addColumn<int>("number");
    for (const char* group : test::goldenGroups) {
        int number = 0;
        for (const GoldenCase& golden : test::goldenCases(group))
            QTest::addRow("%s: %s", group, golden.name.c_str())
                << QString::fromLatin1(group) << number++;
    }
}

const GoldenCase& goldenOf(const QString& group, int number)
{
    return test::goldenCases(group.toStdString()).at(static_cast<std::size_t>(number));
}

/// The windows of a case that are full, in the units of its channels, one after the other.
struct Batch {
    std::vector<float> rows;
    std::vector<std::int64_t> row;
    std::vector<double> answers;
    std::int64_t count = 0;
};

Batch batchOf(const GoldenCase& golden, const Standardiser& standardiser)
{
    Batch batch;
    for (const GoldenWindow& w : golden.windows) {
        if (w.x.rows() < golden.config.realRows())
            continue;
        ++batch.count;
        for (Index r = 0; r < w.x.rows(); ++r) {
            for (Index c = 0; c < w.x.cols(); ++c)
                batch.rows.push_back(static_cast<float>(standardiser.restore(c, w.x(r, c))));
        }
        if (golden.config.period() > 1)
            batch.row.push_back(w.row + golden.config.past());
        batch.answers.insert(batch.answers.end(), w.answer.begin(), w.answer.end());
    }
    return batch;
}

} // namespace

void TestOnnxExport::initTestCase() { m_runtime = OnnxRuntime::load(); }

void TestOnnxExport::wireFormatIsThatOfProtocolBuffers()
{
    ProtobufWriter inner;
    inner.integer(1, 150); // the example of the format's documentation
    QCOMPARE(QByteArray::fromStdString(inner.bytes()), QByteArray::fromHex("089601"));
    ProtobufWriter outer;
    outer.message(3, inner);
    outer.text(2, "testing");
    outer.real(1, 1.0F);
    outer.integer(1, -1);
    const std::int64_t values[] = {3, 270, 86942};
    outer.integers(6, values);
    QCOMPARE(QByteArray::fromStdString(outer.bytes()),
             QByteArray::fromHex("1a03089601"
                                 "120774657374696e67"
                                 "0d0000803f"
                                 "08ffffffffffffffffff01"
                                 "3206038e029ea705"));
}

void TestOnnxExport::fileIsWholeAndInOrder_data() { addGoldenRows(); }

void TestOnnxExport::fileIsWholeAndInOrder()
{
    QFETCH(QString, group);
    QFETCH(int, number);
    const GoldenCase& golden = goldenOf(group, number);
    const Family family = familyOf(golden);
    const std::string bytes = onnxOf(family, family.variants.front());
    const auto file = test::readOnnx(bytes);
    QVERIFY(file.has_value());
    QCOMPARE(file->irVersion, 7);
    QCOMPARE(file->operatorSet, 13);
    QVERIFY(file->description.find("weights as floats") != std::string::npos);
    std::set<std::string> known(file->inputs.begin(), file->inputs.end());
    QCOMPARE(known.contains("row"), golden.config.period() > 1);
    for (const OnnxFile::Constant& constant : file->constants) {
        QVERIFY2(known.insert(constant.name).second, constant.name.c_str());
        std::size_t bytesWanted = constant.element == 7 ? 8 : 4;
        for (const std::int64_t extent : constant.shape)
            bytesWanted *= static_cast<std::size_t>(extent);
        QCOMPARE(constant.bytes, bytesWanted);
    }
    const std::set<std::string> operations {
        "MatMul", "Add",    "Sub",     "Mul",       "Div",       "Clip",       "Relu",
        "Erf",    "Sqrt",   "Softmax", "Transpose", "Reshape",   "Concat",     "Slice",
        "Shape",  "Expand", "Gather",  "Mod",       "Unsqueeze", "ReduceMean", "Identity"};
    for (const OnnxFile::Node& node : file->nodes) {
        QVERIFY2(operations.contains(node.operation), node.operation.c_str());
        for (const std::string& input : node.inputs)
            QVERIFY2(known.contains(input), input.c_str());
        QCOMPARE(node.outputs.size(), std::size_t {1});
        QVERIFY2(known.insert(node.outputs.front()).second, node.outputs.front().c_str());
    }
    for (const std::string& output : file->outputs)
        QVERIFY2(known.contains(output), output.c_str());
}

void TestOnnxExport::runtimeAnswersAsPyTorch_data()
{
    if (!m_runtime)
        QSKIP("ONNX Runtime is not installed; STINT_ONNXRUNTIME may name its library.");
    addGoldenRows();
}

void TestOnnxExport::runtimeAnswersAsPyTorch()
{
    QFETCH(QString, group);
    QFETCH(int, number);
    const GoldenCase& golden = goldenOf(group, number);
    const Family family = familyOf(golden);
    const std::string bytes = onnxOf(family, family.variants.front());
    const Batch batch = batchOf(golden, family.standardiser);
    if (batch.count == 0)
        return; // only windows that are shorter than the model's, which the file does not take
    const EncoderConfig& config = golden.config;
    const bool restored = family.task == ModelTask::Anomaly;
    const std::vector<std::pair<std::string, std::int64_t>> outputs {
        {"answer", config.outputs}, {restored ? "prediction" : "probabilities", config.outputs}};
    const auto ran = m_runtime->run(bytes, batch.rows, config.realRows(), config.inputs, batch.row,
                                    batch.count, outputs);
    QVERIFY2(ran.error.empty(), ran.error.c_str());
    for (std::size_t i = 0; i < batch.answers.size(); ++i) {
        const double y = batch.answers[i];
        const double scale = std::max(1.0, std::abs(y));
        QVERIFY(std::abs(static_cast<double>(ran.outputs[0][i]) - y) < tolerance * scale);
        QVERIFY(ran.outputs[1][i] >= 0.0F || restored);
        if (restored) {
            const Index c = static_cast<Index>(i) % config.outputs;
            const double x = family.standardiser.restore(c, y);
            QVERIFY(std::abs(static_cast<double>(ran.outputs[1][i]) - x) < 4 * tolerance * scale);
        }
    }
}

void TestOnnxExport::runtimeAnswersAsOurWindow_data()
{
    if (!m_runtime)
        QSKIP("ONNX Runtime is not installed; STINT_ONNXRUNTIME may name its library.");
    QTest::addColumn<int>("variant");
    for (int v = 0; v < static_cast<int>(test::smallFamily()->variants.size()); ++v) {
        const auto& variant = test::smallFamily()->variants[static_cast<std::size_t>(v)];
        QTest::newRow(toString(variant.name).c_str()) << v;
    }
}

void TestOnnxExport::runtimeAnswersAsOurWindow()
{
    QFETCH(int, variant);
    const Family& family = *test::smallFamily();
    const FamilyVariant& chosen = family.variants[static_cast<std::size_t>(variant)];
    const EncoderConfig& config = chosen.config;
    const std::string bytes = onnxOf(family, chosen);
    const Recording recording = test::madeUpRecording(60, 5);
    const Matrix<float> z = test::standardisedRows(family, recording);
    const Encoder<float> encoder(config, chosen.parameters);
    WindowEncoder<float> window(encoder);
    std::vector<float> rows;
    std::vector<std::int64_t> answered;
    std::vector<std::vector<float>> expected;
    for (Index row = 0; row + config.window <= recording.rows(); ++row) {
        for (Index r = row; r < row + config.realRows(); ++r) {
            for (const Channel& channel : recording.channels)
                rows.push_back(static_cast<float>(channel.values[static_cast<std::size_t>(r)]));
        }
        answered.push_back(row + config.past());
        std::vector<float> answer(static_cast<std::size_t>(padded(config.outputs)));
        PartCounts uncounted;
        window.answer(z.row(row), z.stride(), row, answer.data(), nullptr, uncounted);
        expected.push_back(answer);
    }
    const auto batch = static_cast<std::int64_t>(answered.size());
    const auto ran = m_runtime->run(bytes, rows, config.realRows(), config.inputs, answered, batch,
                                    {{"answer", config.outputs}});
    QVERIFY2(ran.error.empty(), ran.error.c_str());
    const auto outputs = static_cast<std::size_t>(config.outputs);
    for (std::size_t w = 0; w < expected.size(); ++w) {
        for (std::size_t c = 0; c < outputs; ++c)
            QVERIFY(std::abs(ran.outputs[0][w * outputs + c] - expected[w][c]) < 2e-5F);
    }
}

void TestOnnxExport::binaryWeightsStandAsTheirFloats()
{
    const Family& family = *test::smallFamily();
    const FamilyVariant* sparse = family.find({WeightFormat::SparseBinary, AttentionMask::StepT});
    QVERIFY(sparse != nullptr);
    const std::string bytes = onnxOf(family, *sparse);
    const auto file = test::readOnnx(bytes);
    QVERIFY(file.has_value());
    const auto d = static_cast<std::int64_t>(sparse->config.width);
    bool found = false;
    for (const OnnxFile::Constant& constant : file->constants) {
        if (constant.name != "sbt/step-t/block.0.attention.query.weight")
            continue;
        found = true;
        QCOMPARE(constant.element, 1);
        QCOMPARE(constant.shape, (std::vector<std::int64_t> {d, d}));
    }
    QVERIFY(found);
}

void TestOnnxExport::everyTaskAnswersAsItsFamily_data()
{
    if (!m_runtime)
        QSKIP("ONNX Runtime is not installed; STINT_ONNXRUNTIME may name its library.");
    QTest::addColumn<int>("lags");
    QTest::addColumn<int>("skip");
    for (const int lags : {1, 3}) {
        for (const SkipPath skip : allSkipPaths)
            QTest::addRow("%d lags, skip %s", lags, std::string(name(skip)).c_str())
                << lags << static_cast<int>(skip);
    }
}

/// Against the player, which makes predictions with the same skip path and lags.
void TestOnnxExport::everyTaskAnswersAsItsFamily()
{
    QFETCH(int, lags);
    QFETCH(int, skip);
    Family family = test::smallFamilyCopy();
    family.variants.resize(1);
    family.task = ModelTask::Forecast;
    family.lags = lags;
    family.skip = static_cast<SkipPath>(skip);
    FamilyVariant& variant = family.variants.front();
    variant.config.inputs *= lags;
    Matrix<float>& embed = variant.parameters.embed.weight;
    const Matrix<float> narrow = embed;
    embed.resize(narrow.rows(), variant.config.inputs);
    for (Index r = 0; r < embed.rows(); ++r) {
        for (Index c = 0; c < embed.cols(); ++c)
            embed(r, c) = narrow(r, c % narrow.cols()) / static_cast<float>(1 + c);
    }
    const auto shared = std::make_shared<const Family>(family);
    const Recording recording = test::madeUpRecording(60, 6);
    const Matrix<float> z = test::standardisedRows(family, recording);
    const VariantName name = variant.name;
    Detector detector(shared, {name.weights, name.attention, Inference::Window}, ScoreKind::Encoder,
                      60);
    ResultBlock result;
    detector.step(z.row(0), z.stride(), 60, 0.0F, {.attention = false, .forecast = true}, result);

    const FamilyVariant& chosen = shared->variants.front();
    const Index count = onnxRows(*shared, chosen);
    const Index channels = z.cols();
    constexpr Index answered = 40;
    std::vector<float> rows;
    for (Index r = answered - count; r < answered; ++r) {
        for (const Channel& channel : recording.channels)
            rows.push_back(static_cast<float>(channel.values[static_cast<std::size_t>(r)]));
    }
    const auto ran = m_runtime->run(onnxOf(*shared, chosen), rows, count, channels, {answered}, 1,
                                    {{"prediction", channels}});
    QVERIFY2(ran.error.empty(), ran.error.c_str());
    for (Index c = 0; c < channels; ++c) {
        const auto at = static_cast<std::size_t>(answered * channels + c);
        const double expected
            = family.standardiser.restore(c, static_cast<double>(result.forecast[at]));
        const auto predicted = static_cast<double>(ran.outputs[0][static_cast<std::size_t>(c)]);
        QVERIFY(std::abs(predicted - expected) < 1e-4 * std::max(1.0, std::abs(expected)));
    }
}

QTEST_APPLESS_MAIN(TestOnnxExport)
#include "tst_onnx_export.moc"
