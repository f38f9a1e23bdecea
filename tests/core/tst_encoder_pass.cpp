#include "core/encoder/two_path_stream.h"
#include "core/train/encoder_pass.h"
#include "tests/support/random_parameters.h"
#include "tests/support/reference_encoder.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace stint;

namespace {

constexpr Index startPlace = 3; // recordings are entered in their middle

/// One way of attending, with what its newest token is and what the head reads.
struct Shape {
    AttentionMask attention = AttentionMask::Full;
    Newest newest = Newest::Hidden;
    bool seesItself = false;
    Pooling pooling = Pooling::Newest;
};

/// Every one that a configuration allows.
std::vector<Shape> allShapes()
{
    std::vector<Shape> shapes;
    for (const AttentionMask attention : allAttentionMasks) {
        for (const Newest newest : allNewest) {
            for (const bool seesItself : {false, true}) {
                for (const Pooling pooling : allPoolings) {
                    EncoderConfig config;
                    config.attention = attention;
                    config.newest = newest;
                    config.pooling = pooling;
                    const bool matters = attention == AttentionMask::StepT && !config.queryToken();
                    if (!config.validate() && (matters || !seesItself))
                        shapes.push_back({attention, newest, seesItself, pooling});
                }
            }
        }
    }
    return shapes;
}

/// Tokens that are all the same have no variance, and a norm over them no slope worth comparing.
bool allTokensAlike(const Shape& shape, Norm norm)
{
    return shape.attention == AttentionMask::SelfOnly && shape.newest == Newest::Zeroed
        && norm == Norm::Batch;
}

EncoderConfig smallConfig(const Shape& shape, Positions positions, Norm norm, Index layers)
{
    EncoderConfig config;
    config.inputs = 3;
    config.outputs = 2;
    config.window = 4;
    config.width = 4;
    config.heads = 2;
    config.hidden = 5;
    config.layers = layers;
    config.attention = shape.attention;
    config.newest = shape.newest;
    config.newestSeesItself = shape.seesItself;
    config.pooling = shape.pooling;
    config.positions = positions;
    config.norm = norm;
    config.qkvKeep = shape.attention == AttentionMask::FixedMask ? 0.6 : 1.0;
    // The rest varies with what was chosen, so that every value of it occurs with every other.
    config.activation
        = (layers + static_cast<Index>(positions)) % 2 == 0 ? Activation::Gelu : Activation::Relu;
    config.reluBeforeHead = norm != Norm::None;
    config.scaleEmbedding = positions != Positions::None;
    return config;
}

LinearRecipe sparseBinary(double keep, WeightSearch search = WeightSearch::Scores)
{
    LinearRecipe recipe;
    recipe.format = WeightFormat::SparseBinary;
    recipe.keep = keep;
    recipe.search = search;
    return recipe;
}

template <typename T>
void move(AlignedVector<T>& values, Index count, Rng& rng)
{
    for (Index i = 0; i < count && i < static_cast<Index>(values.size()); ++i)
        values[static_cast<std::size_t>(i)] += static_cast<T>(rng.uniform(-0.5, 0.5));
}

template <typename T>
void move(Matrix<T>& values, Rng& rng)
{
    for (Index r = 0; r < values.rows(); ++r) {
        for (Index c = 0; c < values.cols(); ++c)
            values(r, c) += static_cast<T>(rng.uniform(-0.5, 0.5));
    }
}

/// A trainable encoder of which nothing is at its plain start.
template <typename T>
TrainableEncoder<T> randomEncoder(const EncoderConfig& config, const LinearRecipe& recipe,
                                  std::uint64_t seed)
{
    TrainableEncoder<T> encoder(config, {recipe}, Rng(seed));
    Rng rng(seed + 1);
    move(encoder.queryToken, config.width, rng);
    move(encoder.positions, rng);
    move(encoder.lagBias, rng);
    const Index size = config.norm == Norm::Time ? config.window : config.width;
    for (TrainableBlock<T>& b : encoder.blocks) {
        for (TrainableNorm<T>* norm : {&b.attentionNorm, &b.feedForwardNorm}) {
            move(norm->gain(), size, rng);
            move(norm->bias(), size, rng);
        }
    }
    encoder.prepare();
    return encoder;
}

/// One forward pass over a batch and a loss that every answer has a part in, curved so that its
/// gradient is not constant.
template <typename T>
struct Batch {
    PassLayout layout;
    Matrix<T> rows;
    std::vector<Index> asked; ///< rows that are answered

