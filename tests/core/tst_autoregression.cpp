#include "core/base/rng.h"
#include "core/detect/autoregression.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

using namespace stint;

namespace {

/// x_t = c + A x_{t-1} + B x_{t-2} + noise, a stable process of two channels.
struct Process {
    Eigen::Matrix2d first;
    Eigen::Matrix2d second;
    Eigen::Vector2d constant;
};

Process process()
{
    Process p;
    p.first << 0.5, 0.2, -0.3, 0.4;
    p.second << -0.2, 0.1, 0.0, 0.25;
    p.constant << 0.7, -1.1;
    return p;
}

RowMatrix simulate(Index rows, double noise, std::uint64_t seed)
{
    const Process p = process();
    Rng rng(seed);
    RowMatrix x(rows, 2);
    for (Index t = 0; t < rows; ++t) {
        Eigen::Vector2d next(noise * rng.normal(), noise * rng.normal());
        if (t < 2)
            next = Eigen::Vector2d(rng.normal(), rng.normal());
        else
            next += p.constant + p.first * x.row(t - 1).transpose()
                + p.second * x.row(t - 2).transpose();
        x.row(t) = next.transpose();
    }
    return x;
}

RowMatrix randomRows(Index rows, Index channels, std::uint64_t seed)
{
    Rng rng(seed);
    RowMatrix x(rows, channels);
    for (Index t = 0; t < rows; ++t)
        for (Index c = 0; c < channels; ++c)
            x(t, c) = rng.normal();
    return x;
}

/// Gradient of the penalised sum of squares with respect to the weights, by plain loops.
double largestGradient(const Autoregression& m, const std::vector<RowMatrix>& parts)
{
    RowMatrix gradient = m.ridge * m.weights;
    Eigen::VectorXd interceptGradient = Eigen::VectorXd::Zero(m.channels);
    for (const RowMatrix& part : parts) {
        for (Index t = m.order; t < part.rows(); ++t) {
            Eigen::VectorXd lags(m.order * m.channels);
            for (Index k = 1; k <= m.order; ++k)
                lags.segment((k - 1) * m.channels, m.channels) = part.row(t - k).transpose();
            const Eigen::VectorXd error = m.weights * lags + m.intercept - part.row(t).transpose();
            gradient += error * lags.transpose();
            interceptGradient += error;
        }
    }
    return std::max(gradient.cwiseAbs().maxCoeff(), interceptGradient.cwiseAbs().maxCoeff());
}

} // namespace

class TestAutoregression : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recoversANoiselessProcess();
    void recoversANoisyProcess();
    void solutionIsStationary_data();
    void solutionIsStationary();
    void largeOffsetsDoNotCostDigits();
    void interceptIsNotPenalised();
    void noWindowCrossesTheEndOfAPart();
    void predictionUsesEarlierRowsOnly();
    void errorIsTheMeanOverParts();
    void constantChannelsAreSurvived();
    void fewerRowsThanWeightsNeedARidge();
    void differencesAreFittedAsDifferences_data();
    void differencesAreFittedAsDifferences();
    void aLevelMovesTheForecastOnDifferencesAlong();
    void aLargeRidgeOnDifferencesRepeatsTheLastValue();
    void unusableInputIsExplained_data();
    void unusableInputIsExplained();
};

void TestAutoregression::recoversANoiselessProcess()
{
    std::vector<RowMatrix> parts;
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        parts.push_back(simulate(12, 0.0, seed));
    const Result<Autoregression> model = fitAutoregression(parts, 2, 0.0);
    QVERIFY(model.ok());
    QCOMPARE(model->weights.rows(), Index {2});
    QCOMPARE(model->weights.cols(), Index {4});
    QVERIFY((model->weights.leftCols(2) - process().first).cwiseAbs().maxCoeff() < 1e-9);
    QVERIFY((model->weights.rightCols(2) - process().second).cwiseAbs().maxCoeff() < 1e-9);
    QVERIFY((model->intercept - process().constant).cwiseAbs().maxCoeff() < 1e-9);
}

void TestAutoregression::recoversANoisyProcess()
{
    // Standard errors are about 1 / sqrt(20000) = 0.007.
    const Result<Autoregression> model = fitAutoregression({simulate(20000, 1.0, 3)}, 2, 1.0);
    QVERIFY(model.ok());
    QVERIFY((model->weights.leftCols(2) - process().first).cwiseAbs().maxCoeff() < 0.03);
    QVERIFY((model->weights.rightCols(2) - process().second).cwiseAbs().maxCoeff() < 0.03);
    QVERIFY((model->intercept - process().constant).cwiseAbs().maxCoeff() < 0.05);
    const Eigen::VectorXd error = meanSquaredError(*model, {simulate(20000, 1.0, 4)});
    QVERIFY((error.array() - 1.0).abs().maxCoeff() < 0.05);
}

void TestAutoregression::solutionIsStationary_data()
{
    QTest::addColumn<int>("order");
    QTest::addColumn<double>("ridge");
    QTest::newRow("order 1, no ridge") << 1 << 0.0;
    QTest::newRow("order 3, ridge 10") << 3 << 10.0;
    QTest::newRow("order 8, ridge 1000") << 8 << 1000.0;
}

