#include "core/attention/retroactive_attention.h"
#include "core/encoder/retroactive_stream.h"
#include "core/kernels/plain_kernels.h"
#include "tests/support/encoder_grid.h"
#include "tests/support/random_parameters.h"
#include "tests/support/stream_runs.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace stint;

namespace {

constexpr Index slots = 5;
constexpr Index heads = 2;
constexpr Index headSize = 3;
constexpr Index width = heads * headSize;

/// Rows whose queries and keys are `large` times standard normal.
struct SomeRows {
    SomeRows(Index count, double large, std::uint64_t seed)
        : queries(test::randomRows(count, width, seed)),
          keys(test::randomRows(count, width, seed + 1)),
          values(test::randomRows(count, width, seed + 2))
    {
        for (auto* table : {&queries, &keys}) {
            for (auto& row : *table) {
                for (double& v : row)
                    v *= large;
            }
        }
    }
    std::vector<std::vector<double>> queries, keys, values;
};

/// By lag, one row per head.
Matrix<double> someBias()
{
    Matrix<double> bias(heads, slots + 1);
    for (Index h = 0; h < heads; ++h) {
        for (Index lag = 0; lag <= slots; ++lag)
            bias(h, lag) = 0.7 * static_cast<double>(lag) - 1.1 * static_cast<double>(h * lag);
    }
    return bias;
}

/// What `query` attends to among the rows [first, last], where its own number would be `row`.
std::vector<double> expectedAttended(const SomeRows& rows, const std::vector<double>& query,
                                     std::size_t row, std::size_t first, std::size_t last,
                                     const Matrix<double>* bias)
{
    std::vector<double> attended(static_cast<std::size_t>(width));
    for (std::size_t h = 0; h < heads; ++h) {
        std::vector<double> logits;
        double largest = -1e300;
        for (std::size_t j = first; j <= last; ++j) {
            double logit = 0.0;
            for (std::size_t i = h * headSize; i < (h + 1) * headSize; ++i)
                logit += query[i] * rows.keys[j][i];
            const auto lag = static_cast<Index>(std::max(row, j) - std::min(row, j));
            logits.push_back(logit + (bias ? (*bias)(static_cast<Index>(h), lag) : 0.0));
            largest = std::max(largest, logits.back());
        }
        double sum = 0.0;
        for (double& l : logits)
            sum += l = std::exp(l - largest);
        for (std::size_t j = first; j <= last; ++j) {
            for (std::size_t i = h * headSize; i < (h + 1) * headSize; ++i)
                attended[i] += logits[j - first] / sum * rows.values[j][i];
        }
    }
    return attended;
}

template <typename T>
std::vector<T> as(const std::vector<double>& from)
{
    return {from.begin(), from.end()};
}

/// Feeds all rows and returns the largest difference of what any row attends to, at any time.
template <typename T>
double worstDifference(const SomeRows& rows, const Matrix<double>* bias)
{
    const Matrix<T> ownBias = bias ? convert<T>(*bias) : Matrix<T>();
    const BiasByLag<T> byLag {bias ? ownBias.row(0) : nullptr, bias ? ownBias.stride() : 0};
    RetroactiveAttention<T> attention(slots, heads, headSize);
    Matrix<T> attended(slots, width);
    Matrix<T> weights(heads, slots);
    Matrix<T> asked(1, width);
    OpCounts ops;
    double worst = 0.0;
    for (std::size_t t = 0; t < rows.queries.size(); ++t) {
        attention.insert(as<T>(rows.queries[t]).data(), as<T>(rows.keys[t]).data(),
                         as<T>(rows.values[t]).data(), byLag, ops);
        attention.attend(attended.row(0), attended.stride(), ops);
        const auto size = static_cast<std::size_t>(attention.size());
        const std::size_t first = t + 1 - size;
        for (std::size_t r = first; r <= t; ++r) {
            const auto expected = expectedAttended(rows, rows.queries[r], r, first, t, bias);
            for (std::size_t i = 0; i < expected.size(); ++i)
                worst = std::max(
                    worst,
                    test::difference(attended(static_cast<Index>(r - first), static_cast<Index>(i)),
                                     expected[i]));
        }
        attention.attendQuery(as<T>(rows.queries[0]).data(), byLag, weights, asked.row(0), ops);
        const auto expected = expectedAttended(rows, rows.queries[0], t + 1, first, t, bias);
        for (std::size_t i = 0; i < expected.size(); ++i)
            worst = std::max(worst, test::difference(asked(0, static_cast<Index>(i)), expected[i]));
    }
    return worst;
}

} // namespace

