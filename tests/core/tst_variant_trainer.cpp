#include "core/base/rng.h"
#include "core/train/variant_trainer.h"
#include "tests/support/reference_encoder.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace stint;

namespace {

constexpr Index rowCount = 400;

/// Two channels of which the next row follows from the last few.
Matrix<float> waves(std::uint64_t seed)
{
    Rng rng(seed);
    Matrix<float> rows(rowCount, 2);
    for (Index r = 0; r < rowCount; ++r) {
        const auto t = static_cast<double>(r);
        rows(r, 0) = static_cast<float>(std::sin(0.6 * t) + 0.05 * rng.normal());
        rows(r, 1) = static_cast<float>(std::cos(0.35 * t) + 0.05 * rng.normal());
    }
    return rows;
}

/// Series of 4 to 8 rows that rise, fall or stay, on levels that tell nothing.
struct MadeUpSeries {
    std::vector<Matrix<float>> rows;
    std::vector<SeriesData> data;

    MadeUpSeries(std::size_t count, std::uint64_t seed)
    {
        Rng rng(seed);
        for (std::size_t i = 0; i < count; ++i) {
            const auto label = static_cast<int>(i % 3);
            const auto length = static_cast<Index>(4 + rng.below(5));
            Matrix<float> one(length, 2);
            const double level = rng.uniform(-1.0, 1.0);
            for (Index r = 0; r < length; ++r) {
                const double slope = 0.4 * static_cast<double>(label - 1);
                one(r, 0) = static_cast<float>(level + slope * static_cast<double>(r)
                                               + 0.05 * rng.normal());
                one(r, 1) = static_cast<float>(rng.normal());
            }
            rows.push_back(std::move(one));
        }
        for (std::size_t i = 0; i < count; ++i)
            data.push_back({&rows[i], 0, rows[i].rows(), static_cast<int>(i % 3)});
    }
    MadeUpSeries(const MadeUpSeries&) = delete;
    MadeUpSeries& operator=(const MadeUpSeries&) = delete;
};

VariantTraining regression()
{
    VariantTraining training;
    training.config.inputs = 2;
    training.config.outputs = 2;
    training.config.window = 8;
    training.config.width = 8;
    training.config.hidden = 16;
    training.epochs = 4;
    training.learningRate = 1e-2;
    training.batch = 16;
    return training;
}

VariantTraining classification()
{
    VariantTraining training = regression();
    training.config.outputs = 3;
    training.config.attention = AttentionMask::Full;
    training.config.positions = Positions::WindowSine;
    training.config.norm = Norm::Batch;
    training.config.newest = Newest::Visible;
    training.config.pooling = Pooling::Mean;
    training.batch = 8;
    training.clip = 4.0;
    training.cosine = false;
    training.patience = 0;
    training.epochs = 25;
    return training;
}

Result<TrainedVariant> predict(const Matrix<float>& rows, const VariantTraining& training,
                               std::size_t threads = 1, const EpochCallback& progress = {})
{
    WorkerPool pool(threads);
    return trainRegression({{&rows, &rows, 0, 300, 400}}, training, pool, progress, {});
}

Result<TrainedVariant> classify(const MadeUpSeries& train, const MadeUpSeries& validation,
                                const VariantTraining& training, std::size_t threads = 1)
{
    WorkerPool pool(threads);
    return trainClassifier(train.data, validation.data, training, pool, {}, {});
}

std::vector<std::vector<double>> rowsOf(const Matrix<float>& m, Index first, Index last)
{
    std::vector<std::vector<double>> rows;
    for (Index r = first; r < last; ++r)
        rows.emplace_back(m.row(r), m.row(r) + m.cols());
    return rows;
}

LinearRecipe sparseBinary(WeightSearch search)
{
    LinearRecipe recipe;
    recipe.format = WeightFormat::SparseBinary;
    recipe.keep = 0.5;
    recipe.search = search;
    return recipe;
}

} // namespace

Q_DECLARE_METATYPE(VariantTraining)

/// The training of one variant, for predicted rows and for classes.
class TestVariantTrainer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFormatLearnsToPredict_data();
    void everyFormatLearnsToPredict();
    void everyMaskLearnsToPredict_data();
    void everyMaskLearnsToPredict();
    void trainErrorIsThatOfTheStoredEncoder();
    void rowsWithoutATargetAreLeftOut();
    void aStrideLearnsFromFewerRows();
    void threadsChangeNothing();
    void scoresHaveARateOfTheirOwn();
    void withoutPatienceTheLastEpochIsKept();
    void classesAreLearned_data();
    void classesAreLearned();
    void accuracyIsThatOfTheStoredEncoder();
    void withoutValidationTheLossIsUnknown();
    void aTightClipStillLearns();
    void wrongSettingsAreRefused_data();
    void wrongSettingsAreRefused();
    void seriesThatDoNotFitAreRefused();
    void aStopRequestEndsIt();
};

