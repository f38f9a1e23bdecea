#include "core/series/csv_reader.h"
#include "core/series/date_text.h"
#include "core/series/table_cell.h"

#include <QTest>

#include <cmath>
#include <string>
#include <vector>

using stint::parseRecording;
using stint::Recording;
using stint::TimeKind;

namespace {

/// A head and twelve rows; '@' in a row becomes its number in two digits from 10 on.
std::string table(const std::string& head, const std::string& row, const std::string& foot = {})
{
    std::string text = head;
    for (int i = 10; i < 22; ++i) {
        for (const char c : row)
            text += c == '@' ? std::to_string(i) : std::string(1, c);
        text += '\n';
    }
    return text + foot;
}

QString namesOf(const Recording& recording)
{
    QStringList names;
    for (const stint::Channel& channel : recording.channels) {
        const QString name = QString::fromStdString(channel.name);
        const QString unit = QString::fromStdString(channel.unit);
        names << (unit.isEmpty() ? name : name + QStringLiteral(" in ") + unit);
    }
    return names.join(QStringLiteral(", "));
}

} // namespace

class TestToolLayouts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsCellsAsToolsWriteThem_data();
    void readsCellsAsToolsWriteThem();
    void findsTheHeader_data();
    void findsTheHeader();
    void readsTimes_data();
    void readsTimes();
    void takesMillisecondsFromTheirOwnColumn();
    void leavesOutSummariesBelowTheTable();
    void keepsWordsOfClasses();
    void countsStatusWordsAsMissing();
    void refusesSignalsBelowEachOther();
    void readsSignalsBelowEachOtherWhereAsked();
};

void TestToolLayouts::readsCellsAsToolsWriteThem_data()
{
    QTest::addColumn<QString>("head");
    QTest::addColumn<QString>("row");
    QTest::addColumn<QString>("names");
    QTest::addColumn<double>("first");

    const auto row = [](const char* trait, const char16_t* head, const char16_t* cells,
                        const char16_t* names, double first) {
        QTest::newRow(trait) << QString::fromUtf16(head) << QString::fromUtf16(cells)
                             << QString::fromUtf16(names) << first;
    };
    row("dots between thousands, decimal comma", u"Zeit;a;b\n", u"@;1.2@,5;@,25", u"a, b", 1210.5);
    row("dots between thousands alone", u"Zeit;a;b\n", u"@;1.2@;@,25", u"a, b", 1210.0);
    row("commas between thousands, in quotes", u"time,a\n", u"@,\"1,2@.5\"", u"a", 1210.5);
    row("apostrophes between thousands", u"Zeit;a\n", u"@;1'2@.5", u"a", 1210.5);
    row("narrow blanks between thousands", u"Zeit;t2;a\n", u"@;0;1\u202F2@,5", u"t2, a", 0.0);
    row("no-break blanks between thousands", u"Zeit;a\n", u"@;1\u00A02@,5", u"a", 1210.5);
    row("three decimals are no thousands", u"time;a\n", u"@;1.2@", u"a", 1.21);
    row("three decimals behind a comma", u"Zeit;a\n", u"@;1,2@", u"a", 1.21);
    row("a unit in every cell", u"time,a\n", u"@,1.@ \u00B0C", u"a in \u00B0C", 1.1);
    row("a unit and a decimal comma", u"Zeit;a\n", u"@;1,@ hPa", u"a in hPa", 1.1);
    row("percent signs", u"time,a\n", u"@,@.5%", u"a in %", 10.5);
    row("hexadecimal", u"time,a\n", u"@,0x@", u"a", 16.0);
    row("a minus sign of typography", u"Zeit;a\n", u"@;\u2212@,5", u"a", -10.5);
    row("one column of decimal commas", u"Temperatur\n", u"@,25", u"Temperatur", 10.25);
    row("texts stay texts", u"time,a,b\n", u"@,@.5,pump @ V2", u"a", 10.5);
}

void TestToolLayouts::readsCellsAsToolsWriteThem()
{
    QFETCH(QString, head);
    QFETCH(QString, row);
    QFETCH(QString, names);
    QFETCH(double, first);
    const auto read = parseRecording(table(head.toStdString(), row.toStdString()), "cells");
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->rows(), 12);
    QCOMPARE(namesOf(*read), names);
    QCOMPARE(read->channels[0].values[0], first);
    QCOMPARE(read->badLineCount, std::size_t {0});
}