/// Attention of all rows to each other, updated row by row, against softmax written down again.
class TestRetroactiveAttention : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsSoftmax_data();
    void equalsSoftmax();
    void muchLargerLogitBecomesTheReference();
    void smallLogitsAreSeenOnceTheLargestHasLeft();
    void exponentialsOfRemovedRowsAreOverwritten();
    void errorIsThatOfAWindow_data();
    void errorIsThatOfAWindow();
};

void TestRetroactiveAttention::equalsSoftmax_data()
{
    QTest::addColumn<double>("large");
    QTest::addColumn<bool>("biased");
    QTest::newRow("small logits") << 1.0 << false;
    QTest::newRow("small logits, bias by lag") << 1.0 << true;
    QTest::newRow("logits of some 40") << 4.0 << true;
    QTest::newRow("logits of some 400") << 12.0 << false;
}

void TestRetroactiveAttention::equalsSoftmax()
{
    QFETCH(double, large);
    QFETCH(bool, biased);
    const SomeRows rows(40, large, 1);
    const Matrix<double> bias = someBias();
    QCOMPARE_LT(worstDifference<double>(rows, biased ? &bias : nullptr), 1e-12);
    // A logit s in float is known to s 2^-23 or so, and its weight relatively no better.
    QCOMPARE_LT(worstDifference<float>(rows, biased ? &bias : nullptr),
                std::max(1e-5, 2e-6 * large * large * 9.0));
}

/// exp(new logit - old reference) would overflow.
void TestRetroactiveAttention::muchLargerLogitBecomesTheReference()
{
    for (const double logit : {15.0, 25.0, 90.0, 120.0, 300.0, 1e6}) {
        SomeRows rows(12, 1.0, 11);
        for (auto& query : rows.queries)
            query.assign(query.size(), 1.0);
        for (std::size_t i = 0; i < rows.keys[7].size(); ++i)
            rows.keys[7][i] = logit / headSize;
        QCOMPARE_LT(worstDifference<float>(rows, nullptr), 1e-5);
        QCOMPARE_LT(worstDifference<double>(rows, nullptr), 1e-12);
    }
}

/// When the row with the largest logit leaves, all others are tiny beside the old reference.
void TestRetroactiveAttention::smallLogitsAreSeenOnceTheLargestHasLeft()
{
    for (const double logit : {3.0, 8.0, 60.0, 90.0, 120.0, 300.0}) {
        SomeRows rows(14, 0.5, 21);
        for (auto& query : rows.queries)
            query.assign(query.size(), 1.0);
        // Larger than all others while the rows behind it come in and form their references.
        for (const std::size_t large : {2U, 3U, 8U}) {
            for (std::size_t i = 0; i < rows.keys[large].size(); ++i)
                rows.keys[large][i] = logit / headSize;
        }
        QCOMPARE_LT(worstDifference<float>(rows, nullptr), 1e-5);
        QCOMPARE_LT(worstDifference<double>(rows, nullptr), 1e-12);
    }
}

