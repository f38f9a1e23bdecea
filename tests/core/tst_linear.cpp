#include "core/attention/head_attention.h"
#include "core/kernels/plain_kernels.h"
#include "core/weights/linear.h"
#include "tests/support/counting_scalar.h"
#include "tests/support/random_parameters.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace stint;
using test::CountingScalar;
using test::ScalarCounts;

namespace {

struct Sizes {
    Index outputs, inputs, rows;
};

constexpr std::array<Sizes, 7> sizes {
    {{1, 1, 1}, {3, 5, 1}, {5, 3, 4}, {16, 16, 13}, {17, 15, 5}, {33, 20, 30}, {70, 9, 2}}};

/// y = gain ⊙ (B x) + bias, one row after the other.
std::vector<std::vector<double>> naive(const LinearParameters<double>& layer,
                                       const std::vector<std::vector<double>>& x, bool relu)
{
    std::vector<std::vector<double>> y;
    for (const auto& row : x) {
        y.emplace_back();
        for (Index r = 0; r < layer.outputs(); ++r) {
            const auto at = static_cast<std::size_t>(r);
            double sum = 0.0;
            for (Index c = 0; c < layer.inputs(); ++c)
                sum += layer.weight(r, c) * row[static_cast<std::size_t>(c)];
            sum *= layer.gain.empty() ? 1.0 : layer.gain[at];
            sum += layer.bias.empty() ? 0.0 : layer.bias[at];
            y.back().push_back(relu ? std::max(sum, 0.0) : sum);
        }
    }
    return y;
}

template <typename T>
double worstDifference(const LinearParameters<double>& parameters,
                       const std::vector<std::vector<double>>& rows, bool relu)
{
    const Linear<T> layer(convert<T>(parameters));
    const Matrix<T> x = test::asMatrix<T>(rows);
    Matrix<T> y(x.rows(), layer.outputs());
    OpCounts ops;
    layer.forward(x.row(0), x.stride(), x.rows(), y.row(0), y.stride(), ops, relu);
    const auto expected = naive(parameters, rows, relu);
    double worst = 0.0;
    for (std::size_t r = 0; r < expected.size(); ++r) {
        for (std::size_t c = 0; c < expected[r].size(); ++c) {
            const auto got = static_cast<double>(y(static_cast<Index>(r), static_cast<Index>(c)));
            worst = std::max(worst, std::abs(got - expected[r][c]));
        }
    }
    return worst;
}

/// What a plain kernel does with one layer and this many rows, counted by the scalar.
ScalarCounts counted(const LinearParameters<double>& layer, Index rows)
{
    Matrix<CountingScalar> a(rows, layer.inputs());
    Matrix<CountingScalar> b(layer.inputs(), layer.outputs());
    Matrix<CountingScalar> c(rows, layer.outputs());
    for (Index i = 0; i < layer.inputs(); ++i) {
        for (Index o = 0; o < layer.outputs(); ++o)
            b(i, o) = CountingScalar(layer.weight(o, i));
    }
    const std::vector<CountingScalar> gain(layer.gain.size(), CountingScalar(1.0));
    const std::vector<CountingScalar> bias(layer.bias.size(), CountingScalar(1.0));
    const ProductArguments<CountingScalar> p {.m = rows,
                                              .n = layer.outputs(),
                                              .k = layer.inputs(),
                                              .a = a.row(0),
                                              .aRow = a.stride(),
                                              .aCol = 1,
                                              .b = b.row(0),
                                              .bRow = b.stride(),
                                              .c = c.row(0),
                                              .cRow = c.stride(),
                                              .gain = gain.empty() ? nullptr : gain.data(),
                                              .bias = bias.empty() ? nullptr : bias.data(),
                                              .accumulate = false,
                                              .relu = false};
    CountingScalar::counts() = {};
    if (layer.format == WeightFormat::SparseBinary)
        plain::signedSum(p);
    else
        plain::product(p);
    return CountingScalar::counts();
}

template <typename T>
OpCounts claimed(const LinearParameters<double>& parameters, Index rows)
{
    const Linear<T> layer(convert<T>(parameters));
    const Matrix<T> x(rows, layer.inputs());
    Matrix<T> y(rows, layer.outputs());
    OpCounts ops;
    layer.forward(x.row(0), x.stride(), rows, y.row(0), y.stride(), ops);
    return ops;
}

} // namespace

