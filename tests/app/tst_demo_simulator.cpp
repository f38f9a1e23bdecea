#include "resources/demo/simulator.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

using stint::Channel;
using stint::Index;
using stint::Recording;
using stint::demo::Fault;
using stint::demo::FaultKind;
using stint::demo::SimulatorSettings;

namespace {

constexpr std::size_t faultFreeRows = 7200;

const Recording& bundled()
{
    static const Recording recording = stint::demo::simulateMachine();
    return recording;
}

const Channel& channel(const Recording& recording, const QString& name)
{
    const auto found
        = std::find_if(recording.channels.begin(), recording.channels.end(),
                       [&](const Channel& c) { return QString::fromStdString(c.name) == name; });
    return found != recording.channels.end() ? *found : recording.channels.front();
}

double mean(const std::vector<double>& values, std::size_t first, std::size_t last)
{
    double sum = 0.0;
    for (std::size_t row = first; row < last; ++row)
        sum += values[row];
    return sum / static_cast<double>(last - first);
}

double correlation(const std::vector<double>& a, const std::vector<double>& b, std::size_t first,
                   std::size_t last)
{
    const double meanA = mean(a, first, last);
    const double meanB = mean(b, first, last);
    double ab = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    for (std::size_t row = first; row < last; ++row) {
        ab += (a[row] - meanA) * (b[row] - meanB);
        aa += (a[row] - meanA) * (a[row] - meanA);
        bb += (b[row] - meanB) * (b[row] - meanB);
    }
    return ab / std::sqrt(aa * bb);
}

// Upward crossings of the mean over one second, per second of the rows [first, last).
double pulsationFrequency(const std::vector<double>& values, std::size_t first, std::size_t last)
{
    int crossings = 0;
    bool above = false;
    for (std::size_t row = first + 10; row + 10 < last; ++row) {
        const double distance = values[row] - mean(values, row - 10, row + 11);
        if (!above && distance > 0.05) {
            above = true;
            ++crossings;
        } else if (distance < -0.05) {
            above = false;
        }
    }
    return 10.0 * static_cast<double>(crossings) / static_cast<double>(last - first - 20);
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestDemoSimulator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameSeedGivesTheSameText();
    void anotherSeedGivesOtherTimesAndValuesOfTheSameStructure();
    void everyKindOfFaultOccursTwice_data() { seeds(); }
    void everyKindOfFaultOccursTwice();
    void faultsAreApartAndLeaveEnoughNormalTime_data() { seeds(); }
    void faultsAreApartAndLeaveEnoughNormalTime();
    void labelsMarkExactlyTheFaults();
    void firstTwelveMinutesAreNormal();
    void channelsAreFiniteNamedAndHaveUnits();
    void channelsMoveTogether_data();
    void channelsMoveTogether();
    void lostCorrelationIsLost();
    void stuckSensorRepeatsOneValue();
    void pulsationChangesItsFrequency();
    void textIsFixedPointAndSmall();
    void textReadsBackAsTheSameValues();
    void oddSettingsAreSurvived_data();
    void oddSettingsAreSurvived();
    void bundledFilesAreWhatTheSimulatorMakes();

private:
    static void seeds();
};

void TestDemoSimulator::seeds()
{
    QTest::addColumn<quint64>("seed");
    QTest::newRow("the bundled one") << quint64 {1};
    QTest::newRow("zero") << quint64 {0};
    QTest::newRow("two") << quint64 {2};
    QTest::newRow("a large one") << ~quint64 {0};
}

void TestDemoSimulator::sameSeedGivesTheSameText()
{
    const Recording again = stint::demo::simulateMachine();
    QVERIFY(stint::demo::toCsv(again) == stint::demo::toCsv(bundled()));
}

void TestDemoSimulator::anotherSeedGivesOtherTimesAndValuesOfTheSameStructure()
{
    SimulatorSettings settings;
    settings.seed = 7;
    const Recording other = stint::demo::simulateMachine(settings);
    QCOMPARE(other.rows(), bundled().rows());
    QCOMPARE(other.channels.size(), bundled().channels.size());
    for (std::size_t c = 0; c < other.channels.size(); ++c) {
        QCOMPARE(other.channels[c].name, bundled().channels[c].name);
        QVERIFY(other.channels[c].values != bundled().channels[c].values);
    }
    QVERIFY(other.labels.front().values != bundled().labels.front().values);
    QCOMPARE(stint::demo::simulatedFaults(settings).size(), stint::demo::simulatedFaults().size());
}

void TestDemoSimulator::everyKindOfFaultOccursTwice()
{
    QFETCH(quint64, seed);
    std::map<FaultKind, std::vector<Fault>> byKind;
    for (const Fault& fault : stint::demo::simulatedFaults({seed, 18000, 10.0}))
        byKind[fault.kind].push_back(fault);

    QVERIFY(byKind.size() >= 6);
    for (const auto& [kind, faults] : byKind) {
        QVERIFY(faults.size() >= 2);
        // Two faults of one sensor are not on the same sensor.
        if (faults[0].channels.size() == 1)
            QVERIFY(faults[0].channels != faults[1].channels);
    }
}

void TestDemoSimulator::faultsAreApartAndLeaveEnoughNormalTime()
{
    QFETCH(quint64, seed);
    constexpr Index pause = 400;
    constexpr Index rows = 18000;
    auto freeFrom = static_cast<Index>(faultFreeRows);
    Index normal = rows - freeFrom;
    for (const Fault& fault : stint::demo::simulatedFaults({seed, rows, 10.0})) {
        QVERIFY(fault.firstRow >= freeFrom + pause);
        QVERIFY(fault.lastRow >= fault.firstRow);
        QVERIFY(!fault.channels.empty());
        freeFrom = fault.lastRow + 1;
        normal -= fault.lastRow - fault.firstRow + 1;
    }
    QVERIFY(freeFrom + pause <= rows);
    QVERIFY2(normal >= 4800, qPrintable(QStringLiteral("%1 normal rows").arg(normal)));
}

void TestDemoSimulator::labelsMarkExactlyTheFaults()
{
    QCOMPARE(bundled().labels.size(), std::size_t {1});
    QCOMPARE(bundled().labels.front().name, std::string("anomaly"));
    std::vector<unsigned char> expected(static_cast<std::size_t>(bundled().rows()), 0);
    for (const Fault& fault : stint::demo::simulatedFaults())
        std::fill(expected.begin() + fault.firstRow, expected.begin() + fault.lastRow + 1,
                  static_cast<unsigned char>(1));
    QVERIFY(bundled().labels.front().values == expected);
}

void TestDemoSimulator::firstTwelveMinutesAreNormal()
{
    const auto& label = bundled().labels.front().values;
    QVERIFY(std::all_of(label.begin(), label.begin() + faultFreeRows,
                        [](unsigned char v) { return v == 0; }));
    QVERIFY(std::find(label.begin(), label.end(), 1) != label.end());
}

void TestDemoSimulator::channelsAreFiniteNamedAndHaveUnits()
{
    QCOMPARE(bundled().rows(), Index {18000});
    QCOMPARE(bundled().channels.size(), std::size_t {10});
    std::set<std::string> names;
    for (const Channel& c : bundled().channels) {
        QVERIFY(!c.unit.empty());
        QVERIFY(names.insert(c.name).second);
        QCOMPARE(c.values.size(), std::size_t {18000});
        QVERIFY(std::all_of(c.values.begin(), c.values.end(),
                            [](double v) { return std::isfinite(v); }));
    }
    QVERIFY(std::abs(bundled().time.step - 0.1) < 1e-12);
    QVERIFY(std::abs(bundled().time.seconds.back() - 1799.9) < 1e-9);
}

void TestDemoSimulator::channelsMoveTogether_data()
{
    QTest::addColumn<QString>("one");
    QTest::addColumn<QString>("other");
    QTest::addColumn<double>("sign");
    QTest::newRow("valve and flow")
        << QStringLiteral("valve_position") << QStringLiteral("flow") << 1.0;
    QTest::newRow("speed and flow") << QStringLiteral("speed") << QStringLiteral("flow") << 1.0;
    QTest::newRow("speed and pressure")
        << QStringLiteral("speed") << QStringLiteral("outlet_pressure") << 1.0;
    QTest::newRow("flow and current")
        << QStringLiteral("flow") << QStringLiteral("motor_current") << 1.0;
    QTest::newRow("temperatures") << QStringLiteral("winding_temperature")
                                  << QStringLiteral("bearing_temperature") << 1.0;
    QTest::newRow("vibrations") << QStringLiteral("vibration_x") << QStringLiteral("vibration_y")
                                << 1.0;
    QTest::newRow("flow empties the tank")
        << QStringLiteral("flow") << QStringLiteral("tank_level") << -1.0;
}

void TestDemoSimulator::channelsMoveTogether()
{
    QFETCH(QString, one);
    QFETCH(QString, other);
    QFETCH(double, sign);
    const double r = correlation(channel(bundled(), one).values, channel(bundled(), other).values,
                                 0, faultFreeRows);
    QVERIFY2(sign * r > 0.5, qPrintable(QStringLiteral("r = %1").arg(r)));
}

void TestDemoSimulator::lostCorrelationIsLost()
{
    // The channel is that of a machine in other load steps, so it no longer follows the speed.
    for (const Fault& fault : stint::demo::simulatedFaults()) {
        if (fault.kind != FaultKind::LostCorrelation)
            continue;
        const auto first = static_cast<std::size_t>(fault.firstRow);
        const auto last = static_cast<std::size_t>(fault.lastRow) + 1;
        const std::vector<double>& values = bundled().channels[fault.channels.front()].values;
        const std::vector<double>& speed = channel(bundled(), QStringLiteral("speed")).values;
        const double usual = correlation(values, speed, 0, faultFreeRows);
        const double now = correlation(values, speed, first, last);
        QVERIFY2(now < usual - 0.25, qPrintable(QStringLiteral("r = %1").arg(now)));
    }
}

void TestDemoSimulator::stuckSensorRepeatsOneValue()
{
    for (const Fault& fault : stint::demo::simulatedFaults()) {
        if (fault.kind != FaultKind::Stuck)
            continue;
        const std::vector<double>& values = bundled().channels[fault.channels.front()].values;
        const auto repeated
            = std::count(values.begin() + fault.firstRow, values.begin() + fault.lastRow + 1,
                         values[static_cast<std::size_t>(fault.firstRow)]);
        QCOMPARE(repeated, fault.lastRow - fault.firstRow + 1);
        QVERIFY(values[static_cast<std::size_t>(fault.lastRow) + 1]
                != values[static_cast<std::size_t>(fault.lastRow)]);
    }
}

void TestDemoSimulator::pulsationChangesItsFrequency()
{
    const std::vector<double>& values = channel(bundled(), QStringLiteral("vibration_x")).values;
    const double usual = pulsationFrequency(values, 0, faultFreeRows);
    QVERIFY2(usual > 0.9 && usual < 1.2, qPrintable(QStringLiteral("%1 Hz").arg(usual)));
    for (const Fault& fault : stint::demo::simulatedFaults()) {
        if (fault.kind != FaultKind::ChangedFrequency)
            continue;
        const double now = pulsationFrequency(values, static_cast<std::size_t>(fault.firstRow),
                                              static_cast<std::size_t>(fault.lastRow));
        QVERIFY2(std::abs(now / usual - fault.strength) < 0.2,
                 qPrintable(QStringLiteral("%1 Hz, factor %2").arg(now).arg(fault.strength)));
    }
}

void TestDemoSimulator::textIsFixedPointAndSmall()
{
    const QByteArray text = QByteArray::fromStdString(stint::demo::toCsv(bundled()));
    QVERIFY2(text.size() <= 1'400'000, qPrintable(QString::number(text.size())));
    const QList<QByteArray> lines = text.split('\n');
    QCOMPARE(lines.size(), 18002); // header, rows, nothing after the last line end
    QVERIFY(lines[0].startsWith("time_s,valve_position [%],speed [rpm],flow [L/min],"));
    QVERIFY(lines[0].endsWith(",tank_level [%],anomaly"));
    QVERIFY(lines[1].startsWith("0.0,"));
    QVERIFY(lines[18000].startsWith("1799.9,"));
    const QByteArray body = text.mid(lines[0].size());
    QVERIFY(std::all_of(body.begin(), body.end(),
                        [](char c) { return QByteArray("0123456789.,-\n").contains(c); }));
}

void TestDemoSimulator::textReadsBackAsTheSameValues()
{
    const QList<QByteArray> lines
        = QByteArray::fromStdString(stint::demo::toCsv(bundled())).split('\n');
    for (std::size_t row = 0; row < faultFreeRows; row += 37) {
        const QList<QByteArray> cells = lines[static_cast<qsizetype>(row) + 1].split(',');
        QCOMPARE(cells.size(), 12);
        for (std::size_t c = 0; c < 10; ++c)
            QVERIFY(cells[static_cast<qsizetype>(c) + 1].toDouble()
                    == bundled().channels[c].values[row]);
    }
}

void TestDemoSimulator::oddSettingsAreSurvived_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<double>("rate");
    QTest::addColumn<qlonglong>("expectedRows");
    QTest::addColumn<int>("expectedFaults");
    QTest::newRow("no rows") << 0 << 10.0 << 0LL << 0;
    QTest::newRow("fewer than none") << -5 << 10.0 << 0LL << 0;
    QTest::newRow("one row") << 1 << 10.0 << 1LL << 0;
    QTest::newRow("no room for faults") << 9000 << 10.0 << 9000LL << 0;
    QTest::newRow("an hour") << 36000 << 10.0 << 36000LL << 30;
    QTest::newRow("slower sampling") << 9000 << 5.0 << 9000LL << 12;
    QTest::newRow("a rate without finite decimals") << 2000 << 3.0 << 2000LL << 0;
    QTest::newRow("no rate") << 100 << std::nan("") << 100LL << 0;
}