void TestAutoregression::solutionIsStationary()
{
    QFETCH(int, order);
    QFETCH(double, ridge);
    // 256 and 257 predicted rows at order 1 are one block of the sums and one row more.
    const std::vector<RowMatrix> parts {randomRows(257, 3, 1), randomRows(258, 3, 2),
                                        randomRows(5, 3, 3), RowMatrix(0, 3)};
    const Result<Autoregression> model = fitAutoregression(parts, order, ridge);
    QVERIFY(model.ok());
    QVERIFY(largestGradient(*model, parts) < 1e-8);
}

void TestAutoregression::largeOffsetsDoNotCostDigits()
{
    RowMatrix shifted = simulate(500, 1.0, 9);
    const Result<Autoregression> plain = fitAutoregression({shifted}, 2, 5.0);
    shifted.array() += 1e6;
    const Result<Autoregression> model = fitAutoregression({shifted}, 2, 5.0);
    QVERIFY(plain.ok() && model.ok());
    QVERIFY((model->weights - plain->weights).cwiseAbs().maxCoeff() < 1e-7);
}

void TestAutoregression::interceptIsNotPenalised()
{
    RowMatrix x = randomRows(200, 2, 6);
    x.array() += 5.0;
    const Result<Autoregression> model = fitAutoregression({x}, 2, 1e12);
    QVERIFY(model.ok());
    QVERIFY(model->weights.cwiseAbs().maxCoeff() < 1e-6);
    const Eigen::VectorXd mean = x.bottomRows(198).colwise().mean().transpose();
    QVERIFY((model->intercept - mean).cwiseAbs().maxCoeff() < 1e-4);
}

void TestAutoregression::noWindowCrossesTheEndOfAPart()
{
    // Each part is constant: across their border nothing is predictable, inside everything is.
    const RowMatrix low = RowMatrix::Constant(10, 1, -1.0);
    const RowMatrix high = RowMatrix::Constant(10, 1, 1.0);
    const Result<Autoregression> model = fitAutoregression({low, high, low, high}, 1, 0.0);
    QVERIFY(model.ok());
    QVERIFY(std::abs(model->weights(0, 0) - 1.0) < 1e-12);
    QVERIFY(std::abs(model->intercept(0)) < 1e-12);
    const Result<Autoregression> fewer
        = fitAutoregression({low.topRows(3), high.topRows(3)}, 3, 1.0);
    QVERIFY(!fewer.ok());
}

void TestAutoregression::predictionUsesEarlierRowsOnly()
{
    RowMatrix x = simulate(60, 1.0, 2);
    const Result<Autoregression> model = fitAutoregression({x}, 2, 1.0);
    QVERIFY(model.ok());
    const RowMatrix before = predict(*model, x);
    QVERIFY(std::isnan(before(0, 0)) && std::isnan(before(1, 1)));
    QVERIFY(before.bottomRows(58).allFinite());
    x.bottomRows(20).setConstant(1e3);
    const RowMatrix after = predict(*model, x);
    QVERIFY((before.middleRows(2, 39) - after.middleRows(2, 39)).cwiseAbs().maxCoeff() < 1e-12);
    QVERIFY(std::abs(before(41, 0) - after(41, 0)) > 1.0);

    QCOMPARE(predict(*model, RowMatrix(0, 2)).rows(), Index {0});
    QVERIFY(predict(*model, x.topRows(2)).array().isNaN().all());
}

void TestAutoregression::errorIsTheMeanOverParts()
{
    const std::vector<RowMatrix> parts {randomRows(30, 2, 4), randomRows(2, 2, 5),
                                        randomRows(50, 2, 6)};
    const Result<Autoregression> model = fitAutoregression(parts, 2, 1.0);
    QVERIFY(model.ok());
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(2);
    for (const RowMatrix& part : parts) {
        const RowMatrix predicted = predict(*model, part);
        for (Index t = 2; t < part.rows(); ++t)
            sum += (part.row(t) - predicted.row(t)).array().square().matrix().transpose();
    }
    QVERIFY((meanSquaredError(*model, parts) - sum / 76.0).cwiseAbs().maxCoeff() < 1e-12);
}

void TestAutoregression::constantChannelsAreSurvived()
{
    RowMatrix x = randomRows(100, 3, 8);
    x.col(1).setZero();
    for (const double ridge : {0.0, 1.0}) {
        const Result<Autoregression> model = fitAutoregression({x}, 2, ridge);
        QVERIFY(model.ok());
        QVERIFY(model->weights.allFinite());
        QVERIFY(meanSquaredError(*model, {x})(1) >= smallestMeanError);
    }
}

void TestAutoregression::fewerRowsThanWeightsNeedARidge()
{
    const RowMatrix x = randomRows(12, 20, 1);
    QVERIFY(!fitAutoregression({x}, 2, 0.0).ok());
    const Result<Autoregression> model = fitAutoregression({x}, 2, 1.0);
    QVERIFY(model.ok());
    QVERIFY(model->weights.allFinite());
}

