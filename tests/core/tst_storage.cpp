#include "core/cost/sbt_paper_rules.h"
#include "core/cost/storage.h"
#include "core/presets/drawn_parameters.h"
#include "core/weights/packed_weights.h"
#include "tests/support/random_parameters.h"

#include <QTest>

using namespace stint;

namespace {

EncoderConfig shapes(Index m, Index outputs, Index d, Index f, Index n)
{
    EncoderConfig config;
    config.inputs = m;
    config.outputs = outputs;
    config.window = n;
    config.width = d;
    config.heads = 2;
    config.hidden = f;
    config.layers = 2;
    return config;
}

/// Trained as this program does: gains of each row, biases everywhere, embedding and head float.
EncoderParameters<float> made(const EncoderConfig& config, WeightFormat format, double keep)
{
    const test::RandomRecipe recipe {.format = format, .keep = keep};
    EncoderParameters<float> p = convert<float>(test::randomParameters(config, recipe, 3));
    return p;
}

double ratio(std::uint64_t dense, std::uint64_t small)
{
    return static_cast<double>(dense) / static_cast<double>(small);
}

} // namespace

class TestStorage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void plainBitsAreThoseOfTheFile();
    void packedBitsAreThoseOfThePackedBytes();
    void packedIsNearTheEntropyAndNeverBelow();
    void partsAddUp();
    void theRuleOfThePaperIsItsOwn_data();
    void theRuleOfThePaperIsItsOwn();
    void nineTenthsGoneMakesBlocksSmall_data();
    void nineTenthsGoneMakesBlocksSmall();
    void nineTenthsGoneMakesWholeModelsSmall_data();
    void nineTenthsGoneMakesWholeModelsSmall();
};

void TestStorage::plainBitsAreThoseOfTheFile()
{
    const EncoderConfig config = shapes(3, 4, 10, 12, 5);
    for (const WeightFormat format : {WeightFormat::Dense, WeightFormat::SparseBinary}) {
        const EncoderParameters<float> p = made(config, format, 0.25);
        QCOMPARE(storageReport(config, p).whole().plain, storedBits(p));
    }
    // By hand: mask and sign of (10, 10), rows of two bytes, 10 gains and 10 biases.
    const EncoderParameters<float> p = made(config, WeightFormat::SparseBinary, 0.25);
    QCOMPARE(storedBits(p.blocks[0].query), std::uint64_t {2 * 10 * 16 + 20 * 32});
    QCOMPARE(storedBits(p.embed), std::uint64_t {40 * 32});
}

void TestStorage::packedBitsAreThoseOfThePackedBytes()
{
    const EncoderConfig config = shapes(3, 4, 16, 32, 5);
    const EncoderParameters<float> p = made(config, WeightFormat::SparseBinary, 0.25);
    std::uint64_t bits = 16 * p.queryToken.size(); // the recycling table is made anew
    forEachLinear(p, [&bits](const std::string&, const LinearParameters<float>& linear) {
        bits += 8 * packWeights(linear)->size() + 16 * (linear.gain.size() + linear.bias.size());
    });
    QCOMPARE(storageReport(config, p).whole().packed, bits);
}

void TestStorage::packedIsNearTheEntropyAndNeverBelow()
{
    const EncoderConfig config = shapes(12, 9, 64, 256, 30);
    for (const double keep : {0.05, 0.1, 0.25, 0.5}) {
        const EncoderParameters<float> p = made(config, WeightFormat::SparseBinary, keep);
        const StorageBits blocks = storageReport(config, p).blocks();
        QVERIFY(blocks.packed >= blocks.entropy);
        QVERIFY(static_cast<double>(blocks.packed)
                <= 1.02 * static_cast<double>(blocks.entropy) + 12 * 64);
        QVERIFY(blocks.packed < blocks.plain);
    }
}

void TestStorage::partsAddUp()
{
    EncoderConfig config = shapes(3, 4, 10, 12, 5);
    config.norm = Norm::Token;
    const StorageReport report
        = storageReport(config, made(config, WeightFormat::SparseBinary, 0.5));
    StorageBits sum = report.embedding;
    for (const StorageBits& part :
         {report.projection, report.output, report.feedForward, report.head})
        sum += part;
    QVERIFY(sum == report.whole());
    QVERIFY(report.blocks().packed < report.whole().packed);
    QCOMPARE(report.output.plain,
             std::uint64_t {2 * (2 * 10 * 16 + 20 * 32) + 2 * 20 * 32}); // with its norm
}

