#include "core/kernels/kernels.h"
#include "core/kernels/plain_kernels.h"
#include "tests/support/instruction_sets.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace stint;

namespace {

/// What a product is asked for besides its sizes.
struct ProductForm {
    bool transposed = false;
    bool gain = false;
    bool bias = false;
    bool accumulate = false;
    bool relu = false;
};

/// Operands of one product, in float; the plain kernel gets the same numbers in double.
struct ProductCase {
    ProductCase(Index rows, Index cols, Index sum, ProductForm wanted, std::uint64_t seed)
        : m(rows), n(cols), k(sum), form(wanted)
    {
        Rng rng(seed);
        a = form.transposed ? test::randomTable(k, m, rng) : test::randomTable(m, k, rng);
        b = test::randomTable(k, n, rng);
        c = test::randomTable(m, n, rng);
        gain = test::randomTable(1, n, rng);
        bias = test::randomTable(1, n, rng);
    }

    template <typename T>
    [[nodiscard]] ProductArguments<T> arguments(const T* aAt, const T* bAt, T* cAt, const T* gainAt,
                                                const T* biasAt) const
    {
        return {.m = m,
                .n = n,
                .k = k,
                .a = aAt,
                .aRow = form.transposed ? 1 : a.stride(),
                .aCol = form.transposed ? a.stride() : 1,
                .b = bAt,
                .bRow = b.stride(),
                .c = cAt,
                .cRow = c.stride(),
                .gain = form.gain ? gainAt : nullptr,
                .bias = form.bias ? biasAt : nullptr,
                .accumulate = form.accumulate,
                .relu = form.relu};
    }

    [[nodiscard]] Matrix<float> vectorResult(const FloatKernels& set) const
    {
        Matrix<float> out = c;
        set.product(arguments<float>(a.row(0), b.row(0), out.row(0), gain.row(0), bias.row(0)));
        return out;
    }

    [[nodiscard]] Matrix<double> plainResult() const
    {
        const std::vector<double> wideA = test::widened(a.storage());
        const std::vector<double> wideB = test::widened(b.storage());
        const std::vector<double> wideGain = test::widened(gain.storage());
        const std::vector<double> wideBias = test::widened(bias.storage());
        Matrix<double> out(m, n);
        const std::vector<double> wideC = test::widened(c.storage());
        std::copy(wideC.begin(), wideC.end(), out.storage().begin());
        plain::product(arguments<double>(wideA.data(), wideB.data(), out.row(0), wideGain.data(),
                                         wideBias.data()));
        return out;
    }

    Index m, n, k;
    ProductForm form;
    Matrix<float> a, b, c, gain, bias;
};

/// Largest difference over what a sum of k products of standard normal numbers may lose.
double productError(const ProductCase& p, const FloatKernels& set)
{
    const Matrix<float> got = p.vectorResult(set);
    const Matrix<double> expected = p.plainResult();
    double worst = 0.0;
    for (Index r = 0; r < p.m; ++r) {
        for (Index col = 0; col < p.n; ++col)
            worst = std::max(worst, std::abs(static_cast<double>(got(r, col)) - expected(r, col)));
    }
    return worst / (1.0 + std::sqrt(static_cast<double>(p.k)));
}

} // namespace

/// Matrix products of every instruction set of this machine against the plain loops in double.
class TestKernels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { test::addInstructionSets(); }
    void lanesAreThoseOfTheSet();
    void productEqualsPlainLoops_data();
    void productEqualsPlainLoops();
    void productRowsDoNotDependOnTheirNumber_data();
    void productRowsDoNotDependOnTheirNumber();
    void productLeavesPaddingZero();
    void exponentialsEqualTheLibrary();
    void exponentialsPadWithZeros();
    void rowSumsEqualPlainLoops();
};

void TestKernels::lanesAreThoseOfTheSet()
{
    QCOMPARE(floatKernels("no such set"), nullptr);
    const FloatKernels& set = test::fetchedSet();
    const Index expected = std::strcmp(set.name, "avx512") == 0 ? 16
        : std::strcmp(set.name, "avx2") == 0                    ? 8
                                                                : 4;
    QCOMPARE(set.lanes, expected);
    QVERIFY(paddingUnit % set.lanes == 0);
}

void TestKernels::productEqualsPlainLoops_data()
{
    QTest::addColumn<bool>("transposed");
    QTest::addColumn<bool>("gain");
    QTest::addColumn<bool>("bias");
    QTest::addColumn<bool>("accumulate");
    QTest::addColumn<bool>("relu");
    QTest::newRow("bare") << false << false << false << false << false;
    QTest::newRow("transposed") << true << false << false << false << false;
    QTest::newRow("gain and bias") << false << true << true << false << false;
    QTest::newRow("accumulate") << false << false << false << true << false;
    QTest::newRow("bias, then relu") << false << false << true << false << true;
    QTest::newRow("everything") << true << true << true << true << true;
}

void TestKernels::productEqualsPlainLoops()
{
    QFETCH(bool, transposed);
    QFETCH(bool, gain);
    QFETCH(bool, bias);
    QFETCH(bool, accumulate);
    QFETCH(bool, relu);
    const FloatKernels& set = test::fetchedSet();
    const Index l = set.lanes;
    for (const Index n : {Index {1}, l - 1, l, l + 1, 2 * l, 2 * l + 1, 4 * l, 7 * l - 1}) {
        for (const Index k : {Index {1}, l - 1, l, l + 1, Index {50}}) {
            for (Index m = 1; m <= 30; ++m) {
                const ProductCase p(m, n, k, {transposed, gain, bias, accumulate, relu},
                                    static_cast<std::uint64_t>(m * 1000 + n * 100 + k));
                const double error = productError(p, set);
                QVERIFY2(
                    error < 4e-6,
                    qPrintable(
                        QStringLiteral("m %1, n %2, k %3: %4").arg(m).arg(n).arg(k).arg(error)));
            }
        }
    }
}

