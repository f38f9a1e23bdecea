#include "core/series/csv_reader.h"
#include "core/series/date_text.h"
#include "core/series/time_column.h"
#include "core/series/time_names.h"

#include <QTest>

#include <cmath>
#include <limits>

using stint::DateOrder;
using stint::TimeKind;

class TestTimeColumn : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsDates_data();
    void readsDates();
    void refusesWhatIsNoDate_data();
    void refusesWhatIsNoDate();
    void findsTheOrderOfDayAndMonth_data();
    void findsTheOrderOfDayAndMonth();
    void findsTheUnit_data();
    void findsTheUnit();
    void choosesTheColumn_data();
    void choosesTheColumn();
    void ranksNames();
    void describesSteps();
    void addsADayAtMidnight();
    void reportsUnreadableDates();
};

void TestTimeColumn::readsDates_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("monthFirst");
    QTest::addColumn<double>("seconds");

    QTest::newRow("ISO, blank") << "2020-03-09 10:14:33" << false << 1583748873.0;
    QTest::newRow("ISO, T, Z") << "2020-03-09T10:14:33Z" << false << 1583748873.0;
    QTest::newRow("fraction") << "2020-03-09 10:14:33.125" << false << 1583748873.125;
    QTest::newRow("decimal comma") << "2020-03-09 10:14:33,5" << false << 1583748873.5;
    QTest::newRow("east") << "2020-03-09T12:14:33+02:00" << false << 1583748873.0;
    QTest::newRow("west, no colon") << "2020-03-09T06:44:33-0330" << false << 1583748873.0;
    QTest::newRow("date alone") << "1970-01-02" << false << 86400.0;
    QTest::newRow("before 1970") << "1969-12-31" << false << -86400.0;
    QTest::newRow("leap day") << "2000-02-29" << false << 951782400.0;
    QTest::newRow("slashes") << "2013/08/29 12:06:01" << false << 1377777961.0;
    QTest::newRow("points") << "01.11.2012 00:03:10" << false << 1351728190.0;
    QTest::newRow("day first") << "27-01-2012 00:36:34" << false << 1327624594.0;
    QTest::newRow("month first") << " 01/20/2021 10:11:32" << true << 1611137492.0;
    QTest::newRow("afternoon") << "1/20/2021 1:00 PM" << true << 1611147600.0;
    QTest::newRow("midnight in AM") << "1/20/2021 12:00:00 AM" << true << 1611100800.0;
    QTest::newRow("named month") << "20-Jan-2021 10:11:32" << false << 1611137492.0;
    QTest::newRow("two digits of a year") << "20.01.21 10:11" << false << 1611137460.0;
    QTest::newRow("time alone") << "01:02:03.5" << false << 3723.5;
}

void TestTimeColumn::readsDates()
{
    QFETCH(QString, text);
    QFETCH(bool, monthFirst);
    QFETCH(double, seconds);
    const auto parts = stint::splitDate(text.toStdString());
    QVERIFY(parts.has_value());
    const auto read
        = stint::dateSeconds(*parts, monthFirst ? DateOrder::MonthFirst : DateOrder::DayFirst);
    QVERIFY(read.has_value());
    QVERIFY2(std::abs(*read - seconds) < 1e-6, qPrintable(QString::number(*read, 'f', 6)));
}

void TestTimeColumn::refusesWhatIsNoDate_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : {"", "12", "12.5", "1.2.3", "10.0.0.1", "2020-13-01", "2021-02-29",
                             "2020-03-09 25:00:00", "2020-03-09 10:60", "2020-03-09x", "abc",
                             "2020-03-", "99:99", "1/2", "2020-03-09 10:14:33+99:00"})
        QTest::newRow(*text == '\0' ? "empty" : text) << QString::fromLatin1(text);
}

void TestTimeColumn::refusesWhatIsNoDate()
{
    QFETCH(QString, text);
    const auto parts = stint::splitDate(text.toStdString());
    QVERIFY(!parts || !stint::dateSeconds(*parts, DateOrder::DayFirst));
}

