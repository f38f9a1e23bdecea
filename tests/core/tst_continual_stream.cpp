#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/allocation_count.h"
#include "tests/support/encoder_grid.h"
#include "tests/support/random_parameters.h"
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

constexpr float nan32 = std::numeric_limits<float>::quiet_NaN();

/// Small models of each engine and each kind of state.
struct Example {
    const char* trait;
    EncoderConfig config;
};

std::vector<Example> examples()
{
    EncoderConfig c = test::sized(7, 2, 1);
    std::vector<Example> all;
    const auto add = [&](const char* trait, AttentionMask attention, Newest newest, Index layers,
                         Positions positions, Pooling pooling = Pooling::Newest) {
        EncoderConfig e = c;
        e.attention = attention;
        e.newest = newest;
        e.layers = layers;
        e.positions = positions;
        e.pooling = pooling;
        e.norm = layers % 2 == 0 ? Norm::Token : Norm::None;
        e.newestSeesItself
            = attention == AttentionMask::StepT && newest == Newest::Visible && layers > 1;
        all.push_back({trait, e});
    };
    using enum AttentionMask;
    add("two-path, hidden", StepT, Newest::Hidden, 2, Positions::Recycling);
    add("two-path, sees itself", StepT, Newest::Visible, 3, Positions::Rotary);
    add("two-path, repeated", StepT, Newest::Repeated, 2, Positions::LagBias);
    add("two-path, mean", StepT, Newest::Visible, 2, Positions::Recycling, Pooling::Mean);
    add("single-output, window places", Full, Newest::Visible, 1, Positions::WindowSine);
    add("single-output, zeroed", Full, Newest::Zeroed, 1, Positions::WindowLearned);
    add("self-only, repeated", SelfOnly, Newest::Repeated, 2, Positions::Recycling);
    add("retroactive, hidden", Full, Newest::Hidden, 2, Positions::Recycling);
    add("retroactive, repeated", Full, Newest::Repeated, 3, Positions::LagBias);
    add("retroactive, visible", Full, Newest::Visible, 2, Positions::Rotary);
    add("retroactive, mean", Full, Newest::Visible, 1, Positions::LagBias, Pooling::Mean);
    return all;
}

void addExamples()
{
    QTest::addColumn<int>("index");
    const auto all = examples();
    for (std::size_t i = 0; i < all.size(); ++i)
        QTest::newRow(all[i].trait) << static_cast<int>(i);
}

EncoderConfig fetchedConfig()
{
    QFETCH(int, index);
    return examples()[static_cast<std::size_t>(index)].config;
}

} // namespace

/// Continual inference of every kind against whole windows.
class TestContinualStream : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyLegalStreamEqualsItsWindow_data();
    void everyLegalStreamEqualsItsWindow();
    void blockSizesGiveIdenticalBits_data() { addExamples(); }
    void blockSizesGiveIdenticalBits();
    void shorterWindowsAnswerBeforeTheWarmUp_data() { addExamples(); }
    void shorterWindowsAnswerBeforeTheWarmUp();
    void resetEqualsFresh_data() { addExamples(); }
    void resetEqualsFresh();
    void startingElsewhereGivesTheSameAnswers_data() { addExamples(); }
    void startingElsewhereGivesTheSameAnswers();
    void rowsBehindAGapStartAnew_data() { addExamples(); }
    void rowsBehindAGapStartAnew();
    void hugeRowIsForgottenWithItsWindow_data() { addExamples(); }
    void hugeRowIsForgottenWithItsWindow();
    void errorDoesNotGrowOverALongRun_data();
    void errorDoesNotGrowOverALongRun();
    void rotaryAnswersDependOnDistanceAlone();
    void stepsDoNotAllocate_data() { addExamples(); }
    void stepsDoNotAllocate();
};