void TestVariantTrainer::everyFormatLearnsToPredict_data()
{
    QTest::addColumn<WeightFormat>("format");
    QTest::addColumn<WeightSearch>("search");
    for (const WeightFormat format : allWeightFormats) {
        QTest::addRow("%s, scores", name(format).data()) << format << WeightSearch::Scores;
        QTest::addRow("%s, trained weights", name(format).data())
            << format << WeightSearch::StraightThrough;
    }
}

void TestVariantTrainer::everyFormatLearnsToPredict()
{
    QFETCH(WeightFormat, format);
    QFETCH(WeightSearch, search);
    VariantTraining training = regression();
    training.recipe.blocks.format = format;
    training.recipe.blocks.search = search;
    training.recipe.blocks.keep = 0.5;
    training.epochs = 12;
    const auto trained = predict(waves(1), training);
    QVERIFY(trained.ok());
    QVERIFY(trained->parameters.blocks.front().query.format == format);
    // Each channel has a variance of one half.
    QCOMPARE_LT(trained->validationLoss, 0.36);
}

void TestVariantTrainer::everyMaskLearnsToPredict_data()
{
    QTest::addColumn<AttentionMask>("attention");
    QTest::addColumn<Newest>("newest");
    QTest::addColumn<Norm>("norm");
    QTest::addColumn<Positions>("positions");
    QTest::newRow("full, hidden") << AttentionMask::Full << Newest::Hidden << Norm::None
                                  << Positions::RecyclingLearned;
    QTest::newRow("full, zeroed, norm over time")
        << AttentionMask::Full << Newest::Zeroed << Norm::Time << Positions::WindowSine;
    QTest::newRow("step-t, repeated, rotary")
        << AttentionMask::StepT << Newest::Repeated << Norm::Token << Positions::Rotary;
    QTest::newRow("step-t, zeroed, window table")
        << AttentionMask::StepT << Newest::Zeroed << Norm::None << Positions::WindowLearned;
    QTest::newRow("step-t, hidden, batch norm")
        << AttentionMask::StepT << Newest::Hidden << Norm::Batch << Positions::LagBias;
    QTest::newRow("self-only, repeated")
        << AttentionMask::SelfOnly << Newest::Repeated << Norm::None << Positions::None;
}

void TestVariantTrainer::everyMaskLearnsToPredict()
{
    QFETCH(AttentionMask, attention);
    QFETCH(Newest, newest);
    QFETCH(Norm, norm);
    QFETCH(Positions, positions);
    VariantTraining training = regression();
    training.config.attention = attention;
    training.config.newest = newest;
    training.config.norm = norm;
    training.config.positions = positions;
    training.epochs = 10;
    const auto trained = predict(waves(2), training);
    QVERIFY(trained.ok());
    QCOMPARE_LT(trained->validationLoss, 0.4);
}

/// The parameters that come out are those that were measured, running statistics included.
void TestVariantTrainer::trainErrorIsThatOfTheStoredEncoder()
{
    VariantTraining training = regression();
    training.config.norm = Norm::Batch;
    training.recipe.blocks = sparseBinary(WeightSearch::Scores);
    const Matrix<float> rows = waves(3);
    const auto trained = predict(rows, training);
    QVERIFY(trained.ok());
    QCOMPARE(trained->trainError.size(), std::size_t {2});
    const auto parameters = convert<double>(trained->parameters);
    double sums[2] = {};
    for (Index t = 7; t < 300; ++t) {
        const auto answer
            = test::referenceAnswer(training.config, parameters, rowsOf(rows, t - 7, t), t - 7);
        for (std::size_t c = 0; c < 2; ++c) {
            const double error
                = answer.answer[c] - static_cast<double>(rows(t, static_cast<Index>(c)));
            sums[c] += error * error / 293.0;
        }
    }
    for (std::size_t c = 0; c < 2; ++c)
        QCOMPARE_LT(std::abs(trained->trainError[c] - sums[c]), 1e-5);
}

