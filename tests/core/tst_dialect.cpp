#include "core/series/csv_reader.h"
#include "core/series/dialect.h"
#include "core/series/named_table.h"
#include "core/series/record_splitter.h"

#include <QTest>

using stint::Cell;
using stint::detectDialect;
using stint::RecordSplitter;

class TestDialect : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsDelimiterAndDecimal_data();
    void findsDelimiterAndDecimal();
    void findsTheEndOfLine();
    void splitsAsRfc4180Says();
    void joinsRunsOfBlanks();
    void passesOverCommentsAndBlankLines();
    void spreadsLinesOverTheText();
    void tablesAreFoundBelowTheirPreamble_data();
    void tablesAreFoundBelowTheirPreamble();
    void namesAboveNamesBelongToTheTable();
    void summariesAreNotTheTable_data();
    void summariesAreNotTheTable();
};

void TestDialect::findsDelimiterAndDecimal_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<char>("delimiter");
    QTest::addColumn<char>("decimal");
    QTest::addColumn<int>("columns");

    QTest::newRow("comma") << "a,b\n1.5,2\n2.5,3\n" << ',' << '.' << 2;
    QTest::newRow("semicolon") << "a;b\n1.5;2\n2.5;3\n" << ';' << '.' << 2;
    QTest::newRow("tab") << "a\tb\n1.5\t2\n2.5\t3\n" << '\t' << '.' << 2;
    QTest::newRow("pipe") << "a|b\n1.5|2\n2.5|3\n" << '|' << '.' << 2;
    QTest::newRow("runs of blanks") << " a   b\n 1.5   2\n12.5  31\n" << ' ' << '.' << 2;
    QTest::newRow("semicolon, decimal comma, no header") << "1,5;2,5\n3,5;4,5\n" << ';' << ',' << 2;
    QTest::newRow("tab, decimal comma") << "1,5\t2,5\n3,5\t4,5\n" << '\t' << ',' << 2;
    QTest::newRow("blank, decimal comma") << "1,5 2,5 0,1\n3,5 4,5 0,2\n" << ' ' << ',' << 3;
    QTest::newRow("comma and blank") << "1, 2, 3\n4, 5, 6\n" << ',' << '.' << 3;
    QTest::newRow("date with a blank") << "2020-01-01 00:00:00,1,2\n2020-01-01 00:00:01,3,4\n"
                                       << ',' << '.' << 3;
    QTest::newRow("delimiter in quotes") << "a;b\n\"1,2,3\";5\n\"4,5,6\";7\n" << ';' << '.' << 2;
    QTest::newRow("single column") << "value\n1.5\n2.5\n" << ',' << '.' << 1;
    QTest::newRow("preamble") << "Logger; rev 2\nmade by X\na,b,c\n1,2,3\n4,5,6\n7,8,9\n"
                              << ',' << '.' << 3;
}

void TestDialect::findsDelimiterAndDecimal()
{
    QFETCH(QString, text);
    QFETCH(char, delimiter);
    QFETCH(char, decimal);
    QFETCH(int, columns);
    const auto shape = detectDialect(text.toStdString());
    QCOMPARE(shape.dialect.delimiter, delimiter);
    QCOMPARE(shape.dialect.decimal, decimal);
    QCOMPARE(static_cast<int>(shape.columns), columns);
}

void TestDialect::findsTheEndOfLine()
{
    QCOMPARE(stint::detectEndOfLine("a\nb\n"), std::string("LF"));
    QCOMPARE(stint::detectEndOfLine("a\r\nb\r\n"), std::string("CRLF"));
    QCOMPARE(stint::detectEndOfLine("a\rb\r"), std::string("CR"));
    QCOMPARE(stint::detectEndOfLine("a\rb\n"), std::string("LF"));
}

