#include "core/train/trainable_encoder.h"
#include "core/train/trainable_linear.h"
#include "tests/support/fixtures.h"
#include "tests/support/recorded_data.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace stint;
using nlohmann::json;

namespace {

Matrix<double> tableOf(const std::vector<std::vector<double>>& rows)
{
    Matrix<double> m(static_cast<Index>(rows.size()), static_cast<Index>(rows.front().size()));
    for (Index r = 0; r < m.rows(); ++r)
        std::copy(rows[static_cast<std::size_t>(r)].begin(),
                  rows[static_cast<std::size_t>(r)].end(), m.row(r));
    return m;
}

double largestDifference(const Matrix<double>& a, const Matrix<double>& b)
{
    double worst = a.rows() == b.rows() && a.cols() == b.cols() ? 0.0 : 1e9;
    for (Index r = 0; r < std::min(a.rows(), b.rows()); ++r) {
        for (Index c = 0; c < std::min(a.cols(), b.cols()); ++c)
            worst = std::max(worst, std::abs(a(r, c) - b(r, c)));
    }
    return worst;
}

/// The paper's layer with a gain and a bias that are trained.
LinearRecipe scored(double keep, WeightFormat format = WeightFormat::SparseBinary)
{
    LinearRecipe recipe;
    recipe.format = format;
    recipe.keep = keep;
    return recipe;
}

std::int64_t ones(const Matrix<double>& mask)
{
    std::int64_t count = 0;
    for (Index r = 0; r < mask.rows(); ++r) {
        for (Index c = 0; c < mask.cols(); ++c)
            count += mask(r, c) == 1.0 ? 1 : 0;
    }
    return count;
}

/// Gradient of the first slot (scores or weights), as a table.
Matrix<double> trainedGradient(TrainableLinear<double>& layer)
{
    Matrix<double> gradient(layer.outputs(), layer.inputs());
    const auto slot = layer.slots().front();
    for (Index r = 0; r < layer.outputs(); ++r) {
        for (Index c = 0; c < layer.inputs(); ++c)
            gradient(r, c) = slot.gradient[static_cast<std::size_t>(r * gradient.stride() + c)];
    }
    return gradient;
}

/// What every linear layer of an encoder starts with: its trained numbers, its bias and, if they
/// are not the same, its signs.
std::vector<std::vector<double>> startTables(TrainableEncoder<double>& encoder)
{
    std::vector<std::vector<double>> tables;
    const auto add = [&tables](TrainableLinear<double>& linear) {
        const auto slots = linear.slots();
        tables.emplace_back(slots.front().value.begin(), slots.front().value.end());
        tables.emplace_back(slots.back().value.begin(), slots.back().value.end());
        const LinearParameters<double> stored = linear.parameters();
        if (stored.format == WeightFormat::SparseBinary)
            tables.emplace_back(stored.weight.storage().begin(), stored.weight.storage().end());
    };
    add(encoder.embed);
    add(encoder.head);
    for (TrainableBlock<double>& b : encoder.blocks) {
        for (auto* linear : {&b.query, &b.key, &b.value, &b.output, &b.expand, &b.contract})
            add(*linear);
    }
    return tables;
}

EncoderConfig squareConfig()
{
    EncoderConfig config;
    config.inputs = 8;
    config.outputs = 8;
    config.width = 8;
    config.hidden = 8; // all layers of one shape, so that equal draws would be equal tables
    config.layers = 3;
    return config;
}

} // namespace