void TestKernels::productRowsDoNotDependOnTheirNumber_data()
{
    QTest::addColumn<bool>("transposed");
    QTest::newRow("rows of A") << false;
    QTest::newRow("columns of A") << true;
}

void TestKernels::productRowsDoNotDependOnTheirNumber()
{
    QFETCH(bool, transposed);
    const FloatKernels& set = test::fetchedSet();
    for (const Index n : {Index {1}, set.lanes + 1, 4 * set.lanes, 5 * set.lanes + 3}) {
        const ProductCase all(30, n, 37, {transposed, true, true, true, false}, 5);
        const Matrix<float> expected = all.vectorResult(set);
        for (Index first = 0; first < all.m; ++first) {
            for (Index m = 1; m <= all.m - first; ++m) {
                ProductArguments<float> p = all.arguments<float>(nullptr, all.b.row(0), nullptr,
                                                                 all.gain.row(0), all.bias.row(0));
                Matrix<float> out = all.c;
                p.m = m;
                p.a = all.a.row(0) + first * p.aRow;
                p.c = out.row(first);
                set.product(p);
                for (Index r = first; r < first + m; ++r)
                    QVERIFY(std::memcmp(out.row(r), expected.row(r),
                                        static_cast<std::size_t>(n) * sizeof(float))
                            == 0);
            }
        }
    }
}

void TestKernels::productLeavesPaddingZero()
{
    const FloatKernels& set = test::fetchedSet();
    ProductCase p(5, set.lanes + 1, 9, {false, true, true, false, true}, 3);
    p.c.setZero();
    const Matrix<float> out = p.vectorResult(set);
    for (Index r = 0; r < p.m; ++r) {
        for (Index c = p.n; c < out.stride(); ++c)
            QVERIFY(out(r, c) == 0.0F);
    }
}

void TestKernels::exponentialsEqualTheLibrary()
{
    const FloatKernels& set = test::fetchedSet();
    for (const float reference : {0.0F, -3.5F, 120.0F}) {
        Matrix<float> x(1, 1000);
        Matrix<float> out(1, 1000);
        for (Index j = 0; j < x.cols(); ++j) // from -86 to 86 beside the reference
            x(0, j) = reference + 0.172F * static_cast<float>(j - 500);
        set.exponentials(
            {.count = x.cols(), .reference = reference, .x = x.row(0), .out = out.row(0)});
        for (Index j = 0; j < x.cols(); ++j) {
            const double exact = std::exp(static_cast<double>(x(0, j) - reference));
            QCOMPARE_LT(std::abs(static_cast<double>(out(0, j)) - exact) / exact, 3e-7);
        }
    }
    // Whatever comes in, what comes out is a finite number that is not negative.
    const float huge = std::numeric_limits<float>::infinity();
    Matrix<float> x(1, 5);
    Matrix<float> out(1, 5);
    const std::array values {huge, -huge, 1e30F, -1e30F, std::numeric_limits<float>::quiet_NaN()};
    std::copy(values.begin(), values.end(), x.row(0));
    set.exponentials({.count = 5, .reference = 0.0F, .x = x.row(0), .out = out.row(0)});
    for (Index j = 0; j < 5; ++j)
        QVERIFY(std::isfinite(out(0, j)) && out(0, j) >= 0.0F);
    QVERIFY(out(0, 1) < 1e-37F && out(0, 3) < 1e-37F);
}

void TestKernels::exponentialsPadWithZeros()
{
    const FloatKernels& set = test::fetchedSet();
    for (Index count = 1; count <= 2 * set.lanes; ++count) {
        Matrix<float> x(1, count);
        Matrix<float> out(1, count);
        std::fill(x.row(0), x.row(0) + x.stride(), 1.0F); // garbage behind the last
        std::fill(out.row(0), out.row(0) + out.stride(), 7.0F);
        set.exponentials({.count = count, .reference = 0.0F, .x = x.row(0), .out = out.row(0)});
        for (Index j = 0; j < (count + set.lanes - 1) / set.lanes * set.lanes; ++j)
            QVERIFY(j < count ? out(0, j) > 2.7F : out(0, j) == 0.0F);
    }
}

void TestKernels::rowSumsEqualPlainLoops()
{
    const FloatKernels& set = test::fetchedSet();
    Rng rng(9);
    for (Index cols = 1; cols <= 4 * set.lanes + 1; ++cols) {
        const Matrix<float> a = test::randomTable(3, cols, rng);
        Matrix<float> out(1, 3);
        set.rowSums(
            {.rows = 3, .cols = cols, .a = a.row(0), .aRow = a.stride(), .out = out.row(0)});
        const std::vector<double> wide = test::widened(a.storage());
        Matrix<double> expected(1, 3);
        plain::rowSums<double>({.rows = 3,
                                .cols = cols,
                                .a = wide.data(),
                                .aRow = a.stride(),
                                .out = expected.row(0)});
        for (Index r = 0; r < 3; ++r)
            QCOMPARE_LT(std::abs(static_cast<double>(out(0, r)) - expected(0, r)), 1e-5);
    }
}

QTEST_APPLESS_MAIN(TestKernels)
#include "tst_kernels.moc"