void TestTimeColumn::findsTheOrderOfDayAndMonth_data()
{
    QTest::addColumn<QString>("dates");
    QTest::addColumn<bool>("monthFirst");
    QTest::addColumn<bool>("guessed");

    QTest::newRow("first part above 12") << "01/02/2021 13/02/2021" << false << false;
    QTest::newRow("second part above 12") << "01/02/2021 01/13/2021" << true << false;
    QTest::newRow("points") << "01.02.2021 02.02.2021" << false << false;
    QTest::newRow("hyphens") << "01-02-2021 02-02-2021" << false << false;
    QTest::newRow("slashes in order as days only")
        << "11/01/2021 12/01/2021 01/02/2021 02/02/2021" << false << false;
    QTest::newRow("days of a month, month first") << "01/02/2021 01/03/2021" << true << false;
    QTest::newRow("days of a month, day first") << "01/02/2021 02/02/2021" << false << false;
    QTest::newRow("one day") << "03/04/2021 03/04/2021" << true << true;
    QTest::newRow("one day that is its month") << "04/04/2021 04/04/2021" << true << false;
    QTest::newRow("years first") << "2021/03/04 2021/03/05" << true << false;
}

void TestTimeColumn::findsTheOrderOfDayAndMonth()
{
    QFETCH(QString, dates);
    QFETCH(bool, monthFirst);
    QFETCH(bool, guessed);
    std::vector<std::string> texts;
    for (const QString& date : dates.split(QLatin1Char(' ')))
        texts.push_back(date.toStdString());
    const std::vector<std::string_view> cells(texts.begin(), texts.end());
    const stint::FoundDateOrder found = stint::dateOrderOf(cells);
    QCOMPARE(found.order == DateOrder::MonthFirst, monthFirst);
    QCOMPARE(found.guessed, guessed);
}

void TestTimeColumn::findsTheUnit_data()
{
    QTest::addColumn<QString>("header");
    QTest::addColumn<double>("first");
    QTest::addColumn<double>("step");
    QTest::addColumn<QString>("unit");

    QTest::newRow("seconds since 1970") << "time" << 1.7e9 << 1.0 << "s";
    QTest::newRow("milliseconds since 1970") << "time" << 1.7e12 << 10.0 << "ms";
    QTest::newRow("microseconds since 1970") << "time" << 1.7e15 << 10.0 << "us";
    QTest::newRow("nanoseconds since 1970") << "time" << 1.7e18 << 1e6 << "ns";
    QTest::newRow("in parentheses") << "Time (ms)" << 0.0 << 10.0 << "ms";
    QTest::newRow("in brackets") << "t [us]" << 0.0 << 10.0 << "us";
    QTest::newRow("after an underscore") << "time_ms" << 0.0 << 10.0 << "ms";
    QTest::newRow("capitals") << "TimeUS" << 0.0 << 10.0 << "us";
    QTest::newRow("millis") << "millis" << 5.0 << 10.0 << "ms";
    QTest::newRow("minutes") << "time [min]" << 0.0 << 1.0 << "min";
    QTest::newRow("plain") << "time" << 0.0 << 0.02 << "s";
    QTest::newRow("since power-up") << "timestamp" << 112614307.0 << 4000.0 << "us";
    QTest::newRow("hours in seconds") << "timestamp" << 0.0 << 3600.0 << "s";
}

void TestTimeColumn::findsTheUnit()
{
    QFETCH(QString, header);
    QFETCH(double, first);
    QFETCH(double, step);
    QFETCH(QString, unit);
    stint::ColumnLayout column;
    column.header = header.toStdString();
    std::vector<double> values(10);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = first + step * static_cast<double>(i);
    const auto time = stint::numberAxis(column, values);
    QCOMPARE(time.unit, unit.toStdString());
}

