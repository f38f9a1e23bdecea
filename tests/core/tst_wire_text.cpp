#include "core/wire/arrival_clock.h"
#include "core/wire/wire_parser.h"
#include "tests/support/wire_reading.h"
#include "tests/support/wire_samples.h"

#include <QTest>

#include <cmath>

using stint::WireFormat;
using stint::WireKind;
using stint::WireParser;
using stint::test::readWire;
using stint::test::WireReading;

namespace {

WireFormat formatOf(const char* text)
{
    const auto format = stint::parseWireFormat(text);
    return format ? *format : WireFormat {};
}

std::vector<std::string> namesOf(const stint::test::NamedRow& row)
{
    std::vector<std::string> names;
    for (const stint::WireChannel& channel : row.channels)
        names.push_back(channel.name);
    return names;
}

using Names = std::vector<std::string>;

} // namespace

class TestWireText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void dropsTheFirstLineBecauseItMayLackItsBeginning();
    void namesTheChannelsByAHeaderLine_data();
    void namesTheChannelsByAHeaderLine();
    void readsNamesAgainAfterAReset();
    void messagesBetweenTheDataNameNothing();
    void readsNumbersAsDevicesWriteThem_data();
    void readsNumbersAsDevicesWriteThem();
    void countsAShortLineAsBad();
    void changesTheChannelsWhenAnotherCountPersists();
    void readsLabels_data();
    void readsLabels();
    void bootTextMakesNoChannels();
    void aBrokenLabelMakesNoChannelOnceTheyAreKnown();
    void aNewLabelThatPersistsIsAChannel();
    void takesTheTimeOutOfTheChannels_data();
    void takesTheTimeOutOfTheChannels();
    void aTemperatureCalledTStaysAChannel();
    void goesOnAfterADeviceStartsAnew();
    void spreadsBurstsEvenly();
    void startsAnewAfterAPause();
};

void TestWireText::dropsTheFirstLineBecauseItMayLackItsBeginning()
{
    const WireReading read = readWire(formatOf("csv"), "3.5,7\n1,2\n3,4\n");
    QCOMPARE(read.rows.size(), 2U);
    QCOMPARE(read.rows[0].values, (std::vector<double> {1, 2}));
    QCOMPARE(read.counts.badLines, 0U);
    QCOMPARE(namesOf(read.rows[0]), (Names {"value 1", "value 2"}));
}

void TestWireText::namesTheChannelsByAHeaderLine_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("as the first line") << QByteArray("csv") << QByteArray("aX,aY (g)\n0,1\n");
    QTest::newRow("with a blank line after it")
        << QByteArray("csv") << QByteArray("junk\naX,aY [g]\r\n\r\n0,1\r\n");
    QTest::newRow("with a line of units")
        << QByteArray("csv:;") << QByteArray("junk\naX;aY\n;g\n0;1\n");
    QTest::newRow("between blanks") << QByteArray("csv:space") << QByteArray("\naX aY(g)\n0 1\n");
    QTest::newRow("between tabs") << QByteArray("csv:tab") << QByteArray("\naX\taY (g)\n0\t1\n");
}

void TestWireText::namesTheChannelsByAHeaderLine()
{
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, text);
    if (QByteArray(QTest::currentDataTag()) == "with a line of units")
        text.replace(";g", "-;g");
    const WireReading read = readWire(formatOf(format.constData()), text.toStdString());
    QCOMPARE(read.rows.size(), 1U);
    QCOMPARE(namesOf(read.rows[0]), (Names {"aX", "aY"}));
    QCOMPARE(read.rows[0].channels[1].unit, std::string("g"));
    QCOMPARE(read.rows[0].values, (std::vector<double> {0, 1}));
}

