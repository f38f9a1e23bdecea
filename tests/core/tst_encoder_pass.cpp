#include "core/encoder/two_path_stream.h"
#include "core/encoder/window_encoder.h"
#include "core/train/encoder_pass.h"
#include "tests/support/random_parameters.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace stint;

namespace {

EncoderConfig smallConfig(Index layers, AttentionMask attention, Norm norm)
{
    EncoderConfig config;
    config.inputs = 3;
    config.outputs = 2;
    config.window = 5;
    config.width = 4;
    config.heads = 2;
    config.hidden = 6;
    config.layers = layers;
    config.attention = attention;
    config.norm = norm;
    config.newest = Newest::Hidden;
    return config;
}

/// A trainable encoder whose query token and norms are not at their plain start either.
template <typename T>
TrainableEncoder<T> randomEncoder(const EncoderConfig& config, const LinearRecipe& recipe,
                                  std::uint64_t seed)
{
    TrainableEncoder<T> encoder(config, recipe, Rng(seed));
    Rng rng(seed + 1);
    const auto move = [&rng](AlignedVector<T>& values, Index count) {
        for (Index i = 0; i < count; ++i)
            values[static_cast<std::size_t>(i)] += static_cast<T>(rng.uniform(-0.5, 0.5));
    };
    move(encoder.queryToken, config.width);
    for (TrainableBlock<T>& b : encoder.blocks) {
        for (TrainableNorm<T>* norm : {&b.attentionNorm, &b.feedForwardNorm}) {
            if (norm->gain().empty())
                continue;
            move(norm->gain(), config.width);
            move(norm->bias(), config.width);
        }
    }
    encoder.prepare();
    return encoder;
}

/// Rows of a recording laid out as the past tokens of windows that start at these places.
template <typename T>
Matrix<T> windowRows(const Matrix<T>& x, Index keys, const std::vector<Index>& places)
{
    Matrix<T> past(keys * static_cast<Index>(places.size()), x.cols());
    Index to = 0;
    for (const Index place : places) {
        for (Index j = 0; j < keys; ++j, ++to)
            std::copy(x.row(place + j), x.row(place + j) + x.cols(), past.row(to));
    }
    return past;
}

std::vector<Index> countedUp(Index count)
{
    std::vector<Index> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), Index {0});
    return all;
}

/// One forward pass over a batch and a loss that every answer has a part in, curved so that its
/// gradient is not constant.
template <typename T>
struct Batch {
    PassLayout layout;
    Matrix<T> past;

    static double targetOf(Index row, Index col)
    {
        return std::sin(static_cast<double>(3 * row + col));
    }

    double loss(const TrainableEncoder<T>& encoder) const
    {
        EncoderPass<T> pass(encoder);
        const Matrix<T>& answers = pass.forward(layout, past);
        double sum = 0.0;
        for (Index r = 0; r < layout.current(); ++r) {
            for (Index c = 0; c < answers.cols(); ++c) {
                const double off = static_cast<double>(answers(r, c)) - targetOf(r, c);
                sum += 0.5 * off * off;
            }
        }
        return sum;
    }

    /// Adds to `gradient`. \param firstTarget row of the targets that the first answer belongs to.
    void addGradient(const TrainableEncoder<T>& encoder, EncoderGradient<T>& gradient,
                     Index firstTarget = 0) const
    {
        EncoderPass<T> pass(encoder);
        Matrix<T> dAnswers = pass.forward(layout, past);
        for (Index r = 0; r < layout.current(); ++r) {
            for (Index c = 0; c < dAnswers.cols(); ++c)
                dAnswers(r, c) -= static_cast<T>(targetOf(firstTarget + r, c));
        }
        pass.backward(layout, past, dAnswers, gradient);
    }
};

template <typename T>
Batch<T> sequenceBatch(const EncoderConfig& config, const Matrix<T>& x, Index place)
{
    Matrix<T> past(x.rows() - 1, x.cols());
    for (Index r = 0; r < past.rows(); ++r)
        std::copy(x.row(r), x.row(r) + x.cols(), past.row(r));
    return {PassLayout::sequence(config.past(), x.rows() - config.past(), place), past};
}

template <typename T>
Batch<T> windowBatch(const EncoderConfig& config, const Matrix<T>& x,
                     const std::vector<Index>& starts, Index place)
{
    std::vector<Index> places = starts;
    for (Index& p : places)
        p += place;
    return {PassLayout::windows(config.past(), places), windowRows(x, config.past(), starts)};
}

/// All numbers of a gradient in one order.
template <typename T>
std::vector<double> flattened(TrainableEncoder<T>& encoder, const EncoderGradient<T>& gradient)
{
    std::vector<double> all;
    encoder.collect(gradient);
    for (const auto& slot : encoder.slots())
        all.insert(all.end(), slot.gradient.begin(), slot.gradient.end());
    return all;
}

