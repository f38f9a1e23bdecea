#include "core/base/rng.h"
#include "core/compare/forecast_baselines.h"
#include "core/compare/forecast_metrics.h"
#include "core/series/csv_reader.h"
#include "core/series/standardiser.h"
#include "tests/support/recorded_data.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

using namespace stint;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Standardised by the training rows, as the published results are.
RowMatrix standardisedRows(const Recording& recording, Index trainRows)
{
    std::vector<std::span<const double>> columns;
    for (const Channel& channel : recording.channels)
        columns.push_back(
            std::span<const double>(channel.values).first(static_cast<std::size_t>(trainRows)));
    const Standardiser standardiser = fitStandardiser(columns);
    RowMatrix rows(recording.rows(), standardiser.channels());
    for (Index c = 0; c < rows.cols(); ++c) {
        const auto channel = static_cast<std::size_t>(c);
        for (Index row = 0; row < rows.rows(); ++row)
            rows(row, c) = (recording.channels[channel].values[static_cast<std::size_t>(row)]
                            - standardiser.mean[channel])
                / standardiser.scale[channel];
    }
    return rows;
}

/// Twelve months train, four validate, four test.
struct Months {
    RowMatrix rows;
    Index train = 0;
    Index testFirst = 0;
    Index testLast = 0;

    ForecastMetrics judge(const RowMatrix& forecast) const
    {
        ForecastErrors errors(rows.cols());
        errors.add(forecast, rows, testFirst, testLast);
        return errors.metrics();
    }
};

Months months(const QString& path, Index rowsPerHour)
{
    const Result<Recording> recording = readRecording(path.toStdString());
    const Index month = 30 * 24 * rowsPerHour;
    if (!recording || recording->rows() < 20 * month)
        return {};
    return {standardisedRows(*recording, 12 * month), 12 * month, 16 * month, 20 * month};
}

bool near(double actual, double expected, double tolerance)
{
    return std::abs(actual - expected) <= tolerance;
}

} // namespace

class TestForecastBaselines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void errorsAreMeansOverRowsAndChannels();
    void rowsWithoutAnAnswerAreCountedAndLeftOut();
    void recordingsArePooledByRows();
    void nothingToJudgeIsNotANumber();
    void forecastsUseEarlierRowsOnly();
    void aSeasonIsRepeatedExactly();
    void recordingsShorterThanTheLagHaveNoForecast();
    void unusableSettingsAreExplained();
    void hourlyTransformersReachTheKnownErrors();
    void quarterHourlyTransformersReachTheKnownErrors();
};

void TestForecastBaselines::errorsAreMeansOverRowsAndChannels()
{
    RowMatrix actual(2, 2);
    actual << 0, 0, 0, 0;
    RowMatrix forecast(2, 2);
    forecast << 1, 2, 3, -4;
    const ForecastMetrics metrics = forecastMetrics(forecast, actual);
    QVERIFY(near(metrics.mse, 30.0 / 4.0, 1e-12));
    QVERIFY(near(metrics.mae, 10.0 / 4.0, 1e-12));
    QVERIFY(near(metrics.channelMse(0), 5.0, 1e-12) && near(metrics.channelMse(1), 10.0, 1e-12));
    QVERIFY(near(metrics.channelMae(0), 2.0, 1e-12) && near(metrics.channelMae(1), 3.0, 1e-12));
    QCOMPARE(metrics.rows, Index {2});
}

void TestForecastBaselines::rowsWithoutAnAnswerAreCountedAndLeftOut()
{
    RowMatrix actual = RowMatrix::Zero(4, 2);
    RowMatrix forecast = RowMatrix::Ones(4, 2);
    forecast(0, 1) = missing;
    actual(2, 0) = std::numeric_limits<double>::infinity();
    const ForecastMetrics metrics = forecastMetrics(forecast, actual);
    QCOMPARE(metrics.rows, Index {2});
    QCOMPARE(metrics.unanswered, Index {2});
    QVERIFY(near(metrics.mse, 1.0, 1e-12));
}

void TestForecastBaselines::recordingsArePooledByRows()
{
    ForecastErrors errors(1);
    errors.add(RowMatrix::Constant(3, 1, 1.0), RowMatrix::Zero(3, 1), 0, 3);
    errors.add(RowMatrix::Constant(9, 1, 4.0), RowMatrix::Zero(9, 1), 8, 9);
    QVERIFY(near(errors.metrics().mae, 7.0 / 4.0, 1e-12));
}

void TestForecastBaselines::nothingToJudgeIsNotANumber()
{
    const ForecastMetrics metrics = forecastMetrics(RowMatrix(0, 3), RowMatrix(0, 3));
    QVERIFY(std::isnan(metrics.mse) && std::isnan(metrics.mae));
    QCOMPARE(metrics.channelMse.size(), Index {3});
}

void TestForecastBaselines::forecastsUseEarlierRowsOnly()
{
    Rng rng(3);
    RowMatrix rows(60, 2);
    for (Index k = 0; k < rows.size(); ++k)
        rows.data()[k] = rng.normal();
    const auto baselines = fitForecastBaselines({rows}, 5, 4, 1.0);
    QVERIFY(baselines.ok());
    const auto before = forecastByBaselines(*baselines, rows);
    rows.bottomRows(20).array() += 100.0;
    const auto after = forecastByBaselines(*baselines, rows);
    QCOMPARE(before.size(), std::size_t {3});
    for (std::size_t k = 0; k < before.size(); ++k) {
        // Row 40 is the first that changed and the last that must not notice.
        const auto same = [&](Index row) {
            return (before[k].forecast.row(row) - after[k].forecast.row(row)).norm() < 1e-12;
        };
        QVERIFY2(same(40), before[k].name.c_str());
        QVERIFY2(!same(45), before[k].name.c_str());
    }
}

