#include "core/cost/closed_forms.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/random_parameters.h"
#include "tests/support/reference_encoder.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace stint;

namespace {

constexpr Index firstRow = 5; // so that recycling positions are not those of the window

EncoderConfig smallConfig(Index window, Index layers, Index heads)
{
    EncoderConfig config;
    config.inputs = 3;
    config.outputs = 2;
    config.window = window;
    config.width = 12;
    config.heads = heads;
    config.hidden = 10;
    config.layers = layers;
    config.positions = Positions::None;
    return config;
}

QString described(const EncoderConfig& c)
{
    const auto word = [](std::string_view text) {
        return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    };
    return QStringLiteral("window %1, layers %2, heads %3, %4, %5, norm %6, positions %7")
        .arg(c.window)
        .arg(c.layers)
        .arg(c.heads)
        .arg(word(name(c.attention)), word(name(c.newest)), word(name(c.norm)),
             word(name(c.positions)));
}

/// Calls visit(config) for every architecture of the grid with this attention and newest token.
template <typename Visit>
void forEachConfig(AttentionMask attention, Newest newest, Visit visit)
{
    for (const Index window : {2, 3, 6, 7}) {
        for (const Index layers : {1, 2, 3, 4}) {
            for (const Index heads : {1, 2, 4}) {
                EncoderConfig config = smallConfig(window, layers, heads);
                config.attention = attention;
                config.newest = newest;
                for (const Norm norm : {Norm::None, Norm::Token}) {
                    for (const Positions positions :
                         {Positions::None, Positions::WindowSine, Positions::Recycling}) {
                        config.norm = norm;
                        config.positions = positions;
                        config.scaleEmbedding = window % 2 == 0;
                        config.reluBeforeHead = heads != 2;
                        if (!QTest::currentTestFailed())
                            visit(config);
                    }
                }
            }
        }
    }
}

struct Outcome {
    double answer = 0.0; ///< largest difference from the reference
    double attention = 0.0; ///< likewise
    double rowSum = 0.0; ///< largest distance of a sum of attention weights from 1
    PartCounts counts;
};

template <typename T>
Outcome compared(const EncoderConfig& config, const EncoderParameters<double>& parameters,
                 const std::vector<std::vector<double>>& rows,
                 const test::ReferenceAnswer& expected, typename WindowEncoder<T>::Outputs outputs)
{
    const Encoder<T> encoder(config, convert<T>(parameters));
    WindowEncoder<T> window(encoder, outputs);
    const Matrix<T> x = test::asMatrix<T>(rows);
    Matrix<T> answer(1, config.outputs);
    const auto keys = static_cast<std::size_t>(config.newestKeys());
    std::vector<T> attention(static_cast<std::size_t>(config.layers * config.heads) * keys);
    Outcome outcome;
    window.answer(x.row(0), x.stride(), firstRow, answer.row(0), attention.data(), outcome.counts);

    const auto worse = [](double& worst, double difference) {
        worst = std::isfinite(difference) ? std::max(worst, std::abs(difference)) : 1e9;
    };
    for (Index c = 0; c < config.outputs; ++c) {
        const double exact = expected.answer[static_cast<std::size_t>(c)];
        worse(outcome.answer,
              (static_cast<double>(answer(0, c)) - exact) / std::max(1.0, std::abs(exact)));
    }
    if (expected.attention.size() != attention.size())
        outcome.attention = 1e9;
    double sum = 0.0;
    for (std::size_t i = 0; i < std::min(attention.size(), expected.attention.size()); ++i) {
        worse(outcome.attention, static_cast<double>(attention[i]) - expected.attention[i]);
        sum += static_cast<double>(attention[i]);
        if ((i + 1) % keys == 0) {
            worse(outcome.rowSum, sum - 1.0);
            sum = 0.0;
        }
    }
    return outcome;
}

} // namespace

/// Whole-window inference against the reference in plain loops, and its counts against the forms.
class TestWindowEncoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsReference_data();
    void equalsReference();
    void countsEqualClosedForms_data();
    void countsEqualClosedForms();
    void keptWeightsAreWhatIsCounted();
};

void TestWindowEncoder::equalsReference_data()
{
    QTest::addColumn<AttentionMask>("attention");
    QTest::addColumn<Newest>("newest");
    QTest::addColumn<bool>("binary");
    for (const bool binary : {false, true}) {
        const QByteArray weights = binary ? ", sparse binary" : ", dense";
        QTest::newRow(("full, hidden" + weights).constData())
            << AttentionMask::Full << Newest::Hidden << binary;
        QTest::newRow(("full, visible" + weights).constData())
            << AttentionMask::Full << Newest::Visible << binary;
        QTest::newRow(("step-t, hidden" + weights).constData())
            << AttentionMask::StepT << Newest::Hidden << binary;
        QTest::newRow(("step-t, visible" + weights).constData())
            << AttentionMask::StepT << Newest::Visible << binary;
    }
}