    Batch(PassLayout passLayout, const Matrix<T>& x, std::vector<Index> answeredRows)
        : layout(std::move(passLayout)),
          rows(layout.tokens(), x.cols()),
          asked(std::move(answeredRows))
    {
        for (Index t = 0; t < layout.tokens(); ++t) {
            const Index source = layout.source[static_cast<std::size_t>(t)];
            if (source >= 0)
                std::copy_n(x.row(source), x.cols(), rows.row(t));
        }
    }

    [[nodiscard]] double targetOf(Index answer, Index col) const
    {
        return std::sin(static_cast<double>(3 * asked[static_cast<std::size_t>(answer)] + col));
    }

    [[nodiscard]] double loss(EncoderPass<T>& pass) const
    {
        const Matrix<T>& answers = pass.forward(layout, rows, PassPurpose::Learn);
        double sum = 0.0;
        for (Index r = 0; r < answers.rows(); ++r) {
            for (Index c = 0; c < answers.cols(); ++c) {
                const double off = static_cast<double>(answers(r, c)) - targetOf(r, c);
                sum += 0.5 * off * off;
            }
        }
        return sum;
    }

    void addGradient(const TrainableEncoder<T>& encoder, EncoderGradient<T>& gradient) const
    {
        EncoderPass<T> pass(encoder);
        Matrix<T> dAnswers = pass.forward(layout, rows, PassPurpose::Learn);
        for (Index r = 0; r < dAnswers.rows(); ++r) {
            for (Index c = 0; c < dAnswers.cols(); ++c)
                dAnswers(r, c) -= static_cast<T>(targetOf(r, c));
        }
        pass.backward(layout, rows, dAnswers, gradient);
    }
};

template <typename T>
Batch<T> sequenceBatch(const EncoderConfig& config, const Matrix<T>& x,
                       const std::vector<Index>& rows)
{
    return Batch<T>(PassLayout::ofSequence(config, rows, startPlace), x, rows);
}

/// \param shorter by how many rows each window is shorter than the longest.
template <typename T>
Batch<T> windowBatch(const EncoderConfig& config, const Matrix<T>& x,
                     const std::vector<Index>& rows, const std::vector<Index>& shorter = {})
{
    std::vector<WindowRows> windows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Index less = shorter.empty() ? 0 : shorter[i];
        windows.push_back({rows[i] - config.past() + less, rows[i], startPlace});
    }
    return Batch<T>(PassLayout::ofWindows(config, windows), x, rows);
}

