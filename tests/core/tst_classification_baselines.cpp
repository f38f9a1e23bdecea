#include "core/base/rng.h"
#include "core/compare/class_centroids.h"
#include "core/compare/classification_baselines.h"
#include "core/compare/classification_metrics.h"
#include "tests/support/labelled_series.h"
#include "tests/support/recorded_data.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <map>
#include <vector>

using namespace stint;

namespace {

using Classes = std::vector<Index>;

bool near(double actual, double expected) { return std::abs(actual - expected) < 1e-12; }

} // namespace

class TestClassificationBaselines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void handWorkedMetrics();
    void classesThatNeverOccurAreLeftOut();
    void seriesWithoutAnAnswerAreCounted();
    void summaryIsOfEachChannel();
    void centroidsTellLevels();
    void aClassWithoutSeriesIsNeverTheAnswer();
    void allBaselinesAnswer();
    void realSeriesAreTold_data();
    void realSeriesAreTold();
};

void TestClassificationBaselines::handWorkedMetrics()
{
    const ClassificationMetrics metrics
        = classificationMetrics(Classes {0, 1, 1, 2, 0}, Classes {0, 0, 1, 2, 2}, 3);
    QVERIFY(near(metrics.accuracy, 0.6));
    // F1 by class: 2 x 1 / (2 + 2), 2 x 1 / (1 + 2), 2 x 1 / (2 + 1).
    QVERIFY(near(metrics.macroF1, (0.5 + 2.0 / 3.0 + 2.0 / 3.0) / 3.0));
    ConfusionMatrix expected(3, 3);
    expected << 1, 1, 0, 0, 1, 0, 1, 0, 1;
    QVERIFY(metrics.confusion == expected);
}

void TestClassificationBaselines::classesThatNeverOccurAreLeftOut()
{
    QVERIFY(near(classificationMetrics(Classes {0, 3}, Classes {0, 3}, 9).macroF1, 1.0));
    // Predicted only, it counts as never right.
    QVERIFY(near(classificationMetrics(Classes {0, 5}, Classes {0, 0}, 9).macroF1,
                 (2.0 / 3.0 + 0.0) / 2.0));
}

void TestClassificationBaselines::seriesWithoutAnAnswerAreCounted()
{
    const ClassificationMetrics metrics
        = classificationMetrics(Classes {0, -1, 7, 1}, Classes {0, 0, 1, 0}, 2);
    QCOMPARE(metrics.unanswered, Index {2});
    QVERIFY(near(metrics.accuracy, 0.5));
    const ClassificationMetrics none = classificationMetrics(Classes {-1}, Classes {0}, 2);
    QVERIFY(std::isnan(none.accuracy) && std::isnan(none.macroF1));
    QVERIFY(std::isnan(classificationMetrics(Classes {}, Classes {}, 2).accuracy));
}

void TestClassificationBaselines::summaryIsOfEachChannel()
{
    RowMatrix series(4, 2);
    series << 1, 5, 3, 5, 1, 5, 3, 5;
    const Eigen::VectorXd summary = summaryOf(series);
    Eigen::VectorXd expected(8);
    expected << 2, 1, 1, 3, 5, 0, 5, 5;
    QVERIFY((summary - expected).norm() < 1e-12);
}

void TestClassificationBaselines::centroidsTellLevels()
{
    const auto level = [](double value) { return RowMatrix(RowMatrix::Constant(5, 1, value)); };
    const auto model
        = fitClassCentroids({{level(0.0), level(1.0), level(9.0), level(10.0)}, {0, 0, 1, 1}, 2});
    QVERIFY(model.ok());
    QCOMPARE(classify(*model, level(4.9)), Index {0});
    QCOMPARE(classify(*model, level(5.1)), Index {1});
    QCOMPARE(classify(*model, RowMatrix(0, 1)), Index {-1});
    QCOMPARE(classify(*model, RowMatrix::Zero(5, 2)), Index {-1});
    QCOMPARE(classify(*model, level(std::numeric_limits<double>::quiet_NaN())), Index {-1});
    QVERIFY(!fitClassCentroids({}).ok());
}