double largestDifference(const std::vector<double>& a, const std::vector<double>& b)
{
    double worst = a.size() == b.size() ? 0.0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double d = std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i]));
        worst = std::isfinite(d) ? std::max(worst, d) : 1e9;
    }
    return worst;
}

template <typename T>
double answerDifference(const Matrix<T>& a, const Matrix<T>& b, Index row)
{
    double worst = 0.0;
    for (Index c = 0; c < a.cols(); ++c) {
        const double d = std::abs(static_cast<double>(a(row, c)) - static_cast<double>(b(row, c)));
        worst = std::isfinite(d) ? std::max(worst, d) : 1e9;
    }
    return worst;
}

constexpr Index startPlace = 3; // the stretch begins in the middle of a recording

/// The running encoder's answer for every row of x after the first n - 1.
template <typename T>
Matrix<T> runningAnswers(const EncoderConfig& config, const EncoderParameters<T>& parameters,
                         const Matrix<T>& x)
{
    const Encoder<T> encoder(config, parameters);
    WindowEncoder<T> window(encoder);
    Matrix<T> answers(x.rows() - config.past(), config.outputs);
    PartCounts counts;
    for (Index r = 0; r < answers.rows(); ++r)
        window.answer(x.row(r), x.stride(), startPlace + r, answers.row(r), nullptr, counts);
    return answers;
}

/// Largest difference of both layouts' forward pass from the running encoder.
template <typename T>
double forwardDifference(const EncoderConfig& config, const LinearRecipe& recipe)
{
    const TrainableEncoder<T> encoder = randomEncoder<T>(config, recipe, 7);
    const Matrix<T> x = test::asMatrix<T>(test::randomRows(23, config.inputs, 8));
    const Matrix<T> expected = runningAnswers(config, encoder.parameters(), x);
    const auto compare = [&](const Batch<T>& batch) {
        EncoderPass<T> pass(encoder);
        const Matrix<T>& answers = pass.forward(batch.layout, batch.past);
        double worst = answers.rows() == expected.rows() ? 0.0 : 1e9;
        for (Index r = 0; r < std::min(answers.rows(), expected.rows()); ++r)
            worst = std::max(worst, answerDifference(answers, expected, r));
        return worst;
    };
    double worst = compare(windowBatch(config, x, countedUp(expected.rows()), startPlace));
    if (config.attention == AttentionMask::StepT)
        worst = std::max(worst, compare(sequenceBatch(config, x, startPlace)));
    return worst;
}

/// Largest relative error of the gradient against central differences, for the slots that are
/// differentiable; says which element.
double gradientError(TrainableEncoder<double>& encoder, const Batch<double>& batch,
                     const std::vector<const double*>& straightThrough)
{
    EncoderGradient<double> gradient = encoder.zeroGradient();
    batch.addGradient(encoder, gradient);
    encoder.collect(gradient);
    constexpr double step = 1e-6;
    double worst = 0.0;
    for (const auto& slot : encoder.slots()) {
        if (std::find(straightThrough.begin(), straightThrough.end(), slot.value.data())
            != straightThrough.end())
            continue;
        for (std::size_t i = 0; i < slot.value.size(); ++i) {
            const double kept = slot.value[i];
            slot.value[i] = kept + step;
            encoder.prepare();
            const double above = batch.loss(encoder);
            slot.value[i] = kept - step;
            encoder.prepare();
            const double below = batch.loss(encoder);
            slot.value[i] = kept;
            const double numeric = (above - below) / (2.0 * step);
            const double error
                = std::abs(numeric - slot.gradient[i]) / std::max(0.1, std::abs(numeric));
            worst = std::isfinite(error) ? std::max(worst, error) : 1e9;
        }
    }
    encoder.prepare();
    return worst;
}

std::vector<const double*> scoresOf(TrainableEncoder<double>& encoder)
{
    std::vector<const double*> scores;
    for (TrainableBlock<double>& b : encoder.blocks) {
        for (TrainableLinear<double>* linear :
             {&b.query, &b.key, &b.value, &b.output, &b.expand, &b.contract})
            scores.push_back(linear->slots().front().value.data());
    }
    return scores;
}

void addArchitectures()
{
    QTest::addColumn<int>("layers");
    QTest::addColumn<AttentionMask>("attention");
    QTest::addColumn<Norm>("norm");
    for (const int layers : {1, 2, 3}) {
        for (const AttentionMask attention : {AttentionMask::Full, AttentionMask::StepT}) {
            for (const Norm norm : {Norm::None, Norm::Token})
                QTest::addRow("depth %d, %s, norm %s", layers, name(attention).data(),
                              name(norm).data())
                    << layers << attention << norm;
        }
    }
}

} // namespace

