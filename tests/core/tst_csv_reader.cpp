#include "core/series/cell.h"
#include "core/series/csv_reader.h"
#include "core/series/record_splitter.h"

#include <QTest>

#include <cmath>

using stint::parseRecording;
using stint::readRecording;

namespace {

std::string fixture(const QString& name)
{
    return STINT_TEST_DATA_DIR "/csv/" + name.toStdString();
}

bool near(double a, double b, double tolerance = 1e-12) { return std::abs(a - b) <= tolerance; }

} // namespace

class TestCsvReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEveryEncoding_data();
    void readsEveryEncoding();
    void readsAllMembersOfGzip();
    void refusesWithASentence_data();
    void refusesWithASentence();
    void findsTheTable_data();
    void findsTheTable();
    void readsUnitsAndDecimalComma();
    void readsUnitsRow();
    void readsNamesInAComment();
    void takesTheRateFromLinesAboveTheTable_data();
    void takesTheRateFromLinesAboveTheTable();
    void keepsBadLinesAndSaysWhy();
    void readsQuotedCells();
    void oddQuotesSayWhatRecordsSay_data();
    void oddQuotesSayWhatRecordsSay();
    void toleratesAStrayQuote();
    void takesLabelsOutOfTheChannels();
    void takesLabelsTheCallerNames();
    void readsClassesOfTextAndOfNumbers();
    void tellsSeriesApart();
    void keepsSetPointsAsChannels();
    void keepsASingleColumn();
    void namesColumnsWithoutAHeader();
    void makesNamesUnique();
    void readsMissingMarkers();
    void readsNumbersExactly_data();
    void readsNumbersExactly();
    void decidesTypesFromTheWholeFile();
    void keepsAColumnThatBeginsLate();
    void countsAllBadLinesButKeepsTheFirst();
    void stopsWhenAsked();
    void repeatsTimesAsWritten();
};

void TestCsvReader::readsEveryEncoding_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("encoding");
    QTest::addColumn<QString>("endOfLine");
    QTest::addColumn<QString>("unit");

    const auto row = [](const char* trait, const char* file, const char* encoding,
                        const char* endOfLine = "LF", const QString& unit = {}) {
        QTest::newRow(trait) << QString::fromLatin1(file) << QString::fromLatin1(encoding)
                             << QString::fromLatin1(endOfLine) << unit;
    };
    row("UTF-8 with a mark", "utf8_mark.csv", "utf-8");
    row("UTF-16 LE with a mark", "utf16le_mark.csv", "utf-16le");
    row("UTF-16 BE with a mark", "utf16be_mark.csv", "utf-16be");
    row("UTF-16 LE without a mark", "utf16le_no_mark.csv", "utf-16le");
    row("Latin-1", "latin1_degree.csv", "latin-1", "LF", QStringLiteral(u"\u00B0C"));
    row("CR", "cr_line_ends.csv", "utf-8", "CR");
    row("CRLF", "crlf_line_ends.csv", "utf-8", "CRLF");
    row("gzip without its name", "gzip_without_its_name.csv", "utf-8");
    row("zero bytes at the end", "zeros_after_power_cut.csv", "utf-8");
}

void TestCsvReader::readsEveryEncoding()
{
    QFETCH(QString, file);
    QFETCH(QString, encoding);
    QFETCH(QString, endOfLine);
    QFETCH(QString, unit);
    const auto read = readRecording(fixture(file));
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->rows(), 3);
    QCOMPARE(read->channels.size(), std::size_t {2});
    QCOMPARE(read->channels[0].name, std::string("flow"));
    QCOMPARE(read->channels[0].unit, unit.toStdString());
    QVERIFY(near(read->channels[0].values[1], 1.75));
    QCOMPARE(read->dialect.encoding, encoding.toStdString());
    QCOMPARE(read->dialect.endOfLine, endOfLine.toStdString());
    QCOMPARE(read->name, file.toStdString());
    QCOMPARE(read->badLineCount, std::size_t {0});
}

void TestCsvReader::readsAllMembersOfGzip()
{
    const auto read = readRecording(fixture(QStringLiteral("gzip_two_members.csv.gz")));
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 4);
    QVERIFY(near(read->channels[1].values[3], 104.0));
}

