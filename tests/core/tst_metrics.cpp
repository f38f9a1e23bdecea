#include "core/base/rng.h"
#include "core/detect/metrics.h"
#include "tests/support/fixtures.h"
#include "tests/support/recorded_data.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace stint;

namespace {

using Scores = std::vector<double>;
using Labels = std::vector<unsigned char>;

constexpr double tolerance = 1e-12;

bool near(double actual, double expected) { return std::abs(actual - expected) <= tolerance; }

struct Sample {
    Scores scores;
    Labels labels;
};

/// Few distinct scores, so that many tie; both classes are present.
Sample sampleWithTies(std::uint64_t seed)
{
    Rng rng(seed);
    const std::size_t rows = 2 + rng.below(40);
    Sample sample;
    for (std::size_t row = 0; row < rows; ++row) {
        sample.labels.push_back(rng.uniform() < 0.35 ? 1 : 0);
        sample.scores.push_back(static_cast<double>(rng.below(7)) - 3.0);
    }
    sample.labels.front() = 0;
    sample.labels.back() = 1;
    return sample;
}

double naiveRocAuc(const Sample& s)
{
    double wins = 0.0;
    double pairs = 0.0;
    for (std::size_t a = 0; a < s.scores.size(); ++a) {
        for (std::size_t n = 0; n < s.scores.size(); ++n) {
            if (s.labels[a] == 0 || s.labels[n] != 0)
                continue;
            pairs += 1.0;
            wins += s.scores[a] > s.scores[n] ? 1.0 : s.scores[a] < s.scores[n] ? 0.0 : 0.5;
        }
    }
    return wins / pairs;
}

struct Counts {
    double truePositives = 0.0;
    double alarms = 0.0;
    double anomalous = 0.0;
};

Counts countFrom(const Sample& s, double lowestAlarm)
{
    Counts counts;
    for (std::size_t row = 0; row < s.scores.size(); ++row) {
        const bool alarm = s.scores[row] >= lowestAlarm;
        counts.alarms += alarm ? 1.0 : 0.0;
        counts.anomalous += s.labels[row] != 0 ? 1.0 : 0.0;
        counts.truePositives += alarm && s.labels[row] != 0 ? 1.0 : 0.0;
    }
    return counts;
}

Scores distinctFalling(Scores scores)
{
    std::sort(scores.begin(), scores.end(), std::greater<>());
    scores.erase(std::unique(scores.begin(), scores.end()), scores.end());
    return scores;
}

double naiveAveragePrecision(const Sample& s)
{
    double area = 0.0;
    double recallBefore = 0.0;
    for (const double score : distinctFalling(s.scores)) {
        const Counts c = countFrom(s, score);
        const double recall = c.truePositives / c.anomalous;
        area += (recall - recallBefore) * c.truePositives / c.alarms;
        recallBefore = recall;
    }
    return area;
}

double naiveBestF1(const Sample& s)
{
    double best = 0.0;
    for (const double score : distinctFalling(s.scores)) {
        const Counts c = countFrom(s, score);
        if (c.truePositives < 0.5)
            continue;
        const double precision = c.truePositives / c.alarms;
        const double recall = c.truePositives / c.anomalous;
        best = std::max(best, 2.0 * precision * recall / (precision + recall));
    }
    return best;
}

} // namespace

class TestMetrics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void handWorkedExample();
    void closedResults_data();
    void closedResults();
    void naiveTwinsAgreeOnTies_data();
    void naiveTwinsAgreeOnTies();
    void bestThresholdReachesBestF1();
    void orderOfEqualScoresDoesNotMatter();
    void oneClassHasNoMetric_data();
    void oneClassHasNoMetric();
    void pointAdjustmentFillsTouchedSegments();
    void bestPointAdjustmentIsTheBestOverThresholds();
    void randomScoresEarnPointAdjustedPraise();
    void pointAdjustmentIsLeftOutUnlessAskedFor();
    void alarmIsStrictlyAboveTheThreshold();
    void eventRecallCountsTouchedSegments();
    void eventRecallKeepsTheFalseAlarmRate();
    void pooledRecordingsKeepTheirSegments();
    void allMetricsAtOnce();
    void referenceNumbersAreReached();
};

