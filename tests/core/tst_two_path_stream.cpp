#include "core/cost/closed_forms.h"
#include "core/encoder/two_path_stream.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/allocation_count.h"
#include "tests/support/random_parameters.h"
#include "tests/support/reference_encoder.h"
#include "tests/support/stream_runs.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace stint;
using test::Answers;
using test::difference;
using test::streamed;
using test::windowed;

namespace {

using Rows = std::vector<std::vector<double>>;

EncoderConfig smallConfig(Index layers)
{
    EncoderConfig config;
    config.inputs = 3;
    config.outputs = 2;
    config.window = 6;
    config.width = 12;
    config.heads = 2;
    config.hidden = 10;
    config.layers = layers;
    config.positions = Positions::Recycling;
    return config;
}

test::ReferenceAnswer referenceAt(const EncoderConfig& config,
                                  const EncoderParameters<double>& parameters, const Rows& rows,
                                  Index first)
{
    const Index real = config.newest == Newest::Hidden ? config.past() : config.window;
    return test::referenceAnswer(config, parameters,
                                 {rows.begin() + first, rows.begin() + first + real}, first);
}

/// Row for row.
template <typename A, typename B>
double rowDifference(const Answers<A>& a, const Answers<B>& b, Index row)
{
    return test::rowDifference(a, row, b, row);
}

template <typename T>
double rowDifference(const Answers<T>& a, Index row, const test::ReferenceAnswer& expected)
{
    double worst
        = expected.attention.size() == static_cast<std::size_t>(a.attentionSize) ? 0.0 : 1e9;
    for (std::size_t c = 0; c < expected.answer.size(); ++c)
        worst = std::max(worst,
                         difference(a.answers(row, static_cast<Index>(c)), expected.answer[c]));
    for (std::size_t i = 0; i < expected.attention.size(); ++i)
        worst = std::max(worst, difference(a.attentionOf(row)[i], expected.attention[i]));
    return worst;
}

} // namespace

/// The two-path stream against whole windows and against the reference, row for row.
class TestTwoPathStream : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void streamEqualsWindowAndReference_data();
    void streamEqualsWindowAndReference();
    void blockSizesGiveIdenticalBits_data();
    void blockSizesGiveIdenticalBits();
    void firstAnswerComesAtTheLastRowOfTheWindow();
    void resetEqualsFresh();
    void startingElsewhereGivesIdenticalBits();
    void hiddenRowHasNoPartInItsAnswer_data();
    void hiddenRowHasNoPartInItsAnswer();
    void badRowIsForgottenAfterTheWindow();
    void largeLogitsStayFinite();
    void errorDoesNotGrowOverALongRun();
    void countsEqualTheClosedForm();
    void stepsDoNotAllocate();
};

void TestTwoPathStream::streamEqualsWindowAndReference_data()
{
    QTest::addColumn<int>("layers");
    QTest::addColumn<Newest>("newest");
    QTest::addColumn<bool>("norm");
    QTest::addColumn<bool>("positions");
    QTest::addColumn<bool>("binary");
    for (const int layers : {1, 2, 4}) {
        const auto row
            = [layers](const char* trait, Newest newest, bool norm, bool positions, bool binary) {
                  QTest::addRow("depth %d, %s", layers, trait)
                      << layers << newest << norm << positions << binary;
              };
        row("hidden", Newest::Hidden, false, true, false);
        row("hidden, norm", Newest::Hidden, true, true, false);
        row("hidden, no positions", Newest::Hidden, false, false, false);
        row("hidden, sparse binary", Newest::Hidden, false, true, true);
        row("visible", Newest::Visible, false, true, false);
        row("visible, norm, sparse binary", Newest::Visible, true, true, true);
    }
}

void TestTwoPathStream::streamEqualsWindowAndReference()
{
    QFETCH(int, layers);
    QFETCH(Newest, newest);
    QFETCH(bool, norm);
    QFETCH(bool, positions);
    QFETCH(bool, binary);
    for (const Index window : {2, 3, 6, 9}) {
        EncoderConfig config = smallConfig(layers);
        config.window = window;
        config.newest = newest;
        config.norm = norm ? Norm::Token : Norm::None;
        config.positions = positions ? Positions::Recycling : Positions::None;
        const auto parameters = test::randomParameters(
            config,
            {.format = binary ? WeightFormat::SparseBinary : WeightFormat::Dense, .keep = 0.5}, 21);
        // More than five windows, and more than the cache holds before it first moves its rows.
        const Rows rows = test::randomRows(std::max<Index>(5 * window, 150), config.inputs, 22);
        const Encoder<double> inDouble(config, parameters);
        const Encoder<float> inFloat(config, convert<float>(parameters));
        const auto exact = streamed(inDouble, test::asMatrix<double>(rows), 0, {1});
        const auto single = streamed(inFloat, test::asMatrix<float>(rows), 0, {1});
        const auto exactWindow = windowed(inDouble, test::asMatrix<double>(rows));
        const auto singleWindow = windowed(inFloat, test::asMatrix<float>(rows));
        for (Index r = 0; r < exact.answers.rows(); ++r) {
            const auto expected = referenceAt(config, parameters, rows, r);
            QCOMPARE_LT(rowDifference(exact, r, expected), 1e-12);
            QCOMPARE_LT(rowDifference(single, r, expected), 1e-5);
            QCOMPARE_LT(rowDifference(exact, exactWindow, r), 1e-12);
            QCOMPARE_LT(rowDifference(single, singleWindow, r), 1e-5);
        }
    }
}