void TestCsvReader::refusesWithASentence_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("says");

    QTest::newRow("missing") << "no_such_file.csv"
                             << "does not exist";
    QTest::newRow("folder") << ""
                            << "is a folder";
    QTest::newRow("empty") << "empty.csv"
                           << "is empty";
    QTest::newRow("picture") << "picture.csv"
                             << "looks like a PNG picture, not a table";
    QTest::newRow("zero bytes") << "zero_bytes.csv"
                                << "binary data";
    QTest::newRow("only a header") << "only_a_header.csv"
                                   << "only one line";
    QTest::newRow("only text") << "only_text.csv"
                               << "no column of numbers";
    QTest::newRow("gzip cut short") << "gzip_cut_short.csv.gz"
                                    << "is cut short";
    QTest::newRow("gzip damaged") << "gzip_damaged.csv.gz"
                                  << "is damaged";
}

void TestCsvReader::refusesWithASentence()
{
    QFETCH(QString, file);
    QFETCH(QString, says);
    const std::string path = fixture(file);
    const auto read = readRecording(path);
    QVERIFY(!read.ok());
    const QString message = QString::fromStdString(read.error().message);
    QVERIFY2(message.contains(says), qPrintable(message));
    QVERIFY2(message.contains(QString::fromStdString(path)), qPrintable(message));
    QVERIFY2(message.endsWith(QLatin1Char('.')), qPrintable(message));
}

void TestCsvReader::findsTheTable_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("preamble");
    QTest::addColumn<int>("header");
    QTest::addColumn<QString>("time");
    QTest::addColumn<double>("start");

    QTest::newRow("three header rows") << "logger_preamble_three_header_rows.dat" << 5 << 3 << 1
                                       << 3 << "TIMESTAMP" << 1714608000.0;
    QTest::newRow("padded preamble")
        << "preamble_padded_with_commas.csv" << 12 << 3 << 4 << 1 << "TimeStamp" << 1505228400.0;
    QTest::newRow("decimal comma")
        << "semicolons_decimal_comma.csv" << 4 << 2 << 0 << 1 << "Zeit (ms)" << 0.0;
    QTest::newRow("date and time apart")
        << "date_and_time_apart.txt" << 3 << 2 << 0 << 1 << "date" << 1327624594.0;
    QTest::newRow("names in a comment")
        << "comment_preamble_with_names.txt" << 3 << 3 << 3 << 0 << "" << 0.0;
    QTest::newRow("names in a percent comment")
        << "names_in_percent_comment.txt" << 3 << 2 << 1 << 0 << "time" << 0.0;
    QTest::newRow("comments with slashes")
        << "slash_comments.csv" << 3 << 2 << 2 << 1 << "t" << 0.0;
    QTest::newRow("separator named in the first line")
        << "separator_hint.csv" << 3 << 1 << 1 << 1 << "Time" << 0.0;
    QTest::newRow("units in brackets below the names")
        << "units_row_in_brackets.csv" << 3 << 2 << 0 << 2 << "Time" << 0.0;
    QTest::newRow("groups, names, units")
        << "groups_names_units.csv" << 3 << 4 << 1 << 2 << "" << 0.0;
    QTest::newRow("settings beside the numbers")
        << "scope_blank_columns.csv" << 8 << 2 << 0 << 0 << "column 4" << -0.002;
    QTest::newRow("settings above a table of two columns")
        << "rate_in_preamble.csv" << 4 << 2 << 3 << 1 << "" << 0.0;
    QTest::newRow("decimal comma in quotes")
        << "quoted_decimal_comma.csv" << 3 << 1 << 0 << 1 << "t" << 0.0;
    QTest::newRow("decimal comma between tabs")
        << "tabs_decimal_comma.txt" << 3 << 2 << 0 << 1 << "Zeit" << 0.0;
    QTest::newRow("dates without separators")
        << "compact_dates.csv" << 3 << 1 << 0 << 1 << "Date" << 1611137492.0;
    QTest::newRow("compact ISO dates")
        << "compact_iso_dates.csv" << 3 << 1 << 0 << 1 << "time" << 1611137492.0;
    QTest::newRow("days of a spreadsheet")
        << "spreadsheet_days.csv" << 4 << 1 << 0 << 1 << "Date" << 1538387999.424;
    QTest::newRow("time before date")
        << "time_before_date.csv" << 3 << 1 << 0 << 1 << "Date" << 1611137492.5;
    QTest::newRow("microseconds since 1970")
        << "epoch_microseconds.csv" << 3 << 1 << 0 << 1 << "timestamp" << 1611137492.0;
    QTest::newRow("delimiter at the end of lines")
        << "trailing_delimiter.csv" << 3 << 2 << 0 << 1 << "t" << 0.0;
    QTest::newRow("Windows quotes in a name")
        << "windows_quotes.csv" << 3 << 1 << 0 << 1 << "t" << 0.0;
    QTest::newRow("UTF-16 BE without a mark")
        << "utf16be_no_mark.csv" << 3 << 2 << 0 << 1 << "t" << 0.0;
    QTest::newRow("words for missing") << "missing_words.csv" << 8 << 2 << 0 << 1 << "t" << 0.0;
}

