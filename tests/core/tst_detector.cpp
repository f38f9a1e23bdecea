#include "core/cost/closed_forms.h"
#include "core/model/detector.h"
#include "tests/support/reference_encoder.h"
#include "tests/support/small_family.h"

#include <QTest>

#include <cmath>
#include <vector>

using namespace stint;

namespace {

constexpr Mode windowMode {WeightFormat::Dense, AttentionMask::StepT, Inference::Window};
constexpr Mode continualMode {WeightFormat::Dense, AttentionMask::StepT, Inference::Continual};

/// Scores of all rows of z, by blocks of one size.
ResultBlock scored(const std::shared_ptr<const Family>& family, Mode mode, ScoreKind kind,
                   const Matrix<float>& z)
{
    Detector detector(family, mode, kind, z.rows());
    detector.reset(0);
    ResultBlock block;
    detector.step(z.row(0), z.stride(), z.rows(), 1.0F, {.attention = true, .forecast = false},
                  block);
    return block;
}

/// The exponential mean of the description: m += 2 / (span + 1) (x - m), from the first value.
class WrittenOutMean {
public:
    explicit WrittenOutMean(double span) : m_alpha(2.0 / (span + 1.0)) { }
    double next(double x)
    {
        m_mean = m_first ? x : (1.0 - m_alpha) * m_mean + m_alpha * x;
        m_first = false;
        return m_mean;
    }

private:
    double m_alpha;
    double m_mean = 0.0;
    bool m_first = true;
};

struct Expected {
    std::vector<double> encoder, autoregression; // (rows - past)
};

/// Both parts of the score from their definition, in double: a window of its own per row.
Expected byDefinition(const Family& family, const FamilyVariant& variant, const Matrix<float>& z)
{
    const auto parameters = convert<double>(variant.parameters);
    const Index past = variant.config.past();
    const Index channels = z.cols();
    std::vector<std::vector<double>> rows;
    for (Index t = 0; t < z.rows(); ++t)
        rows.emplace_back(z.row(t), z.row(t) + channels);
    const RowMatrix linear = predict(family.autoregression, toRowMatrix(z, 0, z.rows()));
    std::vector<WrittenOutMean> encoderMeans(rows[0].size(), WrittenOutMean(family.smoothingSpan));
    std::vector<WrittenOutMean> linearMeans = encoderMeans;
    Expected expected;
    for (Index t = past; t < z.rows(); ++t) {
        const auto answer
            = test::referenceAnswer(variant.config, parameters,
                                    {rows.begin() + t - past, rows.begin() + t}, t - past)
                  .answer;
        double encoder = 0.0;
        double autoregression = 0.0;
        for (std::size_t c = 0; c < answer.size(); ++c) {
            const double x = rows[static_cast<std::size_t>(t)][c];
            const double e = answer[c] - x;
            const double l = linear(t, static_cast<Index>(c)) - x;
            encoder += encoderMeans[c].next(e * e / variant.errorMean);
            autoregression += linearMeans[c].next(l * l / family.autoregressionError);
        }
        expected.encoder.push_back(encoder / static_cast<double>(channels));
        expected.autoregression.push_back(autoregression / static_cast<double>(channels));
    }
    return expected;
}

bool close(float value, double expected, double tolerance)
{
    return std::abs(static_cast<double>(value) - expected) <= tolerance * std::abs(expected);
}

/// One block and one head whose keys are the values of the only channel: attention goes to the row
/// that is large, and to no other.
std::shared_ptr<const Family> familyThatLooksAtPeaks(AttentionMask attention)
{
    Family family;
    family.channels = {{"only", ""}};
    family.standardiser = {{0.0}, {1.0}};
    family.autoregression
        = {.order = 1, .channels = 1, .weights = RowMatrix::Zero(1, 1), .intercept = {}};
    family.autoregression.intercept = Eigen::VectorXd::Zero(1);
    FamilyVariant variant;
    variant.name = {WeightFormat::Dense, attention};
    EncoderConfig& c = variant.config;
    c.window = 8;
    c.width = 2;
    c.heads = 1;
    c.hidden = 1;
    c.layers = 1;
    c.attention = attention;
    c.positions = Positions::None;
    c.scaleEmbedding = false;
    const auto layer = [](Index outputs, Index inputs, float diagonal) {
        LinearParameters<float> linear;
        linear.weight.resize(outputs, inputs);
        for (Index i = 0; i < std::min(outputs, inputs); ++i)
            linear.weight(i, i) = diagonal;
        linear.bias.assign(static_cast<std::size_t>(outputs), 0.0F);
        return linear;
    };
    EncoderParameters<float>& p = variant.parameters;
    p.embed = layer(2, 1, 1.0F);
    p.queryToken = {1.0F, 0.0F};
    p.blocks.push_back({.query = layer(2, 2, 10.0F),
                        .key = layer(2, 2, 1.0F),
                        .value = layer(2, 2, 1.0F),
                        .output = layer(2, 2, 1.0F),
                        .expand = layer(1, 2, 0.0F),
                        .contract = layer(2, 1, 0.0F),
                        .attentionNorm = {},
                        .feedForwardNorm = {}});
    p.head = layer(1, 2, 1.0F);
    family.variants.push_back(variant);
    return std::make_shared<const Family>(family);
}

} // namespace

