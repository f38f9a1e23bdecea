#include "core/train/encoder_pass.h"
#include "tests/support/golden.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <map>

using namespace stint;
using nlohmann::json;
using test::GoldenCase;
using test::GoldenWindow;

/// The training pass against answers and gradients that PyTorch computed
/// (tests/golden/make_golden.py).
class TestGoldenTraining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersEqualPyTorch_data();
    void answersEqualPyTorch();
    void gradientsEqualPyTorch_data();
    void gradientsEqualPyTorch();
    void storedParametersEqualPyTorch_data();
    void storedParametersEqualPyTorch();
    void runningStatisticsEqualPyTorch();
    void sequenceEqualsPyTorch();
};

namespace {

constexpr double answerTolerance = 1e-9;
constexpr double gradientTolerance = 1e-8;
/// Gains of the paper are sums of magnitudes, formed in another order.
constexpr double storedTolerance = 1e-14;

double apart(double a, double b)
{
    const double difference = std::abs(a - b) / std::max(1.0, std::abs(b));
    return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

Matrix<double> matrixOf(const json& rows)
{
    Matrix<double> m(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
    for (Index r = 0; r < m.rows(); ++r) {
        for (Index c = 0; c < m.cols(); ++c)
            m(r, c) = rows[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)].get<double>();
    }
    return m;
}

LinearRecipe recipeOf(const json& layer)
{
    LinearRecipe recipe;
    recipe.format = parseWeightFormat(layer.at("format").get<std::string>()).value();
    recipe.keep = layer.at("keep").get<double>();
    recipe.search
        = layer.at("search") == "scores" ? WeightSearch::Scores : WeightSearch::StraightThrough;
    const std::string gain = layer.at("gain_kind").get<std::string>();
    recipe.gain = gain == "layer" ? GainKind::Layer
        : gain == "row"           ? GainKind::Row
                                  : GainKind::Paper;
    recipe.gated = !recipe.binary() && gain == "row";
    const std::string bias = layer.at("bias_kind").get<std::string>();
    recipe.bias = bias == "trained" ? BiasKind::Trained
        : bias == "frozen"          ? BiasKind::Frozen
                                    : BiasKind::None;
    return recipe;
}

TrainableLinear<double> linearOf(const json& layer)
{
    const LinearRecipe recipe = recipeOf(layer);
    TrainableLinear<double> linear(recipe, matrixOf(layer.at("weight")),
                                   layer.contains("score") ? matrixOf(layer.at("score"))
                                                           : Matrix<double> {},
                                   layer.value("bias", std::vector<double> {}));
    const bool trainsGain = recipe.gated || (recipe.binary() && recipe.gain != GainKind::Paper);
    if (trainsGain) {
        const auto gain = layer.at("gain").get<std::vector<double>>();
        const TrainedSlot<double> slot = linear.slots().at(1);
        for (std::size_t i = 0; i < std::min(gain.size(), slot.value.size()); ++i)
            slot.value[i] = gain[i];
    }
    linear.prepare();
    return linear;
}

/// Calls visit(name, linear) as forEachLinear() does for stored parameters.
template <typename Visit>
void forEachTrainable(TrainableEncoder<double>& encoder, Visit visit)
{
    visit(std::string("embed"), encoder.embed);
    for (std::size_t l = 0; l < encoder.blocks.size(); ++l) {
        const std::string at = "block." + std::to_string(l) + ".";
        TrainableBlock<double>& b = encoder.blocks[l];
        visit(at + "attention.query", b.query);
        visit(at + "attention.key", b.key);
        visit(at + "attention.value", b.value);
        visit(at + "attention.output", b.output);
        visit(at + "feed_forward.expand", b.expand);
        visit(at + "feed_forward.contract", b.contract);
    }
    visit(std::string("head"), encoder.head);
}

template <typename Visit>
void forEachTrainableNorm(TrainableEncoder<double>& encoder, Visit visit)
{
    for (std::size_t l = 0; l < encoder.blocks.size(); ++l) {
        const std::string at = "block." + std::to_string(l) + ".";
        visit(at + "attention.norm", encoder.blocks[l].attentionNorm, encoder.dNorms[2 * l]);
        visit(at + "feed_forward.norm", encoder.blocks[l].feedForwardNorm,
              encoder.dNorms[2 * l + 1]);
    }
}

TrainableEncoder<double> encoderOf(const GoldenCase& golden)
{
    const json& from = golden.document;
    TrainableEncoder<double> encoder(golden.config, {}, Rng(1));
    forEachTrainable(encoder, [&from](const std::string& name, TrainableLinear<double>& linear) {
        linear = linearOf(from.at("layers").at(name));
    });
    if (from.contains("norms")) {
        forEachTrainableNorm(encoder,
                             [&](const std::string& name, TrainableNorm<double>& norm,
                                 const NormGradient<double>& /*gradient*/) {
                                 const json& one = from.at("norms").at(name);
                                 const auto gain = one.at("gain").get<std::vector<double>>();
                                 const auto bias = one.at("bias").get<std::vector<double>>();
                                 std::copy(gain.begin(), gain.end(), norm.gain().begin());
                                 std::copy(bias.begin(), bias.end(), norm.bias().begin());
                             });
    }
    encoder.positions = golden.parameters.positions;
    encoder.lagBias = golden.parameters.lagBias;
    encoder.masks = golden.parameters.masks;
    std::copy(golden.parameters.queryToken.begin(), golden.parameters.queryToken.end(),
              encoder.queryToken.begin());
    encoder.prepare();
    return encoder;
}

/// All windows of a case in one pass, as one batch.
struct Batch {
    PassLayout layout;
    Matrix<double> rows; ///< (tokens, m)
};

Batch batchOf(const GoldenCase& golden)
{
    const EncoderConfig& config = golden.config;
    // The windows stand one behind the other in one table; their phase restores their row numbers.
    std::vector<WindowRows> windows;
    Index begin = 0;
    for (const GoldenWindow& w : golden.windows) {
        const Index count = w.x.rows() + (config.newest == Newest::Visible ? 0 : 1);
        windows.push_back({begin, begin + count - 1, w.row - begin});
        begin += count;
    }
    Matrix<double> table(begin, config.inputs);
    for (std::size_t i = 0; i < windows.size(); ++i) {
        const Matrix<double>& x = golden.windows[i].x;
        for (Index r = 0; r < x.rows(); ++r)
            std::copy_n(x.row(r), config.inputs, table.row(windows[i].first + r));
    }
    Batch batch {PassLayout::ofWindows(config, windows), {}};
    batch.rows.resize(batch.layout.tokens(), config.inputs);
    for (Index t = 0; t < batch.layout.tokens(); ++t) {
        const Index source = batch.layout.source[static_cast<std::size_t>(t)];
        if (source >= 0)
            std::copy_n(table.row(source), config.inputs, batch.rows.row(t));
    }
    return batch;
}

/// Where PyTorch used running statistics there is nothing to learn from; the running encoders are
/// held against those.
bool learns(const GoldenCase& golden)
{
    return golden.config.norm != Norm::Batch || golden.document.at("training").get<bool>();
}

void addLearningCases()
{
    QTest::addColumn<QString>("group");
    QTest::addColumn<int>("number");
    for (const char* group : test::goldenGroups) {
        int number = 0;
        for (const GoldenCase& golden : test::goldenCases(group)) {
            if (learns(golden))
                QTest::addRow("%s: %s", group, golden.name.c_str())
                    << QString::fromLatin1(group) << number;
            ++number;
        }
    }
}

const GoldenCase& goldenOf(const QString& group, int number)
{
    return test::goldenCases(group.toStdString()).at(static_cast<std::size_t>(number));
}

using Gradients = std::map<std::string, std::vector<double>>;

/// Without the padding of rows.
std::vector<double> tight(std::span<const double> padded, Index rows, Index cols, Index stride)
{
    std::vector<double> values;
    for (Index r = 0; r < rows; ++r)
        values.insert(values.end(), padded.begin() + r * stride,
                      padded.begin() + r * stride + cols);
    return values;
}

template <typename Values>
std::vector<double> firstOf(const Values& values, Index count)
{
    return {values.begin(), values.begin() + count};
}

/// All gradients of a pass by the names of the golden files.
Gradients gradientsOf(TrainableEncoder<double>& encoder, const json& layers)
{
    Gradients all;
    const EncoderConfig& config = encoder.config;
    forEachTrainable(encoder, [&](const std::string& name, TrainableLinear<double>& linear) {
        const LinearRecipe recipe = recipeOf(layers.at(name));
        const auto slots = linear.slots();
        const Index stride = padded(linear.inputs());
        all[name + (recipe.scored() ? ".score" : ".weight")]
            = tight(slots.at(0).gradient, linear.outputs(), linear.inputs(), stride);
        std::size_t next = 1;
        if (recipe.gated || (recipe.binary() && recipe.gain == GainKind::Row))
            all[name + ".gain"] = firstOf(slots.at(next++).gradient, linear.outputs());
        else if (recipe.binary() && recipe.gain == GainKind::Layer)
            all[name + ".gain"] = firstOf(slots.at(next++).gradient, 1);
        if (recipe.bias == BiasKind::Trained)
            all[name + ".bias"] = firstOf(slots.at(next++).gradient, linear.outputs());
    });
    if (config.norm != Norm::None) {
        const Index size = config.norm == Norm::Time ? config.window : config.width;
        forEachTrainableNorm(encoder,
                             [&](const std::string& name, TrainableNorm<double>&,
                                 const NormGradient<double>& gradient) {
                                 all[name + ".gain"] = firstOf(gradient.gain, size);
                                 all[name + ".bias"] = firstOf(gradient.bias, size);
                             });
    }
    const auto matrix = [](const Matrix<double>& m) {
        return tight(m.storage(), m.rows(), m.cols(), m.stride());
    };
    if (encoder.learnsPositions())
        all["positions"] = matrix(encoder.dPositions);
    if (!encoder.lagBias.empty())
        all["lag_bias"] = matrix(encoder.dLagBias);
    if (config.newest == Newest::Hidden)
        all["query_token"] = firstOf(encoder.dQueryToken, config.width);
    return all;
}

std::vector<double> flat(const json& values)
{
    std::vector<double> all;
    for (const json& one : values) {
        if (one.is_array())
            all.insert(all.end(), one.begin(), one.end());
        else
            all.push_back(one.get<double>());
    }
    return all;
}

/// Forward and backward pass of one case; the gradients are collected.
EncoderGradient<double> passed(const GoldenCase& golden, TrainableEncoder<double>& encoder)
{
    const Batch batch = batchOf(golden);
    EncoderPass<double> pass(encoder);
    static_cast<void>(pass.forward(batch.layout, batch.rows, PassPurpose::Learn));
    Matrix<double> dAnswers(static_cast<Index>(golden.windows.size()), golden.config.outputs);
    for (Index w = 0; w < dAnswers.rows(); ++w)
        std::copy_n(golden.windows[static_cast<std::size_t>(w)].weight.begin(), dAnswers.cols(),
                    dAnswers.row(w));
    EncoderGradient<double> gradient = encoder.zeroGradient();
    pass.backward(batch.layout, batch.rows, dAnswers, gradient);
    encoder.collect(gradient);
    return gradient;
}

} // namespace

void TestGoldenTraining::answersEqualPyTorch_data() { addLearningCases(); }

void TestGoldenTraining::answersEqualPyTorch()
{
    QFETCH(QString, group);
    QFETCH(int, number);
    const GoldenCase& golden = goldenOf(group, number);
    const TrainableEncoder<double> encoder = encoderOf(golden);
    const Batch batch = batchOf(golden);
    EncoderPass<double> pass(encoder);
    const Matrix<double>& answers = pass.forward(batch.layout, batch.rows, PassPurpose::Learn);
    QCOMPARE(answers.rows(), static_cast<Index>(golden.windows.size()));
    for (Index w = 0; w < answers.rows(); ++w) {
        const auto& expected = golden.windows[static_cast<std::size_t>(w)].trainingAnswer;
        for (Index i = 0; i < golden.config.outputs; ++i)
            QVERIFY(apart(answers(w, i), expected[static_cast<std::size_t>(i)]) < answerTolerance);
    }
}

void TestGoldenTraining::gradientsEqualPyTorch_data() { addLearningCases(); }

void TestGoldenTraining::gradientsEqualPyTorch()
{
    QFETCH(QString, group);
    QFETCH(int, number);
    const GoldenCase& golden = goldenOf(group, number);
    TrainableEncoder<double> encoder = encoderOf(golden);
    static_cast<void>(passed(golden, encoder));
    const Gradients ours = gradientsOf(encoder, golden.document.at("layers"));
    const json& theirs = golden.document.at("gradients");
    QVERIFY(theirs.size() > 4);
    for (const auto& [name, values] : theirs.items()) {
        const auto found = ours.find(name);
        QVERIFY2(found != ours.end(), name.c_str());
        const std::vector<double> expected = flat(values);
        QCOMPARE(found->second.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(apart(found->second[i], expected[i]) < gradientTolerance, name.c_str());
    }
    // What had no part in the answers has no gradient.
    for (const auto& [name, values] : ours) {
        if (theirs.contains(name))
            continue;
        for (const double value : values)
            QVERIFY2(std::abs(value) < gradientTolerance, name.c_str());
    }
}

void TestGoldenTraining::storedParametersEqualPyTorch_data() { addLearningCases(); }

void TestGoldenTraining::storedParametersEqualPyTorch()
{
    QFETCH(QString, group);
    QFETCH(int, number);
    const GoldenCase& golden = goldenOf(group, number);
    const EncoderParameters<double> stored = encoderOf(golden).parameters();
    std::map<std::string, const LinearParameters<double>*> expected;
    forEachLinear(golden.parameters,
                  [&](const std::string& name, const LinearParameters<double>& linear) {
                      expected[name] = &linear;
                  });
    forEachLinear(stored, [&](const std::string& name, const LinearParameters<double>& linear) {
        const LinearParameters<double>& other = *expected.at(name);
        QVERIFY2(linear.format == other.format, name.c_str());
        QVERIFY2(linear.weight == other.weight, name.c_str());
        QVERIFY2(linear.bias == other.bias, name.c_str());
        QCOMPARE(linear.gain.size(), other.gain.size());
        for (std::size_t i = 0; i < linear.gain.size(); ++i)
            QVERIFY2(apart(linear.gain[i], other.gain[i]) < storedTolerance, name.c_str());
    });
}

void TestGoldenTraining::runningStatisticsEqualPyTorch()
{
    int seen = 0;
    for (const char* group : test::goldenGroups) {
        for (const GoldenCase& golden : test::goldenCases(group)) {
            if (golden.config.norm != Norm::Batch || !learns(golden))
                continue;
            ++seen;
            TrainableEncoder<double> encoder = encoderOf(golden);
            encoder.absorbStatistics(passed(golden, encoder));
            forEachTrainableNorm(
                encoder,
                [&](const std::string& name, TrainableNorm<double>& norm,
                    const NormGradient<double>& /*gradient*/) {
                    // Ours began at mean 0 and variance 1, PyTorch's elsewhere; a tenth is of the
                    // batch.
                    const json& from = golden.document.at("norms").at(name);
                    const json& after = golden.document.at("running_after").at(name);
                    const NormParameters<double> folded = norm.parameters();
                    for (std::size_t i = 0; i < folded.gain.size(); ++i) {
                        const double mean = after.at("mean")[i].get<double>()
                            - 0.9 * from.at("running_mean")[i].get<double>();
                        const double variance = after.at("variance")[i].get<double>()
                            - 0.9 * from.at("running_variance")[i].get<double>() + 0.9;
                        const double gain
                            = from.at("gain")[i].get<double>() / std::sqrt(variance + 1e-5);
                        QVERIFY2(apart(folded.gain[i], gain) < answerTolerance, name.c_str());
                        QVERIFY2(
                            apart(folded.bias[i], from.at("bias")[i].get<double>() - mean * gain)
                                < answerTolerance,
                            name.c_str());
                    }
                });
        }
    }
    QVERIFY(seen >= 5);
}

void TestGoldenTraining::sequenceEqualsPyTorch()
{
    int seen = 0;
    for (const GoldenCase& golden : test::goldenCases(test::goldenStreams)) {
        if (!PassLayout::sharesPast(golden.config))
            continue;
        ++seen;
        std::vector<Index> answered;
        for (Index r = golden.config.past(); r < golden.stream.rows(); ++r)
            answered.push_back(r);
        const PassLayout layout = PassLayout::ofSequence(golden.config, answered, 0);
        Matrix<double> rows(layout.tokens(), golden.config.inputs);
        for (Index t = 0; t < layout.tokens(); ++t) {
            const Index source = layout.source[static_cast<std::size_t>(t)];
            if (source >= 0)
                std::copy_n(golden.stream.row(source), rows.cols(), rows.row(t));
        }
        const TrainableEncoder<double> encoder = encoderOf(golden);
        EncoderPass<double> pass(encoder);
        const Matrix<double>& answers = pass.forward(layout, rows, PassPurpose::Learn);
        QCOMPARE(answers.rows(), golden.streamAnswers.rows());
        for (Index r = 0; r < answers.rows(); ++r) {
            for (Index i = 0; i < golden.config.outputs; ++i)
                QVERIFY2(apart(answers(r, i), golden.streamAnswers(r, i)) < answerTolerance,
                         golden.name.c_str());
        }
    }
    QVERIFY(seen >= 1);
}

QTEST_APPLESS_MAIN(TestGoldenTraining)
#include "tst_golden_training.moc"