void TestCsvReader::findsTheTable()
{
    QFETCH(QString, file);
    QFETCH(int, rows);
    QFETCH(int, channels);
    QFETCH(int, preamble);
    QFETCH(int, header);
    QFETCH(QString, time);
    QFETCH(double, start);
    const auto read = readRecording(fixture(file));
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->rows(), rows);
    QCOMPARE(static_cast<int>(read->channels.size()), channels);
    QCOMPARE(static_cast<int>(read->dialect.preambleLines), preamble);
    QCOMPARE(static_cast<int>(read->dialect.headerLines), header);
    QCOMPARE(read->time.column, time.toStdString());
    QVERIFY(near(read->time.seconds[0], start, 1e-6));
    QCOMPARE(read->badLineCount, std::size_t {0});
}

void TestCsvReader::readsUnitsAndDecimalComma()
{
    const auto read = readRecording(fixture(QStringLiteral("semicolons_decimal_comma.csv")));
    QVERIFY(read.ok());
    QCOMPARE(read->dialect.delimiter, ';');
    QCOMPARE(read->dialect.decimal, ',');
    QCOMPARE(read->channels[0].name, std::string("Druck"));
    QCOMPARE(read->channels[0].unit, std::string("bar"));
    QVERIFY(near(read->channels[0].values[2], -1.75));
    QCOMPARE(read->time.unit, std::string("ms"));
    QVERIFY(near(read->time.step, 0.02));
}

void TestCsvReader::readsUnitsRow()
{
    const auto read
        = readRecording(fixture(QStringLiteral("logger_preamble_three_header_rows.dat")));
    QVERIFY(read.ok());
    QCOMPARE(read->channels[2].name, std::string("AirT_Max"));
    QCOMPARE(read->channels[2].unit, std::string("Deg C"));
    QVERIFY(std::isnan(read->channels[2].values[1]));
    QCOMPARE(read->ignoredColumns, std::vector<std::string> {"AirT_TMx"});
}

void TestCsvReader::readsNamesInAComment()
{
    const auto read = readRecording(fixture(QStringLiteral("comment_preamble_with_names.txt")));
    QVERIFY(read.ok());
    QCOMPARE(read->channels[2].name, std::string("acc_z"));
    QCOMPARE(read->dialect.delimiter, '\t');
}

void TestCsvReader::takesTheRateFromLinesAboveTheTable_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<double>("step");

    QTest::newRow("rate with its unit in brackets") << "# Sampling Rate (Hz):= 100.00" << 0.01;
    QTest::newRow("rate in kHz") << "# Sample rate: 2 kHz" << 0.0005;
    QTest::newRow("short name") << "# fs = 250" << 0.004;
    QTest::newRow("frequency") << "# Frequency: 50 Hz" << 0.02;
    QTest::newRow("interval in ms") << "% sample interval: 20 ms" << 0.02;
    QTest::newRow("interval in seconds") << "Sample Interval,0.001,s" << 0.001;
    QTest::newRow("a frequency of something else") << "# Cut-off frequency: 5" << 1.0;
    QTest::newRow("a count of samples") << "# Samples: 500" << 1.0;
    QTest::newRow("nonsense") << "# Sample rate: 0" << 1.0;
}

