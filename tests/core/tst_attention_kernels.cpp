#include "core/kernels/kernels.h"
#include "core/kernels/plain_kernels.h"
#include "tests/support/instruction_sets.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

using namespace stint;

namespace {

/// Operands of one attention query and its gradient. Behind the last key stands garbage.
struct AttendCase {
    AttendCase(Index keyCount, Index size, float largestLogit, float behind, std::uint64_t seed,
               bool biased = false)
        : count(keyCount),
          headSize(size),
          keys(size, keyCount),
          values(keyCount, size),
          valuesTransposed(size, keyCount)
    {
        Rng rng(seed);
        if (biased) {
            bias = test::randomTable(1, keyCount, rng);
            std::fill(bias.row(0) + keyCount, bias.row(0) + bias.stride(), behind);
        }
        query = test::randomTable(1, size, rng);
        dOut = test::randomTable(1, size, rng);
        float largest = 0.0F;
        for (Index j = 0; j < count; ++j) {
            float logit = 0.0F;
            for (Index i = 0; i < size; ++i) {
                keys(i, j) = static_cast<float>(rng.normal());
                values(j, i) = static_cast<float>(rng.normal());
                valuesTransposed(i, j) = values(j, i);
                logit += query(0, i) * keys(i, j);
            }
            largest = std::max(largest, std::abs(logit));
        }
        scale = largestLogit / largest;
        for (Index i = 0; i < size; ++i) {
            for (Index j = count; j < keys.stride(); ++j) {
                keys(i, j) = behind;
                valuesTransposed(i, j) = behind;
            }
        }
    }

    /// (1, count) weights, then (1, headSize) out.
    [[nodiscard]] std::pair<Matrix<float>, Matrix<float>>
    vectorResult(const FloatKernels& set) const
    {
        std::pair<Matrix<float>, Matrix<float>> result {Matrix<float>(1, count),
                                                        Matrix<float>(1, headSize)};
        set.attend({.count = count,
                    .headSize = headSize,
                    .scale = scale,
                    .query = query.row(0),
                    .keys = keys.row(0),
                    .keyRow = keys.stride(),
                    .values = values.row(0),
                    .valueRow = values.stride(),
                    .bias = bias.empty() ? nullptr : bias.row(0),
                    .weights = result.first.row(0),
                    .out = result.second.row(0)});
        return result;
    }

    [[nodiscard]] std::pair<Matrix<double>, Matrix<double>> plainResult() const
    {
        const std::vector<double> wideQuery = test::widened(query.storage());
        const std::vector<double> wideKeys = test::widened(keys.storage());
        const std::vector<double> wideValues = test::widened(values.storage());
        const std::vector<double> wideBias = test::widened(bias.storage());
        std::pair<Matrix<double>, Matrix<double>> result {Matrix<double>(1, count),
                                                          Matrix<double>(1, headSize)};
        plain::attend<double>({.count = count,
                               .headSize = headSize,
                               .scale = static_cast<double>(scale),
                               .query = wideQuery.data(),
                               .keys = wideKeys.data(),
                               .keyRow = keys.stride(),
                               .values = wideValues.data(),
                               .valueRow = values.stride(),
                               .bias = bias.empty() ? nullptr : wideBias.data(),
                               .weights = result.first.row(0),
                               .out = result.second.row(0)});
        return result;
    }

    Index count, headSize;
    float scale = 1.0F;
    Matrix<float> query, dOut;
    Matrix<float> keys; // transposed
    Matrix<float> values;
    Matrix<float> valuesTransposed;
    Matrix<float> bias; // (1, count) or empty
};

/// Gradients of one AttendCase, starting from ones so that adding is seen.
template <typename T>
struct AttendGradients {
    explicit AttendGradients(const AttendCase& c)
        : query(1, c.headSize),
          keys(c.headSize, c.count),
          values(c.headSize, c.count),
          bias(1, c.count),
          scratch(1, c.count)
    {
        for (Matrix<T>* m : {&query, &keys, &values, &bias})
            std::fill(m->storage().begin(), m->storage().end(), T {1});
    }