class TestDetector : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void scoresEqualTheirDefinition_data();
    void scoresEqualTheirDefinition();
    void theFirstAnswerIsForTheLastRowOfTheFirstWindow();
    void contributionsSumToTheScore();
    void theOutlierIsTheChannelThatContributes();
    void theLouderPartIsNamed();
    void aRowTakesNoPartInItsOwnPrediction_data();
    void aRowTakesNoPartInItsOwnPrediction();
    void blockSizesDoNotChangeABit_data();
    void blockSizesDoNotChangeABit();
    void aWarmedUpDetectorGoesOnLikeOneFromTheStart_data();
    void aWarmedUpDetectorGoesOnLikeOneFromTheStart();
    void continualEqualsWindow_data();
    void continualEqualsWindow();
    void attentionSumsToOne();
    void lagOneIsTheRowBefore_data();
    void lagOneIsTheRowBefore();
    void onlyTheNewestRowsKeepTheirAttention();
    void everyStepIsCountedAlike_data();
    void everyStepIsCountedAlike();
    void warmUpIsNotCounted();

private:
    static void modesAsRows();

    std::shared_ptr<const Family> m_family;
    Matrix<float> m_z;
};

void TestDetector::initTestCase()
{
    m_family = test::smallFamily();
    m_z = test::standardisedRows(*m_family, test::madeUpRecording(160, 7));
}

void TestDetector::modesAsRows()
{
    QTest::addColumn<QString>("mode");
    for (const Mode& mode : test::offeredModes(*test::smallFamily()))
        QTest::newRow(toString(mode).c_str()) << QString::fromStdString(toString(mode));
}

void TestDetector::scoresEqualTheirDefinition_data() { modesAsRows(); }

void TestDetector::scoresEqualTheirDefinition()
{
    QFETCH(QString, mode);
    const Mode parsed = *parseMode(mode.toStdString());
    const FamilyVariant& variant = *m_family->find(parsed.variant());
    const Expected expected = byDefinition(*m_family, variant, m_z);
    for (const ScoreKind kind : allScoreKinds) {
        const ResultBlock block = scored(m_family, parsed, kind, m_z);
        QCOMPARE(block.rows, m_z.rows());
        const double share = kind == ScoreKind::Combined ? 0.5
            : kind == ScoreKind::Encoder                 ? 1.0
                                                         : 0.0;
        for (std::size_t i = 0; i < expected.encoder.size(); ++i) {
            const std::size_t t = i + static_cast<std::size_t>(variant.config.past());
            QVERIFY(close(block.encoderScore[t], expected.encoder[i], 1e-4));
            QVERIFY(close(block.autoregressionScore[t], expected.autoregression[i], 1e-4));
            QVERIFY(close(block.score[t],
                          share * expected.encoder[i] + (1.0 - share) * expected.autoregression[i],
                          1e-4));
        }
    }
}

void TestDetector::theFirstAnswerIsForTheLastRowOfTheFirstWindow()
{
    const ResultBlock block = scored(m_family, continualMode, ScoreKind::Combined, m_z);
    const std::size_t past = 7;
    for (std::size_t t = 0; t < past; ++t) {
        QVERIFY(std::isnan(block.score[t]));
        QVERIFY(std::isnan(block.encoderScore[t]));
        QVERIFY(std::isnan(block.autoregressionScore[t]));
        QCOMPARE(block.alarm[t], std::uint8_t {0});
    }
    for (std::size_t t = past; t < block.score.size(); ++t)
        QVERIFY(std::isfinite(block.score[t]));
    QCOMPARE(block.tally.steps, static_cast<std::uint64_t>(block.score.size() - past));
}

