#include "core/series/csv_reader.h"

#include <QTest>

#include <cmath>
#include <string>

using stint::parseRecording;
using stint::ReadChoices;
using stint::ReadOptions;
using stint::Recording;
using stint::TimeKind;

namespace {

stint::Result<Recording> read(const std::string& text, const ReadChoices& choices)
{
    ReadOptions options;
    options.choices = choices;
    return parseRecording(text, "text", options);
}

} // namespace

class TestReadChoices : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheDelimiter();
    void takesADelimiterThatIsNeverLookedFor();
    void takesTheDecimal();
    void takesTheEncoding();
    void takesLinesAboveTheTable();
    void takesATableWithoutHeader();
    void takesTheColumnOfTime_data();
    void takesTheColumnOfTime();
    void takesRowsAsTime();
    void takesTheOrderOfDates();
    void leavesColumnsOut();
    void saysWhatIsNotThere_data();
    void saysWhatIsNotThere();
};

void TestReadChoices::takesTheDelimiter()
{
    const std::string text = "a,1;b,2\n1,5;2,5\n3,5;4,5\n";
    ReadChoices choices;
    choices.delimiter = ';';
    choices.decimal = ',';
    const auto found = read(text, choices);
    QVERIFY(found.ok());
    QCOMPARE(found->channels.size(), std::size_t {2});
    QCOMPARE(found->channels[1].values[1], 4.5);
    choices = {};
    choices.delimiter = ',';
    choices.decimal = '.';
    choices.headerLines = 1;
    const auto other = read("x,y,z\n1,5,2\n3,5,4\n", choices);
    QVERIFY(other.ok());
    QCOMPARE(other->channels.size(), std::size_t {3});
}

void TestReadChoices::takesADelimiterThatIsNeverLookedFor()
{
    ReadChoices choices;
    choices.delimiter = ':';
    const auto found = read("a:b\n1:2\n3:4\n", choices);
    QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
    QCOMPARE(found->channels.size(), std::size_t {2});
    QCOMPARE(found->dialect.delimiter, ':');
}

void TestReadChoices::takesTheDecimal()
{
    ReadChoices choices;
    choices.decimal = '.';
    const auto found = read("t;a;b\n0;1,5;1\n1;2,5;2\n2;3,5;3\n", choices);
    QVERIFY(found.ok());
    QCOMPARE(found->dialect.decimal, '.');
    QCOMPARE(found->ignoredColumns, std::vector<std::string> {"a"});
}

void TestReadChoices::takesTheEncoding()
{
    ReadChoices choices;
    choices.encoding = "latin-1";
    const auto found = read("t,\xC3\xBC\n0,1\n1,2\n", choices);
    QVERIFY(found.ok());
    QCOMPARE(found->channels[0].name, std::string("\xC3\x83\xC2\xBC"));
    QCOMPARE(found->dialect.encoding, std::string("latin-1"));
}

void TestReadChoices::takesLinesAboveTheTable()
{
    const std::string text = "7,8\n9,10\nx,y\nm,s\n1,2\n3,4\n5,6\n";
    ReadChoices choices;
    choices.preambleLines = 2;
    choices.headerLines = 2;
    const auto found = read(text, choices);
    QVERIFY(found.ok());
    QCOMPARE(found->rows(), 3);
    QCOMPARE(found->channels[0].name, std::string("x"));
    QCOMPARE(found->channels[1].unit, std::string("s"));
    choices.headerLines.reset();
    const auto header = read(text, choices);
    QVERIFY(header.ok());
    QCOMPARE(static_cast<int>(header->dialect.headerLines), 2);
}

void TestReadChoices::takesATableWithoutHeader()
{
    ReadChoices choices;
    choices.preambleLines = 0;
    choices.headerLines = 0;
    const auto found = read("1,2\n3,4\n5,6\n", choices);
    QVERIFY(found.ok());
    QCOMPARE(found->rows(), 3);
    QCOMPARE(found->channels[0].name, std::string("column 1"));
}