void TestWireText::readsNamesAgainAfterAReset()
{
    const WireReading same = readWire(formatOf("csv"), "a,b\n1,2\n3,4\na,b\n5,6\n");
    QCOMPARE(same.rows.size(), 3U);
    QCOMPARE(same.rows[2].layout, same.rows[0].layout);
    QCOMPARE(same.counts.badLines, 0U);

    const WireReading late = readWire(formatOf("csv"), "1,2\n3,4\na,b\n5,6\n");
    QCOMPARE(late.rows.size(), 2U);
    QVERIFY(late.rows[1].layout > late.rows[0].layout);
    QCOMPARE(namesOf(late.rows[1]), (Names {"a", "b"}));
    QCOMPARE(late.rows[1].values, (std::vector<double> {5, 6}));
}

void TestWireText::messagesBetweenTheDataNameNothing()
{
    const WireReading read = readWire(formatOf("csv"), "\n1\n2\nReady\n3\n");
    QCOMPARE(read.rows.size(), 3U);
    QCOMPARE(read.counts.badLines, 1U);
    QCOMPARE(read.counts.lastBad, std::string("Ready"));
    QCOMPARE(namesOf(read.rows[2]), (Names {"value 1"}));

    const WireReading words
        = readWire(formatOf("csv:space"), "\nax ay az\n1 2 3\nsensor calibration ok\n1 2 3\n");
    QCOMPARE(words.rows.size(), 2U);
    QCOMPARE(namesOf(words.rows[1]), (Names {"ax", "ay", "az"}));
}

void TestWireText::readsNumbersAsDevicesWriteThem_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QList<double>>("values");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double inf = std::numeric_limits<double>::infinity();
    const auto row
        = [](const char* trait, const char* format, const char* line, const QList<double>& values) {
              QTest::newRow(trait) << QByteArray(format) << QByteArray(line) << values;
          };
    row("decimals and exponents", "csv", "-1.5,+2,.5,3e2,4.", {-1.5, 2, 0.5, 300, 4});
    row("missing", "csv", "1,,-,nan,NaN", {1, nan, nan, nan, nan});
    row("infinite", "csv", "1,inf,-inf", {1, inf, -inf});
    row("hexadecimal", "csv", "0x1F,0xff", {31, 255});
    row("decimal commas", "csv:;,", "1,5;2", {1.5, 2});
    row("blanks around", "csv", " 1 ,\t2 ", {1, 2});
    row("runs of blanks", "csv:space", "1   2 \t 3", {1, 2, 3});
    row("a delimiter at the end", "csv", "1,2,", {1, 2});
    row("units attached", "csv", "23.6C,45%", {23.6, 45});
    row("bars", "csv:|", "1|2", {1, 2});
    row("one number", "csv", "23.5", {23.5});
}

void TestWireText::readsNumbersAsDevicesWriteThem()
{
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    QFETCH(QList<double>, values);
    const WireReading read
        = readWire(formatOf(format.constData()), "\nx\n" + line.toStdString() + "\n");
    QCOMPARE(read.rows.size(), 1U);
    QCOMPARE(read.rows[0].values.size(), static_cast<std::size_t>(values.size()));
    for (std::size_t i = 0; i < read.rows[0].values.size(); ++i)
        QCOMPARE(read.rows[0].values[i], values[static_cast<qsizetype>(i)]);
}

void TestWireText::countsAShortLineAsBad()
{
    const WireReading read = readWire(formatOf("csv"), "\n1,2,3\n1,2\n4,5,6\n1,2\n1,2\n7,8,9\n");
    QCOMPARE(read.rows.size(), 3U);
    QCOMPARE(read.counts.badLines, 3U);
    QCOMPARE(read.counts.lastBad, std::string("1,2"));
    QCOMPARE(read.counts.lastBadWhy, std::string("2 values instead of 3"));
    QCOMPARE(read.rows[2].layout, read.rows[0].layout);
}

void TestWireText::changesTheChannelsWhenAnotherCountPersists()
{
    const WireReading read = readWire(formatOf("csv"), "\n1,2,3\n1,2\n1,2\n8,9\n7,7\n");
    QCOMPARE(read.rows.size(), 3U);
    QCOMPARE(read.rows[1].values, (std::vector<double> {8, 9}));
    QVERIFY(read.rows[1].layout > read.rows[0].layout);
}