/// Training's forward pass against the running encoder, its gradients against finite differences.
class TestEncoderPass : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forwardEqualsRunningEncoder_data() { addArchitectures(); }
    void forwardEqualsRunningEncoder();
    void forwardEqualsStream();
    void denseGradientEqualsFiniteDifferences_data() { addArchitectures(); }
    void denseGradientEqualsFiniteDifferences();
    void sparseBinaryGradientEqualsFiniteDifferences_data() { addArchitectures(); }
    void sparseBinaryGradientEqualsFiniteDifferences();
    void sequenceGradientEqualsSumOverWindows_data();
    void sequenceGradientEqualsSumOverWindows();
    void piecesAddUp_data() { addArchitectures(); }
    void piecesAddUp();
    void floatGradientEqualsDouble();
};

void TestEncoderPass::forwardEqualsRunningEncoder()
{
    QFETCH(int, layers);
    QFETCH(AttentionMask, attention);
    QFETCH(Norm, norm);
    for (const Positions positions : {Positions::None, Positions::Recycling}) {
        for (const bool binary : {false, true}) {
            EncoderConfig config = smallConfig(layers, attention, norm);
            config.positions = positions;
            config.scaleEmbedding = !binary;
            config.reluBeforeHead = binary;
            LinearRecipe recipe;
            recipe.format = binary ? WeightFormat::SparseBinary : WeightFormat::Dense;
            recipe.keep = 0.5;
            QCOMPARE_LT(forwardDifference<double>(config, recipe), 1e-12);
            QCOMPARE_LT(forwardDifference<float>(config, recipe), 1e-5);
        }
    }
    // Positions that are fixed to the window: every window starts at place 0 of the table.
    EncoderConfig config = smallConfig(layers, attention, norm);
    config.positions = Positions::WindowSine;
    const auto encoder = randomEncoder<double>(config, {}, 9);
    const auto x = test::asMatrix<double>(test::randomRows(12, config.inputs, 10));
    const auto expected = runningAnswers(config, encoder.parameters(), x);
    for (Index r = 0; r < expected.rows(); ++r) {
        EncoderPass<double> pass(encoder);
        const auto& answers = pass.forward(PassLayout::windows(config.past(), {0}),
                                           windowRows(x, config.past(), {r}));
        Matrix<double> one(1, config.outputs);
        std::copy(expected.row(r), expected.row(r) + config.outputs, one.row(0));
        QCOMPARE_LT(answerDifference(answers, one, 0), 1e-12);
    }
}

void TestEncoderPass::forwardEqualsStream()
{
    const EncoderConfig config = smallConfig(3, AttentionMask::StepT, Norm::Token);
    const auto trained
        = randomEncoder<float>(config, {.format = WeightFormat::SparseBinary, .keep = 0.5}, 11);
    const auto x = test::asMatrix<float>(test::randomRows(40, config.inputs, 12));
    const Encoder<float> encoder(config, trained.parameters());
    TwoPathStream<float> stream(encoder, 40);
    stream.reset(startPlace);
    stream.absorb(x.row(0), x.stride(), config.past());
    Matrix<float> expected(x.rows() - config.past(), config.outputs);
    PartCounts counts;
    stream.step(x.row(config.past()), x.stride(), expected.rows(), expected.row(0),
                expected.stride(), nullptr, counts);
    const Batch<float> batch = sequenceBatch(config, x, startPlace);
    EncoderPass<float> pass(trained);
    const Matrix<float>& answers = pass.forward(batch.layout, batch.past);
    QCOMPARE(answers.rows(), expected.rows());
    for (Index r = 0; r < expected.rows(); ++r)
        QCOMPARE_LT(answerDifference(answers, expected, r), 1e-5);
}

void TestEncoderPass::denseGradientEqualsFiniteDifferences()
{
    QFETCH(int, layers);
    QFETCH(AttentionMask, attention);
    QFETCH(Norm, norm);
    const EncoderConfig config = smallConfig(layers, attention, norm);
    auto encoder = randomEncoder<double>(config, {}, 13);
    const auto x = test::asMatrix<double>(test::randomRows(11, config.inputs, 14));
    QCOMPARE_LT(gradientError(encoder, windowBatch(config, x, {0, 3, 5}, startPlace), {}), 1e-6);
    if (attention == AttentionMask::StepT)
        QCOMPARE_LT(gradientError(encoder, sequenceBatch(config, x, startPlace), {}), 1e-6);
}