void TestTwoPathStream::blockSizesGiveIdenticalBits_data()
{
    QTest::addColumn<int>("layers");
    QTest::addColumn<Newest>("newest");
    QTest::newRow("depth 1, hidden") << 1 << Newest::Hidden;
    QTest::newRow("depth 2, hidden") << 2 << Newest::Hidden;
    QTest::newRow("depth 4, visible") << 4 << Newest::Visible;
}

void TestTwoPathStream::blockSizesGiveIdenticalBits()
{
    QFETCH(int, layers);
    QFETCH(Newest, newest);
    EncoderConfig config = smallConfig(layers);
    config.newest = newest;
    config.window = 20;
    config.norm = Norm::Token;
    const Index n = config.window;
    const auto parameters = test::randomParameters(config, {}, 31);
    const Rows rows = test::randomRows(700, config.inputs, 32);
    const std::vector<std::vector<Index>> patterns {
        {2}, {3}, {n - 1}, {n}, {n + 1}, {256}, {1, 7, 256, 2, n, 1, 1, n + 1, 64}};
    const Encoder<float> inFloat(config, convert<float>(parameters));
    const Encoder<double> inDouble(config, parameters);
    const auto floatRows = test::asMatrix<float>(rows);
    const auto doubleRows = test::asMatrix<double>(rows);
    const auto expectedFloat = streamed(inFloat, floatRows, 0, {1});
    const auto expectedDouble = streamed(inDouble, doubleRows, 0, {1});
    for (const std::vector<Index>& blocks : patterns) {
        const auto got = streamed(inFloat, floatRows, 0, blocks);
        QVERIFY2(got.equals(expectedFloat), qPrintable(QString::number(blocks.front())));
        QCOMPARE(got.counts, expectedFloat.counts);
        QVERIFY(streamed(inDouble, doubleRows, 0, blocks).equals(expectedDouble));
    }
}

void TestTwoPathStream::firstAnswerComesAtTheLastRowOfTheWindow()
{
    for (const Index window : {2, 6}) {
        EncoderConfig config = smallConfig(2);
        config.window = window;
        const Encoder<float> encoder(config,
                                     convert<float>(test::randomParameters(config, {}, 41)));
        TwoPathStream<float> stream(encoder, 4);
        stream.reset(0);
        const auto x = test::asMatrix<float>(test::randomRows(window, config.inputs, 42));
        for (Index t = 0; t < window - 1; ++t) {
            QCOMPARE(stream.warmUpRemaining(), window - 1 - t);
            stream.absorb(x.row(t), x.stride(), 1);
        }
        // Row number n has n - 1 rows before it: the first that can be answered.
        QCOMPARE(stream.warmUpRemaining(), Index {0});
        Answers<float> first(config, 1);
        stream.step(x.row(window - 1), x.stride(), 1, first.answers.row(0), first.answers.stride(),
                    first.attentionOf(0), first.counts);
        QCOMPARE_LT(rowDifference(first, windowed(encoder, x), 0), 1e-5);
        stream.reset(0);
        QCOMPARE(stream.warmUpRemaining(), window - 1);
    }
}

void TestTwoPathStream::resetEqualsFresh()
{
    const EncoderConfig config = smallConfig(3);
    const Encoder<float> encoder(config, convert<float>(test::randomParameters(config, {}, 51)));
    const auto x = test::asMatrix<float>(test::randomRows(80, config.inputs, 52));
    Matrix<float> others = test::asMatrix<float>(test::randomRows(97, config.inputs, 53));
    others(90, 1) = std::numeric_limits<float>::quiet_NaN(); // must leave no trace
    const auto fresh = streamed(encoder, x, 0, {5});
    TwoPathStream<float> used(encoder, 5);
    used.reset(1234);
    streamed(used, config, others, 0, {5, 2});
    used.reset(0);
    QVERIFY(streamed(used, config, x, 0, {5}).equals(fresh));
}