void TestDemoSimulator::oddSettingsAreSurvived()
{
    QFETCH(int, rows);
    QFETCH(double, rate);
    QFETCH(qlonglong, expectedRows);
    QFETCH(int, expectedFaults);
    const SimulatorSettings settings {3, rows, rate};
    const Recording recording = stint::demo::simulateMachine(settings);
    QCOMPARE(static_cast<qlonglong>(recording.rows()), expectedRows);
    QCOMPARE(static_cast<int>(stint::demo::simulatedFaults(settings).size()), expectedFaults);
    const std::string text = stint::demo::toCsv(recording);
    QCOMPARE(static_cast<qlonglong>(std::count(text.begin(), text.end(), '\n')), expectedRows + 1);
    for (std::size_t row = 1; row < recording.time.seconds.size(); ++row)
        QVERIFY(recording.time.seconds[row] > recording.time.seconds[row - 1]);
}

void TestDemoSimulator::bundledFilesAreWhatTheSimulatorMakes()
{
    const QString folder = QStringLiteral(STINT_DEMO_DIR);
    QVERIFY(contentOf(folder + QStringLiteral("/demo.csv"))
            == QByteArray::fromStdString(stint::demo::toCsv(bundled())));
    QCOMPARE(contentOf(folder + QStringLiteral("/demo_faults.csv")),
             QByteArray::fromStdString(stint::demo::toCsv(stint::demo::simulatedFaults())));
}

QTEST_APPLESS_MAIN(TestDemoSimulator)
#include "tst_demo_simulator.moc"