void TestContinualStream::everyLegalStreamEqualsItsWindow_data()
{
    QTest::addColumn<AttentionMask>("attention");
    QTest::addColumn<Newest>("newest");
    for (const AttentionMask attention : allAttentionMasks) {
        for (const Newest newest : allNewest) {
            if (attention != AttentionMask::FixedMask
                && !(attention == AttentionMask::SelfOnly && newest == Newest::Hidden))
                QTest::addRow("%s, %s", name(attention).data(), name(newest).data())
                    << attention << newest;
        }
    }
}

void TestContinualStream::everyLegalStreamEqualsItsWindow()
{
    QFETCH(AttentionMask, attention);
    QFETCH(Newest, newest);
    int checked = 0;
    test::forEachLegal(attention, newest, {1, 2, 4}, {1, 2, 3, 7}, [&](auto config, Index turn) {
        if (QTest::currentTestFailed() || continualRefusal(config))
            return;
        ++checked;
        const auto seed = static_cast<std::uint64_t>(turn);
        const auto parameters = test::randomParameters(config, {}, seed);
        const auto rows = test::randomRows(6 * config.window + 9, config.inputs, seed + 1);
        const Index n = config.window;
        const std::vector<Index> sizes {1, 2, std::max<Index>(n - 1, 1), n, n + 1, 64};
        const Index block = sizes[static_cast<std::size_t>(turn) % sizes.size()];
        const Encoder<double> inDouble(config, parameters);
        const Encoder<float> inFloat(config, convert<float>(parameters));
        const auto wide = test::asMatrix<double>(rows);
        const auto exact = windowed(inDouble, wide);
        const double d = difference(streamed(inDouble, wide, 0, {block}), exact);
        const double f
            = difference(streamed(inFloat, test::asMatrix<float>(rows), 0, {block}), exact);
        QVERIFY2(d < 1e-12 && f < 1e-5,
                 qPrintable(QStringLiteral("%1: double %2, float %3")
                                .arg(test::described(config))
                                .arg(d)
                                .arg(f)));
    });
    QVERIFY(checked >= 30);
}

void TestContinualStream::blockSizesGiveIdenticalBits()
{
    const EncoderConfig config = fetchedConfig();
    const Index n = config.window;
    const Encoder<float> encoder(config, convert<float>(test::randomParameters(config, {}, 11)));
    const auto x = test::asMatrix<float>(test::randomRows(300, config.inputs, 12));
    const auto expected = streamed(encoder, x, 0, {1});
    const std::vector<std::vector<Index>> patterns {{2},     {n - 1}, {n},
                                                    {n + 1}, {64},    {1, 7, 64, 2, n, 1, n + 1}};
    for (const std::vector<Index>& blocks : patterns) {
        const auto got = streamed(encoder, x, 0, blocks);
        QVERIFY2(got.equals(expected), qPrintable(QString::number(blocks.front())));
        QCOMPARE(got.counts, expected.counts);
    }
}

/// Live, a series is shorter than the window at first: the missing rows do not exist.
void TestContinualStream::shorterWindowsAnswerBeforeTheWarmUp()
{
    const EncoderConfig config = fetchedConfig();
    const auto parameters = test::randomParameters(config, {}, 21);
    const Encoder<double> encoder(config, parameters);
    const auto x = test::asMatrix<double>(test::randomRows(3 * config.window, config.inputs, 22));
    const auto expected = test::windowedFromTheFirst(encoder, x, 5);
    for (const Index block : {1, 2, 5, 30})
        QCOMPARE_LT(difference(test::streamedFromTheFirst(encoder, x, 5, block), expected), 1e-12);

    ContinualStream<double> stream(encoder, 1);
    stream.reset(5);
    Answers<double> room(config, 1);
    for (Index t = 0; t < x.rows(); ++t) {
        QCOMPARE(stream.held(), std::min(t, config.past()));
        QCOMPARE(stream.warmUpRemaining(), config.past() - stream.held());
        stream.step(x.row(t), x.stride(), 1, room.answers.row(0), room.answers.stride(), nullptr,
                    room.counts);
    }
}