/// Linear layers against naive sums, and their counts against a scalar that counts.
class TestLinear : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsNaiveSums_data();
    void equalsNaiveSums();
    void operationsAreKeptWeightsTimesRows_data();
    void operationsAreKeptWeightsTimesRows();
    void executedIsWhatTheKernelCarriesOut();
    void attentionCountsWhatItDoes_data();
    void attentionCountsWhatItDoes();
    void rowsMayStandApart();
};

void TestLinear::equalsNaiveSums_data()
{
    QTest::addColumn<bool>("binary");
    QTest::addColumn<double>("keep");
    QTest::addColumn<bool>("bias");
    QTest::addColumn<bool>("relu");
    QTest::newRow("dense") << false << 1.0 << true << false;
    QTest::newRow("dense without bias") << false << 1.0 << false << false;
    QTest::newRow("dense, relu") << false << 1.0 << true << true;
    QTest::newRow("sparse binary, all kept") << true << 1.0 << true << false;
    QTest::newRow("sparse binary, half kept") << true << 0.5 << true << false;
    QTest::newRow("sparse binary without bias, relu") << true << 0.25 << false << true;
    QTest::newRow("sparse binary, none kept") << true << 0.0 << true << false;
}

void TestLinear::equalsNaiveSums()
{
    QFETCH(bool, binary);
    QFETCH(double, keep);
    QFETCH(bool, bias);
    QFETCH(bool, relu);
    Rng rng(11);
    for (const Sizes& s : sizes) {
        const auto parameters = test::randomLinear(
            s.outputs, s.inputs,
            {.format = binary ? WeightFormat::SparseBinary : WeightFormat::Dense,
             .keep = keep,
             .bias = bias},
            rng);
        const auto x = test::randomRows(s.rows, s.inputs, rng.next());
        QCOMPARE_LT(worstDifference<double>(parameters, x, relu), 1e-13);
        QCOMPARE_LT(worstDifference<float>(parameters, x, relu), 5e-6);
    }
}

void TestLinear::operationsAreKeptWeightsTimesRows_data()
{
    QTest::addColumn<bool>("binary");
    QTest::addColumn<double>("keep");
    QTest::addColumn<bool>("bias");
    QTest::newRow("dense") << false << 1.0 << true;
    QTest::newRow("dense without bias") << false << 1.0 << false;
    QTest::newRow("sparse binary, all kept") << true << 1.0 << true;
    QTest::newRow("sparse binary, a quarter kept") << true << 0.25 << false;
}

void TestLinear::operationsAreKeptWeightsTimesRows()
{
    QFETCH(bool, binary);
    QFETCH(double, keep);
    QFETCH(bool, bias);
    Rng rng(12);
    for (const Sizes& s : sizes) {
        const auto layer = test::randomLinear(
            s.outputs, s.inputs,
            {.format = binary ? WeightFormat::SparseBinary : WeightFormat::Dense,
             .keep = keep,
             .bias = bias},
            rng);
        const auto kept = static_cast<std::uint64_t>(
            std::llround(keep * static_cast<double>(s.outputs * s.inputs)));
        const ScalarCounts scalar = counted(layer, s.rows);
        for (const OpCounts& ops :
             {claimed<float>(layer, s.rows), claimed<double>(layer, s.rows)}) {
            QCOMPARE(ops.operations, kept * static_cast<std::uint64_t>(s.rows));
            // A kept binary weight is an addition, a dense one a multiplication and an addition.
            QCOMPARE(ops.operations + ops.additions, scalar.adds);
            QCOMPARE((binary ? 0 : ops.operations) + ops.gains, scalar.multiplies);
            QCOMPARE(ops.exponentials + ops.norms, std::uint64_t {0});
        }
    }
}

/// Vectors of floats compute whole vectors of columns, zeros included; doubles only what is kept.
void TestLinear::executedIsWhatTheKernelCarriesOut()
{
    const Index lanes = kernels<float>().lanes;
    Rng rng(13);
    for (const bool binary : {false, true}) {
        for (const Sizes& s : sizes) {
            const auto layer = test::randomLinear(
                s.outputs, s.inputs,
                {.format = binary ? WeightFormat::SparseBinary : WeightFormat::Dense, .keep = 0.5},
                rng);
            Index columns = 0;
            while (columns < s.outputs)
                columns += lanes;
            const auto inFloat = claimed<float>(layer, s.rows);
            QCOMPARE(inFloat.executed, static_cast<std::uint64_t>(s.rows * s.inputs * columns));
            const auto inDouble = claimed<double>(layer, s.rows);
            QCOMPARE(inDouble.executed, inDouble.operations);
        }
    }
}