void TestCsvReader::takesTheRateFromLinesAboveTheTable()
{
    QFETCH(QString, line);
    QFETCH(double, step);
    const std::string text = line.toStdString() + "\nx,y,z\n1,5,3\n2,3,3\n0,1,2\n";
    const auto read = parseRecording(text, "text");
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 3);
    QVERIFY(near(read->time.seconds[2] - read->time.seconds[1], step, 1e-12));
    QVERIFY(near(read->time.step, step, 1e-12));
    QCOMPARE(stint::timeText(*read, 0), std::string("0"));
}

void TestCsvReader::keepsBadLinesAndSaysWhy()
{
    const auto read = readRecording(fixture(QStringLiteral("bad_lines.csv")));
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 8);
    const auto& a = read->channels[0].values;
    const auto& b = read->channels[1].values;
    QVERIFY(std::isnan(a[1]));
    QVERIFY(near(b[1], 200.0));
    QVERIFY(std::isnan(b[2]));
    QVERIFY(near(b[3], 400.0));
    QVERIFY(std::isnan(a[4]));
    QVERIFY(std::isnan(b[5]));
    QVERIFY(std::isinf(b[6]));
    QCOMPARE(read->badLineCount, std::size_t {4});
    QCOMPARE(read->badLines.size(), std::size_t {4});
    QCOMPARE(read->badLines[0].line, std::size_t {3});
    QCOMPARE(read->badLines[0].why, std::string("\"oops\" in column \"a\" is not a number"));
    QCOMPARE(read->badLines[1].line, std::size_t {4});
    QVERIFY(read->badLines[1].why.starts_with("2 cells instead of 3"));
    QCOMPARE(read->badLines[2].line, std::size_t {5});
    QVERIFY(read->badLines[2].why.starts_with("4 cells instead of 3"));
    QCOMPARE(read->badLines[3].line, std::size_t {8});
    QVERIFY(read->badLines[3].why.starts_with("the header again"));
}

void TestCsvReader::readsQuotedCells()
{
    const auto read = readRecording(fixture(QStringLiteral("quoted_cells.csv")));
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 4);
    QCOMPARE(read->channels.size(), std::size_t {1});
    QVERIFY(near(read->channels[0].values[3], 4.5));
    QCOMPARE(read->ignoredColumns, std::vector<std::string> {"note"});
    QCOMPARE(read->badLineCount, std::size_t {0});
}

void TestCsvReader::oddQuotesSayWhatRecordsSay_data()
{
    QTest::addColumn<char>("delimiter");
    QTest::addColumn<QByteArray>("odd");
    const QList<QPair<const char*, const char*>> cells {
        {"a number", "\"-1.5e3\""},
        {"blanks within", "\" 2.5\t\""},
        {"blanks around", " \"3\" "},
        {"nothing", "\"\""},
        {"a word for nothing", "\"n/a\""},
        {"text", "\"broken\""},
        {"doubled quotes", "\"4\"\"5\""},
        {"a number and doubled quotes", "\"4\"\"\""},
        {"a line end", "\"6\n7\""},
        {"a delimiter", "\"1,2;3\t4\""},
        {"text behind", "\"8\"9"},
        {"quotes behind", "8\"9\""},
        {"a digit too many", "\"12345678901234567890.5\""},
        {"not closed", "\"10"},
        {"a quote alone", "\""},
    };
    for (const char delimiter : {',', ';', '\t', ' '})
        for (const auto& [name, odd] : cells)
            QTest::addRow("%s, delimiter %d", name, delimiter) << delimiter << QByteArray(odd);
}