/// Windows of several lengths, unless a norm over time needs them whole.
template <typename T>
Batch<T> unequalWindows(const EncoderConfig& config, const Matrix<T>& x)
{
    if (config.norm == Norm::Time)
        return windowBatch(config, x, {3, 5, 8});
    // A window of one row has nothing that could be repeated.
    const Index shortest = config.newest == Newest::Repeated ? 1 : 3;
    return windowBatch(config, x, {3, 5, 6, 9}, {0, 1, shortest, 2});
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

/// Largest difference of a batch's answers from the encoder written down once more.
template <typename T>
double differenceFromReference(const EncoderConfig& config, const TrainableEncoder<T>& encoder,
                               const Batch<T>& batch, const std::vector<std::vector<double>>& x)
{
    const auto parameters = convert<double>(encoder.parameters());
    EncoderPass<T> pass(encoder);
    const Matrix<T>& answers = pass.forward(batch.layout, batch.rows, PassPurpose::Measure);
    double worst = 0.0;
    for (Index w = 0; w < answers.rows(); ++w) {
        const Index newest = batch.asked[static_cast<std::size_t>(w)];
        const Index past = batch.layout.windows[static_cast<std::size_t>(w)].past;
        const Index end = newest + (config.newest == Newest::Visible ? 1 : 0);
        // A self-only sequence has no past tokens, but stands for whole windows.
        const bool shared = batch.layout.owner.back() == 0 && answers.rows() > 1;
        const Index first = newest - (shared ? config.past() : past);
        const std::vector<std::vector<double>> rows(x.begin() + first, x.begin() + end);
        const auto expected = test::referenceAnswer(config, parameters, rows, first + startPlace);
        for (Index c = 0; c < answers.cols(); ++c) {
            const double d = std::abs(static_cast<double>(answers(w, c))
                                      - expected.answer[static_cast<std::size_t>(c)]);
            worst = std::isfinite(d) ? std::max(worst, d) : 1e9;
        }
    }
    return worst;
}

/// Largest relative error of the gradient against central differences, along one random direction
/// in each array that the loss is differentiable in: one wrong element of a gradient shows.
double gradientError(TrainableEncoder<double>& encoder, const Batch<double>& batch,
                     bool straightThrough = false)
{
    EncoderGradient<double> gradient = encoder.zeroGradient();
    batch.addGradient(encoder, gradient);
    encoder.collect(gradient);
    EncoderPass<double> pass(encoder);
    Rng rng(99);
    constexpr double step = 1e-6;
    double worst = 0.0;
    for (const auto& slot : encoder.slots()) {
        if (slot.score || (straightThrough && slot.value.size() > 16))
            continue;
        const std::vector<double> kept(slot.value.begin(), slot.value.end());
        std::vector<double> direction(kept.size());
        double slope = 0.0;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            direction[i] = rng.uniform(-1.0, 1.0);
            slope += direction[i] * slot.gradient[i];
        }
        const auto lossAt = [&](double length) {
            for (std::size_t i = 0; i < kept.size(); ++i)
                slot.value[i] = kept[i] + length * direction[i];
            encoder.prepare();
            return batch.loss(pass);
        };
        const double numeric = (lossAt(step) - lossAt(-step)) / (2.0 * step);
        std::copy(kept.begin(), kept.end(), slot.value.begin());
        const double error = std::abs(numeric - slope) / std::max(0.1, std::abs(numeric));
        worst = std::isfinite(error) ? std::max(worst, error) : 1e9;
    }
    encoder.prepare();
    return worst;
}

void addShapes()
{
    QTest::addColumn<Shape>("shape");
    QTest::addColumn<Positions>("positions");
    for (const Shape& shape : allShapes()) {
        for (const Positions positions : allPositions)
            QTest::addRow("%s, %s%s, head on %s, positions %s", name(shape.attention).data(),
                          name(shape.newest).data(), shape.seesItself ? " sees itself" : "",
                          name(shape.pooling).data(), name(positions).data())
                << shape << positions;
    }
}

} // namespace

Q_DECLARE_METATYPE(Shape)

/// Training's forward pass against the encoder written down once more, its gradients against finite
/// differences, for every combination of mask, newest token, pooling, positions and norm.
class TestEncoderPass : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forwardEqualsReference_data() { addShapes(); }
    void forwardEqualsReference();
    void forwardEqualsStream();
    void gradientEqualsFiniteDifferences_data() { addShapes(); }
    void gradientEqualsFiniteDifferences();
    void gainsAndBiasesOfSparseBinaryLayersEqualFiniteDifferences_data();
    void gainsAndBiasesOfSparseBinaryLayersEqualFiniteDifferences();
    void sequenceGradientEqualsSumOverWindows_data() { addShapes(); }
    void sequenceGradientEqualsSumOverWindows();
    void piecesAddUp_data() { addShapes(); }
    void piecesAddUp();
    void batchNormMeasuresWithRunningMeans();
    void theFixedMaskKeepsItsFraction();
    void tablesOfPositionsHaveTheRowsAskedFor();
    void floatGradientEqualsDouble();
};