void TestEncoderPass::sparseBinaryGradientEqualsFiniteDifferences()
{
    QFETCH(int, layers);
    QFETCH(AttentionMask, attention);
    QFETCH(Norm, norm);
    const EncoderConfig config = smallConfig(layers, attention, norm);
    auto encoder
        = randomEncoder<double>(config, {.format = WeightFormat::SparseBinary, .keep = 0.5}, 15);
    const auto x = test::asMatrix<double>(test::randomRows(11, config.inputs, 16));
    const auto scores = scoresOf(encoder);
    QCOMPARE_LT(gradientError(encoder, windowBatch(config, x, {0, 3, 5}, startPlace), scores),
                1e-6);
    if (attention == AttentionMask::StepT)
        QCOMPARE_LT(gradientError(encoder, sequenceBatch(config, x, startPlace), scores), 1e-6);
}

void TestEncoderPass::sequenceGradientEqualsSumOverWindows_data()
{
    QTest::addColumn<int>("layers");
    QTest::addColumn<Norm>("norm");
    QTest::addColumn<bool>("binary");
    for (const int layers : {1, 2, 3}) {
        for (const Norm norm : {Norm::None, Norm::Token}) {
            for (const bool binary : {false, true})
                QTest::addRow("depth %d, norm %s, %s", layers, name(norm).data(),
                              binary ? "sparse binary" : "dense")
                    << layers << norm << binary;
        }
    }
}

void TestEncoderPass::sequenceGradientEqualsSumOverWindows()
{
    QFETCH(int, layers);
    QFETCH(Norm, norm);
    QFETCH(bool, binary);
    const EncoderConfig config = smallConfig(layers, AttentionMask::StepT, norm);
    LinearRecipe recipe;
    recipe.format = binary ? WeightFormat::SparseBinary : WeightFormat::Dense;
    recipe.keep = 0.5;
    auto encoder = randomEncoder<double>(config, recipe, 17);
    const auto x = test::asMatrix<double>(test::randomRows(30, config.inputs, 18));
    auto ofSequence = encoder.zeroGradient();
    sequenceBatch(config, x, startPlace).addGradient(encoder, ofSequence);
    auto ofWindows = encoder.zeroGradient();
    for (Index r = 0; r < x.rows() - config.past(); ++r)
        windowBatch(config, x, {r}, startPlace).addGradient(encoder, ofWindows, r);
    QCOMPARE_LT(largestDifference(flattened(encoder, ofSequence), flattened(encoder, ofWindows)),
                1e-12);
}

void TestEncoderPass::piecesAddUp()
{
    QFETCH(int, layers);
    QFETCH(AttentionMask, attention);
    QFETCH(Norm, norm);
    const EncoderConfig config = smallConfig(layers, attention, norm);
    auto encoder
        = randomEncoder<double>(config, {.format = WeightFormat::SparseBinary, .keep = 0.25}, 19);
    const auto x = test::asMatrix<double>(test::randomRows(20, config.inputs, 20));
    auto whole = encoder.zeroGradient();
    windowBatch(config, x, {0, 4, 7, 9, 13}, startPlace).addGradient(encoder, whole);
    // One piece into the same gradient, the other into one of its own, then summed.
    auto first = encoder.zeroGradient();
    windowBatch(config, x, {0, 4}, startPlace).addGradient(encoder, first, 0);
    windowBatch(config, x, {7}, startPlace).addGradient(encoder, first, 2);
    auto second = encoder.zeroGradient();
    windowBatch(config, x, {9, 13}, startPlace).addGradient(encoder, second, 3);
    first += second;
    const auto expected = flattened(encoder, whole);
    QCOMPARE_LT(largestDifference(flattened(encoder, first), expected), 1e-12);
    QVERIFY(*std::max_element(expected.begin(), expected.end()) > 1e-3);
    first.setZero();
    for (const double g : flattened(encoder, first))
        QVERIFY(g == 0.0);
}

/// The vector kernels in training, at sizes that are no multiple of a vector.
void TestEncoderPass::floatGradientEqualsDouble()
{
    for (const AttentionMask attention : {AttentionMask::Full, AttentionMask::StepT}) {
        EncoderConfig config = smallConfig(2, attention, Norm::Token);
        config.window = 20;
        config.width = 18;
        config.hidden = 21;
        auto inFloat = randomEncoder<float>(config, {}, 23);
        auto inDouble = randomEncoder<double>(config, {}, 23);
        const auto rows = test::randomRows(30, config.inputs, 24);
        auto floats = inFloat.zeroGradient();
        auto doubles = inDouble.zeroGradient();
        windowBatch(config, test::asMatrix<float>(rows), {0, 2, 10}, startPlace)
            .addGradient(inFloat, floats);
        windowBatch(config, test::asMatrix<double>(rows), {0, 2, 10}, startPlace)
            .addGradient(inDouble, doubles);
        QCOMPARE_LT(largestDifference(flattened(inFloat, floats), flattened(inDouble, doubles)),
                    1e-4);
    }
}

QTEST_APPLESS_MAIN(TestEncoderPass)
#include "tst_encoder_pass.moc"