// Ranking from the top: 1 0 1 1 0 0.
void TestMetrics::handWorkedExample()
{
    const Scores scores {0.9, 0.8, 0.7, 0.6, 0.5, 0.4};
    const Labels labels {1, 0, 1, 1, 0, 0};
    QVERIFY(near(rocAuc(scores, labels), 7.0 / 9.0));
    QVERIFY(near(averagePrecision(scores, labels), (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0));
    QVERIFY(near(bestF1(scores, labels).f1, 6.0 / 7.0));
    QVERIFY(near(f1At(scores, labels, 0.65), 4.0 / 6.0));
    // No normal row may be above: the threshold is 0.8, so only the first segment is found.
    QVERIFY(near(eventRecallAt(scores, labels, 0.0), 0.5));
    QVERIFY(near(eventRecallAt(scores, labels, 1.0 / 3.0), 1.0));
}

void TestMetrics::closedResults_data()
{
    QTest::addColumn<Scores>("scores");
    QTest::addColumn<double>("roc");
    QTest::addColumn<double>("precision");
    QTest::addColumn<double>("f1");
    QTest::newRow("perfect") << Scores {0, 0, 0, 5, 6} << 1.0 << 1.0 << 1.0;
    QTest::newRow("reversed") << Scores {3, 4, 5, 2, 1} << 0.0 << (0.25 + 0.4) / 2.0 << 4.0 / 7.0;
    QTest::newRow("all equal") << Scores {1, 1, 1, 1, 1} << 0.5 << 0.4 << 4.0 / 7.0;
    QTest::newRow("infinite scores") << Scores {-std::numeric_limits<double>::infinity(), 0, 0, 1,
                                                std::numeric_limits<double>::infinity()}
                                     << 1.0 << 1.0 << 1.0;
}

void TestMetrics::closedResults()
{
    QFETCH(Scores, scores);
    QFETCH(double, roc);
    QFETCH(double, precision);
    QFETCH(double, f1);
    const Labels labels {0, 0, 0, 1, 1};
    QVERIFY(near(rocAuc(scores, labels), roc));
    QVERIFY(near(averagePrecision(scores, labels), precision));
    QVERIFY(near(bestF1(scores, labels).f1, f1));
}

void TestMetrics::naiveTwinsAgreeOnTies_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 30; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

void TestMetrics::naiveTwinsAgreeOnTies()
{
    QFETCH(int, seed);
    const Sample s = sampleWithTies(static_cast<std::uint64_t>(seed));
    QVERIFY(near(rocAuc(s.scores, s.labels), naiveRocAuc(s)));
    QVERIFY(near(averagePrecision(s.scores, s.labels), naiveAveragePrecision(s)));
    QVERIFY(near(bestF1(s.scores, s.labels).f1, naiveBestF1(s)));
}

void TestMetrics::bestThresholdReachesBestF1()
{
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const Sample s = sampleWithTies(seed);
        const BestF1 best = bestF1(s.scores, s.labels);
        QVERIFY(near(f1At(s.scores, s.labels, best.threshold), best.f1));
    }
}

void TestMetrics::orderOfEqualScoresDoesNotMatter()
{
    Sample s = sampleWithTies(5);
    const double roc = rocAuc(s.scores, s.labels);
    const double precision = averagePrecision(s.scores, s.labels);
    std::reverse(s.scores.begin(), s.scores.end());
    std::reverse(s.labels.begin(), s.labels.end());
    QVERIFY(near(rocAuc(s.scores, s.labels), roc));
    QVERIFY(near(averagePrecision(s.scores, s.labels), precision));
}

void TestMetrics::oneClassHasNoMetric_data()
{
    QTest::addColumn<Labels>("labels");
    QTest::newRow("all normal") << Labels {0, 0, 0};
    QTest::newRow("all anomalous") << Labels {1, 1, 1};
    QTest::newRow("no rows") << Labels {};
}

void TestMetrics::oneClassHasNoMetric()
{
    QFETCH(Labels, labels);
    const Scores scores(labels.size(), 1.0);
    const AnomalyMetrics metrics = anomalyMetrics(scores, labels);
    QVERIFY(std::isnan(metrics.rocAuc));
    QVERIFY(std::isnan(metrics.prAuc));
    QVERIFY(std::isnan(metrics.vusPr));
    QVERIFY(std::isnan(metrics.bestF1));
    QVERIFY(std::isnan(metrics.eventRecallAt1Pct));
    QVERIFY(std::isnan(f1At(scores, labels, 0.0)));
    QVERIFY(std::isnan(pointAdjustedF1At(scores, labels, 0.0)));
}

void TestMetrics::pointAdjustmentFillsTouchedSegments()
{
    const Labels labels {0, 1, 1, 1, 0, 1, 1, 0};
    const Scores scores {0, 0, 9, 0, 9, 0, 0, 0};
    QVERIFY(near(f1At(scores, labels, 1.0), 2.0 / 7.0));
    QVERIFY(near(pointAdjustedF1At(scores, labels, 1.0), 6.0 / 9.0));
}

void TestMetrics::bestPointAdjustmentIsTheBestOverThresholds()
{
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const Sample s = sampleWithTies(seed);
        const std::vector<std::size_t> starts {0, s.scores.size() / 2};
        double best = 0.0;
        for (const double score : s.scores)
            best = std::max(best, pointAdjustedF1At(s.scores, s.labels, score - 0.5, starts));
        const BestF1 found = bestPointAdjustedF1(s.scores, s.labels, starts);
        QVERIFY2(near(found.f1, best), qPrintable(QString::number(seed)));
        QVERIFY(near(pointAdjustedF1At(s.scores, s.labels, found.threshold, starts), best));
    }
    QVERIFY(std::isnan(bestPointAdjustedF1(Scores {1, 2}, Labels {0, 0}).f1));
}

