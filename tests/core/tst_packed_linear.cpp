#include "core/weights/linear.h"
#include "tests/support/random_parameters.h"

#include <QTest>

#include <cmath>
#include <cstring>

using namespace stint;

namespace {

struct Sizes {
    Index outputs, inputs;
};

LinearParameters<float> signs(Sizes size, double keep, bool gain, bool bias)
{
    Rng rng(static_cast<std::uint64_t>(size.outputs * 1000 + size.inputs));
    test::RandomRecipe recipe {.format = WeightFormat::SparseBinary, .keep = keep, .bias = bias};
    LinearParameters<float> made
        = convert<float>(test::randomLinear(size.outputs, size.inputs, recipe, rng));
    if (!gain)
        made.gain.clear();
    return made;
}

Matrix<float> randomRows(Index rows, Index cols)
{
    Rng rng(5);
    Matrix<float> x(rows, cols);
    for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < cols; ++c)
            x(r, c) = static_cast<float>(rng.uniform(-3.0, 3.0));
    }
    return x;
}

} // namespace

/// Large layers of signs, which run packed where the processor has a kernel for it.
class TestPackedLinear : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneRowEqualsThatRowOfABlock_data();
    void oneRowEqualsThatRowOfABlock();
    void onlyLargeLayersOfSignsArePacked();
    void lookUpsAreCounted();
};

void TestPackedLinear::oneRowEqualsThatRowOfABlock_data()
{
    QTest::addColumn<int>("outputs");
    QTest::addColumn<int>("inputs");
    QTest::addColumn<double>("keep");
    QTest::addColumn<bool>("gain");
    QTest::addColumn<bool>("bias");
    QTest::addColumn<bool>("relu");
    QTest::newRow("square") << 72 << 72 << 0.5 << true << true << false;
    QTest::newRow("whole codes") << 256 << 90 << 0.1 << true << false << false;
    QTest::newRow("one more than whole codes") << 76 << 91 << 0.1 << false << true << true;
    QTest::newRow("two more") << 70 << 92 << 0.9 << false << false << true;
    QTest::newRow("odd outputs") << 257 << 76 << 0.25 << true << true << true;
    QTest::newRow("few inputs") << 1030 << 5 << 1.0 << true << true << false;
    QTest::newRow("all gone but one in fifty") << 128 << 128 << 0.02 << true << true << false;
}

void TestPackedLinear::oneRowEqualsThatRowOfABlock()
{
    QFETCH(int, outputs);
    QFETCH(int, inputs);
    QFETCH(double, keep);
    QFETCH(bool, gain);
    QFETCH(bool, bias);
    QFETCH(bool, relu);
    const LinearParameters<float> parameters = signs({outputs, inputs}, keep, gain, bias);
    const Linear<float> layer(parameters);
    constexpr Index rows = 30; // tall tiles, short ones, and single rows
    const Matrix<float> x = randomRows(rows, inputs);
    Matrix<float> block(rows, outputs);
    OpCounts ops;
    layer.forward(x.row(0), x.stride(), rows, block.row(0), block.stride(), ops, relu);
    Matrix<float> single(1, outputs);
    const Linear<double> reference(convert<double>(parameters));
    const Matrix<double> wide = convert<double>(x);
    Matrix<double> exact(rows, outputs);
    reference.forward(wide.row(0), wide.stride(), rows, exact.row(0), exact.stride(), ops, relu);
    for (Index r = 0; r < rows; ++r) {
        layer.forward(x.row(r), x.stride(), 1, single.row(0), single.stride(), ops, relu);
        QVERIFY2(std::memcmp(single.row(0), block.row(r), sizeof(float) * std::size_t(outputs))
                     == 0,
                 qPrintable(QString::number(r)));
        for (Index c = 0; c < outputs; ++c)
            QVERIFY(std::abs(static_cast<double>(single(0, c)) - exact(r, c)) < 2e-4);
    }
}

void TestPackedLinear::onlyLargeLayersOfSignsArePacked()
{
    const bool can = floatKernels().tripleSum != nullptr;
    LinearParameters<float> large = signs({72, 72}, 0.5, true, true);
    QCOMPARE(Linear<float>(large).packed(), can);
    QVERIFY(!Linear<double>(convert<double>(large)).packed());
    QVERIFY(!Linear<float>(signs({71, 72}, 0.5, true, true)).packed());
    large.format = WeightFormat::Sparse;
    QVERIFY(!Linear<float>(large).packed());
    if (!can)
        QSKIP("This processor has no kernel for packed weights.");
}

void TestPackedLinear::lookUpsAreCounted()
{
    const LinearParameters<float> parameters = signs({80, 100}, 0.1, true, true);
    const Linear<float> layer(parameters);
    if (!layer.packed())
        QSKIP("This processor has no kernel for packed weights.");
    const Matrix<float> x = randomRows(2, 100);
    Matrix<float> y(2, 80);
    OpCounts one;
    layer.forward(x.row(0), x.stride(), 1, y.row(0), y.stride(), one);
    OpCounts two;
    layer.forward(x.row(0), x.stride(), 2, y.row(0), y.stride(), two);
    // 100 inputs are 6 codes of 6 threes; each adds to 80 outputs and fills a table of 32 sums.
    QCOMPARE(one.executed, std::uint64_t {36 * (80 + 64)});
    QCOMPARE(two.executed, std::uint64_t {2 * 100 * 80});
    QCOMPARE(2 * one.operations, two.operations);
    QCOMPARE(one.operations, static_cast<std::uint64_t>(parameters.kept()));
    QCOMPARE(2 * one.gains, two.gains);
    QCOMPARE(2 * one.additions, two.additions);
}

QTEST_APPLESS_MAIN(TestPackedLinear)
#include "tst_packed_linear.moc"
