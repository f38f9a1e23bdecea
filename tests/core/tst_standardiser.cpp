#include "core/base/rng.h"
#include "core/series/standardiser.h"

#include <QTest>

#include <cmath>
#include <limits>

using stint::fitStandardiser;
using stint::HoldLast;
using stint::Index;
using stint::Standardiser;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

/// Two channels with holes, the second with one at the start.
std::vector<std::vector<double>> columnsWithHoles(std::size_t rows)
{
    stint::Rng rng(7);
    std::vector<std::vector<double>> columns(2, std::vector<double>(rows));
    for (auto& column : columns)
        for (double& value : column)
            value = rng.uniform() < 0.3 ? (rng.uniform() < 0.5 ? missing : infinite) : rng.normal();
    columns[1][0] = missing;
    columns[1][1] = -infinite;
    return columns;
}

std::vector<std::span<const double>> spans(const std::vector<std::vector<double>>& columns)
{
    return {columns.begin(), columns.end()};
}

} // namespace

class TestStandardiser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fitsMeanAndPopulationDeviation();
    void givesScaleOneWhereNothingVaries_data();
    void givesScaleOneWhereNothingVaries();
    void poolsRecordings();
    void limitsExtremeValues();
    void holdsTheLastFiniteValue();
    void rowsDoNotDependOnBlocksOrStart_data();
    void rowsDoNotDependOnBlocksOrStart();
    void liveRowsEqualColumns();
};

void TestStandardiser::fitsMeanAndPopulationDeviation()
{
    const std::vector<std::vector<double>> columns {{1, missing, 3, infinite, 5},
                                                    {1e9, 1e9 + 2, 1e9, 1e9 + 2}};
    const Standardiser fitted = fitStandardiser(spans(columns));
    QVERIFY(std::abs(fitted.mean[0] - 3.0) < 1e-12);
    QVERIFY(std::abs(fitted.scale[0] - std::sqrt(8.0 / 3.0)) < 1e-12);
    QVERIFY(std::abs(fitted.mean[1] - (1e9 + 1)) < 1e-6);
    QVERIFY(std::abs(fitted.scale[1] - 1.0) < 1e-9);
}

void TestStandardiser::givesScaleOneWhereNothingVaries_data()
{
    QTest::addColumn<QList<double>>("values");
    QTest::addColumn<double>("mean");

    QTest::newRow("constant") << QList<double>(1000, 0.1) << 0.1;
    QTest::newRow("one value") << QList<double> {4.5} << 4.5;
    QTest::newRow("no value") << QList<double> {} << 0.0;
    QTest::newRow("all missing") << QList<double> {missing, missing} << 0.0;
    QTest::newRow("beyond a double") << QList<double> {1e308, -1e308, 1e308} << 0.0;
}

void TestStandardiser::givesScaleOneWhereNothingVaries()
{
    QFETCH(QList<double>, values);
    QFETCH(double, mean);
    const std::vector<std::vector<double>> columns {{values.begin(), values.end()}};
    const Standardiser fitted = fitStandardiser(spans(columns));
    QVERIFY(fitted.scale[0] == 1.0);
    QVERIFY(std::abs(fitted.mean[0] - mean) < 1e-12);
}

void TestStandardiser::poolsRecordings()
{
    const std::vector<std::vector<double>> first {{1, 2}, {5, 5}};
    const std::vector<std::vector<double>> second {{3, missing, 6}, {5, 5, 5}};
    const std::vector<std::vector<double>> all {{1, 2, 3, missing, 6}, {5, 5, 5, 5, 5}};
    const Standardiser pooled = stint::fitPooledStandardiser({spans(first), spans(second)});
    const Standardiser whole = fitStandardiser(spans(all));
    for (std::size_t c = 0; c < 2; ++c) {
        QVERIFY(std::abs(pooled.mean[c] - whole.mean[c]) < 1e-12);
        QVERIFY(std::abs(pooled.scale[c] - whole.scale[c]) < 1e-12);
    }
}

