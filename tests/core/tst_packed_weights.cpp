#include "core/base/rng.h"
#include "core/weights/half_float.h"
#include "core/weights/packed_weights.h"
#include "tests/support/random_parameters.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace stint;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// Exactly round(keep N) weights are kept; Binary keeps all.
LinearParameters<float> layer(WeightFormat format, Index outputs, Index inputs, double keep,
                              std::uint64_t seed)
{
    Rng rng(seed);
    test::RandomRecipe recipe {.format = WeightFormat::SparseBinary, .keep = keep, .bias = false};
    LinearParameters<float> made = convert<float>(test::randomLinear(outputs, inputs, recipe, rng));
    made.format = format;
    for (Index r = 0; r < outputs; ++r) {
        for (Index c = 0; c < inputs; ++c) {
            float& w = made.weight(r, c);
            const auto size = static_cast<float>(rng.uniform(0.01, 1.0));
            if (format == WeightFormat::Binary)
                w = rng.below(2) == 0 ? -1.0F : 1.0F;
            else if (format == WeightFormat::Dense)
                w = size - 0.5F;
            else if (format == WeightFormat::Sparse)
                w *= size;
        }
    }
    return made;
}

Bytes packed(const LinearParameters<float>& linear, const PackingRecipe& recipe = {})
{
    auto bytes = packWeights(linear, recipe);
    return bytes ? *bytes : Bytes {};
}

bool reads(const Bytes& bytes, const LinearParameters<float>& like)
{
    return unpackWeights(bytes, like.format, like.outputs(), like.inputs()).ok();
}

/// Bits of one weight that is kept with chance k.
double entropy(double k)
{
    return k <= 0.0 || k >= 1.0 ? 0.0 : -k * std::log2(k) - (1.0 - k) * std::log2(1.0 - k);
}

quint64 digest(const Bytes& bytes)
{
    quint64 hash = 0xCBF29CE484222325ULL; // FNV-1a
    for (const std::uint8_t b : bytes)
        hash = (hash ^ b) * 0x100000001B3ULL;
    return hash;
}

} // namespace

class TestPackedWeights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyHalfComesBack();
    void halvesAreRoundedToNearestEven_data();
    void halvesAreRoundedToNearestEven();
    void whatHalvesCannotHoldIsRefused();
    void weightsComeBack_data();
    void weightsComeBack();
    void sizesAreNearTheEntropy_data();
    void sizesAreNearTheEntropy();
    void masksThatFavourRowsOrColumnsGetSmaller_data();
    void masksThatFavourRowsOrColumnsGetSmaller();
    void bytesAreTheSameOnEveryMachine();
    void sixteenBitsAreRoundedOnce();
    void drawnSignsAreNotStored();
    void truncatedAndTrailingBytesAreRefused_data();
    void truncatedAndTrailingBytesAreRefused();
    void anythingThatIsReadIsWrittenTheSame();
    void valuesThatAreNoNumbersAreRefused();
};

void TestPackedWeights::everyHalfComesBack()
{
    int numbers = 0;
    for (std::uint32_t h = 0; h <= 0xFFFF; ++h) {
        const auto half = static_cast<std::uint16_t>(h);
        const auto value = floatFromHalf(half);
        QCOMPARE(value.has_value(), (h & 0x7C00U) != 0x7C00U);
        if (!value)
            continue;
        QVERIFY(halfFromFloat(*value) == half);
        ++numbers;
    }
    QCOMPARE(numbers, 65536 - 2 * 1024);
}

void TestPackedWeights::halvesAreRoundedToNearestEven_data()
{
    QTest::addColumn<float>("value");
    QTest::addColumn<int>("half");
    QTest::newRow("one") << 1.0F << 0x3C00;
    QTest::newRow("minus two") << -2.0F << 0xC000;
    QTest::newRow("a third") << 1.0F / 3.0F << 0x3555;
    QTest::newRow("middle, to even below") << 1.0F + 0x1.0p-11F << 0x3C00;
    QTest::newRow("middle, to even above") << 1.0F + 0x1.8p-10F << 0x3C02;
    QTest::newRow("just above the middle") << 1.0F + 0x1.002p-11F << 0x3C01;
    QTest::newRow("carry into the exponent") << 0x1.ffep0F << 0x4000;
    QTest::newRow("largest") << 65504.0F << 0x7BFF;
    QTest::newRow("rounds down to the largest") << 65519.0F << 0x7BFF;
    QTest::newRow("smallest normal") << 0x1.0p-14F << 0x0400;
    QTest::newRow("rounds up to the smallest normal") << 0x1.ffcp-15F << 0x0400;
    QTest::newRow("smallest") << 0x1.0p-24F << 0x0001;
    QTest::newRow("half of the smallest, to even") << 0x1.0p-25F << 0x0000;
    QTest::newRow("just above half of the smallest") << 0x1.002p-25F << 0x0001;
    QTest::newRow("three halves of the smallest") << 0x1.8p-24F << 0x0002;
    QTest::newRow("too small") << -1e-20F << 0x8000;
    QTest::newRow("minus zero") << -0.0F << 0x8000;
}