void TestAutoregression::differencesAreFittedAsDifferences_data()
{
    QTest::addColumn<int>("order");
    QTest::addColumn<double>("ridge");
    QTest::newRow("order 2, no ridge") << 2 << 0.0;
    QTest::newRow("order 5, ridge 30") << 5 << 30.0;
}

// The sum over rows that the fit makes smallest, by plain loops: its gradient must vanish.
void TestAutoregression::differencesAreFittedAsDifferences()
{
    QFETCH(int, order);
    QFETCH(double, ridge);
    const std::vector<RowMatrix> parts {randomRows(257, 3, 1), randomRows(6, 3, 2)};
    const Result<Autoregression> model = fitAutoregression(parts, order, ridge, true);
    QVERIFY(model.ok() && model->onDifferences);
    const Index inputs = 3 * (order - 1);
    RowMatrix gradient = ridge * model->weights.rightCols(inputs);
    for (const RowMatrix& part : parts) {
        const RowMatrix predicted = predict(*model, part);
        for (Index t = order; t < part.rows(); ++t) {
            Eigen::VectorXd lags(inputs);
            for (Index k = 2; k <= order; ++k)
                lags.segment((k - 2) * 3, 3) = (part.row(t - k) - part.row(t - 1)).transpose();
            gradient += (predicted.row(t) - part.row(t)).transpose() * lags.transpose();
        }
    }
    QVERIFY2(gradient.cwiseAbs().maxCoeff() < 1e-8,
             qPrintable(QString::number(gradient.cwiseAbs().maxCoeff())));
}

void TestAutoregression::aLevelMovesTheForecastOnDifferencesAlong()
{
    const RowMatrix rows = simulate(300, 1.0, 5);
    const Result<Autoregression> model = fitAutoregression({rows}, 4, 30.0, true);
    QVERIFY(model.ok());
    const RowMatrix moved = predict(*model, (rows.array() + 70.0).matrix());
    const RowMatrix plain = predict(*model, rows);
    QVERIFY((moved.bottomRows(296) - plain.bottomRows(296)).array().isApproxToConstant(70.0, 1e-9));
}

void TestAutoregression::aLargeRidgeOnDifferencesRepeatsTheLastValue()
{
    const RowMatrix rows = simulate(400, 1.0, 6);
    const Result<Autoregression> model = fitAutoregression({rows}, 3, 1e12, true);
    QVERIFY(model.ok());
    const RowMatrix predicted = predict(*model, rows);
    const double meanStep
        = (rows.bottomRows(397) - rows.middleRows(2, 397)).colwise().mean().norm();
    const double largest
        = (predicted.bottomRows(397) - rows.middleRows(2, 397)).cwiseAbs().maxCoeff();
    QVERIFY2(largest < meanStep + 1e-6, qPrintable(QString::number(largest)));
}

void TestAutoregression::unusableInputIsExplained_data()
{
    QTest::addColumn<std::vector<RowMatrix>>("parts");
    QTest::addColumn<int>("order");
    QTest::addColumn<double>("ridge");
    QTest::addColumn<QString>("words");
    const RowMatrix good = randomRows(50, 2, 1);
    RowMatrix hole = good;
    hole(10, 1) = std::numeric_limits<double>::quiet_NaN();
    RowMatrix huge = good * 1e200;
    const std::vector<RowMatrix> none;
    QTest::newRow("no parts") << none << 2 << 1.0 << QStringLiteral("no rows");
    QTest::newRow("no channels") << std::vector<RowMatrix> {RowMatrix(5, 0)} << 2 << 1.0
                                 << QStringLiteral("no channels");
    QTest::newRow("different channels") << std::vector<RowMatrix> {good, randomRows(9, 3, 1)} << 2
                                        << 1.0 << QStringLiteral("Part 2");
    QTest::newRow("missing value")
        << std::vector<RowMatrix> {good, hole} << 2 << 1.0 << QStringLiteral("missing");
    QTest::newRow("too few rows") << std::vector<RowMatrix> {good.topRows(9)} << 8 << 1.0
                                  << QStringLiteral("train on more rows");
    QTest::newRow("order zero") << std::vector<RowMatrix> {good} << 0 << 1.0
                                << QStringLiteral("order");
    QTest::newRow("negative ridge")
        << std::vector<RowMatrix> {good} << 2 << -1.0 << QStringLiteral("ridge");
    QTest::newRow("ridge not a number")
        << std::vector<RowMatrix> {good} << 2 << std::numeric_limits<double>::quiet_NaN()
        << QStringLiteral("ridge");
    QTest::newRow("sums overflow")
        << std::vector<RowMatrix> {huge} << 2 << 1.0 << QStringLiteral("too large");
}

void TestAutoregression::unusableInputIsExplained()
{
    QFETCH(std::vector<RowMatrix>, parts);
    QFETCH(int, order);
    QFETCH(double, ridge);
    QFETCH(QString, words);
    const Result<Autoregression> model = fitAutoregression(parts, order, ridge);
    QVERIFY(!model.ok());
    QVERIFY2(QString::fromStdString(model.error().message).contains(words),
             model.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestAutoregression)
#include "tst_autoregression.moc"