void TestDialect::splitsAsRfc4180Says()
{
    RecordSplitter splitter("a , \"b, \"\"c\"\"\nd\" ,\r\n\"\",x\"y\n", ',', '"');
    std::vector<Cell> cells;
    QVERIFY(splitter.next(cells));
    QCOMPARE(cells.size(), std::size_t {3});
    QCOMPARE(std::string(cells[0].text), std::string("a"));
    QCOMPARE(cells[1].unescaped('"'), std::string("b, \"c\"\nd"));
    QVERIFY(cells[2].text.empty());
    QVERIFY(splitter.next(cells));
    QCOMPARE(splitter.line(), std::size_t {3});
    QCOMPARE(cells.size(), std::size_t {2});
    QVERIFY(cells[0].text.empty());
    QCOMPARE(std::string(cells[1].text), std::string("x\"y"));
    QVERIFY(!splitter.next(cells));
}

void TestDialect::joinsRunsOfBlanks()
{
    RecordSplitter splitter("  1  2\t \"3 4\"  \r\n5\n", ' ', '"');
    std::vector<Cell> cells;
    QVERIFY(splitter.next(cells));
    QCOMPARE(cells.size(), std::size_t {3});
    QCOMPARE(std::string(cells[2].text), std::string("3 4"));
    QVERIFY(splitter.next(cells));
    QCOMPARE(cells.size(), std::size_t {1});
}

void TestDialect::passesOverCommentsAndBlankLines()
{
    RecordSplitter splitter("# one\n\n  \r\n#two \"open\n1,2", ',', '"');
    std::vector<Cell> cells;
    QVERIFY(splitter.next(cells));
    QCOMPARE(cells.size(), std::size_t {2});
    QCOMPARE(splitter.line(), std::size_t {5});
    QCOMPARE(std::string(splitter.comment()), std::string("two \"open"));
    QVERIFY(!splitter.next(cells));
}

void TestDialect::spreadsLinesOverTheText()
{
    std::string text;
    for (int i = 0; i < 10000; ++i)
        text += std::to_string(i) + "\n";
    const auto lines = stint::spreadLines(text, 256);
    QVERIFY(lines.size() >= 200 && lines.size() <= 256);
    int before = 399; // the first 400 lines are the head
    for (const std::string_view line : lines) {
        const int number = std::stoi(std::string(line));
        QVERIFY(number > before);
        QVERIFY(number - before < 100);
        before = number;
    }
    QVERIFY(before > 9900);
}

void TestDialect::tablesAreFoundBelowTheirPreamble_data()
{
    QTest::addColumn<QString>("preamble");
    QTest::addColumn<char>("delimiter");
    QTest::addColumn<int>("columns");
    QTest::addColumn<int>("rows");
    const QString labView = QStringLiteral(
        "LabVIEW Measurement\t\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\n"
        "Decimal_Separator\t.\nMulti_Headings\tNo\nX_Columns\tOne\nTime_Pref\tAbsolute\n"
        "Date\t2024/01/01\nTime\t10:00:00\n***End_of_Header***\t\n\t\nChannels\t3\t\t\n"
        "Samples\t100\t100\t100\t\nDate\t2024/01/01\t2024/01/01\t2024/01/01\n"
        "Time\t10:00:00\t10:00:00\t10:00:00\nY_Unit_Label\tVolts\tVolts\tVolts\n"
        "X0\t0.0E+0\t0.0E+0\t0.0E+0\nDelta_X\t0.001\t0.001\t0.001\n"
        "***End_of_Header***\t\t\t\n");
    const QList<std::tuple<const char*, QString, char>> kinds {
        {"nothing above", QString(), ','},
        {"a title", QStringLiteral("My measurement\n"), ','},
        {"settings",
         QStringLiteral("Device,Logger 5\nSerial,12345\nDate,2024-05-01\nRate,50 Hz\nBy,Ann\n\n"),
         ','},
        {"settings with colons",
         QStringLiteral("Device: Logger 5\nSerial: 12345\nDate: 2024-05-01\nRate: 50 Hz\n"), ';'},
        {"many numbers",
         QStringLiteral("Serial\t12345\nGain\t2.5\nOffset\t0.1\nChannels\t3\nSamples\t9\n"), '\t'},
        {"decimal commas", QStringLiteral("Serial;12345\nGain;2,5\nOffset;0,1\n"), ';'},
        {"padded", QStringLiteral("Device,Logger,,\nSerial,123,,\nRate,50,,\nGain,1.5,,\n"), ','},
        {"LabVIEW", labView, '\t'},
    };
    for (const auto& [name, preamble, delimiter] : kinds)
        for (const int columns : {2, 3, 5})
            for (const int rows : {1, 2, 3, 4, 11, 500})
                QTest::addRow("%s, %d columns, %d rows", name, columns, rows)
                    << preamble << delimiter << columns << rows;
}