void TestDetector::contributionsSumToTheScore()
{
    for (const ScoreKind kind : allScoreKinds) {
        const ResultBlock block = scored(m_family, continualMode, kind, m_z);
        const auto channels = static_cast<std::size_t>(block.channels);
        for (std::size_t t = 7; t < block.score.size(); ++t) {
            double sum = 0.0;
            for (std::size_t c = 0; c < channels; ++c)
                sum += static_cast<double>(block.contributions[t * channels + c]);
            QVERIFY(close(block.score[t], sum, 1e-5));
        }
    }
}

void TestDetector::theOutlierIsTheChannelThatContributes()
{
    for (Index channel = 0; channel < 3; ++channel) {
        Matrix<float> z = m_z;
        z(100, channel) = 12.0F;
        const ResultBlock block = scored(m_family, continualMode, ScoreKind::Combined, z);
        double sum = 0.0;
        for (std::size_t c = 0; c < 3; ++c)
            sum += static_cast<double>(block.contributions[300 + c]);
        const auto own
            = static_cast<double>(block.contributions[300 + static_cast<std::size_t>(channel)]);
        QVERIFY(own > 0.8 * sum);
        QCOMPARE(block.alarm[100], std::uint8_t {1});
    }
}

void TestDetector::theLouderPartIsNamed()
{
    const ResultBlock both = scored(m_family, continualMode, ScoreKind::Combined, m_z);
    bool encoder = false;
    bool autoregression = false;
    for (std::size_t t = 7; t < both.score.size(); ++t) {
        const bool louder = both.encoderScore[t] > both.autoregressionScore[t];
        QCOMPARE(both.part[t], louder ? ScorePart::Encoder : ScorePart::Autoregression);
        (louder ? encoder : autoregression) = true;
    }
    QVERIFY(encoder && autoregression); // else nothing was shown
}

void TestDetector::aRowTakesNoPartInItsOwnPrediction_data() { modesAsRows(); }

/// With span 1 a contribution is (p - x)² times a constant. Two values of x give p; a third must
/// agree with it.
void TestDetector::aRowTakesNoPartInItsOwnPrediction()
{
    QFETCH(QString, mode);
    const Mode parsed = *parseMode(mode.toStdString());
    Family copy = test::smallFamilyCopy();
    copy.smoothingSpan = 1.0;
    const auto family = std::make_shared<const Family>(copy);
    constexpr Index row = 60;
    for (const ScoreKind kind : {ScoreKind::Encoder, ScoreKind::Autoregression}) {
        const double scale = kind == ScoreKind::Encoder ? family->find(parsed.variant())->errorMean
                                                        : family->autoregressionError;
        std::vector<std::vector<float>> attention;
        const auto squared = [&](float x) {
            Matrix<float> z = m_z;
            for (Index c = 0; c < 3; ++c)
                z(row, c) = x;
            Detector detector(family, parsed, kind, row + 1);
            detector.reset(0);
            ResultBlock block;
            detector.step(z.row(0), z.stride(), row + 1, 1.0F,
                          {.attention = true, .forecast = false}, block);
            const auto perRow = static_cast<Index>(block.attention.size()) / block.attentionRows;
            attention.emplace_back(block.attention.end() - perRow, block.attention.end());
            std::vector<double> errors;
            for (std::size_t c = 0; c < 3; ++c)
                errors.push_back(static_cast<double>(block.contributions[row * 3 + c]) * 3.0
                                 * scale);
            return errors;
        };
        const auto atMinusTwo = squared(-2.0F);
        const auto atTwo = squared(2.0F);
        const auto atTwenty = squared(20.0F);
        for (std::size_t c = 0; c < 3; ++c) {
            const double p = (atMinusTwo[c] - atTwo[c]) / 8.0;
            QVERIFY(std::abs(atTwenty[c] - (p - 20.0) * (p - 20.0)) < 1e-3);
        }
        QVERIFY(test::sameBits(attention[0], attention[1]));
        QVERIFY(test::sameBits(attention[0], attention[2]));
    }
}

void TestDetector::blockSizesDoNotChangeABit_data() { modesAsRows(); }

