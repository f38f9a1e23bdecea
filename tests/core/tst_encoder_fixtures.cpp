#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/fixtures.h"
#include "tests/support/recorded_data.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace stint;
using nlohmann::json;

/// The encoder against outputs computed in double precision by another implementation.
class TestEncoderFixtures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void windowsMatch();
    void streamsMatch();
    void positionTablesMatch();

private:
    template <typename T>
    static double windowDifference(const json& model);
    template <typename T>
    static double streamDifference(const json& model);
};

template <typename T>
double TestEncoderFixtures::windowDifference(const json& model)
{
    const EncoderConfig config = test::fixtureConfig(model);
    const Encoder<T> encoder(config, convert<T>(test::fixtureParameters(model)));
    WindowEncoder<T> window(encoder);
    double worst = 0.0;
    for (std::size_t i = 0; i < model.at("x").size(); ++i) {
        const Matrix<double> x = test::matrixOf(model.at("x")[i]);
        Matrix<T> rows(x.rows(), x.cols());
        for (Index r = 0; r < x.rows(); ++r) {
            for (Index c = 0; c < x.cols(); ++c)
                rows(r, c) = static_cast<T>(x(r, c));
        }
        Matrix<T> answer(1, config.outputs);
        PartCounts counts;
        // The reference marks the rows behind the end of a short series: they do not exist.
        Index real = rows.rows();
        if (model.contains("keymask"))
            real = std::count(model.at("keymask")[i].begin(), model.at("keymask")[i].end(), true);
        window.answer(rows.row(0), rows.stride(), real, 0, answer.row(0), nullptr, counts);
        for (Index c = 0; c < config.outputs; ++c)
            worst
                = std::max(worst,
                           std::abs(static_cast<double>(answer(0, c))
                                    - model.at("y")[i][static_cast<std::size_t>(c)].get<double>()));
    }
    return worst;
}

template <typename T>
double TestEncoderFixtures::streamDifference(const json& model)
{
    const EncoderConfig config = test::fixtureConfig(model);
    const Encoder<T> encoder(config, convert<T>(test::fixtureParameters(model)));
    ContinualStream<T> stream(encoder, 4);
    stream.reset(0);
    const Matrix<double> x = test::matrixOf(model.at("X"));
    double worst = 0.0;
    for (Index t = 0; t < x.rows(); ++t) {
        Matrix<T> row(1, x.cols());
        for (Index c = 0; c < x.cols(); ++c)
            row(0, c) = static_cast<T>(x(t, c));
        const json& expected = model.at("y")[static_cast<std::size_t>(t)];
        if (stream.warmUpRemaining() > 0) {
            if (!expected.is_null())
                return 1e9;
            stream.absorb(row.row(0), row.stride(), 1);
            continue;
        }
        Matrix<T> answer(1, config.outputs);
        PartCounts counts;
        stream.step(row.row(0), row.stride(), 1, answer.row(0), answer.stride(), nullptr, counts);
        for (Index c = 0; c < config.outputs; ++c)
            worst = std::max(worst,
                             std::abs(static_cast<double>(answer(0, c))
                                      - expected[static_cast<std::size_t>(c)].get<double>()));
    }
    return worst;
}

void TestEncoderFixtures::windowsMatch()
{
    const QString file = test::recordedData(QStringLiteral("vectors/models.json"));
    if (file.isEmpty())
        QSKIP("The reference numbers are not on this machine.");
    int checked = 0;
    for (const json& model : test::readJson(file.toStdString())) {
        ++checked;
        const double inDouble = windowDifference<double>(model);
        const double inFloat = windowDifference<float>(model);
        QVERIFY2(inDouble < 1e-9 && inFloat < 1e-5,
                 qPrintable(QStringLiteral("%1: double %2, float %3")
                                .arg(QString::fromStdString(model.at("cfg").dump()))
                                .arg(inDouble)
                                .arg(inFloat)));
    }
    QCOMPARE(checked, 37);
}

void TestEncoderFixtures::streamsMatch()
{
    const QString file = test::recordedData(QStringLiteral("vectors/continual.json"));
    if (file.isEmpty())
        QSKIP("The reference numbers are not on this machine.");
    int checked = 0;
    for (const json& model : test::readJson(file.toStdString())) {
        ++checked;
        QCOMPARE_LT(streamDifference<double>(model), 1e-9);
        QCOMPARE_LT(streamDifference<float>(model), 1e-5);
    }
    QCOMPARE(checked, 3);
}

void TestEncoderFixtures::positionTablesMatch()
{
    const QString file = test::recordedData(QStringLiteral("vectors/models.json"));
    if (file.isEmpty())
        QSKIP("The reference numbers are not on this machine.");
    const auto difference = [](const Matrix<double>& a, const Matrix<double>& b) {
        double worst = a.rows() == b.rows() && a.cols() == b.cols() ? 0.0 : 1e9;
        for (Index r = 0; r < std::min(a.rows(), b.rows()); ++r) {
            for (Index c = 0; c < std::min(a.cols(), b.cols()); ++c)
                worst = std::max(worst, std::abs(a(r, c) - b(r, c)));
        }
        return worst;
    };
    for (const json& model : test::readJson(file.toStdString())) {
        const EncoderConfig config = test::fixtureConfig(model);
        if (config.positions == Positions::None)
            continue;
        const Matrix<double> expected = test::matrixOf(model.at("params").at("pe"));
        const Matrix<double> own = config.positions == Positions::Recycling
            ? cyclicTable(2 * config.window, config.width)
            : windowSineTable(config.window, config.width);
        QCOMPARE_LT(difference(own, expected), 5e-6); // the reference table is in float
    }
}

QTEST_APPLESS_MAIN(TestEncoderFixtures)
#include "tst_encoder_fixtures.moc"
