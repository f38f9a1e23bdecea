#include "core/cost/closed_forms.h"
#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/random_parameters.h"

#include <QTest>

#include <cmath>

using namespace stint;

Q_DECLARE_METATYPE(stint::EncoderConfig)

namespace {

/// The shapes of the SBT paper's models, newest row visible.
EncoderConfig shapes(Index m, Index d, Index n, Index layers)
{
    EncoderConfig config;
    config.inputs = m;
    config.outputs = m;
    config.window = n;
    config.width = d;
    config.heads = 2;
    config.hidden = 256;
    config.layers = layers;
    config.newest = Newest::Visible;
    return config;
}

AnswerOperations formOf(const PartCounts& counts)
{
    return {.embedding = counts[Part::Embedding].operations,
            .projection = counts[Part::Projection].operations,
            .attention = counts[Part::Attention].operations,
            .output = counts[Part::Output].operations,
            .feedForward = counts[Part::FeedForward].operations,
            .head = counts[Part::Head].operations};
}

/// Multiply-adds of a window with the sizes of shapes(3, 10, 7, L) and 12 hidden units, token by
/// token.
quint64 countedWindow(const EncoderConfig& c)
{
    constexpr int n = 7;
    constexpr quint64 dd = 100;
    constexpr quint64 ff = 2 * 10 * 12;
    const bool full = c.attention == AttentionMask::Full || c.attention == AttentionMask::FixedMask;
    const bool query = c.newest == Newest::Hidden || c.newest == Newest::Repeated;
    const bool mean = c.pooling == Pooling::Mean || c.norm == Norm::Time;
    quint64 sum = 30; // head
    for (int token = 0; token < n; ++token) {
        const bool newest = token == n - 1;
        const bool alone = c.attention == AttentionMask::SelfOnly;
        if (alone && !newest && !mean)
            continue; // nobody looks at it
        const bool repeatedAlone = alone && !mean && c.newest == Newest::Repeated;
        if (!newest || c.newest == Newest::Visible || repeatedAlone)
            sum += 30; // embedding
        for (int l = 0; l < c.layers; ++l) {
            const bool goesOn = newest || mean || l + 1 < c.layers;
            const bool seen = full ? !(newest && query) : !newest || c.newestSeesItself;
            if (alone)
                sum += dd; // value
            else if (seen && !(newest && query))
                sum += 2 * dd; // key, value
            const bool asks = full ? goesOn : newest && !alone;
            if (asks)
                sum += dd; // query
            if (goesOn)
                sum += dd + ff; // output, feed-forward
            for (int other = 0; asks && other < n; ++other) {
                const bool key = other < n - 1 || (!query && (full || c.newestSeesItself));
                sum += key ? 20 : 0;
            }
        }
    }
    return sum;
}

/// Multiply-adds of one step of a stream: what the new row makes necessary.
quint64 countedStream(const EncoderConfig& c)
{
    constexpr quint64 dd = 100;
    constexpr quint64 rest = dd + 2 * 10 * 12;
    const bool query = c.newest == Newest::Hidden || c.newest == Newest::Repeated;
    const bool mean = c.pooling == Pooling::Mean;
    quint64 sum = 60; // embedding and head
    if (c.attention == AttentionMask::SelfOnly)
        return sum - (c.newest == Newest::Zeroed ? 30 : 0)
            + static_cast<quint64>(c.layers) * (dd + rest);
    if (c.attention == AttentionMask::StepT || (c.layers == 1 && !mean)) {
        const bool self
            = c.attention == AttentionMask::Full ? !query : c.newestSeesItself && !query;
        for (int l = 0; l < c.layers; ++l) {
            sum += 2 * dd; // key and value of the row as past
            if (mean || l + 1 < c.layers)
                sum += rest;
            sum += dd + rest + 6 * 20; // the newest token over the past
            if (self)
                sum += 20; // and itself
            if (self && (l > 0 || c.newest != Newest::Visible))
                sum += 2 * dd; // its own key and value
        }
        return sum;
    }
    const quint64 r = query ? 6 : 7;
    for (int l = 0; l < c.layers; ++l) {
        const bool last = l + 1 == c.layers && !mean;
        for (quint64 token = 0; token < 7; ++token) {
            const bool newest = token == 6;
            const bool real = token < r;
            if (l == 0 && newest)
                sum += 3 * dd + (query ? dd : 0); // the new row, and the query token
            if (l > 0)
                sum += (real ? 2 * dd : 0) + (last && !newest ? 0 : dd);
            if (l == 0 && real)
                sum += 2 * 10 + r * 10; // its new logit, that of the new row to it, E V
            if ((l > 0 && (newest || !last)) || (l == 0 && newest && query))
                sum += r * 20;
            if (newest || !last)
                sum += rest;
        }
    }
    return sum;
}

} // namespace