void TestForecastBaselines::aSeasonIsRepeatedExactly()
{
    RowMatrix rows(50, 1);
    for (Index row = 0; row < 50; ++row)
        rows(row, 0) = static_cast<double>(row % 7);
    const ForecastMetrics metrics = forecastMetrics(repeatedValue(rows, 7), rows);
    QCOMPARE(metrics.unanswered, Index {7});
    QVERIFY(near(metrics.mse, 0.0, 1e-15));
    QVERIFY(forecastMetrics(repeatedValue(rows, 1), rows).mse > 1.0);
}

void TestForecastBaselines::recordingsShorterThanTheLagHaveNoForecast()
{
    for (const Index lag : {Index {3}, Index {4}, Index {100}})
        QVERIFY(repeatedValue(RowMatrix::Ones(3, 2), lag).array().isNaN().all());
}

void TestForecastBaselines::unusableSettingsAreExplained()
{
    const std::vector<RowMatrix> rows {RowMatrix::Ones(50, 1)};
    QVERIFY(!fitForecastBaselines(rows, -1).ok());
    const auto lags = fitForecastBaselines(rows, 0, 1, 1.0);
    QVERIFY(!lags.ok());
    QVERIFY2(lags.error().message.find("at least 2") != std::string::npos,
             lags.error().message.c_str());
    const auto plain = fitForecastBaselines(rows, 0, 2, 1.0);
    QVERIFY(plain.ok());
    QCOMPARE(forecastByBaselines(*plain, rows.front()).size(), std::size_t {2});
}

void TestForecastBaselines::hourlyTransformersReachTheKnownErrors()
{
    const QString path = test::recordedData(QStringLiteral("data/ett/ETTh1.csv.gz"));
    if (path.isEmpty())
        QSKIP("The transformer recordings are not beside this checkout.");
    const Months data = months(path, 1);
    QVERIFY(data.train > 0);
    const std::vector<RowMatrix> train {data.rows.topRows(data.train)};
    const auto baselines = fitForecastBaselines(train, 24);
    QVERIFY(baselines.ok());
    const auto forecasts = forecastByBaselines(*baselines, data.rows);
    const ForecastMetrics last = data.judge(forecasts[0].forecast);
    const ForecastMetrics season = data.judge(forecasts[1].forecast);
    const ForecastMetrics ridge = data.judge(forecasts[2].forecast);

    const auto plain = fitAutoregression(train, forecastOrder, forecastRidge);
    QVERIFY(plain.ok());
    const ForecastMetrics values = data.judge(predict(*plain, data.rows));
    RowMatrix alone = RowMatrix::Constant(data.rows.rows(), data.rows.cols(), missing);
    for (Index c = 0; c < alone.cols(); ++c) {
        const auto own = fitAutoregression({train.front().col(c)}, forecastOrder, 1.0);
        QVERIFY(own.ok());
        alone.col(c) = predict(*own, data.rows.col(c));
    }
    const ForecastMetrics perChannel = data.judge(alone);
    qInfo("MSE %.4f last value, %.4f seasonal, %.4f per channel, %.4f on values, %.4f on "
          "differences; MAE %.4f, %.4f, %.4f, %.4f, %.4f",
          last.mse, season.mse, perChannel.mse, values.mse, ridge.mse, last.mae, season.mae,
          perChannel.mae, values.mae, ridge.mae);
    QVERIFY(near(last.mse, 0.1748, 5e-4) && near(last.mae, 0.2555, 5e-4));
    QVERIFY(near(season.mse, 0.4238, 5e-4) && near(season.mae, 0.3892, 5e-4));
    QVERIFY(near(ridge.mse, 0.1038, 5e-4) && near(ridge.mae, 0.2105, 5e-4));
    QVERIFY(near(values.mse, 0.1077, 5e-4) && near(values.mae, 0.2156, 5e-4));
    QVERIFY(near(perChannel.mse, 0.1092, 5e-4) && near(perChannel.mae, 0.2132, 5e-4));
}

void TestForecastBaselines::quarterHourlyTransformersReachTheKnownErrors()
{
    const QString path = test::recordedData(QStringLiteral("data/ett/ETTm1.csv.gz"));
    if (path.isEmpty())
        QSKIP("The transformer recordings are not beside this checkout.");
    const Months data = months(path, 4);
    QVERIFY(data.train > 0);
    const auto baselines = fitForecastBaselines({data.rows.topRows(data.train)}, 0);
    QVERIFY(baselines.ok());
    const auto forecasts = forecastByBaselines(*baselines, data.rows);
    const ForecastMetrics last = data.judge(forecasts[0].forecast);
    const ForecastMetrics ridge = data.judge(forecasts[1].forecast);
    qInfo("MSE %.4f last value, %.4f on differences", last.mse, ridge.mse);
    QVERIFY(near(last.mse, 0.0539, 3e-4));
    QVERIFY(near(ridge.mse, 0.0468, 3e-4));
}

QTEST_APPLESS_MAIN(TestForecastBaselines)
#include "tst_forecast_baselines.moc"
