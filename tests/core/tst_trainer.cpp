#include "core/model/detector.h"
#include "core/train/trainer.h"
#include "core/train/training_rows.h"
#include "tests/support/small_family.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace stint;

namespace {

constexpr VariantName denseFull {WeightFormat::Dense, AttentionMask::Full};
constexpr VariantName denseStepT {WeightFormat::Dense, AttentionMask::StepT};
constexpr VariantName sparseStepT {WeightFormat::SparseBinary, AttentionMask::StepT};

/// One dense Step-T variant in one epoch: where the training itself is not the subject.
TrainSettings shortest()
{
    TrainSettings settings = test::smallSettings();
    settings.variants = {denseStepT};
    settings.epochs = 1;
    return settings;
}

std::shared_ptr<const Recording> shared(Recording recording)
{
    return std::make_shared<const Recording>(std::move(recording));
}

} // namespace

class TestTrainer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSameSeedGivesTheSameFile();
    void anotherSeedGivesAnotherFile();
    void progressGrowsToOne();
    void progressEndsAtOneWhenItStopsEarly();
    void cancellingKeepsNothing_data();
    void cancellingKeepsNothing();
    void aStopBeforeTheStartTrainsNothing();
    void theBestEpochIsKept();
    void everyVariantLearnsWhatCanBePredicted_data();
    void everyVariantLearnsWhatCanBePredicted();
    void fewWeightsAreTrainedAndManyAreChosen_data();
    void fewWeightsAreTrainedAndManyAreChosen();
    void sparseVariantsKeepTheFractionAskedFor();
    void falseAlarmsOnFurtherNormalRowsAreNearTheTarget();
    void anomaliesScoreHigherThanNormalRows();

private:
    QByteArray fileOf(const TrainSettings& settings);

    QTemporaryDir m_folder;
};