void TestClassificationBaselines::aClassWithoutSeriesIsNeverTheAnswer()
{
    const RowMatrix one = RowMatrix::Ones(3, 1);
    const auto model = fitClassCentroids({{one, 2.0 * one}, {0, 2}, 3});
    QVERIFY(model.ok());
    for (const double value : {-5.0, 1.0, 1.5, 2.0, 7.0})
        QVERIFY(classify(*model, value * one) != 1);
}

void TestClassificationBaselines::allBaselinesAnswer()
{
    Rng rng(2);
    SeriesSet set;
    set.classes = 2;
    for (Index k = 0; k < 20; ++k) {
        RowMatrix series(static_cast<Index>(8 + rng.below(8)), 2);
        for (Index v = 0; v < series.size(); ++v)
            series.data()[v] = rng.normal() + (k % 2 == 0 ? 2.0 : -2.0);
        set.series.push_back(series);
        set.labels.push_back(k % 2);
    }
    const auto baselines = fitClassificationBaselines(set);
    QVERIFY(baselines.ok());
    const auto answers = classifyByBaselines(*baselines, set.series, 2);
    QCOMPARE(answers.size(), std::size_t {3});
    for (const BaselineClasses& answer : answers)
        QVERIFY2(answer.classes == set.labels, answer.name.c_str());
    QVERIFY(!fitClassificationBaselines({}).ok());
}

void TestClassificationBaselines::realSeriesAreTold_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("centroids");
    QTest::addColumn<double>("nearest");
    QTest::addColumn<double>("rocket");
    QTest::newRow("vowels") << QStringLiteral("JapaneseVowels") << 0.95 << 0.965 << 0.990;
    QTest::newRow("motions") << QStringLiteral("BasicMotions") << 0.95 << 0.875 << 1.000;
    QTest::newRow("epilepsy") << QStringLiteral("Epilepsy") << 0.87 << 0.94 << 1.000;
}

// Half a point below what is known of each; a point is 4 of 370 and 1 of 40 or 138 series.
void TestClassificationBaselines::realSeriesAreTold()
{
    QFETCH(QString, name);
    QFETCH(double, centroids);
    QFETCH(double, nearest);
    QFETCH(double, rocket);
    const QString folder = test::recordedData(QStringLiteral("data/") + name);
    if (folder.isEmpty())
        QSKIP("The recorded series are not beside this checkout.");
    std::map<QByteArray, Index> names;
    const QString stem = folder + QLatin1Char('/') + name;
    SeriesSet train = test::readLabelledSeries(stem + QStringLiteral("_TRAIN.csv.gz"), names);
    SeriesSet further = test::readLabelledSeries(stem + QStringLiteral("_TEST.csv.gz"), names);
    QVERIFY(!train.series.empty() && !further.series.empty());
    QCOMPARE(train.classes, further.classes);
    test::standardiseSeries(train, further);

    const auto baselines = fitClassificationBaselines(train, 1, 2);
    QVERIFY2(baselines.ok(), baselines.ok() ? "" : baselines.error().message.c_str());
    const auto answers = classifyByBaselines(*baselines, further.series, 2);
    std::vector<double> accuracy;
    for (const BaselineClasses& answer : answers)
        accuracy.push_back(
            classificationMetrics(answer.classes, further.labels, train.classes).accuracy);
    qInfo("accuracy %.4f class centroids, %.4f nearest series, %.4f random convolutions",
          accuracy[0], accuracy[1], accuracy[2]);
    QVERIFY(accuracy[0] >= centroids - 0.005);
    QVERIFY(accuracy[1] >= nearest - 0.005);
    QVERIFY(accuracy[2] >= rocket - 0.005);
}

QTEST_APPLESS_MAIN(TestClassificationBaselines)
#include "tst_classification_baselines.moc"