/// The closed forms against the worked numbers of the method, and against counts by token.
class TestClosedForms : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void workedNumbersComeOutToTheDigit_data();
    void workedNumbersComeOutToTheDigit();
    void hiddenNewestCountsTokenByToken_data();
    void hiddenNewestCountsTokenByToken();
    void everyFormCountsTokenByToken_data();
    void everyFormCountsTokenByToken();
    void runningEncodersCountTheSame_data();
    void runningEncodersCountTheSame();
    void retroactiveAttentionHasTwoForms();
    void keptFractionsApplyToTheirGroup();
    void keptPartsAddUp();
    void denominatorsAreTheDenseForms();
};

void TestClosedForms::workedNumbersComeOutToTheDigit_data()
{
    QTest::addColumn<int>("m");
    QTest::addColumn<int>("d");
    QTest::addColumn<int>("n");
    QTest::addColumn<quint64>("denseFull");
    QTest::addColumn<quint64>("stepTWindowQuarter");
    QTest::addColumn<quint64>("streamDense");
    QTest::addColumn<quint64>("streamHalf");
    QTest::addColumn<quint64>("streamQuarter");
    QTest::addColumn<quint64>("streamOneLayerQuarter");
    const auto row = [](const char* name, int m, int d, int n, quint64 full, quint64 window,
                        quint64 dense, quint64 half, quint64 quarter, quint64 oneLayer) {
        QTest::newRow(name) << m << d << n << full << window << dense << half << quarter
                            << oneLayer;
    };
    row("SMD", 38, 76, 200, 37'546'888, 3'603'502, 234'992, 147'744, 104'120, 47'196);
    row("MSL", 55, 110, 50, 11'880'550, 1'570'002, 311'520, 166'540, 94'050, 39'985);
    row("SMAP", 25, 50, 50, 4'123'750, 507'762, 111'600, 60'700, 35'250, 14'425);
    row("ECL", 321, 350, 200, 346'262'350, 45'523'362, 2'143'400, 1'211'000, 744'800, 362'775);
    row("WTH", 12, 100, 200, 52'721'200, 5'210'200, 325'600, 202'600, 141'100, 63'200);
    row("ETTm1", 7, 64, 200, 29'990'848, 2'743'024, 187'008, 118'976, 84'960, 37'984);
}

void TestClosedForms::workedNumbersComeOutToTheDigit()
{
    QFETCH(int, m);
    QFETCH(int, d);
    QFETCH(int, n);
    QFETCH(quint64, denseFull);
    QFETCH(quint64, stepTWindowQuarter);
    QFETCH(quint64, streamDense);
    QFETCH(quint64, streamHalf);
    QFETCH(quint64, streamQuarter);
    QFETCH(quint64, streamOneLayerQuarter);
    const EncoderConfig two = shapes(m, d, n, 2);
    const EncoderConfig one = shapes(m, d, n, 1);
    const auto quarter = KeptFractions::everywhere(0.25);
    QCOMPARE(quint64 {denseWindowOperations(two)}, denseFull);
    QCOMPARE(quint64 {keptOperations(stepTWindow(two), quarter)}, stepTWindowQuarter);
    QCOMPARE(quint64 {stepTStreamOperations(two)}, streamDense);
    QCOMPARE(quint64 {keptOperations(stepTStream(two), KeptFractions::everywhere(0.5))},
             streamHalf);
    QCOMPARE(quint64 {keptOperations(stepTStream(two), quarter)}, streamQuarter);
    QCOMPARE(quint64 {keptOperations(stepTStream(one), quarter)}, streamOneLayerQuarter);
}

void TestClosedForms::hiddenNewestCountsTokenByToken_data()
{
    QTest::addColumn<int>("layers");
    QTest::newRow("one block") << 1;
    QTest::newRow("two blocks") << 2;
    QTest::newRow("four blocks") << 4;
}

/// A query token has neither embedding nor key nor value, and everybody attends to n - 1 keys.
void TestClosedForms::hiddenNewestCountsTokenByToken()
{
    QFETCH(int, layers);
    EncoderConfig config = shapes(3, 10, 7, layers);
    config.newest = Newest::Hidden;
    const quint64 dd = 100;
    const quint64 df = 2560;
    quint64 full = 0;
    quint64 newest = 0;
    quint64 stepT = 0;
    for (int token = 0; token < 7; ++token) {
        const bool query = token == 6;
        for (int l = 0; l < layers; ++l) {
            const bool last = l == layers - 1;
            const quint64 keyAndValue = query ? 0 : 2 * dd;
            const auto attention = quint64 {120}; // 6 keys of 10 numbers, twice
            const quint64 rest = dd + 2 * df;
            full += keyAndValue + dd + attention + rest;
            newest += keyAndValue + (last && !query ? 0 : dd + attention + rest);
            stepT += keyAndValue + (query ? dd + attention : 0) + (last && !query ? 0 : rest);
        }
        const quint64 embedding = query ? 0 : 30;
        full += embedding;
        newest += embedding;
        stepT += embedding;
    }
    const quint64 head = 30;
    QCOMPARE(quint64 {denseWindowOperations(config)}, full + head);
    QCOMPARE(quint64 {denseWindowNewestOperations(config)}, newest + head);
    QCOMPARE(quint64 {denseStepTWindowOperations(config)}, stepT + head);
    // The stream embeds the row once, for the past: as many operations as with a visible row.
    EncoderConfig visible = config;
    visible.newest = Newest::Visible;
    QCOMPARE(stepTStreamOperations(config), stepTStreamOperations(visible));
}

void TestClosedForms::everyFormCountsTokenByToken_data()
{
    QTest::addColumn<EncoderConfig>("config");
    const auto rows = [](EncoderConfig config) {
        for (const Norm norm : {Norm::None, Norm::Time}) {
            for (const Index layers : {1, 2, 4}) {
                config.norm = norm;
                config.layers = layers;
                QTest::addRow(
                    "%s, %s%s, %s, norm %s, %d blocks", name(config.attention).data(),
                    name(config.newest).data(), config.newestSeesItself ? " seeing itself" : "",
                    name(config.pooling).data(), name(norm).data(), static_cast<int>(layers))
                    << config;
            }
        }
    };
    for (const AttentionMask attention : allAttentionMasks) {
        for (const Newest newest : allNewest) {
            for (const Pooling pooling : allPoolings) {
                EncoderConfig config = shapes(3, 10, 7, 1);
                config.hidden = 12;
                config.attention = attention;
                config.newest = newest;
                config.pooling = pooling;
                config.positions = Positions::None;
                if (config.validate())
                    continue;
                rows(config);
                config.newestSeesItself = true;
                if (attention == AttentionMask::StepT)
                    rows(config);
            }
        }
    }
}

void TestClosedForms::everyFormCountsTokenByToken()
{
    QFETCH(EncoderConfig, config);
    QCOMPARE(quint64 {windowOperations(config).total()}, countedWindow(config));
    if (!continualRefusal(config))
        QCOMPARE(quint64 {continualOperations(config).total()}, countedStream(config));
}

void TestClosedForms::runningEncodersCountTheSame_data() { everyFormCountsTokenByToken_data(); }

/// What the kernels say they did, part by part.
void TestClosedForms::runningEncodersCountTheSame()
{
    QFETCH(EncoderConfig, config);
    const Encoder<float> encoder(config, convert<float>(test::randomParameters(config, {}, 1)));
    const Matrix<float> x = test::asMatrix<float>(test::randomRows(20, 3, 2));
    Matrix<float> answer(1, config.outputs);

    PartCounts window;
    WindowEncoder<float>(encoder).answer(x.row(0), x.stride(), 0, answer.row(0), nullptr, window);
    QVERIFY(formOf(window) == windowOperations(config));
    if (continualRefusal(config))
        return;
    ContinualStream<float> stream(encoder, 13);
    stream.reset(0);
    stream.absorb(x.row(0), x.stride(), 13);
    PartCounts step;
    stream.step(x.row(13), x.stride(), 1, answer.row(0), answer.stride(), nullptr, step);
    QVERIFY(formOf(step) == continualOperations(config));
}

/// The paper's update against this program's: the weighted sums are formed again, for r (r - 5) d
/// and some more.
void TestClosedForms::retroactiveAttentionHasTwoForms()
{
    for (const Newest newest : {Newest::Visible, Newest::Hidden, Newest::Repeated}) {
        EncoderConfig config = shapes(3, 10, 7, 3);
        config.newest = newest;
        AnswerOperations paper = retroactiveStream(config, RetroactiveUpdate::Paper);
        const AnswerOperations ours
            = retroactiveStream(config, RetroactiveUpdate::CachedExponentials);
        const std::uint64_t r = newest == Newest::Visible ? 7 : 6;
        QCOMPARE(ours.attention + 7 * r * 10 + 2 * r,
                 paper.attention + r * r * 10 + 2 * r * 10 + 30);
        paper.attention = ours.attention;
        QVERIFY(paper == ours);
    }
}

void TestClosedForms::keptPartsAddUp()
{
    const AnswerOperations dense = stepTStream(shapes(7, 14, 9, 3));
    for (const double keep : {0.05, 0.1, 0.33, 0.7}) {
        for (const KeptFractions kept :
             {KeptFractions::everywhere(keep), KeptFractions::inBlocks(keep)}) {
            const AnswerOperations parts = keptParts(dense, kept);
            QCOMPARE(parts.total(), keptOperations(dense, kept));
            const double exact = keep * static_cast<double>(dense.projection);
            QVERIFY(std::abs(static_cast<double>(parts.projection) - exact) <= 1.0);
        }
    }
}

void TestClosedForms::keptFractionsApplyToTheirGroup()
{
    const AnswerOperations dense {.embedding = 1000,
                                  .projection = 100,
                                  .attention = 4,
                                  .output = 60,
                                  .feedForward = 40,
                                  .head = 30};
    QCOMPARE(keptOperations(dense, {}), dense.total());
    QCOMPARE(keptOperations(dense, KeptFractions::inBlocks(0.5)), std::uint64_t {1134});
    QCOMPARE(keptOperations(dense, KeptFractions::everywhere(0.5)), std::uint64_t {619});
    QCOMPARE(keptOperations(dense, KeptFractions {0.1, 1.0, 1.0}), std::uint64_t {334});
    QCOMPARE(keptOperations(dense, KeptFractions::everywhere(0.0)), std::uint64_t {4});
}

void TestClosedForms::denominatorsAreTheDenseForms()
{
    const EncoderConfig config = shapes(38, 76, 200, 2);
    const Denominators d = denominators(config);
    QCOMPARE(d.denseWindow, std::uint64_t {37'546'888});
    // By the second row of the closed forms: one full block, then one query.
    const std::uint64_t n = 200;
    const std::uint64_t width = 76;
    const std::uint64_t dd = width * width;
    const std::uint64_t ff = 2 * width * 256;
    const std::uint64_t ends = n * 38 * width + 38 * width;
    QCOMPARE(d.denseWindowNewest,
             ends + n * (4 * dd + ff) + 2 * n * dd + 2 * dd + ff + 2 * n * n * width
                 + 2 * n * width);
    QCOMPARE(d.denseStepTWindow,
             ends + (n - 1) * (3 * dd + ff + 2 * dd) + 2 * (2 * dd + ff) + 4 * (n - 1) * width);
    QVERIFY(d.denseWindow > d.denseWindowNewest && d.denseWindowNewest > d.denseStepTWindow);
}

QTEST_APPLESS_MAIN(TestClosedForms)
#include "tst_closed_forms.moc"
