#include "core/base/rng.h"
#include "core/detect/baselines.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace stint;

namespace {

/// Channels that share one strong source, so that few components hold most of the variance.
RowMatrix relatedRows(Index rows, Index channels, std::uint64_t seed)
{
    Rng rng(seed);
    RowMatrix x(rows, channels);
    for (Index t = 0; t < rows; ++t) {
        const double source = rng.normal();
        for (Index c = 0; c < channels; ++c)
            x(t, c) = 0.9 * source + 0.436 * rng.normal();
    }
    return x;
}

std::vector<double> scoresOf(const Baselines& baselines, const RowMatrix& x, const char* name)
{
    for (const BaselineScore& score : scoreBaselines(baselines, x)) {
        if (score.name == name)
            return score.scores;
    }
    return {};
}

double meanFrom(const std::vector<double>& scores, std::size_t first)
{
    double sum = 0.0;
    for (std::size_t row = first; row < scores.size(); ++row)
        sum += scores[row];
    return sum / static_cast<double>(scores.size() - first);
}

} // namespace

class TestBaselines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesAndLengths();
    void handWorkedScores();
    void trainingRowsScoreAboutOne();
    void pcaSeesABrokenRelation();
    void componentsAreOrthonormalAndHoldHalf();
    void mahalanobisMatchesTheInverseCovariance();
    void rowsWithoutAnAnswerAreNaN();
    void missingValuesSpreadNoFurtherThanTheyReach();
    void hostileTrainingRowsAreSurvived_data();
    void hostileTrainingRowsAreSurvived();
    void tooFewRowsAreAnError();
};

void TestBaselines::namesAndLengths()
{
    const Result<Baselines> baselines = fitBaselines({relatedRows(100, 4, 1)});
    QVERIFY(baselines.ok());
    const std::vector<BaselineScore> scores = scoreBaselines(*baselines, relatedRows(30, 4, 2));
    const std::vector<std::string> names {"row norm",        "PCA residual",
                                          "Mahalanobis",     "squared difference",
                                          "moving variance", "ridge autoregression"};
    QCOMPARE(scores.size(), names.size());
    for (std::size_t k = 0; k < names.size(); ++k) {
        QCOMPARE(scores[k].name, names[k]);
        QCOMPARE(scores[k].scores.size(), std::size_t {30});
    }
}

void TestBaselines::handWorkedScores()
{
    Result<Baselines> fitted = fitBaselines({relatedRows(100, 2, 1)});
    QVERIFY(fitted.ok());
    fitted->varianceRows = 3;
    RowMatrix x(4, 2);
    x << 1.0, 2.0, 3.0, 2.0, 2.0, 2.0, 0.0, -1.0;
    const std::vector<double> norm = scoresOf(*fitted, x, "row norm");
    QVERIFY(std::abs(norm[0] - 2.5) < 1e-12);
    const std::vector<double> difference = scoresOf(*fitted, x, "squared difference");
    QVERIFY(std::isnan(difference[0]));
    QVERIFY(std::abs(difference[1] - 2.0) < 1e-12);
    QVERIFY(std::abs(difference[3] - 6.5) < 1e-12);
    const std::vector<double> variance = scoresOf(*fitted, x, "moving variance");
    QVERIFY(std::isnan(variance[1]));
    // Rows 0..2: channel 0 holds 1, 3, 2 with variance 2/3; channel 1 does not move.
    QVERIFY(std::abs(variance[2] - 1.0 / 3.0) < 1e-12);
    // Rows 1..3: 3, 2, 0 with variance 14/9 and 2, 2, -1 with variance 2.
    QVERIFY(std::abs(variance[3] - 16.0 / 9.0) < 1e-12);
}

void TestBaselines::trainingRowsScoreAboutOne()
{
    const std::vector<RowMatrix> parts {relatedRows(500, 5, 1), relatedRows(700, 5, 2)};
    const Result<Baselines> baselines = fitBaselines(parts);
    QVERIFY(baselines.ok());
    const RowMatrix fresh = relatedRows(2000, 5, 3);
    QVERIFY(std::abs(meanFrom(scoresOf(*baselines, fresh, "row norm"), 0) - 1.0) < 0.1);
    QVERIFY(std::abs(meanFrom(scoresOf(*baselines, fresh, "Mahalanobis"), 0) - 1.0) < 0.1);
    QVERIFY(std::abs(meanFrom(scoresOf(*baselines, fresh, "ridge autoregression"), 8) - 1.0)
            < 0.15);
}

void TestBaselines::pcaSeesABrokenRelation()
{
    const Result<Baselines> baselines = fitBaselines({relatedRows(1000, 4, 1)});
    QVERIFY(baselines.ok());
    QCOMPARE(baselines->components.rows(), Index {1});
    RowMatrix x(2, 4);
    x << 2.0, 2.0, 2.0, 2.0, // along the common source
        2.0, -2.0, 2.0, -2.0; // of equal norm, against it
    const std::vector<double> residual = scoresOf(*baselines, x, "PCA residual");
    QVERIFY(residual[0] < 0.1);
    QVERIFY(residual[1] > 3.0);
}