/// Sparse binary layers while they learn: which weights are kept, the gain, the gradient of a
/// score.
class TestTrainableLinear : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyModeEqualsReferenceNumbers();
    void topFractionKeepsTheLargest();
    void equalScoresKeepTheLater();
    void keptCountDropsTheWholePart_data();
    void keptCountDropsTheWholePart();
    void gainStartsAtTheMeanKeptMagnitude();
    void gradientGoesStraightThrough();
    void denseGradientIsThatOfItsWeights();
    void noTwoLayersStartAlike();
    void anotherSeedChangesEveryLayer();
    void changedScoresChangeTheChoice();
    void everyRecipeTrainsWhatItSays_data();
    void everyRecipeTrainsWhatItSays();
    void paperGainFollowsTheChoice();
    void layerGainIsTheSumOverItsRows();
    void trainedWeightsChooseThemselves();
    void aGatedLayerStartsSilent();
};

/// How the layers of the reference numbers are made.
LinearRecipe recipeOf(const json& expected)
{
    const std::string mode = expected.at("mode");
    LinearRecipe recipe;
    recipe.keep = expected.at("keep").get<double>();
    recipe.format
        = mode == "biprop" || mode == "ste" ? WeightFormat::SparseBinary : WeightFormat::Sparse;
    recipe.search = mode == "biprop" || mode == "popup" ? WeightSearch::Scores
                                                        : WeightSearch::StraightThrough;
    recipe.bias = BiasKind::Frozen;
    return recipe;
}

/// Those numbers were rounded to float in the pruned layers.
void roundToFloat(Matrix<double>& m)
{
    for (double& v : m.storage())
        v = static_cast<double>(static_cast<float>(v));
}

void TestTrainableLinear::everyModeEqualsReferenceNumbers()
{
    const QString file = test::recordedData(QStringLiteral("vectors/sblinear.json"));
    if (file.isEmpty())
        QSKIP("The reference numbers are not on this machine.");
    int checked = 0;
    for (const json& expected : test::readJson(file.toStdString())) {
        ++checked;
        const LinearRecipe recipe = recipeOf(expected);
        TrainableLinear<double> layer(recipe, test::matrixOf(expected.at("W")),
                                      recipe.scored() ? test::matrixOf(expected.at("scores"))
                                                      : Matrix<double> {},
                                      expected.at("bias").get<std::vector<double>>());
        const Matrix<double> effective = test::matrixOf(expected.at("Weff"));
        QCOMPARE_LT(largestDifference(layer.effective(), effective), 1e-8);
        // Those numbers were rounded to float, gain and gradient of a score, where weights are
        // pruned; with the same rounding everything agrees to the last digit written.
        const bool rounded = recipe.keep < 1.0 && recipe.scored();
        if (rounded && recipe.binary()) {
            const auto slots = layer.slots();
            for (double& gain : slots[1].value)
                gain = static_cast<double>(static_cast<float>(gain));
            layer.prepare();
        }
        QCOMPARE_LT(largestDifference(layer.effective(), effective), 1e-11);
        QCOMPARE(layer.parameters().kept(), expected.at("kept").get<std::int64_t>());
        const Matrix<double> x = test::matrixOf(expected.at("x"));
        Matrix<double> y(x.rows(), layer.outputs());
        layer.forward(x, {0, x.rows()}, y);
        QCOMPARE_LT(largestDifference(y, test::matrixOf(expected.at("y"))), 1e-9);
        LinearGradient<double> gradient = layer.zeroGradient();
        layer.backward(x, test::matrixOf(expected.at("g")), {0, x.rows()}, nullptr, false,
                       gradient);
        layer.collect(gradient);
        Matrix<double> got = trainedGradient(layer);
        if (rounded)
            roundToFloat(got);
        const char* trained = recipe.scored() ? "grad_scores" : "grad_W";
        QCOMPARE_LT(largestDifference(got, test::matrixOf(expected.at(trained))), 1e-11);
    }
    QCOMPARE(checked, 16);
}