void TestVariantTrainer::rowsWithoutATargetAreLeftOut()
{
    const Matrix<float> inputs = waves(4);
    // Where the target is unknown it must not matter; elsewhere it is a constant, soon learned.
    Matrix<float> targets(rowCount, 2);
    for (Index r = 0; r < rowCount; ++r) {
        targets(r, 0) = r % 3 == 0 ? std::numeric_limits<float>::quiet_NaN() : 0.5F;
        targets(r, 1) = -0.5F;
    }
    WorkerPool pool(1);
    VariantTraining training = regression();
    training.epochs = 12;
    for (const AttentionMask attention : {AttentionMask::StepT, AttentionMask::Full}) {
        training.config.attention = attention;
        const auto trained
            = trainRegression({{&inputs, &targets, 0, 300, 400}}, training, pool, {}, {});
        QVERIFY(trained.ok());
        QCOMPARE_LT(trained->validationLoss, 0.02);
    }
    for (Index r = 0; r < rowCount; ++r)
        targets(r, 1) = std::numeric_limits<float>::quiet_NaN();
    QVERIFY(!trainRegression({{&inputs, &targets, 0, 300, 400}}, training, pool, {}, {}).ok());
}

void TestVariantTrainer::aStrideLearnsFromFewerRows()
{
    const Matrix<float> rows = waves(5);
    for (const AttentionMask attention : {AttentionMask::StepT, AttentionMask::Full}) {
        VariantTraining training = regression();
        training.config.attention = attention;
        training.stride = 3;
        training.epochs = 12;
        const auto trained = predict(rows, training);
        QVERIFY(trained.ok());
        QCOMPARE_LT(trained->validationLoss, 0.35);
        training.stride = 1;
        QVERIFY(!(predict(rows, training)->parameters == trained->parameters));
    }
}

void TestVariantTrainer::threadsChangeNothing()
{
    const Matrix<float> rows = waves(6);
    VariantTraining training = regression();
    training.config.norm = Norm::Batch;
    training.recipe.blocks = sparseBinary(WeightSearch::StraightThrough);
    training.epochs = 2;
    const auto one = predict(rows, training);
    QVERIFY(predict(rows, training, 3)->parameters == one->parameters);
    training.seed = 2;
    QVERIFY(!(predict(rows, training)->parameters == one->parameters));

    const MadeUpSeries train(30, 7);
    const MadeUpSeries validation(12, 8);
    VariantTraining classes = classification();
    classes.config.norm = Norm::Token;
    classes.epochs = 2;
    const auto first = classify(train, validation, classes);
    QVERIFY(classify(train, validation, classes, 3)->parameters == first->parameters);
}

void TestVariantTrainer::scoresHaveARateOfTheirOwn()
{
    const Matrix<float> rows = waves(9);
    VariantTraining training = regression();
    training.recipe.blocks = sparseBinary(WeightSearch::Scores);
    training.epochs = 1;
    const auto weightsAfter = [&](double scoreRate) {
        training.scoreRate = scoreRate;
        return predict(rows, training)->parameters.blocks.front().expand.weight;
    };
    // Scores that hardly move keep the choice, whatever the other numbers do.
    const auto still = weightsAfter(1e-12);
    training.learningRate *= 2.0;
    QVERIFY(weightsAfter(1e-12) == still);
    QVERIFY(!(weightsAfter(0.0) == still));
}

void TestVariantTrainer::withoutPatienceTheLastEpochIsKept()
{
    const Matrix<float> rows = waves(10);
    VariantTraining training = regression();
    training.patience = 0;
    std::vector<EpochReport> reports;
    const auto trained
        = predict(rows, training, 1, [&](const EpochReport& r) { reports.push_back(r); });
    QCOMPARE(reports.size(), std::size_t {4});
    QCOMPARE(trained->bestEpoch, 4);
    QVERIFY(reports.back().last && !reports.front().last);
    QVERIFY(std::abs(trained->validationLoss - reports.back().validationLoss) < 1e-15);
    QVERIFY(std::abs(trained->trainLoss - reports.back().trainLoss) < 1e-15);
}

void TestVariantTrainer::classesAreLearned_data()
{
    QTest::addColumn<WeightFormat>("format");
    QTest::addColumn<AttentionMask>("attention");
    QTest::newRow("dense") << WeightFormat::Dense << AttentionMask::Full;
    QTest::newRow("sparse binary") << WeightFormat::SparseBinary << AttentionMask::Full;
    QTest::newRow("fixed mask") << WeightFormat::Dense << AttentionMask::FixedMask;
    QTest::newRow("step-t") << WeightFormat::SparseBinary << AttentionMask::StepT;
}

void TestVariantTrainer::classesAreLearned()
{
    QFETCH(WeightFormat, format);
    QFETCH(AttentionMask, attention);
    const MadeUpSeries train(90, 11);
    const MadeUpSeries validation(60, 12);
    VariantTraining training = classification();
    training.config.attention = attention;
    training.config.qkvKeep = attention == AttentionMask::FixedMask ? 0.5 : 1.0;
    training.recipe.blocks.format = format;
    training.recipe.blocks.keep = 0.5;
    const auto trained = classify(train, validation, training);
    QVERIFY(trained.ok());
    QVERIFY2(trained->validationAccuracy > 0.85,
             std::to_string(trained->validationAccuracy).c_str());
    QVERIFY(trained->trainError.empty());
    QCOMPARE_LT(trained->trainLoss, 0.5);
}