/// A row that has left weighs nothing: not in its row, nor in its column.
void TestRetroactiveAttention::exponentialsOfRemovedRowsAreOverwritten()
{
    SomeRows rows(3 * slots, 1.0, 31);
    for (std::size_t i = 0; i < rows.values[1].size(); ++i)
        rows.values[1][i] = 1e6;
    RetroactiveAttention<double> attention(slots, heads, headSize);
    Matrix<double> attended(slots, width);
    OpCounts ops;
    for (std::size_t t = 0; t < rows.queries.size(); ++t) {
        attention.insert(rows.queries[t].data(), rows.keys[t].data(), rows.values[t].data(), {},
                         ops);
        attention.attend(attended.row(0), attended.stride(), ops);
        const bool inWindow = t >= 1 && t < 1 + static_cast<std::size_t>(slots);
        for (Index r = 0; r < attention.size(); ++r)
            QCOMPARE(attended(r, 0) > 10.0, inWindow);
    }
}

void TestRetroactiveAttention::errorIsThatOfAWindow_data()
{
    QTest::addColumn<double>("largest");
    QTest::addColumn<Newest>("newest");
    for (const double largest : {2.0, 17.0, 47.0, 120.0, 272.0}) {
        QTest::addRow("logits up to %g, visible", largest) << largest << Newest::Visible;
        QTest::addRow("logits up to %g, hidden", largest) << largest << Newest::Hidden;
    }
}

/// In float, over thousands of rows, at most ten times as wrong as a window in float.
void TestRetroactiveAttention::errorIsThatOfAWindow()
{
    QFETCH(double, largest);
    QFETCH(Newest, newest);
    EncoderConfig config = test::sized(12, 2, 1);
    config.attention = AttentionMask::Full;
    config.newest = newest;
    config.norm = Norm::Token;
    config.positions = Positions::Recycling;
    auto rows = test::randomRows(5100, config.inputs, 42);
    for (std::size_t t = 0; t < rows.size(); t += 29) // spikes: the largest logits come and go
        rows[t][0] *= 6.0;
    const auto wide = test::asMatrix<double>(rows);
    const auto narrow = test::asMatrix<float>(rows);

    // The logits of the first block grow in proportion to its queries.
    auto parameters = test::randomParameters(config, {}, 41);
    const Encoder<double> before(config, parameters);
    Matrix<double> z(1, config.width);
    Matrix<double> q(1, config.width);
    Matrix<double> k(1, config.width);
    PartCounts ignored;
    double unscaled = 0.0;
    for (Index t = 0; t < wide.rows(); t += 29) {
        before.embed(wide.row(t), 0, 1, z.row(0), 0, ignored);
        before.block(0).query.forward(z.row(0), 0, 1, q.row(0), 0, ignored[Part::Projection]);
        before.block(0).key.forward(z.row(0), 0, 1, k.row(0), 0, ignored[Part::Projection]);
        double logit = 0.0;
        for (Index i = 0; i < config.headSize(); ++i)
            logit += q(0, i) * k(0, i) * before.attentionScale();
        unscaled = std::max(unscaled, std::abs(logit));
    }
    test::enlarge(parameters.blocks[0].query, largest / unscaled);

    const Encoder<double> inDouble(config, parameters);
    const Encoder<float> inFloat(config, convert<float>(parameters));
    const auto exact = test::windowed(inDouble, wide);
    const double ofWindow = test::difference(test::windowed(inFloat, narrow), exact);
    const double ofStream = test::difference(test::streamed(inFloat, narrow, 0, {64}), exact);
    QCOMPARE_LT(ofStream, 10.0 * ofWindow);
    QCOMPARE_LT(ofWindow, 1e-6 * std::max(10.0, 100.0 * largest));
    QCOMPARE_LT(test::difference(test::streamed(inDouble, wide, 0, {64}), exact),
                1e-12 * std::max(1.0, largest));
    qInfo("float against double: window %.2g, stream %.2g", ofWindow, ofStream);
}

QTEST_APPLESS_MAIN(TestRetroactiveAttention)
#include "tst_retroactive_attention.moc"