void TestWindowEncoder::equalsReference()
{
    QFETCH(AttentionMask, attention);
    QFETCH(Newest, newest);
    QFETCH(bool, binary);
    std::uint64_t seed = 0;
    forEachConfig(attention, newest, [&](const EncoderConfig& config) {
        ++seed;
        const auto parameters = test::randomParameters(
            config,
            {.format = binary ? WeightFormat::SparseBinary : WeightFormat::Dense,
             .keep = 0.5,
             .sparseEnds = seed % 2 == 0},
            seed);
        const Index rowCount = newest == Newest::Hidden ? config.past() : config.window;
        const auto rows = test::randomRows(rowCount, config.inputs, seed + 1000);
        const auto expected = test::referenceAnswer(config, parameters, rows, firstRow);
        for (const bool all : {false, true}) {
            using Float = WindowEncoder<float>::Outputs;
            using Double = WindowEncoder<double>::Outputs;
            const Outcome d = compared<double>(config, parameters, rows, expected,
                                               all ? Double::All : Double::Newest);
            const Outcome f = compared<float>(config, parameters, rows, expected,
                                              all ? Float::All : Float::Newest);
            const bool good = d.answer < 1e-12 && d.attention < 1e-12 && d.rowSum < 1e-12
                && f.answer < 1e-5 && f.attention < 1e-5 && f.rowSum < 1e-5;
            QVERIFY2(good,
                     qPrintable(QStringLiteral("%1: double %2 and %3, float %4 and %5")
                                    .arg(described(config))
                                    .arg(d.answer)
                                    .arg(d.attention)
                                    .arg(f.answer)
                                    .arg(f.attention)));
        }
    });
}

void TestWindowEncoder::countsEqualClosedForms_data()
{
    QTest::addColumn<Newest>("newest");
    QTest::newRow("hidden") << Newest::Hidden;
    QTest::newRow("visible") << Newest::Visible;
}

void TestWindowEncoder::countsEqualClosedForms()
{
    QFETCH(Newest, newest);
    const auto counted = [](const EncoderConfig& config, WindowEncoder<float>::Outputs outputs) {
        const auto parameters = test::randomParameters(config, {}, 1);
        const auto rows = test::randomRows(config.window, config.inputs, 2);
        const auto expected = test::ReferenceAnswer {
            .answer = std::vector<double>(static_cast<std::size_t>(config.outputs)),
            .attention = {},
            .largestLogit = 0.0};
        return compared<float>(config, parameters, rows, expected, outputs).counts;
    };
    using Outputs = WindowEncoder<float>::Outputs;
    forEachConfig(AttentionMask::Full, newest, [&](const EncoderConfig& config) {
        QCOMPARE(counted(config, Outputs::All).total().operations, denseWindowOperations(config));
        QCOMPARE(counted(config, Outputs::Newest).total().operations,
                 denseWindowNewestOperations(config));
    });
    forEachConfig(AttentionMask::StepT, newest, [&](const EncoderConfig& config) {
        const PartCounts counts = counted(config, Outputs::Newest);
        QCOMPARE(counts.total().operations, denseStepTWindowOperations(config));
        QCOMPARE(counts[Part::Embedding].operations, stepTWindow(config).embedding);
        QCOMPARE(counts[Part::Attention].operations, stepTWindow(config).attention);
        QCOMPARE(counts[Part::Head].operations, stepTWindow(config).head);
        QCOMPARE(counts.total().exponentials,
                 static_cast<std::uint64_t>(config.layers * config.heads * config.past()));
    });
}

/// A pruned weight costs nothing, wherever it stands.
void TestWindowEncoder::keptWeightsAreWhatIsCounted()
{
    for (const bool ends : {false, true}) {
        EncoderConfig config = smallConfig(7, 3, 2);
        config.inputs = 4; // a quarter of every layer is a whole number of weights
        const auto parameters = test::randomParameters(
            config, {.format = WeightFormat::SparseBinary, .keep = 0.25, .sparseEnds = ends}, 3);
        const auto rows = test::randomRows(config.past(), config.inputs, 4);
        const auto expected = test::referenceAnswer(config, parameters, rows, firstRow);
        const Outcome outcome = compared<float>(config, parameters, rows, expected,
                                                WindowEncoder<float>::Outputs::Newest);
        QCOMPARE(
            outcome.counts.total().operations,
            keptOperations(stepTWindow(config),
                           ends ? KeptFractions::everywhere(0.25) : KeptFractions::inBlocks(0.25)));
        QVERIFY(outcome.counts.total().executed > outcome.counts.total().operations);
    }
}

QTEST_APPLESS_MAIN(TestWindowEncoder)
#include "tst_window_encoder.moc"