void TestDialect::tablesAreFoundBelowTheirPreamble()
{
    QFETCH(QString, preamble);
    QFETCH(char, delimiter);
    QFETCH(int, columns);
    QFETCH(int, rows);
    const bool labView = preamble.startsWith(QStringLiteral("LabVIEW"));
    std::string text = preamble.toStdString() + (labView ? "X_Value" : "time");
    for (int c = 1; c < columns; ++c)
        text += delimiter + ("channel " + std::to_string(c));
    text += labView ? "\tComment\n" : "\n";
    for (int r = 0; r < rows; ++r) {
        text += std::to_string(r);
        for (int c = 1; c < columns; ++c)
            text += delimiter + std::to_string(10 * c + r) + (delimiter == ';' ? ",5" : ".5");
        text += '\n';
    }
    const auto read = stint::parseRecording(text, "named");
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->rows(), stint::Index {rows});
    QCOMPARE(read->time.column, std::string(labView ? "X_Value" : "time"));
    QCOMPARE(read->channels.size(), static_cast<std::size_t>(columns - 1));
    QCOMPARE(read->channels[0].name, std::string("channel 1"));
    QCOMPARE(read->channels.back().values.back(), 10.0 * (columns - 1) + rows - 1 + 0.5);
    QCOMPARE(read->badLineCount, std::size_t {0});
}

void TestDialect::namesAboveNamesBelongToTheTable()
{
    const std::string above = "Serial,12345\nGain,2.5\nOffset,0.1\n\n";
    const auto read = stint::parseRecording(
        above + "time,flow,load\ns,l/min,kN\n0,1.5,2.5\n1,1.6,2.6\n", "units");
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->rows(), stint::Index {2});
    QCOMPARE(read->channels[0].name, std::string("flow"));
    QCOMPARE(read->channels[0].unit, std::string("l/min"));
    QCOMPARE(read->dialect.preambleLines, std::size_t {4});
    QCOMPARE(read->dialect.headerLines, std::size_t {2});
}

void TestDialect::summariesAreNotTheTable_data()
{
    QTest::addColumn<QString>("below");
    QTest::newRow("of two cells") << "\nmean,deviation\n4.5,2.87\n";
    QTest::newRow("of more cells") << "\nmean,deviation,least,most,rows\n4.5,2.87,0,9,10\n";
    QTest::newRow("one more row") << "10,20,30\n";
    QTest::newRow("no names") << "\n4.5,2.87\n";
}

void TestDialect::summariesAreNotTheTable()
{
    QFETCH(QString, below);
    std::string text = "a,b,c\n";
    for (int r = 0; r < 10; ++r)
        text
            += std::to_string(r) + "," + std::to_string(2 * r) + "," + std::to_string(3 * r) + "\n";
    text += below.toStdString();
    const stint::LinePlace place = stint::namedTable(text, '"');
    QCOMPARE(place.offset, std::size_t {0});
    QCOMPARE(place.line, std::size_t {1});
    const auto read = stint::parseRecording(text, "summary");
    QVERIFY(read.ok());
    QVERIFY(read->rows() >= 10);
    QCOMPARE(read->channels.size(), std::size_t {3});
}

QTEST_APPLESS_MAIN(TestDialect)
#include "tst_dialect.moc"