void TestContinualStream::resetEqualsFresh()
{
    const EncoderConfig config = fetchedConfig();
    const Encoder<float> encoder(config, convert<float>(test::randomParameters(config, {}, 31)));
    const auto x = test::asMatrix<float>(test::randomRows(60, config.inputs, 32));
    Matrix<float> others = test::asMatrix<float>(test::randomRows(59, config.inputs, 33));
    others(56, 0) = nan32; // must leave no trace
    const auto fresh = streamed(encoder, x, 0, {5});
    ContinualStream<float> used(encoder, 5);
    used.reset(1234);
    streamed(used, config, others, 0, {5, 2});
    used.reset(0);
    QVERIFY(streamed(used, config, x, 0, {5}).equals(fresh));
    // Nor in windows that are not yet full.
    used.reset(1234);
    streamed(used, config, others, 0, {5, 2});
    used.reset(0);
    const auto expected = test::windowedFromTheFirst(encoder, x, 0);
    for (Index r = 0; r < 2 * config.window; ++r) {
        Answers<float> one(config, 1);
        used.step(x.row(r), x.stride(), 1, one.answers.row(0), one.answers.stride(),
                  one.attentionOf(0), one.counts);
        QCOMPARE_LT(test::rowDifference(one, 0, expected, r), 1e-5);
    }
}

void TestContinualStream::startingElsewhereGivesTheSameAnswers()
{
    const EncoderConfig config = fetchedConfig();
    const Encoder<double> encoder(config, test::randomParameters(config, {}, 41));
    const auto x = test::asMatrix<double>(test::randomRows(120, config.inputs, 42));
    const auto whole = streamed(encoder, x, 0, {1});
    for (const Index start : {1, 6, 7, 8, 100}) {
        const auto part = streamed(encoder, x, start, {3, 1, 64});
        for (Index r = 0; r < part.answers.rows(); ++r)
            QCOMPARE_LT(test::rowDifference(part, r, whole, start + r), 1e-12);
    }
}

void TestContinualStream::rowsBehindAGapStartAnew()
{
    const EncoderConfig config = fetchedConfig();
    const Encoder<double> encoder(config, test::randomParameters(config, {}, 51));
    const auto x = test::asMatrix<double>(test::randomRows(40, config.inputs, 52));
    ContinualStream<double> stream(encoder, 4);
    stream.reset(0);
    streamed(stream, config, x, 0, {4});
    stream.reset(1000); // rows 40 to 999 are missing
    QCOMPARE(stream.held(), Index {0});
    const auto got = streamed(stream, config, x, 0, {4});
    WindowEncoder<double> window(encoder);
    Answers<double> expected(config, 1);
    for (Index r = 0; r < got.answers.rows(); ++r) {
        window.answer(x.row(r), x.stride(), 1000 + r, expected.answers.row(0),
                      expected.attentionOf(0), expected.counts);
        QCOMPARE_LT(test::rowDifference(got, r, expected, 0), 1e-12);
    }
}

/// A sensor may spike to any finite value. Answers before it are untouched; once it has left the
/// window, nothing of it is left.
void TestContinualStream::hugeRowIsForgottenWithItsWindow()
{
    const EncoderConfig config = fetchedConfig();
    const Encoder<float> encoder(config, convert<float>(test::randomParameters(config, {}, 61)));
    const auto x = test::asMatrix<float>(test::randomRows(60, config.inputs, 62));
    const auto expected = windowed(encoder, x);
    for (const float value : {1e4F, -1e12F, 1e19F, 1e30F, 3e38F}) {
        Matrix<float> spiked = x;
        constexpr Index bad = 25;
        for (Index c = 0; c < config.inputs; ++c)
            spiked(bad, c) = value;
        for (const Index block : {1, 4}) {
            const auto got = streamed(encoder, spiked, 0, {block});
            const Index answer = bad - config.past(); // that of the bad row itself
            for (Index r = 0; r < expected.answers.rows(); ++r) {
                if (r < answer || r > answer + config.past())
                    QCOMPARE_LT(test::rowDifference(got, r, expected, r), 1e-5);
            }
            if (config.newest != Newest::Visible)
                QCOMPARE_LT(test::rowDifference(got, answer, expected, answer), 1e-5);
        }
    }
}

