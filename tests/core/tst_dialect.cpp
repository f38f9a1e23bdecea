#include "core/series/dialect.h"
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

QTEST_APPLESS_MAIN(TestDialect)
#include "tst_dialect.moc"