void TestStorage::theRuleOfThePaperIsItsOwn_data()
{
    QTest::addColumn<int>("unused");
    for (const char* name : {"smd", "wth", "arabic", "japanese-vowels"})
        QTest::newRow(name) << 0;
}

/// Counted from parameters it is what the closed form says.
void TestStorage::theRuleOfThePaperIsItsOwn()
{
    const auto preset = findPreset(QTest::currentDataTag());
    QVERIFY(preset.ok());
    const PresetVariant& dense = preset->variants[0];
    const PresetVariant& sparse = preset->variants[1];
    const EncoderParameters<float> d = drawnParameters(dense, 1);
    QCOMPARE(storageReport(dense.config, d).whole().paper, sbtPaperDense(dense.config).bits);
    QCOMPARE(parameterCount(dense.config, d), sbtPaperDense(dense.config).parameters);
    QCOMPARE(storageReport(sparse.config, drawnParameters(sparse, 1)).whole().paper,
             sbtPaperSparse(sparse.config, sparse.keep).bits);
}

void TestStorage::nineTenthsGoneMakesBlocksSmall_data()
{
    QTest::addColumn<int>("d");
    QTest::addColumn<int>("f");
    QTest::addColumn<double>("atLeast");
    QTest::newRow("d 16, f 64, gains and biases weigh more") << 16 << 64 << 13.0;
    QTest::newRow("d 16, f 128") << 16 << 128 << 15.0;
    QTest::newRow("d 16, f 256") << 16 << 256 << 15.0;
    QTest::newRow("d 32, f 128") << 32 << 128 << 20.0;
    QTest::newRow("d 32, f 256") << 32 << 256 << 20.0;
    QTest::newRow("d 64, f 256") << 64 << 256 << 20.0;
    QTest::newRow("d 128, f 256") << 128 << 256 << 20.0;
}

void TestStorage::nineTenthsGoneMakesBlocksSmall()
{
    QFETCH(int, d);
    QFETCH(int, f);
    QFETCH(double, atLeast);
    for (const Norm norm : {Norm::None, Norm::Token}) {
        EncoderConfig config = shapes(12, 9, d, f, 30);
        config.norm = norm;
        const std::uint64_t dense
            = storageReport(config, made(config, WeightFormat::Dense, 1.0)).blocks().plain;
        const StorageBits small
            = storageReport(config, made(config, WeightFormat::SparseBinary, 0.1)).blocks();
        const QString found = QStringLiteral("norm %1: %2 times smaller")
                                  .arg(QLatin1String(name(norm).data()))
                                  .arg(ratio(dense, small.packed), 0, 'f', 1);
        QVERIFY2(ratio(dense, small.packed) >= atLeast, qPrintable(found));
    }
}

void TestStorage::nineTenthsGoneMakesWholeModelsSmall_data()
{
    QTest::addColumn<int>("inputs");
    QTest::addColumn<int>("outputs");
    QTest::addColumn<int>("d");
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("atLeast");
    QTest::newRow("Japanese vowels") << 12 << 9 << 32 << 29 << 13.0;
    QTest::newRow("server machines") << 38 << 38 << 76 << 50 << 11.0;
}

void TestStorage::nineTenthsGoneMakesWholeModelsSmall()
{
    QFETCH(int, inputs);
    QFETCH(int, outputs);
    QFETCH(int, d);
    QFETCH(int, n);
    QFETCH(double, atLeast);
    EncoderConfig config = shapes(inputs, outputs, d, 256, n);
    // Against trained numbers alone: a table of positions is no part of what is compressed.
    config.positions = Positions::None;
    const std::uint64_t dense
        = storageReport(config, made(config, WeightFormat::Dense, 1.0)).whole().plain;
    const StorageBits small
        = storageReport(config, made(config, WeightFormat::SparseBinary, 0.1)).whole();
    const QString found
        = QStringLiteral("%1 times smaller").arg(ratio(dense, small.packed), 0, 'f', 1);
    QVERIFY2(ratio(dense, small.packed) >= atLeast, qPrintable(found));
}

QTEST_APPLESS_MAIN(TestStorage)
#include "tst_storage.moc"