void TestPackedWeights::halvesAreRoundedToNearestEven()
{
    QFETCH(float, value);
    QFETCH(int, half);
    const auto found = halfFromFloat(value);
    QVERIFY(found.has_value());
    QCOMPARE(int {*found}, half);
}

void TestPackedWeights::whatHalvesCannotHoldIsRefused()
{
    const float infinity = std::numeric_limits<float>::infinity();
    for (const float v : {65520.0F, -1e9F, infinity, -infinity, std::nanf("")}) {
        QVERIFY(!halfFromFloat(v).has_value());
        QVERIFY(!packHalves(std::vector<float> {1.0F, v}).ok());
    }
    QVERIFY(!unpackHalves(Bytes {0, 0x3C, 0}).ok());
    QVERIFY(!unpackHalves(Bytes {0, 0x7C}).ok());
    const auto bytes = packHalves(std::vector<float> {1.0F, -0.5F});
    QVERIFY(bytes.ok());
    const auto values = unpackHalves(*bytes);
    QVERIFY(values.ok());
    QVERIFY((*values == std::vector<float> {1.0F, -0.5F}));
}

void TestPackedWeights::weightsComeBack_data()
{
    QTest::addColumn<int>("format");
    QTest::addColumn<int>("outputs");
    QTest::addColumn<int>("inputs");
    QTest::addColumn<double>("keep");
    const auto row = [](const char* name, WeightFormat format, int o, int i, double keep) {
        QTest::newRow(name) << static_cast<int>(format) << o << i << keep;
    };
    row("dense", WeightFormat::Dense, 7, 5, 1.0);
    row("binary", WeightFormat::Binary, 9, 13, 1.0);
    row("sparse, a tenth", WeightFormat::Sparse, 40, 33, 0.1);
    row("sparse binary, a tenth", WeightFormat::SparseBinary, 40, 33, 0.1);
    row("sparse binary, half", WeightFormat::SparseBinary, 17, 31, 0.5);
    row("sparse binary, all kept", WeightFormat::SparseBinary, 17, 31, 1.0);
    row("sparse binary, none kept", WeightFormat::SparseBinary, 17, 31, 0.0);
    row("one weight", WeightFormat::SparseBinary, 1, 1, 1.0);
    row("one input", WeightFormat::SparseBinary, 64, 1, 0.3);
    row("large", WeightFormat::SparseBinary, 256, 128, 0.05);
}

void TestPackedWeights::weightsComeBack()
{
    QFETCH(int, format);
    QFETCH(int, outputs);
    QFETCH(int, inputs);
    QFETCH(double, keep);
    const auto linear = layer(static_cast<WeightFormat>(format), outputs, inputs, keep, 5);
    const auto bytes = packWeights(linear, {.floats = PackedFloat::F32, .drawnFrom = {}});
    QVERIFY(bytes.ok());
    const auto weight = unpackWeights(*bytes, linear.format, outputs, inputs);
    QVERIFY(weight.ok());
    QVERIFY(*weight == linear.weight);
}

void TestPackedWeights::sizesAreNearTheEntropy_data()
{
    QTest::addColumn<int>("outputs");
    QTest::addColumn<int>("inputs");
    QTest::addColumn<double>("keep");
    for (const double keep : {0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9}) {
        QTest::addRow("1000 weights, keep %g", keep) << 40 << 25 << keep;
        QTest::addRow("32 x 32, keep %g", keep) << 32 << 32 << keep;
        QTest::addRow("256 x 76, keep %g", keep) << 256 << 76 << keep;
    }
}