void TestEncoderPass::forwardEqualsReference()
{
    QFETCH(Shape, shape);
    QFETCH(Positions, positions);
    const auto x = test::randomRows(11, 3, 8);
    for (const Norm norm : allNorms) {
        const EncoderConfig config = smallConfig(shape, positions, norm, 2);
        const auto inDouble = randomEncoder<double>(config, {}, 7);
        const auto wide = test::asMatrix<double>(x);
        QCOMPARE_LT(differenceFromReference(config, inDouble, unequalWindows(config, wide), x),
                    1e-12);
        if (PassLayout::sharesPast(config)) {
            const auto sequence = sequenceBatch(config, wide, {3, 4, 7, 8});
            QCOMPARE_LT(differenceFromReference(config, inDouble, sequence, x), 1e-12);
        }
        const auto inFloat = randomEncoder<float>(config, sparseBinary(0.5), 7);
        const auto narrow = test::asMatrix<float>(x);
        QCOMPARE_LT(differenceFromReference(config, inFloat, unequalWindows(config, narrow), x),
                    2e-5);
    }
}

void TestEncoderPass::forwardEqualsStream()
{
    EncoderConfig config
        = smallConfig({AttentionMask::StepT}, Positions::Recycling, Norm::Token, 3);
    config.activation = Activation::Relu;
    const auto trained = randomEncoder<float>(config, sparseBinary(0.5), 11);
    const auto x = test::asMatrix<float>(test::randomRows(40, config.inputs, 12));
    const Encoder<float> encoder(config, trained.parameters());
    TwoPathStream<float> stream(encoder, 40);
    stream.reset(startPlace);
    stream.absorb(x.row(0), x.stride(), config.past());
    Matrix<float> expected(x.rows() - config.past(), config.outputs);
    PartCounts counts;
    stream.step(x.row(config.past()), x.stride(), expected.rows(), expected.row(0),
                expected.stride(), nullptr, counts);
    std::vector<Index> rows;
    for (Index r = config.past(); r < x.rows(); ++r)
        rows.push_back(r);
    const Batch<float> batch = sequenceBatch(config, x, rows);
    EncoderPass<float> pass(trained);
    const Matrix<float>& answers = pass.forward(batch.layout, batch.rows, PassPurpose::Measure);
    QCOMPARE(answers.rows(), expected.rows());
    for (Index r = 0; r < expected.rows(); ++r) {
        for (Index c = 0; c < expected.cols(); ++c)
            QCOMPARE_LT(std::abs(answers(r, c) - expected(r, c)), 1e-5F);
    }
}

void TestEncoderPass::gradientEqualsFiniteDifferences()
{
    QFETCH(Shape, shape);
    QFETCH(Positions, positions);
    const auto x = test::asMatrix<double>(test::randomRows(11, 3, 14));
    for (const Norm norm : allNorms) {
        for (const Index layers : {1, 2}) {
            if (allTokensAlike(shape, norm))
                continue;
            const EncoderConfig config = smallConfig(shape, positions, norm, layers);
            auto encoder = randomEncoder<double>(config, {}, 13);
            QCOMPARE_LT(gradientError(encoder, unequalWindows(config, x)), 1e-6);
            if (PassLayout::sharesPast(config))
                QCOMPARE_LT(gradientError(encoder, sequenceBatch(config, x, {3, 4, 5, 8})), 1e-6);
        }
    }
}