void TestContinualStream::errorDoesNotGrowOverALongRun_data()
{
    QTest::addColumn<int>("index");
    const auto all = examples();
    for (std::size_t i = 0; i < all.size(); ++i) { // one of each engine and kind of state
        const QByteArray trait = all[i].trait;
        if (trait == "two-path, sees itself" || trait == "two-path, mean"
            || trait == "single-output, window places" || trait == "retroactive, repeated"
            || trait == "retroactive, visible")
            QTest::newRow(all[i].trait) << static_cast<int>(i);
    }
}

/// A float stream of 100 000 rows beside double windows.
void TestContinualStream::errorDoesNotGrowOverALongRun()
{
    const EncoderConfig config = fetchedConfig();
    const auto parameters = test::randomParameters(config, {}, 91);
    const Encoder<float> inFloat(config, convert<float>(parameters));
    const Encoder<double> inDouble(config, parameters);
    ContinualStream<float> stream(inFloat, 50);
    WindowEncoder<double> window(inDouble);
    constexpr Index rows = 100000;
    constexpr Index block = 50;
    const auto wide = test::asMatrix<double>(test::randomRows(rows, config.inputs, 92));
    const auto narrow = convert<float>(wide);
    Answers<float> got(config, block);
    Answers<double> expected(config, 1);
    double firstHalf = 0.0;
    double secondHalf = 0.0;
    stream.reset(0);
    for (Index t = 0; t < rows; t += block) {
        stream.step(narrow.row(t), narrow.stride(), block, got.answers.row(0), got.answers.stride(),
                    got.attentionOf(0), got.counts);
        const Index r = t % 7 + 11; // a row of the block at the end of a whole window
        const Index first = t + r - config.past();
        window.answer(wide.row(first), wide.stride(), first, expected.answers.row(0),
                      expected.attentionOf(0), expected.counts);
        const double error = test::rowDifference(got, r, expected, 0);
        QCOMPARE_LT(error, 1e-5);
        double& worst = t < rows / 2 ? firstHalf : secondHalf;
        worst = std::max(worst, error);
    }
    QCOMPARE_LT(secondHalf, 2.0 * firstHalf);
}

/// After weeks of rows the angles are still those of the distance.
void TestContinualStream::rotaryAnswersDependOnDistanceAlone()
{
    for (const AttentionMask attention : {AttentionMask::Full, AttentionMask::StepT}) {
        EncoderConfig config = test::sized(7, 2, 1);
        config.attention = attention;
        config.newest = Newest::Repeated;
        config.positions = Positions::Rotary;
        const auto parameters = test::randomParameters(config, {.queryScale = 3.0}, 71);
        const Encoder<float> encoder(config, convert<float>(parameters));
        const auto x = test::asMatrix<float>(test::randomRows(60, config.inputs, 72));
        const auto near = streamed(encoder, x, 0, {4});
        for (const Index start : {Index {1000000}, Index {1000000000}}) {
            ContinualStream<float> stream(encoder, 4);
            stream.reset(start);
            QCOMPARE_LT(difference(streamed(stream, config, x, 0, {4}), near), 1e-5);
        }
        // Without turns the answers are others: the positions do something.
        EncoderConfig none = config;
        none.positions = Positions::None;
        const Encoder<float> unturned(none, convert<float>(parameters));
        QCOMPARE_GT(difference(streamed(unturned, x, 0, {4}), near), 1e-3);
    }
}

void TestContinualStream::stepsDoNotAllocate()
{
    const EncoderConfig config = fetchedConfig();
    const auto x = test::asMatrix<float>(test::randomRows(600, config.inputs, 82));
    const Encoder<float> encoder(config, convert<float>(test::randomParameters(config, {}, 81)));
    ContinualStream<float> stream(encoder, 16);
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
    QCOMPARE(test::allocationCount(), before);
    const Matrix<float> another(1, 1); // the count itself counts
    QCOMPARE(test::allocationCount(), before + 1);
}

QTEST_APPLESS_MAIN(TestContinualStream)
#include "tst_continual_stream.moc"