void TestTimeColumn::choosesTheColumn_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("column");

    const auto row = [](const char* trait, const char* text, TimeKind kind, const char* column) {
        QTest::newRow(trait) << QString::fromLatin1(text) << static_cast<int>(kind)
                             << QString::fromLatin1(column);
    };
    row("by name", "v,time\n1,0\n2,1\n1,2\n", TimeKind::Number, "time");
    row("underscores", "__time,v\n1.5,1\n2.5,2\n", TimeKind::Number, "__time");
    row("t is a temperature", "t,v\n20.5,1\n20.4,2\n20.6,1\n20.3,0\n", TimeKind::Row, "");
    row("date by content", "v,when\n1,2020-01-01\n3,2020-01-02\n", TimeKind::Date, "when");
    row("date before number", "ts,date,v\n1,2020-01-01,1\n2,2020-01-02,5\n", TimeKind::Date,
        "date");
    row("clear number before vague date",
        "time,installed,v\n0,2020-01-01,3\n1,2020-01-02,4\n2,2020-01-03,4\n", TimeKind::Number,
        "time");
    row("rising time before coarse clock", "clock_time,time,v\n1,7,1\n2,7,2\n3,7,3\n4,8,1\n",
        TimeKind::Number, "clock_time");
    row("unnamed first column that rises evenly",
        "0.1 5\n0.2 3\n0.3 4\n0.4 5\n0.5 1\n0.6 7\n0.7 2\n0.8 2\n0.9 1\n", TimeKind::Number,
        "column 1");
    row("no time", "a,b\n1,5\n2,3\n3,1\n", TimeKind::Row, "");
}

void TestTimeColumn::choosesTheColumn()
{
    QFETCH(QString, text);
    QFETCH(int, kind);
    QFETCH(QString, column);
    const auto read = stint::parseRecording(text.toStdString(), "times");
    QVERIFY(read.ok());
    QCOMPARE(static_cast<int>(read->time.kind), kind);
    QCOMPARE(read->time.column, column.toStdString());
}

void TestTimeColumn::ranksNames()
{
    for (const char* name : {"time", "Time (s)", "__time", "TIMESTAMP", "date_time", "DateTime",
                             "timestamp_ms", "Unix time", "millis", "elapsed time [s]"})
        QVERIFY2(stint::timeNameRank(name) == 2, name);
    for (const char* name : {"t", "ts", "t [s]", "test_time", "accelerometer_timestamp_relative"})
        QVERIFY2(stint::timeNameRank(name) == 1, name);
    for (const char* name : {"", "temperature", "timeout", "runtime", "t1", "s", "update", "ms"})
        QVERIFY2(stint::timeNameRank(name) == 0, name);
}

void TestTimeColumn::describesSteps()
{
    stint::TimeAxis time;
    time.seconds = {0, 1, 2, 5, 6, 6, 7, std::numeric_limits<double>::quiet_NaN(), 9, 8, 9};
    stint::describeSteps(time);
    QVERIFY(std::abs(time.step - 1.0) < 1e-12);
    QCOMPARE(time.gaps, std::size_t {1});
    QCOMPARE(time.nonMonotonic, std::size_t {2});

    time.seconds = {3};
    stint::describeSteps(time);
    QVERIFY(std::abs(time.step - 1.0) < 1e-12);
}

void TestTimeColumn::addsADayAtMidnight()
{
    const auto read = stint::parseRecording(
        "time,v\n23:59:58,1\n23:59:59,2\n00:00:00,3\n00:00:01,4\n", "midnight");
    QVERIFY(read.ok());
    QCOMPARE(read->time.nonMonotonic, std::size_t {0});
    QVERIFY(std::abs(read->time.seconds[3] - 86401.0) < 1e-9);
    QCOMPARE(stint::timeText(*read, 2), std::string("00:00:00"));
}

void TestTimeColumn::reportsUnreadableDates()
{
    const auto read = stint::parseRecording(
        "time,v\n2020-01-01,1\n2020-01-02,2\n2020-02-31,3\n2020-01-04,4\n", "dates");
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 4);
    QVERIFY(std::isnan(read->time.seconds[2]));
    QCOMPARE(read->badLineCount, std::size_t {1});
    QCOMPARE(read->badLines[0].line, std::size_t {4});
    QVERIFY(std::abs(read->channels[0].values[2] - 3.0) < 1e-12);
}

QTEST_APPLESS_MAIN(TestTimeColumn)
#include "tst_time_column.moc"