/// Most lines are read in a hurry; what is read must be what a closer look says.
void TestCsvReader::oddQuotesSayWhatRecordsSay()
{
    QFETCH(char, delimiter);
    QFETCH(QByteArray, odd);
    const std::string between(1, delimiter);
    std::string text = "t" + between + "a" + between + "b\n";
    for (int row = 0; row < 40; ++row) {
        const std::string time = std::to_string(row);
        const std::string a = row % 10 == 3 ? odd.toStdString() : "\"1.25\"";
        const std::string b = row % 10 == 7 ? odd.toStdString() : "0.5";
        text += (row % 2 == 0 ? time : "\"" + time + "\"") + between;
        text += a + between + b + "\n";
    }
    stint::ReadOptions options;
    options.choices.delimiter = delimiter;
    options.choices.decimal = '.';
    options.choices.preambleLines = 0;
    options.choices.headerLines = 1;
    options.choices.timeColumn = std::string(); // rows are counted
    const auto read = parseRecording(text, "odd", options);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    stint::RecordSplitter records(text, delimiter, '"');
    std::vector<stint::Cell> cells;
    records.next(cells); // the header
    std::size_t row = 0;
    for (; records.next(cells); ++row) {
        QVERIFY(row < static_cast<std::size_t>(read->rows()));
        for (std::size_t c = 0; c < 3; ++c) {
            double expected = std::nan("");
            if (c < cells.size())
                static_cast<void>(stint::readCell(cells[c].text, '.', expected));
            const double value = read->channels[c].values[row];
            QVERIFY2(std::isnan(expected) ? std::isnan(value) : near(value, expected),
                     qPrintable(QStringLiteral("row %1, column %2").arg(row).arg(c)));
        }
    }
    QCOMPARE(static_cast<std::size_t>(read->rows()), row);
}

void TestCsvReader::toleratesAStrayQuote()
{
    const auto read = parseRecording("a,b\n1,2\n\"3,4\n5,6\n7,8\n", "stray");
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 4);
    QVERIFY(std::isnan(read->channels[0].values[1]));
    QVERIFY(near(read->channels[1].values[3], 8.0));
    QCOMPARE(read->badLineCount, std::size_t {1});
    QCOMPARE(read->badLines[0].line, std::size_t {3});
}

void TestCsvReader::takesLabelsOutOfTheChannels()
{
    const auto read = readRecording(fixture(QStringLiteral("labels_and_flags.csv")));
    QVERIFY(read.ok());
    QCOMPARE(read->labels.size(), std::size_t {2});
    const stint::LabelColumn* anomaly = read->label("anomaly");
    QVERIFY(anomaly != nullptr);
    const std::vector<unsigned char> expected {0, 0, 0, 1, 1, 0, 0, 0};
    QCOMPARE(anomaly->values, expected);
    QVERIFY(read->label("changepoint") != nullptr);
    QVERIFY(read->label("heater") == nullptr);
    // Constant or two-valued sensors without a label's name stay what they are.
    QCOMPARE(read->channels.size(), std::size_t {4});
    QCOMPARE(read->channels[2].name, std::string("target"));
}

void TestCsvReader::takesLabelsTheCallerNames()
{
    stint::ReadOptions options;
    options.labelColumns = {"Alarm", "current"};
    const auto read = readRecording(fixture(QStringLiteral("labels_and_flags.csv")), options);
    QVERIFY(read.ok());
    QVERIFY(read->label("alarm") != nullptr);
    QVERIFY(read->label("current") == nullptr); // its values are not 0 and 1
    QCOMPARE(read->channels.size(), std::size_t {3});
}

void TestCsvReader::keepsASingleColumn()
{
    for (const char* text : {"value\n1\n2\n4\n", "1\n2\n4\n", "time\n1\n2\n4\n"}) {
        const auto read = parseRecording(text, "single");
        QVERIFY2(read.ok(), text);
        QCOMPARE(read->channels.size(), std::size_t {1});
        QCOMPARE(read->rows(), 3);
        QVERIFY(read->time.kind == stint::TimeKind::Row);
        QVERIFY(near(read->channels[0].values[2], 4.0));
    }
}

void TestCsvReader::namesColumnsWithoutAHeader()
{
    const auto read = parseRecording("5,1.5\n3,2.5\n4,3.5\n", "bare");
    QVERIFY(read.ok());
    QCOMPARE(read->channels[0].name, std::string("column 1"));
    QCOMPARE(read->channels[1].name, std::string("column 2"));
    QCOMPARE(read->dialect.headerLines, std::size_t {0});
}

void TestCsvReader::makesNamesUnique()
{
    const auto read
        = parseRecording("Temp (C),Temp (F),x,x,acc[0]\n1,2,3,4,5\n2,1,4,3,6\n", "twins");
    QVERIFY(read.ok());
    QCOMPARE(read->channels[0].name, std::string("Temp (C)"));
    QCOMPARE(read->channels[1].name, std::string("Temp (F)"));
    QCOMPARE(read->channels[1].unit, std::string("F"));
    QCOMPARE(read->channels[2].name, std::string("x"));
    QCOMPARE(read->channels[3].name, std::string("x 2"));
    QCOMPARE(read->channels[4].name, std::string("acc[0]"));
}