void TestPackedWeights::sizesAreNearTheEntropy()
{
    QFETCH(int, outputs);
    QFETCH(int, inputs);
    QFETCH(double, keep);
    const double n = outputs * inputs;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        const auto linear = layer(WeightFormat::SparseBinary, outputs, inputs, keep, seed);
        const double kept = static_cast<double>(linear.kept());
        const double bound = entropy(kept / n) * n + kept;
        const double bits = 8.0 * static_cast<double>(packed(linear).size());
        QVERIFY2(bits <= 1.02 * bound + 64.0,
                 qPrintable(QStringLiteral("%1 bits, bound %2").arg(bits).arg(bound)));
        QVERIFY(bits >= 0.98 * bound);
    }
    const auto binary = layer(WeightFormat::Binary, outputs, inputs, 1.0, 1);
    QCOMPARE(packed(binary).size(), static_cast<std::size_t>(1 + (outputs * inputs + 7) / 8));
}

void TestPackedWeights::masksThatFavourRowsOrColumnsGetSmaller_data()
{
    QTest::addColumn<bool>("rows");
    QTest::newRow("rows") << true;
    QTest::newRow("columns") << false;
}

void TestPackedWeights::masksThatFavourRowsOrColumnsGetSmaller()
{
    QFETCH(bool, rows);
    LinearParameters<float> linear;
    linear.format = WeightFormat::SparseBinary;
    linear.weight.resize(64, 64);
    Rng rng(3);
    double kept = 0.0;
    for (Index r = 0; r < 64; ++r) {
        for (Index c = 0; c < 64; ++c) {
            const bool favoured = (rows ? r : c) % 4 == 0;
            const bool keep = rng.uniform() < (favoured ? 0.9 : 0.02);
            linear.weight(r, c) = keep ? 1.0F : 0.0F;
            kept += keep ? 1.0 : 0.0;
        }
    }
    const double scattered = entropy(kept / 4096.0) * 4096.0 + kept;
    const Bytes bytes = packed(linear);
    QVERIFY(8.0 * static_cast<double>(bytes.size()) < 0.7 * scattered);
    const auto weight = unpackWeights(bytes, linear.format, 64, 64);
    QVERIFY(weight.ok() && *weight == linear.weight);
}

/// A change of the format, or arithmetic that differs between machines, shows here.
void TestPackedWeights::bytesAreTheSameOnEveryMachine()
{
    const Bytes bytes = packed(layer(WeightFormat::SparseBinary, 48, 32, 0.1, 11));
    QCOMPARE(bytes.size(), std::size_t {115});
    QCOMPARE(digest(bytes), quint64 {14788966284946769446U});
}

void TestPackedWeights::sixteenBitsAreRoundedOnce()
{
    LinearParameters<float> linear = layer(WeightFormat::Sparse, 30, 20, 0.3, 2);
    linear.weight(0, 0) = 1e-12F; // nothing of it is left in 16 bits
    const Bytes bytes = packed(linear);
    const auto weight = unpackWeights(bytes, linear.format, 30, 20);
    QVERIFY(weight.ok());
    QVERIFY(!std::signbit((*weight)(0, 0)) && (*weight)(0, 0) < 1e-30F);
    for (Index r = 0; r < 30; ++r) {
        for (Index c = 0; c < 20; ++c)
            QVERIFY(std::abs((*weight)(r, c) - linear.weight(r, c))
                    <= 0x1.0p-11F * std::abs(linear.weight(r, c)) + 1e-11F);
    }
    linear.weight = *weight;
    QVERIFY(packed(linear) == bytes);
    linear.weight(1, 1) = 1e6F;
    QVERIFY(!packWeights(linear).ok());
    QVERIFY(packWeights(linear, {.floats = PackedFloat::F32, .drawnFrom = {}}).ok());
}

void TestPackedWeights::drawnSignsAreNotStored()
{
    LinearParameters<float> linear = layer(WeightFormat::SparseBinary, 50, 40, 0.5, 4);
    constexpr std::uint64_t state = 77;
    Rng rng(state);
    for (Index r = 0; r < 50; ++r) {
        for (Index c = 0; c < 40; ++c) {
            const double drawn = rng.uniform(-0.1, 0.1);
            linear.weight(r, c) *= linear.weight(r, c) * (drawn > 0.0 ? 1.0F : -1.0F);
        }
    }
    const PackingRecipe recipe {.floats = PackedFloat::F16, .drawnFrom = state};
    const Bytes bytes = packed(linear, recipe);
    const auto weight = unpackWeights(bytes, linear.format, 50, 40);
    QVERIFY(weight.ok());
    QVERIFY(*weight == linear.weight);
    // 1000 signs of one bit each, for a version and a state of 9 bytes.
    QCOMPARE(bytes.size() + 1000 / 8 - 9, packed(linear).size());
    Bytes newer = bytes;
    newer[1] = 2;
    QVERIFY(!reads(newer, linear));
    for (Index c = 0; c < 40; ++c)
        linear.weight(7, c) *= -1.0F;
    QVERIFY(!packWeights(linear, recipe).ok());
}