void TestTrainableLinear::topFractionKeepsTheLargest()
{
    Matrix<double> mask;
    // By magnitude: the sign of a score has no part in its rank.
    topFraction(tableOf({{0.1, -0.9, 0.3}, {0.8, -0.2, 0.0}}), 0.5, mask);
    QCOMPARE(mask, tableOf({{0, 1, 1}, {1, 0, 0}}));
    topFraction(tableOf({{0.1, -0.9, 0.3}, {0.8, -0.2, 0.0}}), 1.0, mask);
    QCOMPARE(mask, tableOf({{1, 1, 1}, {1, 1, 1}}));
    // One in a million of six: what is left of the count rounds up to a single weight.
    topFraction(tableOf({{0.1, -0.9, 0.3}, {0.8, -0.2, 0.0}}), 1e-6, mask);
    QCOMPARE(mask, tableOf({{0, 1, 0}, {0, 0, 0}}));
    // One choice per layer, not per row.
    topFraction(tableOf({{5, 6, 7, 8}, {1, 2, 3, 4}}), 0.5, mask);
    QCOMPARE(mask, tableOf({{1, 1, 1, 1}, {0, 0, 0, 0}}));
}

void TestTrainableLinear::equalScoresKeepTheLater()
{
    Matrix<double> mask;
    topFraction(tableOf({{1, 1, 1}, {1, 1, 1}}), 0.5, mask);
    QCOMPARE(mask, tableOf({{0, 0, 0}, {1, 1, 1}}));
    topFraction(tableOf({{-1, 2, 1}, {0, 1, -1}}), 0.5, mask);
    QCOMPARE(mask, tableOf({{0, 1, 0}, {0, 1, 1}}));
    topFraction(tableOf({{0, 0, 0}, {0, 0, 0}}), 0.34, mask);
    QCOMPARE(ones(mask), std::int64_t {3});
}

void TestTrainableLinear::keptCountDropsTheWholePart_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<double>("keep");
    QTest::addColumn<int>("kept");
    QTest::newRow("all") << 60 << 1.0 << 60;
    QTest::newRow("half") << 60 << 0.5 << 30;
    QTest::newRow("half of an odd number") << 7 << 0.5 << 4;
    QTest::newRow("a quarter, not whole") << 10 << 0.25 << 3;
    QTest::newRow("almost none") << 10 << 1e-9 << 1;
    QTest::newRow("one weight") << 1 << 0.5 << 1;
}

void TestTrainableLinear::keptCountDropsTheWholePart()
{
    QFETCH(int, count);
    QFETCH(double, keep);
    QFETCH(int, kept);
    QCOMPARE(keptCount(count, keep), Index {kept});
    Rng rng(1);
    Matrix<double> scores(1, count);
    for (Index c = 0; c < count; ++c)
        scores(0, c) = rng.uniform(-1.0, 1.0);
    Matrix<double> mask;
    topFraction(scores, keep, mask);
    QCOMPARE(ones(mask), std::int64_t {kept});
}

void TestTrainableLinear::gainStartsAtTheMeanKeptMagnitude()
{
    // Four of five kept, and int(0.75 * 5) = 3 to divide by: the paper's rule to the letter.
    const TrainableLinear<double> layer(scored(0.75), tableOf({{0.5, -1.0, 2.0, -4.0, 8.0}}),
                                        tableOf({{0.1, 0.2, -0.3, 0.4, 0.5}}), {});
    const double alpha = (1.0 + 2.0 + 4.0 + 8.0) / 3.0;
    QCOMPARE_LT(
        largestDifference(layer.effective(), tableOf({{0.0, -alpha, alpha, -alpha, alpha}})),
        1e-14);
    // So few weights that int(keep N) is 0: the one that is kept has its own magnitude.
    const TrainableLinear<double> tiny(scored(1e-3), tableOf({{0.5, -1.0}}), tableOf({{0.1, 0.2}}),
                                       {});
    QCOMPARE_LT(largestDifference(tiny.effective(), tableOf({{0.0, -1.0}})), 1e-14);
    QCOMPARE(tiny.parameters().kept(), std::int64_t {1});
}