void TestToolLayouts::findsTheHeader_data()
{
    QTest::addColumn<QString>("head");
    QTest::addColumn<QString>("row");
    QTest::addColumn<QString>("names");

    const auto row = [](const char* trait, const char16_t* head, const char16_t* cells,
                        const char16_t* names) {
        QTest::newRow(trait) << QString::fromUtf16(head) << QString::fromUtf16(cells)
                             << QString::fromUtf16(names);
    };
    row("delimiters at the end of rows", u"time;a;b\n", u"@;1;2;", u"a, b");
    row("many delimiters at the end of rows", u"time;a;b\n", u"@;1;2;;;;", u"a, b");
    row("more columns than names", u"time,a,b\n", u"@,1,2,3,4", u"a, b, column 4, column 5");
    row("more names than columns", u"time,a,b,c,d\n", u"@,1,2", u"a, b");
    row("start and increment behind the names",
        u"X,CH1,CH2,Start,Increment,\nSequence,V,V,-1.2e-3,2e-6,\n", u"@,1.@,2.@,",
        u"X in Sequence, CH1 in V, CH2 in V");
    row("remarks to few columns",
        u"\"TOA5\",\"s\",\"p\",\"1\",\"2\"\n\"TIMESTAMP\",\"N\",\"A\",\"B\"\n"
        u"\"TS\",\"RN\",\"V\",\"V\"\n\"\",\"\",\"\",\"Avg\"\n",
        u"2024-01-@,1,2,3", u"N in RN, A in V, B in V");
    row("a station with as many words as columns",
        u"TOA5,dog,prog,tab\nTIMESTAMP,N,A,B\nTS,RN,V,V\n", u"2024-01-@,1,2,3",
        u"N in RN, A in V, B in V");
    row("settings above two columns", u"Model,SDS\nSerial Number,XYZ\nSecond,Volt\n", u"0.@,1.5",
        u"Volt");
    row("channels that are numbers", u"x-axis,1,2\nsecond,Volt,Volt\n", u"0.@,1.5,2.5",
        u"1 in Volt, 2 in Volt");
    row("rising numbers as names", u"Depth,400.5,410.5\n", u"@,1.5,2.5", u"Depth, 400.5, 410.5");
    row("units behind slashes", u"t/s;U/V;v / (m/s)\n", u"@;1,5;2,5", u"U in V, v in m/s");
    row("paths are no units", u"time,pose/x,pose/m\n", u"@,1.5,2.5", u"pose/x, pose/m");
    row("units behind commas", u"\"Time, s\",\"v, km/h\",\"A, B\"\n", u"@,1.5,2.5",
        u"v in km/h, A, B");
    row("a unit before a serial number", u"time,\"T, \u00B0C (LGR S/N: 123456789)\"\n", u"@,1.5",
        u"T in \u00B0C");
}

void TestToolLayouts::findsTheHeader()
{
    QFETCH(QString, head);
    QFETCH(QString, row);
    QFETCH(QString, names);
    const auto read = parseRecording(table(head.toStdString(), row.toStdString()), "header");
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(namesOf(*read), names);
    QCOMPARE(read->rows(), 12);
}

void TestToolLayouts::readsTimes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("seconds");

    constexpr double day = 1710374400.0; // 2024-03-14
    constexpr double time = 36000.0;
    const auto row = [](const char* trait, const char16_t* text, double seconds) {
        QTest::newRow(trait) << QString::fromUtf16(text) << seconds;
    };
    row("milliseconds behind a colon", u"14.03.2024 10:00:00:250", day + time + 0.25);
    row("German month", u"14. M\u00E4rz 2024 10:00", day + time);
    row("German month, short", u"14-M\u00E4r-2024", day);
    row("French month with a dot", u"14 f\u00E9vr. 2024 10:00", day - 29 * 86400 + time);
    row("Spanish month", u"14-ene-2024", day - 60 * 86400);
    row("month first", u"Mar 14, 2024 10:00:00 AM", day + time);
    row("weekday first", u"Thu 14/03/2024 10:00:00", day + time);
    row("as mail writes it", u"Thu, 14 Mar 2024 10:00:00 GMT", day + time);
    row("year last", u"Thu Mar 14 10:00:00 2024", day + time);
    row("year last behind a zone", u"Thu Mar 14 10:00:00 GMT+01:00 2024", day + time - 3600.0);
    row("half of the day as a letter", u"3/14/24 10:00a", day + time);
    row("half of the day in Spanish", u"14/03/2024 10:00:00 p. m.", day + time + 43200.0);
    row("German word behind it", u"14.03.2024 10:00 Uhr", day + time);
    row("name of a zone", u"2024-03-14 10:00:00 CET", day + time - 3600.0);
    row("dots in the time of day", u"14/03/2024 10.00.00", day + time);
    row("more than a day", u"30:00:00", 108000.0);
    row("minutes first", u"59:30.5", 3570.5);
    row("days passed", u"2 days 10:00:00", 2 * 86400.0 + time);
}