    void run(const AttendCase& c, void (*kernel)(const AttendGradientArguments<T>&))
    {
        const auto as = [](const AlignedVector<float>& from) {
            return AlignedVector<T>(from.begin(), from.end());
        };
        // The weights of a forward pass in the precision of the definition, padded with zeros.
        Matrix<T> weights(1, c.count);
        const auto [exactWeights, exactOut] = c.plainResult();
        for (Index j = 0; j < c.count; ++j)
            weights(0, j) = static_cast<T>(exactWeights(0, j));
        const AlignedVector<T> q = as(c.query.storage());
        const AlignedVector<T> k = as(c.keys.storage());
        const AlignedVector<T> v = as(c.valuesTransposed.storage());
        const AlignedVector<T> d = as(c.dOut.storage());
        kernel({.count = c.count,
                .headSize = c.headSize,
                .scale = static_cast<T>(c.scale),
                .query = q.data(),
                .keys = k.data(),
                .values = v.data(),
                .row = c.keys.stride(),
                .weights = weights.row(0),
                .dOut = d.data(),
                .dQuery = query.row(0),
                .dKeys = keys.row(0),
                .dValues = values.row(0),
                .dBias = c.bias.empty() ? nullptr : bias.row(0),
                .scratch = scratch.row(0)});
    }

    Matrix<T> query, keys, values, bias, scratch;
};

/// Largest difference of two tables of the same size, padding left out, over the largest element.
template <typename A, typename B>
double relativeDifference(const Matrix<A>& a, const Matrix<B>& b)
{
    double worst = 0.0;
    double largest = 1.0;
    for (Index r = 0; r < a.rows(); ++r) {
        for (Index c = 0; c < a.cols(); ++c) {
            const auto difference
                = std::abs(static_cast<double>(a(r, c)) - static_cast<double>(b(r, c)));
            worst = std::isnan(difference) ? 1e9 : std::max(worst, difference);
            largest = std::max(largest, std::abs(static_cast<double>(b(r, c))));
        }
    }
    return worst / largest;
}

constexpr std::array<Index, 6> keyCounts {1, 2, 31, 32, 33, 100};

} // namespace

/// Attention of every instruction set of this machine against the plain loops in double.
class TestAttentionKernels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { test::addInstructionSets(); }
    void attendEqualsPlainLoops_data();
    void attendEqualsPlainLoops();
    void attendIgnoresWhatIsBehindTheLastKey();
    void attendWritesOnlyTheHead();
    void attendGradientEqualsPlainLoops_data();
    void attendGradientEqualsPlainLoops();
    void plainBiasGradientIsTheSlope();
    void attendGradientIgnoresWhatIsBehindTheLastKey();
};

void TestAttentionKernels::attendEqualsPlainLoops_data()
{
    QTest::addColumn<float>("largestLogit");
    QTest::addColumn<double>("tolerance");
    QTest::addColumn<bool>("biased");
    // A logit of 120 in float is known to about 4e-6, and its weight relatively no better.
    for (const bool biased : {false, true}) {
        const QByteArray trait = biased ? ", with a bias" : "";
        QTest::newRow("small logits" + trait) << 3.0F << 2e-6 << biased;
        QTest::newRow("logits up to 120" + trait) << 120.0F << 1e-4 << biased;
        QTest::newRow("sign turned, up to 120" + trait) << -120.0F << 1e-4 << biased;
    }
}

void TestAttentionKernels::attendEqualsPlainLoops()
{
    QFETCH(float, largestLogit);
    QFETCH(double, tolerance);
    QFETCH(bool, biased);
    const FloatKernels& set = test::fetchedSet();
    for (const Index count : keyCounts) {
        for (const Index headSize : {Index {1}, Index {7}, set.lanes, set.lanes + 1, Index {38}}) {
            const AttendCase c(count, headSize, largestLogit, 0.0F,
                               static_cast<std::uint64_t>(count * 100 + headSize), biased);
            const auto [weights, out] = c.vectorResult(set);
            const auto [exactWeights, exactOut] = c.plainResult();
            QCOMPARE_LT(relativeDifference(weights, exactWeights), tolerance);
            QCOMPARE_LT(relativeDifference(out, exactOut), tolerance);
            double sum = 0.0;
            for (Index j = 0; j < count; ++j)
                sum += static_cast<double>(weights(0, j));
            QCOMPARE_LT(std::abs(sum - 1.0), 1e-5);
        }
    }
    // All logits far below zero: still a softmax.
    AttendCase low(33, 4, 1.0F, 0.0F, 1);
    for (Index j = 0; j < low.count; ++j) {
        for (Index i = 0; i < low.headSize; ++i)
            low.keys(i, j) = low.query(0, i) < 0.0F ? 1e6F : -1e6F;
    }
    const auto [weights, out] = low.vectorResult(set);
    for (Index j = 0; j < low.count; ++j)
        QCOMPARE_LT(std::abs(static_cast<double>(weights(0, j)) - 1.0 / 33.0), 1e-6);
}