void TestMetrics::randomScoresEarnPointAdjustedPraise()
{
    Rng rng(17);
    Scores scores(5000);
    Labels labels(5000, 0);
    for (std::size_t row = 0; row < scores.size(); ++row) {
        scores[row] = rng.uniform();
        labels[row] = row % 1000 >= 800 ? 1 : 0;
    }
    QVERIFY(bestPointAdjustedF1(scores, labels).f1 > 0.9);
    QVERIFY(bestF1(scores, labels).f1 < 0.4);
}

void TestMetrics::pointAdjustmentIsLeftOutUnlessAskedFor()
{
    const Labels labels {0, 1, 1, 1, 0, 1, 1, 0};
    const Scores scores {0, 0, 9, 0, 9, 0, 0, 0};
    QVERIFY(std::isnan(anomalyMetrics(scores, labels).bestPointAdjustedF1));
    const AnomalyMetrics asked
        = anomalyMetrics(scores, labels, {}, defaultVusBuffer, PointAdjusted::AskedFor);
    QVERIFY(near(asked.bestPointAdjustedF1, bestPointAdjustedF1(scores, labels).f1));
}

void TestMetrics::alarmIsStrictlyAboveTheThreshold()
{
    const Scores scores {1.0, 2.0};
    const Labels labels {0, 1};
    QVERIFY(near(f1At(scores, labels, 2.0), 0.0));
    QVERIFY(near(f1At(scores, labels, 1.0), 1.0));
}

void TestMetrics::eventRecallCountsTouchedSegments()
{
    Scores scores(102, 0.0);
    Labels labels(102, 0);
    for (std::size_t row = 0; row < 100; ++row)
        scores[row] = static_cast<double>(row);
    labels[100] = 1;
    scores[100] = 98.5;
    scores[101] = -1.0;
    // 101 normal rows: 1 % allows one of them above, so the threshold is 98.
    QVERIFY(near(eventRecallAt(scores, labels, 0.01), 1.0));
    QVERIFY(near(eventRecallAt(scores, labels, 0.0), 0.0));
}

void TestMetrics::eventRecallKeepsTheFalseAlarmRate()
{
    // 300 equal normal scores: none of them may be above, and a tie is not a detection.
    Scores scores(301, 4.0);
    Labels labels(301, 0);
    labels[150] = 1;
    QVERIFY(near(eventRecallAt(scores, labels, 0.01), 0.0));
    scores[150] = 4.5;
    QVERIFY(near(eventRecallAt(scores, labels, 0.01), 1.0));
}

void TestMetrics::pooledRecordingsKeepTheirSegments()
{
    // The first recording ends and the second begins inside an anomaly.
    const Labels labels {0, 1, 1, 0};
    const Scores scores {0, 9, 0, 0};
    const std::vector<std::size_t> starts {0, 2};
    QVERIFY(near(eventRecallAt(scores, labels, 0.0), 1.0));
    QVERIFY(near(eventRecallAt(scores, labels, 0.0, starts), 0.5));
    QVERIFY(near(pointAdjustedF1At(scores, labels, 1.0), 1.0));
    QVERIFY(near(pointAdjustedF1At(scores, labels, 1.0, starts), 2.0 / 3.0));
}

void TestMetrics::allMetricsAtOnce()
{
    const Sample s = sampleWithTies(9);
    const AnomalyMetrics metrics = anomalyMetrics(s.scores, s.labels);
    QVERIFY(near(metrics.rocAuc, naiveRocAuc(s)));
    QVERIFY(near(metrics.prAuc, naiveAveragePrecision(s)));
    QVERIFY(near(metrics.bestF1, naiveBestF1(s)));
    QVERIFY(metrics.vusPr > 0.0 && metrics.vusPr <= 1.0);
    QVERIFY(near(metrics.eventRecallAt1Pct, eventRecallAt(s.scores, s.labels, 0.01)));
}

void TestMetrics::referenceNumbersAreReached()
{
    const QString path = test::recordedData(QStringLiteral("vectors/metrics.json"));
    if (path.isEmpty())
        QSKIP("The reference numbers are not beside this checkout.");
    const nlohmann::json file = test::readJson(path.toStdString());
    QVERIFY(file.is_object());
    const auto scores = file.at("score").get<Scores>();
    const auto labels = file.at("label").get<Labels>();
    QVERIFY(near(rocAuc(scores, labels), file.at("roc_auc").get<double>()));
    QVERIFY(near(averagePrecision(scores, labels), file.at("average_precision").get<double>()));
    QVERIFY(near(bestF1(scores, labels).f1, file.at("best_f1").get<double>()));
    QVERIFY(near(f1At(scores, labels, 1.0), file.at("f1_at_1").get<double>()));
    QVERIFY(near(pointAdjustedF1At(scores, labels, 1.0), file.at("pa_f1_at_1").get<double>()));
}

QTEST_APPLESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
