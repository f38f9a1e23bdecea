#include "core/cost/closed_forms.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/encoder_grid.h"
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
    double rowSum = 0.0; ///< largest distance of a sum of attention weights from 1 (0: no key)
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
    window.answer(x.row(0), x.stride(), static_cast<Index>(rows.size()), firstRow, answer.row(0),
                  attention.data(), outcome.counts);

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
            worse(outcome.rowSum, sum == 0.0 ? 0.0 : sum - 1.0);
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
    void everyLegalWindowEqualsReference_data();
    void everyLegalWindowEqualsReference();
    void shorterWindowsEqualReference_data();
    void shorterWindowsEqualReference();
    void sparseBinaryEqualsReference_data();
    void sparseBinaryEqualsReference();
    void fixedMasksMayDifferByBlock();
    void formatsEqualReference_data();
    void formatsEqualReference();
    void countsEqualClosedForms_data();
    void countsEqualClosedForms();
    void keptWeightsAreWhatIsCounted();
};

namespace {

void addMasksAndNewest()
{
    QTest::addColumn<AttentionMask>("attention");
    QTest::addColumn<Newest>("newest");
    for (const AttentionMask attention : allAttentionMasks) {
        for (const Newest newest : allNewest) {
            const bool legal = attention == AttentionMask::FixedMask
                ? newest == Newest::Visible
                : attention != AttentionMask::SelfOnly || newest != Newest::Hidden;
            if (legal)
                QTest::addRow("%s, %s", name(attention).data(), name(newest).data())
                    << attention << newest;
        }
    }
}

/// Double and float on these rows against the reference; the sentence says which architecture
/// failed, empty if none did.
QString difference(const EncoderConfig& config, const EncoderParameters<double>& parameters,
                   const std::vector<std::vector<double>>& rows, bool all)
{
    using Float = WindowEncoder<float>::Outputs;
    using Double = WindowEncoder<double>::Outputs;
    const auto expected = test::referenceAnswer(config, parameters, rows, firstRow);
    const Outcome d
        = compared<double>(config, parameters, rows, expected, all ? Double::All : Double::Newest);
    const Outcome f
        = compared<float>(config, parameters, rows, expected, all ? Float::All : Float::Newest);
    const bool good = d.answer < 1e-12 && d.attention < 1e-12 && d.rowSum < 1e-12 && f.answer < 1e-5
        && f.attention < 1e-5 && f.rowSum < 1e-5;
    if (good)
        return {};
    return QStringLiteral("%1: double %2 and %3, float %4 and %5")
        .arg(test::described(config))
        .arg(d.answer)
        .arg(d.attention)
        .arg(f.answer)
        .arg(f.attention);
}

} // namespace

void TestWindowEncoder::everyLegalWindowEqualsReference_data() { addMasksAndNewest(); }

void TestWindowEncoder::everyLegalWindowEqualsReference()
{
    QFETCH(AttentionMask, attention);
    QFETCH(Newest, newest);
    int checked = 0;
    test::forEachLegal(attention, newest, {1, 2, 3, 4}, {1, 2, 3, 7}, [&](auto config, Index turn) {
        if (QTest::currentTestFailed())
            return;
        ++checked;
        const auto seed = static_cast<std::uint64_t>(turn);
        const auto parameters = test::randomParameters(config, {}, seed);
        const auto rows = test::randomRows(config.realRows(), config.inputs, seed + 1);
        const QString wrong = difference(config, parameters, rows, turn % 3 == 0);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    });
    QVERIFY(checked >= 300);
}

void TestWindowEncoder::shorterWindowsEqualReference_data() { addMasksAndNewest(); }

/// A series shorter than the window: the missing rows do not exist.
void TestWindowEncoder::shorterWindowsEqualReference()
{
    QFETCH(AttentionMask, attention);
    QFETCH(Newest, newest);
    test::forEachLegal(attention, newest, {1, 2}, {2, 5}, [&](auto config, Index turn) {
        const auto seed = static_cast<std::uint64_t>(turn);
        const auto parameters = test::randomParameters(config, {}, seed);
        for (Index rows = 1; rows < config.realRows() && config.norm != Norm::Time; ++rows) {
            if (QTest::currentTestFailed())
                return;
            const QString wrong = difference(
                config, parameters, test::randomRows(rows, config.inputs, seed + 1), false);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
    });
}

void TestWindowEncoder::fixedMasksMayDifferByBlock()
{
    EncoderConfig config = smallConfig(5, 3, 2);
    config.attention = AttentionMask::FixedMask;
    config.newest = Newest::Visible;
    auto parameters = test::randomParameters(config, {}, 71);
    const auto rows = test::randomRows(config.window, config.inputs, 72);
    const auto same = test::referenceAnswer(config, parameters, rows, firstRow);
    for (Matrix<double>* mask :
         {&parameters.masks.query, &parameters.masks.key, &parameters.masks.value}) {
        const Matrix<double> first = *mask;
        mask->resize(config.layers * config.window, config.width);
        for (Index r = 0; r < mask->rows(); ++r) {
            const bool inverted = r >= config.window;
            for (Index c = 0; c < config.width; ++c)
                (*mask)(r, c) = inverted ? 1.0 - first(r % config.window, c) : first(r, c);
        }
    }
    const QString wrong = difference(config, parameters, rows, false);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    const auto other = test::referenceAnswer(config, parameters, rows, firstRow);
    QCOMPARE_GT(std::abs(other.answer[0] - same.answer[0]), 1e-3);
}

void TestWindowEncoder::formatsEqualReference_data()
{
    QTest::addColumn<WeightFormat>("format");
    for (const WeightFormat format : allWeightFormats)
        QTest::newRow(name(format).data()) << format;
}

void TestWindowEncoder::formatsEqualReference()
{
    QFETCH(WeightFormat, format);
    for (const bool ends : {false, true}) {
        const EncoderConfig config = smallConfig(6, 2, 3);
        const auto parameters = test::randomParameters(
            config, {.format = format, .keep = 0.4, .sparseEnds = ends}, 81);
        const QString wrong = difference(config, parameters,
                                         test::randomRows(config.past(), config.inputs, 82), false);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
}

void TestWindowEncoder::sparseBinaryEqualsReference_data()
{
    QTest::addColumn<AttentionMask>("attention");
    QTest::addColumn<Newest>("newest");
    for (const AttentionMask attention : {AttentionMask::Full, AttentionMask::StepT}) {
        for (const Newest newest : {Newest::Hidden, Newest::Visible})
            QTest::addRow("%s, %s", name(attention).data(), name(newest).data())
                << attention << newest;
    }
}

void TestWindowEncoder::sparseBinaryEqualsReference()
{
    QFETCH(AttentionMask, attention);
    QFETCH(Newest, newest);
    std::uint64_t seed = 0;
    forEachConfig(attention, newest, [&](const EncoderConfig& config) {
        ++seed;
        const auto parameters = test::randomParameters(
            config,
            {.format = WeightFormat::SparseBinary, .keep = 0.5, .sparseEnds = seed % 2 == 0}, seed);
        const auto rows = test::randomRows(config.realRows(), config.inputs, seed + 1000);
        const QString wrong = difference(config, parameters, rows, seed % 3 == 0);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
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
        const auto rows = test::randomRows(config.realRows(), config.inputs, 2);
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