QByteArray TestTrainer::fileOf(const TrainSettings& settings)
{
    const auto outcome
        = trainFamily({test::smallRecording(500, 2), test::smallRecording(300, 3)}, settings);
    const QString path = m_folder.filePath(QStringLiteral("m.stint"));
    if (!outcome || !saveFamily(*outcome->family, path.toStdString()))
        return {};
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestTrainer::theSameSeedGivesTheSameFile()
{
    TrainSettings settings = test::smallSettings();
    const QByteArray one = fileOf(settings);
    QVERIFY(!one.isEmpty());
    QVERIFY(fileOf(settings) == one);
    for (const int threads : {2, 3}) {
        settings.threads = threads;
        QVERIFY(fileOf(settings) == one);
    }
}

void TestTrainer::anotherSeedGivesAnotherFile()
{
    TrainSettings settings = test::smallSettings();
    settings.variants = {denseStepT};
    const QByteArray one = fileOf(settings);
    settings.seed = 2;
    const QByteArray two = fileOf(settings);
    QVERIFY(!one.isEmpty() && !two.isEmpty());
    QVERIFY(one != two);
}

void TestTrainer::progressGrowsToOne()
{
    TrainSettings settings = test::smallSettings();
    settings.epochs = 3;
    std::vector<TrainProgress> seen;
    const auto outcome = trainFamily({test::smallRecording(500, 2)}, settings,
                                     [&seen](const TrainProgress& p) { seen.push_back(p); });
    QVERIFY(outcome.ok());
    QCOMPARE(seen.size(), std::size_t {9});
    for (std::size_t i = 0; i < seen.size(); ++i) {
        QCOMPARE(seen[i].variantIndex, static_cast<int>(i / 3));
        QCOMPARE(seen[i].variantCount, 3);
        QCOMPARE(seen[i].epoch, static_cast<int>(i % 3) + 1);
        QCOMPARE(seen[i].epochs, 3);
        QVERIFY(seen[i].trainLoss > 0.0 && std::isfinite(seen[i].validationLoss));
        QVERIFY(i == 0 || seen[i].fraction > seen[i - 1].fraction);
    }
    QVERIFY(seen.front().variant == denseFull && seen.back().variant == sparseStepT);
    QVERIFY(std::abs(seen.back().fraction - 1.0) < 1e-12);
    QCOMPARE(outcome->variants.size(), std::size_t {3});
    QVERIFY(outcome->seconds > 0.0);
}

void TestTrainer::progressEndsAtOneWhenItStopsEarly()
{
    TrainSettings settings = test::smallSettings();
    settings.variants = {denseStepT, sparseStepT};
    settings.epochs = 40;
    settings.patience = 1;
    settings.learningRate = 0.05; // coarse, so that it gets worse soon
    std::vector<double> fractions;
    const auto outcome
        = trainFamily({test::smallRecording(300, 2)}, settings,
                      [&](const TrainProgress& p) { fractions.push_back(p.fraction); });
    QVERIFY(outcome.ok());
    QVERIFY(outcome->variants.back().epochs < 40);
    QVERIFY(std::is_sorted(fractions.begin(), fractions.end()));
    QVERIFY(std::abs(fractions.back() - 1.0) < 1e-12);
}

void TestTrainer::cancellingKeepsNothing_data()
{
    QTest::addColumn<int>("afterCalls");
    QTest::newRow("after the first epoch") << 1;
    QTest::newRow("in the second variant") << 4;
    QTest::newRow("after the last epoch") << 9;
}

void TestTrainer::cancellingKeepsNothing()
{
    QFETCH(int, afterCalls);
    TrainSettings settings = test::smallSettings();
    settings.epochs = 3;
    std::stop_source source;
    int calls = 0;
    const auto outcome = trainFamily(
        {test::smallRecording(500, 2)}, settings,
        [&](const TrainProgress&) {
            if (++calls == afterCalls)
                source.request_stop();
        },
        source.get_token());
    QVERIFY(!outcome.ok());
    QCOMPARE(outcome.error().message, std::string("cancelled"));
    QCOMPARE(calls, afterCalls); // not one epoch more
}

void TestTrainer::aStopBeforeTheStartTrainsNothing()
{
    std::stop_source source;
    source.request_stop();
    int calls = 0;
    const auto outcome = trainFamily(
        {test::smallRecording(500, 2)}, test::smallSettings(),
        [&](const TrainProgress&) { ++calls; }, source.get_token());
    QVERIFY(!outcome.ok());
    QCOMPARE(calls, 0);
}

void TestTrainer::theBestEpochIsKept()
{
    TrainSettings settings = shortest();
    settings.epochs = 30;
    settings.patience = 3;
    settings.learningRate = 0.05;
    std::vector<double> losses;
    const auto outcome
        = trainFamily({test::smallRecording(300, 2)}, settings,
                      [&](const TrainProgress& p) { losses.push_back(p.validationLoss); });
    QVERIFY(outcome.ok());
    const VariantSummary& summary = outcome->variants.front();
    const auto best = std::min_element(losses.begin(), losses.end());
    QCOMPARE(summary.bestEpoch, static_cast<int>(best - losses.begin()) + 1);
    QCOMPARE(summary.epochs, static_cast<int>(losses.size()));
    QCOMPARE(summary.epochs, summary.bestEpoch + 3); // it did stop early, by its patience
    QVERIFY(std::abs(summary.validationLoss - *best) < 1e-12);

    // The parameters kept are those of that epoch: measured on the validation rows once more.
    Family unused;
    const auto rows = prepareRows({test::smallRecording(300, 2)}, {}, {}, {}, 8, unused);
    Family family = *outcome->family;
    family.smoothingSpan = 1.0;
    Detector detector(std::make_shared<const Family>(family),
                      {WeightFormat::Dense, AttentionMask::StepT, Inference::Window},
                      ScoreKind::Encoder, 300);
    double sum = 0.0;
    double count = 0.0;
    for (const TrainingRows& part : *rows) {
        const Index first = part.trainEnd - 7;
        detector.reset(first);
        ResultBlock block;
        detector.step(part.z->row(first), part.z->stride(), part.validationEnd - first, 1.0F, {},
                      block);
        for (std::size_t i = 7; i < block.score.size(); ++i) {
            sum += static_cast<double>(block.score[i]) * family.variants.front().errorMean;
            count += 1.0;
        }
    }
    QVERIFY(std::abs(sum / count - *best) < 1e-4 * *best);
}

void TestTrainer::everyVariantLearnsWhatCanBePredicted_data()
{
    QTest::addColumn<QString>("variant");
    for (const char* variant : {"dense/full", "dense/step-t", "sbt/step-t"})
        QTest::newRow(variant) << QString::fromLatin1(variant);
}

void TestTrainer::everyVariantLearnsWhatCanBePredicted()
{
    QFETCH(QString, variant);
    TrainSettings settings = shortest();
    settings.variants = {*parseVariantName(variant.toStdString())};
    settings.width = 16;
    settings.epochs = 12;
    settings.learningRate = 5e-3;
    std::vector<double> losses;
    const auto outcome
        = trainFamily({test::smallRecording(1200, 2)}, settings,
                      [&](const TrainProgress& p) { losses.push_back(p.trainLoss); });
    QVERIFY(outcome.ok());
    QVERIFY(losses.back() < 0.6 * losses.front());
    // Unpredicted, a standardised channel has a loss of one; its noise alone about 0.03.
    QVERIFY(outcome->variants.front().validationLoss < 0.35);
}

void TestTrainer::fewWeightsAreTrainedAndManyAreChosen_data()
{
    using Asked = std::optional<WeightSearch>;
    QTest::addColumn<TrainSettings>("settings");
    QTest::addColumn<double>("keep");
    QTest::addColumn<Asked>("asked");
    QTest::addColumn<bool>("chosen");
    const TrainSettings usual = TrainSettings::forTask(ModelTask::Anomaly);
    const TrainSettings paper = *TrainSettings::preset("paper", ModelTask::Anomaly);
    QTest::newRow("half") << usual << 0.5 << Asked() << true;
    QTest::newRow("a tenth") << usual << 0.1 << Asked() << false;
    QTest::newRow("a tenth, by scores") << usual << 0.1 << Asked(WeightSearch::Scores) << true;
    QTest::newRow("half, trained") << usual << 0.5 << Asked(WeightSearch::StraightThrough) << false;
    QTest::newRow("a tenth in the paper") << paper << 0.1 << Asked() << true;
}

void TestTrainer::fewWeightsAreTrainedAndManyAreChosen()
{
    QFETCH(TrainSettings, settings);
    QFETCH(double, keep);
    QFETCH(std::optional<WeightSearch>, asked);
    QFETCH(bool, chosen);
    settings.keep = keep;
    if (asked)
        settings.search = asked;
    const EncoderRecipe recipe = recipeFor(settings, sparseStepT);
    QCOMPARE(recipe.blocks.scored(), chosen);
    QCOMPARE(recipe.blocks.keep, keep);
}

void TestTrainer::sparseVariantsKeepTheFractionAskedFor()
{
    for (const double keep : {0.25, 0.5, 1.0}) {
        TrainSettings settings = shortest();
        settings.variants = {sparseStepT, denseStepT};
        settings.keep = keep;
        const auto outcome = trainFamily({test::smallRecording(300, 2)}, settings);
        QVERIFY(outcome.ok());
        const FamilyVariant& sparse = *outcome->family->find(sparseStepT);
        forEachLinear(sparse.parameters, [&](const std::string& name, const auto& layer) {
            const bool inBlock = name != "embed" && name != "head";
            QCOMPARE(layer.format == WeightFormat::SparseBinary, inBlock);
            const auto all = static_cast<double>(layer.outputs() * layer.inputs());
            QCOMPARE(layer.kept(), std::llround((inBlock ? keep : 1.0) * all));
        });
        QVERIFY(std::abs(sparse.keep - keep) < 1e-12);
        QVERIFY(std::abs(outcome->family->find(denseStepT)->keep - 1.0) < 1e-12);
    }
}

/// Smoothed scores of neighbouring rows resemble each other, so a rate measured on few thousand
/// rows is rough; off by ten it would be of no use.
void TestTrainer::falseAlarmsOnFurtherNormalRowsAreNearTheTarget()
{
    constexpr double target = 0.02;
    constexpr Index trained = 3000;
    TrainSettings settings = test::smallSettings();
    settings.variants = {denseStepT, sparseStepT};
    settings.epochs = 4;
    settings.falseAlarmTarget = target;
    settings.rows = std::pair<Index, Index> {0, trained};
    const auto recording = test::smallRecording(12'000, 21);
    const auto outcome = trainFamily({recording}, settings);
    QVERIFY(outcome.ok());
    for (const VariantName& name : settings.variants) {
        for (const ScoreKind kind : allScoreKinds) {
            PlayerOptions options;
            options.mode = {name.weights, name.attention, Inference::Continual};
            options.score = kind;
            const auto rows = test::playedFromStart(recording, outcome->family, options);
            const auto alarms = static_cast<double>(
                std::count(rows.alarm.begin() + trained, rows.alarm.end(), 1));
            const double rate = alarms / static_cast<double>(rows.alarm.size() - trained);
            QVERIFY2(rate > target / 4 && rate < target * 3, std::to_string(rate).c_str());
        }
    }
}

void TestTrainer::anomaliesScoreHigherThanNormalRows()
{
    const auto outcome = trainFamily({test::smallRecording(1500, 2)}, test::smallSettings());
    QVERIFY(outcome.ok());
    Recording faulty = test::madeUpRecording(600, 2);
    for (std::size_t t = 400; t < 430; ++t)
        faulty.channels[1].values[t] = faulty.channels[1].values[399]; // a stuck sensor
    for (const Mode& mode : test::offeredModes(*outcome->family)) {
        PlayerOptions options;
        options.mode = mode;
        const auto rows = test::playedFromStart(shared(faulty), outcome->family, options);
        const float normal = *std::max_element(rows.score.begin() + 7, rows.score.begin() + 400);
        const float fault = *std::max_element(rows.score.begin() + 400, rows.score.begin() + 435);
        QVERIFY(fault > normal);
    }
}

QTEST_APPLESS_MAIN(TestTrainer)
#include "tst_trainer.moc"