void TestLinear::attentionCountsWhatItDoes_data()
{
    QTest::addColumn<int>("heads");
    QTest::addColumn<int>("headSize");
    QTest::addColumn<int>("count");
    QTest::newRow("one key") << 1 << 4 << 1;
    QTest::newRow("one head") << 1 << 5 << 31;
    QTest::newRow("four heads") << 4 << 3 << 33;
}

void TestLinear::attentionCountsWhatItDoes()
{
    QFETCH(int, heads);
    QFETCH(int, headSize);
    QFETCH(int, count);
    const Index width = Index {heads} * headSize;
    const auto claim = [&](auto zero) {
        using T = decltype(zero);
        const Matrix<T> query(1, width);
        const Matrix<T> keys(width, count);
        const Matrix<T> values(count, width);
        Matrix<T> weights(heads, count);
        Matrix<T> out(1, width);
        OpCounts ops;
        const HeadAttention<T> attention {heads, headSize, T {1}};
        const KeyValueView<T> seen {keys.row(0), keys.stride(), values.row(0), values.stride(),
                                    count};
        attention.attend(query.row(0), seen, weights, out.row(0), ops);
        return ops;
    };
    Matrix<CountingScalar> query(1, headSize);
    Matrix<CountingScalar> keys(headSize, count);
    Matrix<CountingScalar> values(count, headSize);
    Matrix<CountingScalar> weights(1, count);
    Matrix<CountingScalar> out(1, headSize);
    CountingScalar::counts() = {};
    for (int h = 0; h < heads; ++h)
        plain::attend<CountingScalar>({.count = count,
                                       .headSize = headSize,
                                       .scale = CountingScalar(1.0),
                                       .query = query.row(0),
                                       .keys = keys.row(0),
                                       .keyRow = keys.stride(),
                                       .values = values.row(0),
                                       .valueRow = values.stride(),
                                       .weights = weights.row(0),
                                       .out = out.row(0)});
    const ScalarCounts scalar = CountingScalar::counts();
    const auto up = [](Index size, Index lanes) { return (size + lanes - 1) / lanes * lanes; };
    const Index lanes = kernels<float>().lanes;
    const OpCounts inFloat = claim(0.0F);
    const OpCounts inDouble = claim(0.0);
    for (const OpCounts& ops : {inFloat, inDouble}) {
        QCOMPARE(ops.operations, static_cast<std::uint64_t>(2 * width * count));
        QCOMPARE(ops.operations + ops.gains, scalar.multiplies);
        QCOMPARE(ops.exponentials, scalar.exponentials);
    }
    QCOMPARE(inDouble.executed, inDouble.operations);
    QCOMPARE(inFloat.executed,
             static_cast<std::uint64_t>(
                 heads * (up(count, lanes) * headSize + count * up(headSize, lanes))));
}

/// The rows of a block may be part of a wider table.
void TestLinear::rowsMayStandApart()
{
    Rng rng(14);
    const auto parameters = test::randomLinear(5, 3, {}, rng);
    const auto rows = test::randomRows(4, 3, 9);
    const auto expected = naive(parameters, rows, false);
    const Linear<float> layer(convert<float>(parameters));
    Matrix<float> wide(4, 40);
    for (Index r = 0; r < 4; ++r) {
        std::fill(wide.row(r), wide.row(r) + 40, 1e9F);
        for (Index c = 0; c < 3; ++c)
            wide(r, 20 + c) = static_cast<float>(
                rows[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)]);
    }
    Matrix<float> y(4, 40);
    OpCounts ops;
    layer.forward(wide.row(0) + 20, wide.stride(), 4, y.row(0), y.stride(), ops);
    for (Index r = 0; r < 4; ++r) {
        for (Index c = 0; c < 5; ++c)
            QCOMPARE_LT(
                std::abs(static_cast<double>(y(r, c))
                         - expected[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)]),
                1e-5);
    }
}

QTEST_APPLESS_MAIN(TestLinear)
#include "tst_linear.moc"