void TestPackedWeights::truncatedAndTrailingBytesAreRefused_data() { weightsComeBack_data(); }

void TestPackedWeights::truncatedAndTrailingBytesAreRefused()
{
    QFETCH(int, format);
    QFETCH(int, outputs);
    QFETCH(int, inputs);
    QFETCH(double, keep);
    const auto linear = layer(static_cast<WeightFormat>(format), outputs, inputs, keep, 6);
    const Bytes bytes = packed(linear);
    QVERIFY(reads(bytes, linear));
    // All lengths of a short layer, and of a long one the ends.
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        if (size > 40 && size + 40 < bytes.size())
            continue;
        // A copy of exactly that size, so that a look beyond the end would be noticed.
        const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        QVERIFY2(!reads(cut, linear), qPrintable(QString::number(size)));
    }
    for (const std::uint8_t extra : Bytes {0x00, 0x01, 0xFF}) {
        Bytes longer = bytes;
        longer.push_back(extra);
        QVERIFY(!reads(longer, linear));
    }
    for (const WeightFormat other : allWeightFormats) {
        if (other != linear.format)
            QVERIFY(!unpackWeights(bytes, other, outputs, inputs).ok());
    }
}

/// Random bytes and flipped bits: refused, or a layer that is packed to these very bytes.
void TestPackedWeights::anythingThatIsReadIsWrittenTheSame()
{
    Rng rng(9);
    int read = 0;
    for (int round = 0; round < 4000; ++round) {
        const auto format = allWeightFormats.at(static_cast<std::size_t>(rng.below(4)));
        LinearParameters<float> linear = layer(format, 6, 11, 0.4, rng.next());
        const PackingRecipe recipe {
            .floats = rng.below(2) == 0 ? PackedFloat::F16 : PackedFloat::F32, .drawnFrom = {}};
        Bytes bytes = packed(linear, recipe);
        if (round % 2 == 0) {
            bytes.resize(static_cast<std::size_t>(rng.below(60)));
            for (std::uint8_t& b : bytes)
                b = static_cast<std::uint8_t>(rng.next());
            if (!bytes.empty())
                bytes[0] &= 15U;
        } else {
            const std::uint64_t bit = rng.below(8 * bytes.size());
            bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
        }
        const auto weight = unpackWeights(bytes, format, 6, 11);
        if (!weight) {
            QVERIFY(!weight.error().message.empty());
            continue;
        }
        ++read;
        linear.weight = *weight;
        const unsigned values = bytes[0] & 3U;
        const auto again = packWeights(
            linear, {.floats = values == 1 ? PackedFloat::F16 : PackedFloat::F32, .drawnFrom = {}});
        QVERIFY(again.ok());
        // The mask may be written in another, smaller context; then it is not longer.
        QVERIFY(values == 3 || *again == bytes
                || ((*again)[0] != bytes[0] && again->size() <= bytes.size()));
    }
    QVERIFY(read > 100); // a flipped sign is a sign
}

void TestPackedWeights::valuesThatAreNoNumbersAreRefused()
{
    LinearParameters<float> linear = layer(WeightFormat::Dense, 2, 2, 1.0, 1);
    Bytes bytes = packed(linear, {.floats = PackedFloat::F32, .drawnFrom = {}});
    bytes[3] = 0x80;
    bytes[4] = 0x7F; // infinity
    QVERIFY(!reads(bytes, linear));
    linear.weight(0, 0) = std::numeric_limits<float>::quiet_NaN();
    for (const PackedFloat floats : {PackedFloat::F16, PackedFloat::F32})
        QVERIFY(!packWeights(linear, {.floats = floats, .drawnFrom = {}}).ok());
}

QTEST_APPLESS_MAIN(TestPackedWeights)
#include "tst_packed_weights.moc"