void TestEncoderPass::gainsAndBiasesOfSparseBinaryLayersEqualFiniteDifferences_data()
{
    QTest::addColumn<Shape>("shape");
    for (const Shape& shape : allShapes())
        QTest::addRow("%s, %s%s, head on %s", name(shape.attention).data(),
                      name(shape.newest).data(), shape.seesItself ? " sees itself" : "",
                      name(shape.pooling).data())
            << shape;
}

void TestEncoderPass::gainsAndBiasesOfSparseBinaryLayersEqualFiniteDifferences()
{
    QFETCH(Shape, shape);
    const auto x = test::asMatrix<double>(test::randomRows(11, 3, 16));
    for (const WeightSearch search : {WeightSearch::Scores, WeightSearch::StraightThrough}) {
        const EncoderConfig config = smallConfig(shape, Positions::LagBias, Norm::Token, 3);
        auto encoder = randomEncoder<double>(config, sparseBinary(0.5, search), 15);
        QCOMPARE_LT(gradientError(encoder, unequalWindows(config, x), true), 1e-6);
    }
}

void TestEncoderPass::sequenceGradientEqualsSumOverWindows()
{
    QFETCH(Shape, shape);
    QFETCH(Positions, positions);
    const auto x = test::asMatrix<double>(test::randomRows(20, 3, 18));
    const std::vector<Index> rows {3, 4, 5, 6, 7, 11, 12, 19};
    for (const Norm norm : {Norm::None, Norm::Token}) {
        const EncoderConfig config = smallConfig(shape, positions, norm, 2);
        if (!PassLayout::sharesPast(config))
            continue;
        auto encoder = randomEncoder<double>(config, sparseBinary(0.5), 17);
        auto ofSequence = encoder.zeroGradient();
        sequenceBatch(config, x, rows).addGradient(encoder, ofSequence);
        auto ofWindows = encoder.zeroGradient();
        for (const Index row : rows)
            windowBatch(config, x, {row}).addGradient(encoder, ofWindows);
        QCOMPARE_LT(
            largestDifference(flattened(encoder, ofSequence), flattened(encoder, ofWindows)),
            1e-12);
    }
}

void TestEncoderPass::piecesAddUp()
{
    QFETCH(Shape, shape);
    QFETCH(Positions, positions);
    const EncoderConfig config = smallConfig(shape, positions, Norm::Token, 2);
    auto encoder = randomEncoder<double>(config, sparseBinary(0.25), 19);
    const auto x = test::asMatrix<double>(test::randomRows(20, config.inputs, 20));
    auto whole = encoder.zeroGradient();
    windowBatch(config, x, {3, 7, 10, 12, 16}).addGradient(encoder, whole);
    // One piece into the same gradient, the other into one of its own, then summed.
    auto first = encoder.zeroGradient();
    windowBatch(config, x, {3, 7}).addGradient(encoder, first);
    windowBatch(config, x, {10}).addGradient(encoder, first);
    auto second = encoder.zeroGradient();
    windowBatch(config, x, {12, 16}).addGradient(encoder, second);
    first += second;
    const auto expected = flattened(encoder, whole);
    QCOMPARE_LT(largestDifference(flattened(encoder, first), expected), 1e-12);
    QVERIFY(*std::max_element(expected.begin(), expected.end()) > 1e-3);
    first.setZero();
    for (const double g : flattened(encoder, first))
        QVERIFY(g == 0.0);
}