void TestStandardiser::limitsExtremeValues()
{
    const Standardiser standardiser {{2.0}, {1e-3}};
    QVERIFY(standardiser.standardise(0, 1e308) == stint::standardLimit);
    QVERIFY(standardiser.standardise(0, -1e308) == -stint::standardLimit);
    QVERIFY(std::abs(standardiser.standardise(0, 2.001) - 1.0F) < 1e-5F);
    QVERIFY(std::abs(standardiser.restore(0, 1.0) - 2.001) < 1e-12);
}

void TestStandardiser::holdsTheLastFiniteValue()
{
    const std::vector<std::vector<double>> columns {{missing, 4, infinite, missing, 6}};
    HoldLast hold(Standardiser {{2.0}, {2.0}});
    std::vector<float> z(5);
    std::vector<unsigned char> held(5, 9);
    hold.convert(spans(columns), 0, 5, z.data(), 1, held.data());
    const std::vector<float> expected {0.0F, 1.0F, 1.0F, 1.0F, 2.0F};
    const std::vector<unsigned char> flags {1, 0, 1, 1, 0};
    QCOMPARE(held, flags);
    for (std::size_t r = 0; r < 5; ++r)
        QVERIFY(std::abs(z[r] - expected[r]) < 1e-6F);
}

void TestStandardiser::rowsDoNotDependOnBlocksOrStart_data()
{
    QTest::addColumn<int>("start");
    QTest::addColumn<int>("block");
    QTest::newRow("from the start, row by row") << 0 << 1;
    QTest::newRow("from the second row") << 1 << 7;
    QTest::newRow("from the middle") << 50 << 7;
    QTest::newRow("one block") << 31 << 200;
    QTest::newRow("last row") << 99 << 1;
}

void TestStandardiser::rowsDoNotDependOnBlocksOrStart()
{
    QFETCH(int, start);
    QFETCH(int, block);
    constexpr Index rows = 100;
    constexpr Index stride = 4;
    const auto columns = columnsWithHoles(rows);
    const auto views = spans(columns);
    const Standardiser fitted = fitStandardiser(views);

    HoldLast whole(fitted);
    std::vector<float> expected(rows * stride, -7.0F);
    std::vector<unsigned char> expectedHeld(rows);
    whole.convert(views, 0, rows, expected.data(), stride, expectedHeld.data());
    QVERIFY(expected[2] == -7.0F); // beyond the channels nothing is written

    HoldLast parts(fitted);
    parts.seed(views, start);
    for (Index first = start; first < rows; first += block) {
        const Index last = std::min<Index>(first + block, rows);
        std::vector<float> z(static_cast<std::size_t>((last - first) * stride));
        std::vector<unsigned char> held(static_cast<std::size_t>(last - first));
        parts.convert(views, first, last, z.data(), stride, held.data());
        for (Index r = first; r < last; ++r) {
            const auto at = static_cast<std::size_t>(r);
            const auto in = static_cast<std::size_t>(r - first);
            QCOMPARE(held[in], expectedHeld[at]);
            for (std::size_t c = 0; c < 2; ++c)
                QVERIFY(z[in * stride + c] == expected[at * stride + c]);
        }
    }
}

void TestStandardiser::liveRowsEqualColumns()
{
    const auto columns = columnsWithHoles(40);
    const auto views = spans(columns);
    const Standardiser fitted = fitStandardiser(views);
    HoldLast replay(fitted);
    HoldLast live(fitted);
    std::vector<float> z(80);
    std::vector<unsigned char> held(40);
    replay.convert(views, 0, 40, z.data(), 2, held.data());
    for (std::size_t r = 0; r < 40; ++r) {
        const std::vector<double> row {columns[0][r], columns[1][r]};
        std::vector<float> out(2);
        QCOMPARE(live.convertRow(row, out.data()), held[r] != 0);
        QVERIFY(out[0] == z[2 * r] && out[1] == z[2 * r + 1]);
    }
}

QTEST_APPLESS_MAIN(TestStandardiser)
#include "tst_standardiser.moc"