void TestWireText::readsLabels_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<QList<double>>("values");
    QTest::addColumn<QByteArray>("unit");
    const auto row = [](const char* trait, const char* line, const char* names,
                        const QList<double>& values, const char* unit = "") {
        QTest::newRow(trait) << QByteArray(line) << QByteArray(names) << values << QByteArray(unit);
    };
    row("commas", "Temp:23.6,Hum:45.1", "Temp,Hum", {23.6, 45.1});
    row("a blank after the colon", "A1: 5", "A1", {5});
    row("blanks between", "a:1 b:2", "a,b", {1, 2});
    row("a unit attached", "Temp:23.6C, Hum: 45", "Temp,Hum", {23.6, 45}, "C");
    row("a unit apart", "Speed: 3 m/s, Hum: 45 %", "Speed,Hum", {3, 45}, "m/s");
    row("names with blanks", "Room temp: 23.6; Hum:4", "Room temp,Hum", {23.6, 4});
    row("equals signs", "a = 5, b=6", "a,b", {5, 6});
    row("tabs", "a:1\tb:-2e-3", "a,b", {1, -0.002});
}

void TestWireText::readsLabels()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, names);
    QFETCH(QList<double>, values);
    QFETCH(QByteArray, unit);
    const WireReading read = readWire(formatOf("labels"), "\nx\n" + line.toStdString() + "\n");
    QCOMPARE(read.rows.size(), 1U);
    std::string joined;
    for (const std::string& name : namesOf(read.rows[0]))
        joined += (joined.empty() ? "" : ",") + name;
    QCOMPARE(joined, names.toStdString());
    QCOMPARE(QList<double>(read.rows[0].values.begin(), read.rows[0].values.end()), values);
    QCOMPARE(read.rows[0].channels[0].unit, unit.toStdString());
}

void TestWireText::bootTextMakesNoChannels()
{
    const WireReading read
        = readWire(formatOf("labels"), stint::test::espBootText() + "Temp:1,Hum:2\nHum:3\n");
    QCOMPARE(read.rows.size(), 2U);
    QCOMPARE(namesOf(read.rows[1]), (Names {"Temp", "Hum"}));
    QVERIFY(std::isnan(read.rows[1].values[0]));
    QCOMPARE(read.rows[1].values[1], 3.0);
}

void TestWireText::aBrokenLabelMakesNoChannelOnceTheyAreKnown()
{
    std::string bytes = "\n";
    for (int i = 0; i < 40; ++i)
        bytes += "Temp:1,Hum:2\n";
    const WireReading read = readWire(formatOf("labels"), bytes + "Tfmp:1,Hum:2\nTemp:1,Hum:2\n");
    QCOMPARE(read.rows.size(), 42U);
    QCOMPARE(namesOf(read.rows[41]), (Names {"Temp", "Hum"}));
    QVERIFY(std::isnan(read.rows[40].values[0]));
}

void TestWireText::aNewLabelThatPersistsIsAChannel()
{
    std::string bytes = "\n";
    for (int i = 0; i < 40; ++i)
        bytes += "Temp:1,Hum:2\n";
    const WireReading read
        = readWire(formatOf("labels"), bytes + "Temp:1,Hum:2,Gas:7\nTemp:1,Hum:2,Gas:8\n");
    QCOMPARE(read.rows.size(), 42U);
    QCOMPARE(namesOf(read.rows[41]), (Names {"Temp", "Hum", "Gas"}));
    QVERIFY(read.rows[41].layout > read.rows[40].layout);
    QCOMPARE(read.rows[41].values[2], 8.0);
}