void TestDetector::blockSizesDoNotChangeABit()
{
    QFETCH(QString, mode);
    const Mode parsed = *parseMode(mode.toStdString());
    const ResultBlock whole = scored(m_family, parsed, ScoreKind::Combined, m_z);
    for (const Index size : {1, 7, 8, 64}) {
        Detector detector(m_family, parsed, ScoreKind::Combined, size);
        detector.reset(0);
        ResultBlock block;
        std::vector<float> scores;
        std::vector<float> contributions;
        std::vector<float> attention;
        for (Index t = 0; t < m_z.rows(); t += size) {
            const Index count = std::min(size, m_z.rows() - t);
            detector.step(m_z.row(t), m_z.stride(), count, 1.0F,
                          {.attention = true, .forecast = false}, block);
            QCOMPARE(block.firstRow, t);
            QCOMPARE(block.rows, count);
            scores.insert(scores.end(), block.score.begin(), block.score.end());
            contributions.insert(contributions.end(), block.contributions.begin(),
                                 block.contributions.end());
            attention.insert(attention.end(), block.attention.begin(), block.attention.end());
        }
        QVERIFY(test::sameBits(scores, whole.score));
        QVERIFY(test::sameBits(contributions, whole.contributions));
        QVERIFY(test::sameBits(attention, whole.attention));
        QCOMPARE(block.tally.counted, whole.tally.counted);
    }
}

void TestDetector::aWarmedUpDetectorGoesOnLikeOneFromTheStart_data() { modesAsRows(); }

void TestDetector::aWarmedUpDetectorGoesOnLikeOneFromTheStart()
{
    QFETCH(QString, mode);
    const Mode parsed = *parseMode(mode.toStdString());
    const Matrix<float> z = test::standardisedRows(*m_family, test::madeUpRecording(700, 8));
    const ResultBlock whole = scored(m_family, parsed, ScoreKind::Combined, z);
    Detector detector(m_family, parsed, ScoreKind::Combined, 32);
    for (const Index start : {1, 7, 8, 100, 399, 400, 640}) {
        const Index from = std::max<Index>(0, start - detector.memory());
        detector.reset(from);
        detector.warmUp(z.row(from), z.stride(), start - from);
        ResultBlock block;
        detector.step(z.row(start), z.stride(), 20, 1.0F, {}, block);
        QCOMPARE(block.firstRow, start);
        const std::vector<float> expected(whole.score.begin() + start,
                                          whole.score.begin() + start + 20);
        // What retroactive attention refers its exponentials to depends on the rows before.
        if (parsed.attention == AttentionMask::Full && parsed.inference == Inference::Continual)
            QVERIFY(test::largestDifference(block.score, expected) < 1e-5);
        else
            QVERIFY(test::sameBits(block.score, expected));
    }
}

void TestDetector::continualEqualsWindow_data()
{
    QTest::addColumn<QString>("variant");
    QTest::newRow("dense") << QStringLiteral("dense/step-t");
    QTest::newRow("sparse binary") << QStringLiteral("sbt/step-t");
}

void TestDetector::continualEqualsWindow()
{
    QFETCH(QString, variant);
    const std::string name = variant.toStdString();
    const ResultBlock window
        = scored(m_family, *parseMode(name + "/window"), ScoreKind::Combined, m_z);
    const ResultBlock continual
        = scored(m_family, *parseMode(name + "/continual"), ScoreKind::Combined, m_z);
    QVERIFY(test::largestDifference(continual.score, window.score) < 1e-5);
    QVERIFY(test::largestDifference(continual.encoderScore, window.encoderScore) < 1e-5);
    QVERIFY(test::largestDifference(continual.contributions, window.contributions) < 1e-5);
    QVERIFY(test::largestDifference(continual.attention, window.attention) < 1e-5);
    // Inference changes the cost, so the counts must not be those of the same work.
    QVERIFY(continual.tally.counted.total().operations < window.tally.counted.total().operations);
}

void TestDetector::attentionSumsToOne()
{
    for (const Mode& mode : test::offeredModes(*m_family)) {
        const ResultBlock block = scored(m_family, mode, ScoreKind::Combined, m_z);
        QCOMPARE(block.lags, Index {7});
        QCOMPARE(block.attentionRows, m_z.rows() - 7);
        QCOMPARE(block.attentionFirstRow, Index {7});
        QCOMPARE(static_cast<Index>(block.attention.size()),
                 block.attentionRows * block.layers * block.heads * block.lags);
        for (std::size_t i = 0; i < block.attention.size(); i += 7) {
            double sum = 0.0;
            for (std::size_t lag = 0; lag < 7; ++lag) {
                QVERIFY(block.attention[i + lag] >= 0.0F);
                sum += static_cast<double>(block.attention[i + lag]);
            }
            QVERIFY(std::abs(sum - 1.0) < 1e-5);
        }
    }
}