void TestCsvReader::readsMissingMarkers()
{
    const auto read = parseRecording(
        "a,b\n1,1\nNaN,2\nNA,3\nN/A,4\nnull,5\nNULL,6\n-,7\n?,8\n,9\n2,9\n", "gaps");
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 10);
    QCOMPARE(read->badLineCount, std::size_t {0});
    for (std::size_t r = 1; r < 9; ++r)
        QVERIFY(std::isnan(read->channels[0].values[r]));
    QVERIFY(near(read->channels[0].values[9], 2.0));
}

void TestCsvReader::readsNumbersExactly_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<double>("value");

    QTest::newRow("plain") << QByteArray("0.1") << 0.1;
    QTest::newRow("sign") << QByteArray("-12.75") << -12.75;
    QTest::newRow("plus") << QByteArray("+3.5") << 3.5;
    QTest::newRow("no leading digit") << QByteArray(".5") << 0.5;
    QTest::newRow("no trailing digit") << QByteArray("7.") << 7.0;
    QTest::newRow("exponent") << QByteArray("5.40E-05") << 5.40e-05;
    QTest::newRow("many digits") << QByteArray("5.827000141143799") << 5.827000141143799;
    QTest::newRow("too many digits")
        << QByteArray("0.1234567890123456789") << 0.1234567890123456789;
    QTest::newRow("large") << QByteArray("1700000000123456789") << 1700000000123456789.0;
    QTest::newRow("beyond a double") << QByteArray("-1e999") << -HUGE_VAL;
    QTest::newRow("below a double") << QByteArray("1e-999") << 0.0;
    QTest::newRow("true") << QByteArray("True") << 1.0;
}

void TestCsvReader::readsNumbersExactly()
{
    QFETCH(QByteArray, text);
    QFETCH(double, value);
    const auto read = parseRecording("a,b\n1,2\n" + text.toStdString() + ",4\n2,1\n", "number");
    QVERIFY(read.ok());
    QVERIFY2(read->channels[0].values[1] == value, text.constData());
}

void TestCsvReader::decidesTypesFromTheWholeFile()
{
    std::string text = "code,value\n";
    for (int i = 0; i < 2000; ++i)
        text += (i < 300 ? std::to_string(i) : "R" + std::to_string(i)) + ",1\n";
    const auto read = parseRecording(text, "codes");
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 2000);
    QCOMPARE(read->ignoredColumns, std::vector<std::string> {"code"});
    QCOMPARE(read->badLineCount, std::size_t {0});
}

void TestCsvReader::keepsAColumnThatBeginsLate()
{
    std::string text = "a,late,note\n";
    for (int i = 0; i < 5000; ++i)
        text += std::to_string(i % 7) + (i == 4321 ? ",42," : ",,") + (i == 4000 ? "hm\n" : "\n");
    const auto read = parseRecording(text, "late");
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), 5000);
    QCOMPARE(read->channels.size(), std::size_t {2});
    QVERIFY(near(read->channels[1].values[4321], 42.0));
    QCOMPARE(read->ignoredColumns, std::vector<std::string> {"note"});
    QCOMPARE(read->badLineCount, std::size_t {0});
}

void TestCsvReader::countsAllBadLinesButKeepsTheFirst()
{
    std::string text = "a,b\n";
    for (int i = 0; i < 9000; ++i)
        text += i % 6 == 5 ? "1,oops\n" : "1,2\n";
    const auto read = parseRecording(text, "many");
    QVERIFY(read.ok());
    QCOMPARE(read->badLineCount, std::size_t {1500});
    QCOMPARE(read->badLines.size(), std::size_t {1000});
    QCOMPARE(read->badLines[0].line, std::size_t {7});
}