void TestWireText::takesTheTimeOutOfTheChannels_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<double>("second"); ///< time of the second row [s]
    const auto row = [](const char* trait, const char* format, const char* text, double second) {
        QTest::newRow(trait) << QByteArray(format) << QByteArray(text) << second;
    };
    row("a unit in the header", "csv", "time (ms),a\n1000,5\n1020,6\n", 1.02);
    row("millis", "csv", "a,millis\n5,1000\n6,1020\n", 1.02);
    row("microseconds", "csv", "us,a\n1000,5\n1020,6\n", 0.00102);
    row("whole numbers", "csv", "t,a\n1000,5\n1020,6\n", 1.02);
    row("seconds with decimals", "csv", "time,a\n1.5,5\n1.75,6\n", 1.75);
    row("a date in seconds", "csv", "timestamp,a\n1700000000,5\n1700000001,6\n", 1700000001.0);
    row("a date in milliseconds", "labels", "\nts:1700000000000,a:5\nts:1700000000020,a:6\n",
        1700000000.02);
}

void TestWireText::takesTheTimeOutOfTheChannels()
{
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, text);
    QFETCH(double, second);
    const WireReading read = readWire(formatOf(format.constData()), text.toStdString());
    QCOMPARE(read.rows.size(), 2U);
    QCOMPARE(namesOf(read.rows[1]), (Names {"a"}));
    QCOMPARE(read.rows[1].values, (std::vector<double> {6}));
    QCOMPARE(read.rows[1].deviceTime, second);
}

void TestWireText::aTemperatureCalledTStaysAChannel()
{
    std::string bytes = "\n";
    for (int i = 0; i < 30; ++i)
        bytes += "t:" + std::to_string(20 + i % 3) + ",h:" + std::to_string(i) + "\n";
    const WireReading read = readWire(formatOf("labels"), bytes);
    QCOMPARE(read.rows.size(), 30U);
    QCOMPARE(namesOf(read.rows.back()), (Names {"t", "h"}));
    QCOMPARE(read.rows.back().values, (std::vector<double> {22, 29}));
    QVERIFY(std::isnan(read.rows.back().deviceTime));
}

void TestWireText::goesOnAfterADeviceStartsAnew()
{
    std::string bytes = "millis,a\n";
    for (int i = 0; i < 40; ++i)
        bytes += std::to_string(1000 + 20 * (i % 20)) + ",1\n";
    const WireReading read = readWire(formatOf("csv"), bytes);
    QCOMPARE(read.rows.size(), 40U);
    QVERIFY(std::isnan(read.rows[20].deviceTime));
    QCOMPARE(read.rows[21].deviceTime, 1.02);
    QCOMPARE(read.rows[39].channels.size(), 1U);
}

void TestWireText::spreadsBurstsEvenly()
{
    // 16 samples every 16 ms: as a driver hands them over that waits.
    stint::ArrivalClock clock;
    std::array<double, 16> times {};
    double last = 0.0;
    double widest = 0.0;
    for (int block = 1; block <= 2000; ++block) {
        const double late = block % 7 == 0 ? 0.012 : 0.0;
        const double arrival = 100.0 + 0.016 * block + late;
        clock.time(arrival, 16, times.data());
        for (const double time : times) {
            QVERIFY(time >= last);
            if (block > 500)
                widest = std::max(widest, std::abs(time - last - 0.001));
            last = time;
        }
        QVERIFY(std::abs(last - arrival) < 0.5);
    }
    QVERIFY2(widest < 0.0002, qPrintable(QString::number(widest)));
    QVERIFY(std::abs(clock.rate() - 1000.0) < 2.0);
}

void TestWireText::startsAnewAfterAPause()
{
    stint::ArrivalClock clock;
    double time = 0.0;
    double last = 0.0;
    for (int i = 0; i < 200; ++i)
        clock.time(0.01 * i, 1, &last);
    clock.time(50.0, 1, &time);
    QCOMPARE(time, 50.0);
    for (int i = 1; i < 200; ++i) {
        clock.time(50.0 + 0.02 * i, 1, &last);
        QVERIFY(last >= time);
        QVERIFY(std::abs(last - (50.0 + 0.02 * i)) < 0.5);
        time = last;
    }
    QVERIFY(std::abs(clock.rate() - 50.0) < 1.0);
}

QTEST_APPLESS_MAIN(TestWireText)
#include "tst_wire_text.moc"