void TestReadChoices::takesTheColumnOfTime_data()
{
    QTest::addColumn<QString>("column");
    QTest::addColumn<QString>("unit");
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("second");

    QTest::newRow("numbers") << "count"
                             << "ms" << static_cast<int>(TimeKind::Number) << 0.02;
    QTest::newRow("numbers without a unit") << "count"
                                            << "" << static_cast<int>(TimeKind::Number) << 20.0;
    QTest::newRow("dates") << "when"
                           << "" << static_cast<int>(TimeKind::Date) << 1704153600.0;
    QTest::newRow("the unit of the column that is found")
        << "time"
        << "min" << static_cast<int>(TimeKind::Number) << 60.0;
}

void TestReadChoices::takesTheColumnOfTime()
{
    QFETCH(QString, column);
    QFETCH(QString, unit);
    QFETCH(int, kind);
    QFETCH(double, second);
    ReadChoices choices;
    choices.timeColumn = column.toStdString();
    choices.timeUnit = unit.toStdString();
    const auto found = read("time,count,when,v\n0,10,2024-01-01,5\n1,20,2024-01-02,6\n"
                            "2,30,2024-01-03,7\n",
                            choices);
    QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
    QCOMPARE(found->time.column, column.toStdString());
    QCOMPARE(static_cast<int>(found->time.kind), kind);
    QCOMPARE(found->time.seconds[1], second);
}

void TestReadChoices::takesRowsAsTime()
{
    ReadChoices choices;
    choices.timeColumn = std::string();
    const auto found = read("time,v\n0,5\n1,6\n2,7\n", choices);
    QVERIFY(found.ok());
    QVERIFY(found->time.kind == TimeKind::Row);
    QCOMPARE(found->channels.size(), std::size_t {2});
}

void TestReadChoices::takesTheOrderOfDates()
{
    const std::string text = "time,v\n01/02/2024,1\n02/02/2024,2\n03/02/2024,3\n";
    ReadChoices choices;
    choices.dateOrder = stint::DateOrder::DayFirst;
    const auto day = read(text, choices);
    choices.dateOrder = stint::DateOrder::MonthFirst;
    const auto month = read(text, choices);
    QVERIFY(day.ok() && month.ok());
    QCOMPARE(day->time.step, 86400.0);
    QVERIFY(month->time.step > 28 * 86400.0);
    // A single day fits both, which is told unless a person has chosen.
    const std::string oneDay = "time,v\n03/04/2024 10:00,1\n03/04/2024 10:01,2\n";
    QVERIFY(!read(oneDay, choices)->time.dateOrderGuessed);
    QVERIFY(read(oneDay, {})->time.dateOrderGuessed);
    QVERIFY(!read(text, {})->time.dateOrderGuessed);
    QCOMPARE(read(text, {})->time.step, 86400.0);
}

void TestReadChoices::leavesColumnsOut()
{
    ReadChoices choices;
    choices.leftOut = {"b", "c"};
    const auto found = read("t,a,b,c\n0,1,2,3\n1,2,3,4\n2,3,4,5\n", choices);
    QVERIFY(found.ok());
    QCOMPARE(found->channels.size(), std::size_t {1});
    QCOMPARE(found->ignoredColumns, (std::vector<std::string> {"b", "c"}));
}

void TestReadChoices::saysWhatIsNotThere_data()
{
    QTest::addColumn<QString>("timeColumn");
    QTest::addColumn<QString>("leftOut");
    QTest::addColumn<QString>("part");

    QTest::newRow("no such time") << "clock"
                                  << ""
                                  << "it has t, a, note";
    QTest::newRow("no such column") << ""
                                    << "z"
                                    << "no column \"z\"";
    QTest::newRow("text as time") << "note"
                                  << ""
                                  << "neither numbers nor dates";
}

void TestReadChoices::saysWhatIsNotThere()
{
    QFETCH(QString, timeColumn);
    QFETCH(QString, leftOut);
    QFETCH(QString, part);
    ReadChoices choices;
    if (!timeColumn.isEmpty())
        choices.timeColumn = timeColumn.toStdString();
    if (!leftOut.isEmpty())
        choices.leftOut = {leftOut.toStdString()};
    const auto found = read("t,a,note\n0,1,x\n1,2,y\n2,3,z\n", choices);
    QVERIFY(!found.ok());
    QVERIFY2(found.error().message.find(part.toStdString()) != std::string::npos,
             found.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestReadChoices)
#include "tst_read_choices.moc"