void TestCsvReader::readsClassesOfTextAndOfNumbers()
{
    const auto texts = parseRecording("a,activity\n1,walk\n2,run\n3,walk\n4,\n", "texts",
                                      {.labelColumns = {"activity"}, .progress = {}});
    QVERIFY(texts.ok());
    QCOMPARE(texts->channels.size(), std::size_t {1});
    const auto walked = texts->classes("activity");
    QVERIFY(walked.has_value());
    QCOMPARE(walked->classes, (std::vector<std::string> {"walk", "run"}));
    QCOMPARE(walked->values, (std::vector<std::int32_t> {0, 1, 0, -1}));

    const auto numbers = parseRecording("a,label\n1,10\n2,2\n3,10\n4,3\n", "numbers");
    QVERIFY(numbers.ok());
    QCOMPARE(numbers->channels.size(), std::size_t {1});
    const auto counted = numbers->classes("label");
    QVERIFY(counted.has_value());
    QCOMPARE(counted->classes, (std::vector<std::string> {"2", "3", "10"}));
    QCOMPARE(counted->values, (std::vector<std::int32_t> {2, 0, 2, 1}));

    const auto binary = parseRecording("a,label\n1,0\n2,1\n3,1\n", "binary");
    QVERIFY(binary.ok());
    QVERIFY(binary->label("label") != nullptr);
    QCOMPARE(binary->classes("label")->classes, (std::vector<std::string> {"0", "1"}));
    QVERIFY(!binary->classes("b").has_value());
}

void TestCsvReader::tellsSeriesApart()
{
    const auto read = parseRecording("series_id,t,v,label\n7,0,1.5,x\n7,1,2,x\n8,0,3,y\n8,1,4,y\n"
                                     "8,2,5,y\n7,0,6,x\n7,1,8,x\n",
                                     "series");
    QVERIFY(read.ok());
    QCOMPARE(read->channels.size(), std::size_t {1});
    QCOMPARE(read->seriesColumn, std::string("series_id"));
    QCOMPARE(read->seriesStarts, (std::vector<stint::Index> {0, 2, 5}));
    QCOMPARE(read->seriesNames, (std::vector<std::string> {"7", "8", "7"}));
    QCOMPARE(read->seriesBounds(), (std::vector<stint::Index> {0, 2, 5, 7}));
    QCOMPARE(read->time.kind, stint::TimeKind::Row);
    QCOMPARE(read->ignoredColumns, (std::vector<std::string> {"t"}));

    const auto one = parseRecording("series_id,v\n7,1\n7,2\n7,4\n", "one");
    QVERIFY(one.ok());
    QVERIFY(one->seriesStarts.empty());
    QCOMPARE(one->seriesBounds(), (std::vector<stint::Index> {0, 3}));
}

void TestCsvReader::keepsSetPointsAsChannels()
{
    const auto read = parseRecording("v,target\n1,100\n2,200\n3,200\n", "controller");
    QVERIFY(read.ok());
    QCOMPARE(read->channels.size(), std::size_t {2});
}

void TestCsvReader::stopsWhenAsked()
{
    std::string text = "a,b\n";
    for (int i = 0; i < 800000; ++i)
        text += "1,2\n";
    stint::ReadOptions options;
    double last = 0.0;
    options.progress = [&last](double fraction) {
        last = fraction;
        return fraction < 0.5;
    };
    const auto read = parseRecording(text, "long", options);
    QVERIFY(!read.ok());
    QVERIFY(last >= 0.5 && last < 0.8);
}

void TestCsvReader::repeatsTimesAsWritten()
{
    const auto check = [](const std::string& text, const std::vector<std::string>& times) {
        const auto read = parseRecording(text, "times");
        QVERIFY(read.ok());
        for (std::size_t r = 0; r < times.size(); ++r)
            QCOMPARE(stint::timeText(*read, static_cast<stint::Index>(r)), times[r]);
    };
    check("t,v\n0.001,1\n0.1,2\n0.3,3\n", {"0.001", "0.1", "0.3"});
    check("t_us,v\n112614307,1\n112618307,2\n", {"112614307", "112618307"});
    check("time_ms,v\n1700000000123,1\n1700000000133,2\n", {"1700000000123", "1700000000133"});
    check("time,v\n2020-03-09T10:14:33.250Z,1\n2020-03-09T10:14:34Z,2\n",
          {"2020-03-09T10:14:33.250Z", "2020-03-09T10:14:34Z"});
    check("v,w\n5,1\n3,2\n", {"0", "1"});
}

QTEST_APPLESS_MAIN(TestCsvReader)
#include "tst_csv_reader.moc"