void TestBaselines::componentsAreOrthonormalAndHoldHalf()
{
    Rng rng(4);
    RowMatrix x(400, 6);
    for (Index t = 0; t < x.rows(); ++t)
        for (Index c = 0; c < x.cols(); ++c)
            x(t, c) = (1.0 + 0.2 * static_cast<double>(c)) * rng.normal();
    const Result<Baselines> baselines = fitBaselines({x});
    QVERIFY(baselines.ok());
    const RowMatrix& v = baselines->components;
    const RowMatrix gram = v * v.transpose();
    QVERIFY((gram - RowMatrix::Identity(v.rows(), v.rows())).cwiseAbs().maxCoeff() < 1e-10);
    const RowMatrix centred = x.rowwise() - baselines->mean.transpose();
    const double total = centred.squaredNorm();
    QVERIFY((centred * v.transpose()).squaredNorm() >= 0.5 * total - 1e-9);
    QVERIFY((centred * v.bottomRows(v.rows() - 1).transpose()).squaredNorm() < 0.5 * total);
}

void TestBaselines::mahalanobisMatchesTheInverseCovariance()
{
    // Variances 1 and 4, uncorrelated by construction; the mean variance is 2.5.
    RowMatrix x(400, 2);
    for (Index t = 0; t < 400; ++t) {
        x(t, 0) = t % 2 == 0 ? 1.0 : -1.0;
        x(t, 1) = (t / 2) % 2 == 0 ? 2.0 : -2.0;
    }
    const Result<Baselines> baselines = fitBaselines({x});
    QVERIFY(baselines.ok());
    RowMatrix probe(1, 2);
    probe << 3.0, 4.0;
    const double expected = 0.5 * (9.0 / 1.0025 + 16.0 / 4.0025);
    QVERIFY(std::abs(scoresOf(*baselines, probe, "Mahalanobis")[0] - expected) < 1e-9);
}

void TestBaselines::rowsWithoutAnAnswerAreNaN()
{
    const Result<Baselines> baselines = fitBaselines({relatedRows(100, 3, 1)});
    QVERIFY(baselines.ok());
    const std::vector<std::size_t> unanswered {0, 0, 0, 1, 19, 8};
    const std::vector<BaselineScore> scores = scoreBaselines(*baselines, relatedRows(40, 3, 2));
    for (std::size_t k = 0; k < scores.size(); ++k)
        for (std::size_t row = 0; row < 40; ++row)
            QCOMPARE(std::isnan(scores[k].scores[row]), row < unanswered[k]);

    for (const Index rows : {Index {0}, Index {1}, Index {5}}) {
        for (const BaselineScore& score : scoreBaselines(*baselines, relatedRows(rows, 3, 2)))
            QCOMPARE(static_cast<Index>(score.scores.size()), rows);
    }
}

void TestBaselines::missingValuesSpreadNoFurtherThanTheyReach()
{
    const Result<Baselines> baselines = fitBaselines({relatedRows(100, 3, 1)});
    QVERIFY(baselines.ok());
    RowMatrix x = relatedRows(80, 3, 2);
    x(40, 1) = std::numeric_limits<double>::quiet_NaN();
    x(79, 0) = std::numeric_limits<double>::infinity();
    const std::vector<std::size_t> reach {1, 1, 1, 2, 20, 9};
    const std::vector<BaselineScore> scores = scoreBaselines(*baselines, x);
    for (std::size_t k = 0; k < scores.size(); ++k) {
        for (std::size_t row = 20; row < 79; ++row)
            QCOMPARE(std::isnan(scores[k].scores[row]), row >= 40 && row < 40 + reach[k]);
        QVERIFY(std::isnan(scores[k].scores[79]));
    }
}

void TestBaselines::hostileTrainingRowsAreSurvived_data()
{
    QTest::addColumn<RowMatrix>("rows");
    RowMatrix constantChannel = relatedRows(100, 3, 1);
    constantChannel.col(1).setZero();
    RowMatrix twins = relatedRows(100, 3, 1);
    twins.col(2) = twins.col(0);
    QTest::newRow("one constant channel") << constantChannel;
    QTest::newRow("two equal channels") << twins;
    QTest::newRow("all channels constant") << RowMatrix(RowMatrix::Zero(50, 3));
    QTest::newRow("one channel") << relatedRows(100, 1, 1);
    QTest::newRow("fewer rows than channels") << relatedRows(12, 40, 1);
}

void TestBaselines::hostileTrainingRowsAreSurvived()
{
    QFETCH(RowMatrix, rows);
    const Result<Baselines> baselines = fitBaselines({rows});
    QVERIFY(baselines.ok());
    RowMatrix probe = RowMatrix::Zero(30, rows.cols());
    probe.row(29).setConstant(5.0);
    for (const BaselineScore& score : scoreBaselines(*baselines, probe)) {
        QVERIFY2(std::isfinite(score.scores[28]), score.name.c_str());
        QVERIFY2(std::isfinite(score.scores[29]), score.name.c_str());
        QVERIFY2(score.scores[29] > score.scores[28], score.name.c_str());
    }
}

void TestBaselines::tooFewRowsAreAnError()
{
    QVERIFY(!fitBaselines({}).ok());
    QVERIFY(!fitBaselines({relatedRows(9, 2, 1)}).ok());
    QVERIFY(fitBaselines({relatedRows(10, 2, 1)}).ok());
}

QTEST_APPLESS_MAIN(TestBaselines)
#include "tst_baselines.moc"