void TestToolLayouts::readsTimes()
{
    QFETCH(QString, text);
    QFETCH(double, seconds);
    const auto parts = stint::splitDate(text.toStdString());
    QVERIFY(parts.has_value());
    const auto read = stint::dateSeconds(
        *parts, parts->part[1] == 14 ? stint::DateOrder::MonthFirst : stint::DateOrder::DayFirst);
    QVERIFY(read.has_value());
    QCOMPARE(*read, seconds);
}

void TestToolLayouts::takesMillisecondsFromTheirOwnColumn()
{
    const auto read = parseRecording(table("Date;Time;Millitm;v\n", "2024-03-14;10:00:@;250;1,5"),
                                     "milliseconds");
    QVERIFY(read.ok());
    QCOMPARE(namesOf(*read), QStringLiteral("v"));
    QCOMPARE(read->time.seconds[0], 1710374400.0 + 36010.25);
    QCOMPARE(timeText(*read, 0), std::string("2024-03-14 10:00:10.250"));
}

void TestToolLayouts::leavesOutSummariesBelowTheTable()
{
    const auto read = parseRecording(
        table("Date;v\n", "2024-01-@;@,5", "\nMinimum;10,5\nMaximum;21,5\nEnd\n"), "summary");
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 12);
    QCOMPARE(read->channels[0].values.size(), std::size_t {12});
    QCOMPARE(read->time.text.size(), std::size_t {12});
    QCOMPARE(timeText(*read, 11), std::string("2024-01-21"));
    QVERIFY(read->badLineCount >= 2);
    QVERIFY(read->badLines[0].why.ends_with("left out"));
}

void TestToolLayouts::keepsWordsOfClasses()
{
    std::string text = "time,v,label\n";
    for (int i = 0; i < 12; ++i)
        text += std::to_string(i) + ",1.5," + (i % 3 == 0 ? "error" : "ok") + "\n";
    const auto read = parseRecording(text, "classes");
    QVERIFY(read.ok());
    QCOMPARE(read->classColumns.size(), std::size_t {1});
    QCOMPARE(read->classColumns[0].classes.size(), std::size_t {2});
}

void TestToolLayouts::countsStatusWordsAsMissing()
{
    std::string text = "time,v,pump\n";
    for (int i = 0; i < 12; ++i)
        text += std::to_string(i)
            + (i % 3 == 0       ? ",Bad,"
                   : i % 3 == 1 ? ",No Data,"
                                : ",1.5,")
            + (i % 2 == 0 ? "ON" : "OFF") + "\n";
    const auto read = parseRecording(text, "status");
    QVERIFY(read.ok());
    QCOMPARE(namesOf(*read), QStringLiteral("v, pump"));
    QVERIFY(std::isnan(read->channels[0].values[0]));
    QCOMPARE(read->channels[0].values[2], 1.5);
    QCOMPARE(read->channels[1].values[0], 1.0);
    QCOMPARE(read->channels[1].values[1], 0.0);
    QCOMPARE(read->badLineCount, std::size_t {0});
}

void TestToolLayouts::refusesSignalsBelowEachOther()
{
    const auto read = parseRecording(
        table("timestamp,tag,value\n", "2024-01-@,T1,1.5\n2024-01-@,P2,2.5"), "long");
    QVERIFY(!read.ok());
    QVERIFY(read.error().message.starts_with("long lists 2 signals one below the other"));
}

void TestToolLayouts::readsSignalsBelowEachOtherWhereAsked()
{
    stint::ReadOptions options;
    options.choices.leftOut = {"tag"};
    const auto read = parseRecording(
        table("timestamp,tag,value\n", "2024-01-@,T1,1.5\n2024-01-@,P2,2.5"), "long", options);
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 24);
}

QTEST_APPLESS_MAIN(TestToolLayouts)
#include "tst_tool_layouts.moc"