void TestTrainableLinear::gradientGoesStraightThrough()
{
    const Matrix<double> weight = tableOf({{0.5, -1.0, 2.0}, {-3.0, 0.25, 1.5}});
    const Matrix<double> score = tableOf({{-0.1, 0.9, 0.8}, {0.7, -0.6, 0.2}});
    TrainableLinear<double> layer(scored(0.5), weight, score, {0.3, -0.2});
    LinearGradient<double> gradient = layer.zeroGradient();
    gradient.effective = tableOf({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
    gradient.bias[0] = 7.0;
    gradient.bias[1] = 8.0;
    layer.collect(gradient);
    // d/dscore = d/dW_eff * weight * sign(score), pruned weights included.
    QCOMPARE_LT(largestDifference(trainedGradient(layer),
                                  tableOf({{-0.5, -2.0, 6.0}, {-12.0, -1.25, 9.0}})),
                1e-14);
    const auto slots = layer.slots();
    QCOMPARE(slots.size(), std::size_t {3});
    // d/dgain of a row = sum of d/dW_eff * sign * mask: -2 + 3 and -4.
    QCOMPARE_LT(std::abs(slots[1].gradient[0] - 1.0), 1e-14);
    QCOMPARE_LT(std::abs(slots[1].gradient[1] + 4.0), 1e-14);
    QCOMPARE_LT(std::abs(slots[2].gradient[0] - 7.0), 1e-14);
    QCOMPARE_LT(std::abs(slots[2].gradient[1] - 8.0), 1e-14);
}

void TestTrainableLinear::denseGradientIsThatOfItsWeights()
{
    const Matrix<double> weight = tableOf({{0.5, -1.0, 2.0}, {-3.0, 0.25, 1.5}});
    TrainableLinear<double> layer({}, weight, {}, {0.3, -0.2});
    QCOMPARE_LT(largestDifference(layer.effective(), weight), 1e-300);
    const Matrix<double> x = tableOf({{1.0, 2.0, 3.0}, {0.0, -1.0, 1.0}});
    const Matrix<double> dY = tableOf({{1.0, 0.5}, {-2.0, 1.0}});
    LinearGradient<double> gradient = layer.zeroGradient();
    Matrix<double> dX = tableOf({{100.0, 100.0, 100.0}, {100.0, 100.0, 100.0}});
    layer.backward(x, dY, {0, 2}, &dX, true, gradient);
    layer.collect(gradient);
    QCOMPARE_LT(
        largestDifference(trainedGradient(layer), tableOf({{1.0, 4.0, 1.0}, {0.5, 0.0, 2.5}})),
        1e-14);
    QCOMPARE_LT(largestDifference(dX, tableOf({{99.0, 99.125, 102.75}, {96.0, 102.25, 97.5}})),
                1e-12);
    QCOMPARE_LT(std::abs(gradient.bias[0] + 1.0), 1e-14);
    QCOMPARE_LT(std::abs(gradient.bias[1] - 1.5), 1e-14);
}

void TestTrainableLinear::noTwoLayersStartAlike()
{
    for (const WeightFormat format : {WeightFormat::Dense, WeightFormat::SparseBinary}) {
        TrainableEncoder<double> encoder(squareConfig(), {.blocks = scored(0.5, format)}, Rng(1));
        auto tables = startTables(encoder);
        std::sort(tables.begin(), tables.end());
        QVERIFY(std::adjacent_find(tables.begin(), tables.end()) == tables.end());
    }
}

void TestTrainableLinear::anotherSeedChangesEveryLayer()
{
    const LinearRecipe recipe = scored(0.5);
    TrainableEncoder<double> one(squareConfig(), {.blocks = recipe}, Rng(1));
    TrainableEncoder<double> again(squareConfig(), {.blocks = recipe}, Rng(1));
    TrainableEncoder<double> other(squareConfig(), {.blocks = recipe}, Rng(2));
    const auto first = startTables(one);
    const auto second = startTables(other);
    QCOMPARE(startTables(again), first);
    QCOMPARE(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i)
        QVERIFY(first[i] != second[i]);
}

void TestTrainableLinear::changedScoresChangeTheChoice()
{
    TrainableLinear<double> layer(scored(0.5), tableOf({{1.0, -1.0, 1.0, -1.0}}),
                                  tableOf({{0.4, 0.3, 0.2, 0.1}}), {});
    QCOMPARE(layer.parameters().weight, tableOf({{1, -1, 0, 0}}));
    layer.slots().front().value[3] = -0.9;
    layer.prepare();
    QCOMPARE(layer.parameters().weight, tableOf({{1, 0, 0, -1}}));
    // The gain is trained on its own and stays.
    QCOMPARE_LT(std::abs(layer.effective()(0, 3) + 1.0), 1e-14);
}

void TestTrainableLinear::everyRecipeTrainsWhatItSays_data()
{
    QTest::addColumn<WeightFormat>("format");
    QTest::addColumn<WeightSearch>("search");
    QTest::addColumn<GainKind>("gain");
    QTest::addColumn<BiasKind>("bias");
    QTest::addColumn<int>("slots");
    QTest::addColumn<bool>("scored");
    using enum WeightFormat;
    constexpr WeightSearch byScores = WeightSearch::Scores;
    constexpr WeightSearch straight = WeightSearch::StraightThrough;
    constexpr BiasKind frozen = BiasKind::Frozen;
    constexpr BiasKind trained = BiasKind::Trained;
    QTest::newRow("dense") << Dense << byScores << GainKind::Row << trained << 2 << false;
    QTest::newRow("dense, no bias")
        << Dense << byScores << GainKind::Row << BiasKind::None << 1 << false;
    QTest::newRow("sparse by scores") << Sparse << byScores << GainKind::Row << frozen << 1 << true;
    QTest::newRow("sparse, trained")
        << Sparse << straight << GainKind::Row << trained << 2 << false;
    QTest::newRow("binary: nothing to choose")
        << Binary << byScores << GainKind::Row << trained << 3 << false;
    QTest::newRow("the paper") << SparseBinary << byScores << GainKind::Paper << frozen << 1
                               << true;
    QTest::newRow("one gain") << SparseBinary << byScores << GainKind::Layer << frozen << 2 << true;
    QTest::newRow("a gain per row, trained weights")
        << SparseBinary << straight << GainKind::Row << trained << 3 << false;
}

void TestTrainableLinear::everyRecipeTrainsWhatItSays()
{
    QFETCH(WeightFormat, format);
    QFETCH(WeightSearch, search);
    QFETCH(GainKind, gain);
    QFETCH(BiasKind, bias);
    QFETCH(int, slots);
    QFETCH(bool, scored);
    const LinearRecipe recipe {format, 0.25, search, gain, bias};
    Rng rng(3);
    TrainableLinear<double> layer(6, 10, recipe, rng);
    const auto found = layer.slots();
    QCOMPARE(static_cast<int>(found.size()), slots);
    QCOMPARE(found.front().score, scored);
    for (std::size_t i = 1; i < found.size(); ++i)
        QVERIFY(!found[i].score);
    const LinearParameters<double> stored = layer.parameters();
    QCOMPARE(stored.kept(), std::int64_t {recipe.prunes() ? 15 : 60});
    QCOMPARE(stored.gain.size(), std::size_t {recipe.binary() ? 6U : 0U});
    QCOMPARE(stored.bias.size(), std::size_t {bias == BiasKind::None ? 0U : 6U});
    for (Index r = 0; r < 6; ++r) {
        for (Index c = 0; c < 10; ++c) {
            const double w = std::abs(stored.weight(r, c));
            QVERIFY(recipe.binary() ? w == 1.0 || w == 0.0 : w < 1.0);
        }
    }
}

void TestTrainableLinear::paperGainFollowsTheChoice()
{
    LinearRecipe recipe = scored(0.5);
    recipe.gain = GainKind::Paper;
    TrainableLinear<double> layer(recipe, tableOf({{1.0, -2.0, 3.0, -4.0}}),
                                  tableOf({{0.4, 0.3, 0.2, 0.1}}), {});
    QCOMPARE_LT(largestDifference(layer.effective(), tableOf({{1.5, -1.5, 0.0, 0.0}})), 1e-14);
    layer.slots().front().value[3] = -0.9;
    layer.prepare();
    QCOMPARE_LT(largestDifference(layer.effective(), tableOf({{2.5, 0.0, 0.0, -2.5}})), 1e-14);
}

void TestTrainableLinear::layerGainIsTheSumOverItsRows()
{
    LinearRecipe recipe = scored(1.0);
    recipe.gain = GainKind::Layer;
    TrainableLinear<double> layer(recipe, tableOf({{1.0, -2.0}, {3.0, 2.0}}),
                                  tableOf({{0.4, 0.3}, {0.2, 0.1}}), {});
    LinearGradient<double> gradient = layer.zeroGradient();
    gradient.effective = tableOf({{1.0, 2.0}, {4.0, 5.0}});
    layer.collect(gradient);
    const auto slots = layer.slots();
    QCOMPARE(slots.size(), std::size_t {2});
    QCOMPARE(slots[1].value.size(), std::size_t {1});
    QCOMPARE_LT(std::abs(slots[1].gradient[0] - (1.0 - 2.0 + 4.0 + 5.0)), 1e-14);
    slots[1].value[0] = 7.0;
    layer.prepare();
    QCOMPARE_LT(largestDifference(layer.effective(), tableOf({{7.0, -7.0}, {7.0, 7.0}})), 1e-14);
}

void TestTrainableLinear::trainedWeightsChooseThemselves()
{
    LinearRecipe recipe = scored(0.5);
    recipe.search = WeightSearch::StraightThrough;
    TrainableLinear<double> layer(recipe, tableOf({{0.1, -0.2, 0.3, -0.4}}), {}, {});
    QCOMPARE(layer.parameters().weight, tableOf({{0, 0, 1, -1}}));
    layer.slots().front().value[0] = -0.9;
    layer.prepare();
    QCOMPARE(layer.parameters().weight, tableOf({{-1, 0, 0, -1}}));
}

void TestTrainableLinear::aGatedLayerStartsSilent()
{
    LinearRecipe recipe;
    recipe.gated = true;
    Rng rng(5);
    TrainableLinear<double> layer(2, 3, recipe, rng);
    const Matrix<double> x = tableOf({{1.0, 2.0, 3.0}});
    Matrix<double> y(1, 2);
    layer.forward(x, {0, 1}, y);
    QVERIFY(y(0, 0) == 0.0 && y(0, 1) == 0.0);
    LinearGradient<double> gradient = layer.zeroGradient();
    gradient.effective = tableOf({{1.0, 2.0, 4.0}, {1.0, 1.0, 1.0}});
    layer.slots()[1].value[1] = 0.5;
    layer.prepare();
    layer.collect(gradient);
    const auto slots = layer.slots();
    const Matrix<double>& weight = layer.parameters().weight;
    // d/dgate = d/dW_eff · W; d/dW = d/dW_eff * gate: nothing behind the closed gate.
    QCOMPARE_LT(
        std::abs(slots[1].gradient[0] - weight(0, 0) - 2.0 * weight(0, 1) - 4.0 * weight(0, 2)),
        1e-14);
    QCOMPARE_LT(largestDifference(trainedGradient(layer), tableOf({{0, 0, 0}, {0.5, 0.5, 0.5}})),
                1e-14);
    QCOMPARE(layer.parameters().gain, (std::vector<double> {0.0, 0.5}));
}

QTEST_APPLESS_MAIN(TestTrainableLinear)
#include "tst_trainable_linear.moc"