void TestAttentionKernels::attendIgnoresWhatIsBehindTheLastKey()
{
    const FloatKernels& set = test::fetchedSet();
    for (const Index count : keyCounts) {
        const AttendCase clean(count, 9, 5.0F, 0.0F, 8, /*biased=*/true);
        const auto expected = clean.vectorResult(set);
        for (const float garbage : {1e30F, -1e30F, std::numeric_limits<float>::infinity(),
                                    std::numeric_limits<float>::quiet_NaN()}) {
            const AttendCase dirty(count, 9, 5.0F, garbage, 8, /*biased=*/true);
            const auto got = dirty.vectorResult(set);
            QVERIFY(got.first == expected.first); // the padding of the weights included
            QVERIFY(got.second == expected.second);
        }
    }
}

void TestAttentionKernels::attendWritesOnlyTheHead()
{
    const FloatKernels& set = test::fetchedSet();
    for (Index headSize = 1; headSize <= 2 * set.lanes; ++headSize) {
        const AttendCase c(12, headSize, 2.0F, 0.0F, 4);
        Matrix<float> weights(1, c.count);
        std::vector<float> out(static_cast<std::size_t>(headSize + set.lanes), 7.0F);
        set.attend({.count = c.count,
                    .headSize = headSize,
                    .scale = c.scale,
                    .query = c.query.row(0),
                    .keys = c.keys.row(0),
                    .keyRow = c.keys.stride(),
                    .values = c.values.row(0),
                    .valueRow = c.values.stride(),
                    .weights = weights.row(0),
                    .out = out.data()});
        // The next head's share of the row stands right behind.
        for (auto i = static_cast<std::size_t>(headSize); i < out.size(); ++i)
            QVERIFY(out[i] == 7.0F);
    }
}

void TestAttentionKernels::attendGradientEqualsPlainLoops_data()
{
    QTest::addColumn<bool>("biased");
    QTest::newRow("without a bias") << false;
    QTest::newRow("with a bias") << true;
}

/// The definition itself, by differences: the slope of dOut · out in each bias.
void TestAttentionKernels::plainBiasGradientIsTheSlope()
{
    const AttendCase c(5, 3, 4.0F, 0.0F, 77, /*biased=*/true);
    AttendGradients<double> gradients(c);
    gradients.run(c, &plain::attendGradient<double>);
    const auto objective = [&c](Index j, float step) {
        AttendCase moved = c;
        moved.bias(0, j) += step;
        const auto [weights, out] = moved.plainResult();
        double sum = 0.0;
        for (Index i = 0; i < c.headSize; ++i)
            sum += static_cast<double>(c.dOut(0, i)) * out(0, i);
        return sum;
    };
    for (Index j = 0; j < c.count; ++j) {
        constexpr float step = 0x1p-8F;
        const double slope = (objective(j, step) - objective(j, -step)) / (2.0 * 0x1p-8);
        QCOMPARE_LT(std::abs(gradients.bias(0, j) - 1.0 - slope), 1e-4); // it started from one
    }
}

void TestAttentionKernels::attendGradientEqualsPlainLoops()
{
    QFETCH(bool, biased);
    const FloatKernels& set = test::fetchedSet();
    for (const Index count : keyCounts) {
        for (const Index headSize : {Index {1}, Index {7}, set.lanes, set.lanes + 1, Index {38}}) {
            const AttendCase c(count, headSize, 4.0F, 0.0F,
                               static_cast<std::uint64_t>(count * 100 + headSize), biased);
            AttendGradients<float> got(c);
            got.run(c, set.attendGradient);
            AttendGradients<double> expected(c);
            expected.run(c, &plain::attendGradient<double>);
            QCOMPARE_LT(relativeDifference(got.query, expected.query), 2e-5);
            QCOMPARE_LT(relativeDifference(got.keys, expected.keys), 2e-5);
            QCOMPARE_LT(relativeDifference(got.values, expected.values), 2e-5);
            QCOMPARE_LT(relativeDifference(got.bias, expected.bias), 2e-5);
        }
    }
}

void TestAttentionKernels::attendGradientIgnoresWhatIsBehindTheLastKey()
{
    const FloatKernels& set = test::fetchedSet();
    for (const Index count : keyCounts) {
        const AttendCase clean(count, 9, 4.0F, 0.0F, 8, /*biased=*/true);
        AttendGradients<float> expected(clean);
        expected.run(clean, set.attendGradient);
        const AttendCase dirty(count, 9, 4.0F, 1e30F, 8, /*biased=*/true);
        AttendGradients<float> got(dirty);
        got.run(dirty, set.attendGradient);
        QVERIFY(got.query == expected.query);
        // Padding included: keys of later rows stand there and must stay as they are.
        QVERIFY(got.keys == expected.keys);
        QVERIFY(got.values == expected.values);
        QVERIFY(got.bias == expected.bias);
    }
}

QTEST_APPLESS_MAIN(TestAttentionKernels)
#include "tst_attention_kernels.moc"