void TestTwoPathStream::startingElsewhereGivesIdenticalBits()
{
    const EncoderConfig config = smallConfig(4);
    const Encoder<float> encoder(config, convert<float>(test::randomParameters(config, {}, 61)));
    const auto x = test::asMatrix<float>(test::randomRows(200, config.inputs, 62));
    const auto whole = streamed(encoder, x, 0, {1});
    for (const Index start : {1, 11, 12, 130}) {
        const auto part = streamed(encoder, x, start, {3, 1, 64});
        for (Index r = 0; r < part.answers.rows(); ++r)
            QVERIFY(part.rowEquals(r, whole, start + r));
    }
    // A position is that of the row in its recording: the same values elsewhere answer otherwise.
    TwoPathStream<float> misplaced(encoder, 1);
    misplaced.reset(1);
    QVERIFY(!streamed(misplaced, config, x, 0, {1}).rowEquals(0, whole, 0));
}

void TestTwoPathStream::hiddenRowHasNoPartInItsAnswer_data()
{
    QTest::addColumn<float>("value");
    QTest::newRow("NaN") << std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("infinity") << std::numeric_limits<float>::infinity();
    QTest::newRow("minus infinity") << -std::numeric_limits<float>::infinity();
    QTest::newRow("1e30") << 1e30F;
}

void TestTwoPathStream::hiddenRowHasNoPartInItsAnswer()
{
    QFETCH(float, value);
    for (const Index layers : {1, 2, 4}) {
        const EncoderConfig config = smallConfig(layers);
        const Encoder<float> encoder(config,
                                     convert<float>(test::randomParameters(config, {}, 71)));
        const auto x = test::asMatrix<float>(test::randomRows(120, config.inputs, 72));
        const auto expected = streamed(encoder, x, 0, {1});
        const auto expectedWindow = windowed(encoder, x);
        for (const Index bad : {config.past(), Index {40}, x.rows() - 1}) {
            Matrix<float> changed = x;
            for (Index c = 0; c < config.inputs; ++c)
                changed(bad, c) = value;
            const Index answer = bad - config.past();
            // Blocks of other sizes have the changed row first, in the middle and last.
            for (const Index block : {1, 2, 3, 7, 115}) {
                const auto got = streamed(encoder, changed, 0, {block});
                for (Index r = 0; r <= answer; ++r)
                    QVERIFY(got.rowEquals(r, expected, r));
                if (answer + 1 < expected.answers.rows())
                    QVERIFY(!got.rowEquals(answer + 1, expected, answer + 1));
            }
            const auto window = windowed(encoder, changed);
            for (Index r = 0; r <= answer; ++r)
                QVERIFY(window.rowEquals(r, expectedWindow, r));
        }
    }
}

/// What got into the caches leaves with the window: n - 1 answers later nothing is left of it.
void TestTwoPathStream::badRowIsForgottenAfterTheWindow()
{
    const EncoderConfig config = smallConfig(3);
    const Encoder<float> encoder(config, convert<float>(test::randomParameters(config, {}, 81)));
    const auto x = test::asMatrix<float>(test::randomRows(60, config.inputs, 82));
    const auto expected = streamed(encoder, x, 0, {4});
    Matrix<float> spiked = x;
    spiked(20, 0) = std::numeric_limits<float>::quiet_NaN();
    const auto got = streamed(encoder, spiked, 0, {4});
    const Index answer = 20 - config.past();
    for (Index r = 0; r < expected.answers.rows(); ++r)
        QCOMPARE(got.rowEquals(r, expected, r), r <= answer || r > answer + config.past());
}

void TestTwoPathStream::largeLogitsStayFinite()
{
    for (const Newest newest : {Newest::Hidden, Newest::Visible}) {
        EncoderConfig config = smallConfig(2);
        config.newest = newest;
        config.window = 20;
        const Rows rows = test::randomRows(150, config.inputs, 92);
        const auto largestLogit = [&](double queryScale) {
            const auto p = test::randomParameters(config, {.queryScale = queryScale}, 91);
            double largest = 0.0;
            for (Index r = 0; r < 130; ++r)
                largest = std::max(largest, referenceAt(config, p, rows, r).largestLogit);
            return largest;
        };
        double scale = 1.0;
        while (largestLogit(scale) < 120.0)
            scale *= 1.5;
        const auto parameters = test::randomParameters(config, {.queryScale = scale}, 91);
        const Encoder<double> inDouble(config, parameters);
        const Encoder<float> inFloat(config, convert<float>(parameters));
        const auto exact = streamed(inDouble, test::asMatrix<double>(rows), 0, {1});
        const auto single = streamed(inFloat, test::asMatrix<float>(rows), 0, {1});
        for (Index r = 0; r < exact.answers.rows(); ++r) {
            // A logit of 120 is known to some 1e-5 in float, a weight relatively no better.
            QCOMPARE_LT(rowDifference(single, exact, r), 2e-3);
            if (r < 130)
                QCOMPARE_LT(rowDifference(exact, r, referenceAt(config, parameters, rows, r)),
                            1e-10);
        }
    }
}