void TestDetector::lagOneIsTheRowBefore_data()
{
    QTest::addColumn<QString>("mode");
    for (const char* mode : {"dense/step-t/window", "dense/step-t/continual", "dense/full/window"})
        QTest::newRow(mode) << QString::fromLatin1(mode);
}

void TestDetector::lagOneIsTheRowBefore()
{
    QFETCH(QString, mode);
    const Mode parsed = *parseMode(mode.toStdString());
    const auto family = familyThatLooksAtPeaks(parsed.attention);
    Matrix<float> z(40, 1);
    constexpr Index peak = 20;
    z(peak, 0) = 5.0F;
    const ResultBlock block = scored(family, parsed, ScoreKind::Combined, z);
    for (Index lag = 1; lag <= block.lags; ++lag) {
        const Index at = (peak + lag - block.attentionFirstRow) * block.lags;
        QVERIFY(block.attention[static_cast<std::size_t>(at + lag - 1)] > 0.999F);
    }
    // Before and after the peak all keys are alike.
    for (const Index row : {peak, peak + block.lags + 1}) {
        const Index at = (row - block.attentionFirstRow) * block.lags;
        for (Index lag = 1; lag <= block.lags; ++lag)
            QVERIFY(close(block.attention[static_cast<std::size_t>(at + lag - 1)], 1.0 / 7, 1e-5));
    }
}

void TestDetector::onlyTheNewestRowsKeepTheirAttention()
{
    const Matrix<float> z = test::standardisedRows(*m_family, test::madeUpRecording(400, 9));
    const auto whole = scored(m_family, windowMode, ScoreKind::Combined, z);
    const auto continual = scored(m_family, continualMode, ScoreKind::Combined, z);
    for (const ResultBlock* block : {&whole, &continual}) {
        QVERIFY(block->attentionRows >= 100 && block->attentionRows < 393);
        QCOMPARE(block->attentionFirstRow + block->attentionRows, z.rows());
    }
    QVERIFY(test::largestDifference(continual.attention, whole.attention) < 1e-5);
}

void TestDetector::everyStepIsCountedAlike_data() { modesAsRows(); }

void TestDetector::everyStepIsCountedAlike()
{
    QFETCH(QString, mode);
    const Mode parsed = *parseMode(mode.toStdString());
    Detector single(m_family, parsed, ScoreKind::Combined, 8);
    single.reset(0);
    ResultBlock one;
    single.step(m_z.row(0), m_z.stride(), 8, 1.0F, {}, one);
    QCOMPARE(one.tally.steps, std::uint64_t {1});

    const ResultBlock all = scored(m_family, parsed, ScoreKind::Combined, m_z);
    const std::uint64_t steps = all.tally.steps;
    const std::uint64_t operations = all.tally.counted.total().operations;
    QCOMPARE(operations, steps * one.tally.counted.total().operations);
    for (std::size_t part = 0; part < partCount; ++part)
        QCOMPARE(all.tally.counted.parts[part].operations,
                 steps * one.tally.counted.parts[part].operations);
    const EncoderConfig& config = m_family->find(parsed.variant())->config;
    const Index order = m_family->autoregression.order;
    QCOMPARE(one.tally.counted[Part::LinearPath].operations,
             static_cast<std::uint64_t>(order * 3 * 3));
    QCOMPARE(all.tally.perStep, denominators(config));
    const double ratio = static_cast<double>(denominators(config).denseWindow)
        / static_cast<double>(one.tally.counted.total().operations);
    QVERIFY(std::abs(all.tally.ratio() - ratio) < 1e-9 * ratio);
    if (parsed.weights != WeightFormat::Dense)
        return;
    const AnswerOperations form = parsed.inference == Inference::Continual
        ? continualOperations(config)
        : windowOperations(config);
    QCOMPARE(operations / steps - one.tally.counted[Part::LinearPath].operations, form.total());
}

void TestDetector::warmUpIsNotCounted()
{
    Detector detector(m_family, continualMode, ScoreKind::Combined, 16);
    detector.reset(0);
    detector.warmUp(m_z.row(0), m_z.stride(), 50);
    ResultBlock block;
    detector.step(m_z.row(50), m_z.stride(), 10, 1.0F, {}, block);
    QCOMPARE(block.tally.steps, std::uint64_t {10});
    const ResultBlock all = scored(m_family, continualMode, ScoreKind::Combined, m_z);
    QCOMPARE(block.tally.counted.total().operations * all.tally.steps,
             all.tally.counted.total().operations * 10);
}

QTEST_APPLESS_MAIN(TestDetector)
#include "tst_detector.moc"