void TestVariantTrainer::accuracyIsThatOfTheStoredEncoder()
{
    const MadeUpSeries train(60, 13);
    const MadeUpSeries validation(60, 14);
    VariantTraining training = classification();
    training.recipe.blocks = sparseBinary(WeightSearch::StraightThrough);
    training.epochs = 6;
    const auto trained = classify(train, validation, training);
    QVERIFY(trained.ok());
    const auto parameters = convert<double>(trained->parameters);
    double correct = 0.0;
    double loss = 0.0;
    for (const SeriesData& one : validation.data) {
        const auto logits = test::referenceAnswer(training.config, parameters,
                                                  rowsOf(*one.rows, one.first, one.last), 0)
                                .answer;
        const auto named = std::max_element(logits.begin(), logits.end()) - logits.begin();
        correct += named == one.label ? 1.0 / 60.0 : 0.0;
        double sum = 0.0;
        for (const double l : logits)
            sum += std::exp(l);
        loss += (std::log(sum) - logits[static_cast<std::size_t>(one.label)]) / 60.0;
    }
    QCOMPARE_LT(std::abs(trained->validationAccuracy - correct), 1e-9);
    QCOMPARE_LT(std::abs(trained->validationLoss - loss), 1e-4);
}

void TestVariantTrainer::withoutValidationTheLossIsUnknown()
{
    const MadeUpSeries train(30, 15);
    const MadeUpSeries none(0, 16);
    VariantTraining training = classification();
    training.epochs = 3;
    training.patience = 2;
    const auto trained = classify(train, none, training);
    QVERIFY(trained.ok());
    QVERIFY(std::isnan(trained->validationLoss));
    QCOMPARE(trained->bestEpoch, 3);
}

void TestVariantTrainer::aTightClipStillLearns()
{
    const MadeUpSeries train(60, 17);
    const MadeUpSeries validation(30, 18);
    VariantTraining training = classification();
    training.epochs = 2;
    const auto loose = classify(train, validation, training);
    training.clip = 1e-3;
    const auto tight = classify(train, validation, training);
    QVERIFY(!(tight->parameters == loose->parameters));
    QVERIFY(std::isfinite(tight->trainLoss));
}

void TestVariantTrainer::wrongSettingsAreRefused_data()
{
    QTest::addColumn<VariantTraining>("training");
    VariantTraining training = regression();
    training.config.heads = 3;
    QTest::newRow("heads that do not divide the width") << training;
    training = regression();
    training.epochs = 0;
    QTest::newRow("no epoch") << training;
    training = regression();
    training.batch = 0;
    QTest::newRow("an empty batch") << training;
    training = regression();
    training.learningRate = -1.0;
    QTest::newRow("a negative rate") << training;
    training = regression();
    training.recipe.blocks.keep = 0.0;
    QTest::newRow("nothing kept") << training;
    training = regression();
    training.recipe.head.format = WeightFormat::Binary;
    training.recipe.head.gated = true;
    QTest::newRow("a gated binary layer") << training;
}

void TestVariantTrainer::wrongSettingsAreRefused()
{
    QFETCH(VariantTraining, training);
    const auto trained = predict(waves(19), training);
    QVERIFY(!trained.ok());
    QVERIFY(!trained.error().message.empty());
}

void TestVariantTrainer::seriesThatDoNotFitAreRefused()
{
    const MadeUpSeries train(9, 20);
    const MadeUpSeries none(0, 21);
    VariantTraining training = classification();
    training.config.window = 3;
    QVERIFY(!classify(train, none, training).ok());
    training = classification();
    training.config.outputs = 2;
    QVERIFY(!classify(train, none, training).ok());
    QVERIFY(!classify(none, none, classification()).ok());
}

void TestVariantTrainer::aStopRequestEndsIt()
{
    const Matrix<float> rows = waves(22);
    WorkerPool pool(1);
    std::stop_source stop;
    const auto trained = trainRegression(
        {{&rows, &rows, 0, 300, 400}}, regression(), pool,
        [&stop](const EpochReport&) { stop.request_stop(); }, stop.get_token());
    QVERIFY(!trained.ok());
    QCOMPARE(trained.error().message, std::string("cancelled"));
}

QTEST_APPLESS_MAIN(TestVariantTrainer)
#include "tst_variant_trainer.moc"