void TestTwoPathStream::errorDoesNotGrowOverALongRun()
{
    const EncoderConfig config = smallConfig(2);
    const auto parameters = test::randomParameters(config, {}, 101);
    const Rows rows = test::randomRows(20000, config.inputs, 102);
    const Encoder<double> inDouble(config, parameters);
    const Encoder<float> inFloat(config, convert<float>(parameters));
    const auto exact = streamed(inDouble, test::asMatrix<double>(rows), 0, {1});
    const auto single = streamed(inFloat, test::asMatrix<float>(rows), 0, {1, 256});
    const Index answers = exact.answers.rows();
    double firstQuarter = 0.0;
    double lastQuarter = 0.0;
    for (Index r = 0; r < answers; ++r) {
        const double error = rowDifference(single, exact, r);
        QCOMPARE_LT(error, 1e-5);
        if (r < answers / 4)
            firstQuarter = std::max(firstQuarter, error);
        if (r >= answers * 3 / 4)
            lastQuarter = std::max(lastQuarter, error);
        if (r % 97 == 0 || r == answers - 1)
            QCOMPARE_LT(rowDifference(exact, r, referenceAt(config, parameters, rows, r)), 1e-12);
    }
    QCOMPARE_LT(lastQuarter, 2.0 * firstQuarter);
}

void TestTwoPathStream::countsEqualTheClosedForm()
{
    for (const Newest newest : {Newest::Hidden, Newest::Visible}) {
        for (const Index layers : {1, 2, 4}) {
            EncoderConfig config = smallConfig(layers);
            config.newest = newest;
            config.inputs = 4; // a quarter of every layer is a whole number of weights
            const auto x = test::asMatrix<float>(test::randomRows(43, config.inputs, 112));
            const auto answers = static_cast<std::uint64_t>(x.rows() - config.past());
            const auto counted = [&](const test::RandomRecipe& recipe) {
                const auto parameters = test::randomParameters(config, recipe, 111);
                const Encoder<float> encoder(config, convert<float>(parameters));
                return streamed(encoder, x, 0, {5}).counts;
            };
            const PartCounts dense = counted({});
            const AnswerOperations form = stepTStream(config);
            QCOMPARE(dense.total().operations, answers * stepTStreamOperations(config));
            QCOMPARE(dense[Part::Embedding].operations, answers * form.embedding);
            QCOMPARE(dense[Part::Head].operations, answers * form.head);
            QCOMPARE(dense[Part::Attention].operations, answers * form.attention);
            QCOMPARE(dense[Part::LinearPath], OpCounts {});
            QCOMPARE(dense.total().exponentials,
                     answers * static_cast<std::uint64_t>(layers * config.heads * config.past()));
            test::RandomRecipe sparse {.format = WeightFormat::SparseBinary, .keep = 0.25};
            QCOMPARE(counted(sparse).total().operations,
                     answers * keptOperations(form, KeptFractions::inBlocks(0.25)));
            sparse.sparseEnds = true;
            QCOMPARE(counted(sparse).total().operations,
                     answers * keptOperations(form, KeptFractions::everywhere(0.25)));
        }
    }
}

void TestTwoPathStream::stepsDoNotAllocate()
{
    const EncoderConfig config = smallConfig(3);
    const auto parameters = test::randomParameters(config, {}, 121);
    const auto x = test::asMatrix<float>(test::randomRows(600, config.inputs, 122));
    const Encoder<float> encoder(config, convert<float>(parameters));
    TwoPathStream<float> stream(encoder, 16);
    WindowEncoder<float> window(encoder);
    Answers<float> room(config, 16);

    const std::uint64_t before = test::allocationCount();
    stream.reset(0);
    stream.absorb(x.row(0), x.stride(), config.past());
    for (Index t = config.past(); t + 17 <= x.rows(); t += 17) {
        stream.step(x.row(t), x.stride(), 1, room.answers.row(0), room.answers.stride(),
                    room.attentionOf(0), room.counts);
        stream.step(x.row(t + 1), x.stride(), 16, room.answers.row(0), room.answers.stride(),
                    room.attentionOf(0), room.counts);
        window.answer(x.row(t), x.stride(), t, room.answers.row(0), nullptr, room.counts);
    }
    const std::uint64_t after = test::allocationCount();
    QCOMPARE(after, before);

    const Matrix<float> another(1, 1); // the count itself counts
    QCOMPARE(test::allocationCount(), before + 1);
}

QTEST_APPLESS_MAIN(TestTwoPathStream)
#include "tst_two_path_stream.moc"