void TestEncoderPass::batchNormMeasuresWithRunningMeans()
{
    const EncoderConfig config
        = smallConfig({AttentionMask::Full, Newest::Visible, false, Pooling::Mean},
                      Positions::WindowSine, Norm::Batch, 2);
    auto encoder = randomEncoder<double>(config, {}, 21);
    const auto x = test::asMatrix<double>(test::randomRows(20, config.inputs, 22));
    const Batch<double> batch = windowBatch(config, x, {3, 6, 9, 15, 19});
    EncoderPass<double> pass(encoder);
    const auto learned = pass.forward(batch.layout, batch.rows, PassPurpose::Learn);
    const auto difference = [&] {
        const auto& measured = pass.forward(batch.layout, batch.rows, PassPurpose::Measure);
        double worst = 0.0;
        for (Index r = 0; r < learned.rows(); ++r) {
            for (Index c = 0; c < learned.cols(); ++c)
                worst = std::max(worst, std::abs(learned(r, c) - measured(r, c)));
        }
        return worst;
    };
    QVERIFY(difference() > 0.05);
    // After many looks at the same batch the running means are those of the batch, but for the
    // variance, which is that of a sample of 20 tokens.
    for (int i = 0; i < 200; ++i) {
        auto gradient = encoder.zeroGradient();
        batch.addGradient(encoder, gradient);
        encoder.absorbStatistics(gradient);
    }
    QCOMPARE_LT(difference(), 0.05);
}

void TestEncoderPass::theFixedMaskKeepsItsFraction()
{
    const EncoderConfig config
        = smallConfig({AttentionMask::FixedMask, Newest::Visible, false, Pooling::Mean},
                      Positions::None, Norm::None, 2);
    const TrainableEncoder<double> one(config, {}, Rng(1));
    const TrainableEncoder<double> again(config, {}, Rng(1));
    const TrainableEncoder<double> other(config, {}, Rng(2));
    const auto sum = [](const Matrix<double>& m) {
        double total = 0.0;
        for (const double v : m.storage())
            total += v;
        return total;
    };
    // int(0.4 * 16) = 6 of 16 are zero.
    for (const Matrix<double>* mask : {&one.masks.query, &one.masks.key, &one.masks.value})
        QVERIFY(sum(*mask) == 10.0);
    QVERIFY(one.masks == again.masks);
    QVERIFY(!(one.masks == other.masks));
    QVERIFY(!(one.masks.query == one.masks.key) && !(one.masks.key == one.masks.value));
}

void TestEncoderPass::tablesOfPositionsHaveTheRowsAskedFor()
{
    for (const Positions positions : {Positions::WindowSine, Positions::WindowLearned,
                                      Positions::Recycling, Positions::RecyclingLearned}) {
        for (const Index rows : {Index {0}, Index {7}, Index {11}}) {
            EncoderConfig config = smallConfig({AttentionMask::Full}, positions, Norm::None, 1);
            config.positionRows = rows;
            const TrainableEncoder<double> encoder(config, {}, Rng(1));
            QCOMPARE(encoder.positions.rows(), config.positionTableRows());
        }
    }
}

/// The vector kernels in training, at sizes that are no multiple of a vector.
void TestEncoderPass::floatGradientEqualsDouble()
{
    for (const Shape& shape : allShapes()) {
        for (const Norm norm : {Norm::Token, Norm::Batch}) {
            if (allTokensAlike(shape, norm))
                continue;
            EncoderConfig config = smallConfig(shape, Positions::LagBias, norm, 2);
            config.window = 20;
            config.width = 18;
            config.hidden = 21;
            auto inFloat = randomEncoder<float>(config, {}, 23);
            auto inDouble = randomEncoder<double>(config, {}, 23);
            const auto rows = test::randomRows(30, config.inputs, 24);
            auto floats = inFloat.zeroGradient();
            auto doubles = inDouble.zeroGradient();
            windowBatch(config, test::asMatrix<float>(rows), {19, 21, 29}, {0, 3, 2})
                .addGradient(inFloat, floats);
            windowBatch(config, test::asMatrix<double>(rows), {19, 21, 29}, {0, 3, 2})
                .addGradient(inDouble, doubles);
            QCOMPARE_LT(largestDifference(flattened(inFloat, floats), flattened(inDouble, doubles)),
                        2e-4);
        }
    }
}

QTEST_APPLESS_MAIN(TestEncoderPass)
#include "tst_encoder_pass.moc"
