#include "core/series/csv_reader.h"
#include "core/series/record_splitter.h"
#include "tests/support/recorded_data.h"

#include <QFile>
#include <QTest>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using stint::Recording;
using stint::TimeKind;

namespace {

/// One line of the list of files: what a person found when looking at the file.
using Entry = std::map<std::string, std::string>;

std::vector<Entry> readManifest(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const std::string text = file.readAll().toStdString();
    stint::RecordSplitter splitter(text, ',', '"');
    std::vector<stint::Cell> cells;
    std::vector<std::string> names;
    std::vector<Entry> entries;
    while (splitter.next(cells)) {
        if (names.empty()) {
            for (const stint::Cell& cell : cells)
                names.emplace_back(cell.text);
            continue;
        }
        Entry entry;
        for (std::size_t c = 0; c < cells.size() && c < names.size(); ++c)
            entry[names[c]] = cells[c].unescaped('"');
        entries.push_back(std::move(entry));
    }
    return entries;
}

bool holds(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

char delimiterOf(const std::string& text)
{
    if (text == "TAB")
        return '\t';
    // "; + blank": blanks around a cell are not part of it.
    return text == "whitespace run" ? ' ' : text.front();
}

/// "row", "number", "date" or "rate" as the words of the list mean it.
std::string timeKindOf(const std::string& text)
{
    if (holds(text, "rate is in a comment"))
        return "rate";
    if (text.starts_with("none") || text.starts_with("not a time series"))
        return "row";
    return holds(text, "YYYY") || holds(text, "ISO-8601") ? "date" : "number";
}

std::string timeKindOf(const Recording& read)
{
    if (read.time.kind == TimeKind::Date)
        return "date";
    if (read.time.kind == TimeKind::Row)
        return "row";
    return read.time.column.empty() ? "rate" : "number";
}

std::size_t columnsOf(const Recording& read, const Entry& entry)
{
    const bool apart = holds(entry.at("time"), "columns 0+1");
    const std::size_t time = read.time.column.empty() ? 0 : apart ? 2 : 1;
    return read.channels.size() + read.labels.size() + read.classColumns.size()
        + read.ignoredColumns.size() + time;
}

/// Rows and columns where the list leaves them to the parsed form beside the file, or to the eye.
void completeSize(Entry& entry, const QString& folder)
{
    if (!entry["table_rows"].empty())
        return;
    QString beside = folder + QLatin1Char('/') + QString::fromStdString(entry["file"]);
    beside.replace(QStringLiteral(".csv"), QStringLiteral(".json"));
    QFile file(beside);
    if (file.open(QIODevice::ReadOnly)) {
        auto rows = nlohmann::json::parse(file.readAll().toStdString());
        if (rows.is_object()) // a single row
            rows = nlohmann::json::array({rows});
        entry["table_rows"] = std::to_string(rows.size());
        entry["table_cols"] = std::to_string(rows.at(0).size());
    } else if (entry["file"] == "csvjl_test_comments_multiple.csv") {
        entry["table_rows"] = "4"; // nine lines: a header, four comments, four rows
        entry["table_cols"] = "3";
    }
}

std::string endOfLineOf(const Entry& entry)
{
    const std::string& eol = entry.at("eol");
    if (eol != "see name")
        return eol;
    return holds(entry.at("file"), "_crlf") ? "CRLF" : "LF";
}

} // namespace

class TestMessyCsv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensAsAPersonWouldReadIt_data();
    void opensAsAPersonWouldReadIt();
    void takesRateAndUnitsFromComments();
    void leavesSparseCellsMissing();
};

void TestMessyCsv::opensAsAPersonWouldReadIt_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<Entry>("entry");
    const QString folder = stint::test::recordedData(QStringLiteral("data/messy_csv"));
    for (Entry& entry : readManifest(folder + QStringLiteral("/MANIFEST.csv"))) {
        completeSize(entry, folder);
        QTest::newRow(entry["file"].c_str())
            << folder + QLatin1Char('/') + QString::fromStdString(entry["file"]) << entry;
    }
    if (folder.isEmpty())
        QTest::newRow("absent") << QString() << Entry {};
}

void TestMessyCsv::opensAsAPersonWouldReadIt()
{
    QFETCH(QString, path);
    QFETCH(Entry, entry);
    if (path.isEmpty())
        QSKIP("The collection of messy files is not beside this checkout.");
    const auto read = stint::readRecording(path.toStdString());
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(std::to_string(read->rows()), entry["table_rows"]);
    QCOMPARE(std::to_string(columnsOf(*read, entry)), entry["table_cols"]);
    QCOMPARE(read->dialect.encoding, entry["encoding"].substr(0, entry["encoding"].find(' ')));
    QCOMPARE(read->dialect.endOfLine, endOfLineOf(entry));
    QCOMPARE(read->dialect.delimiter, delimiterOf(entry["delimiter"]));
    QCOMPARE(std::string(1, read->dialect.decimal), entry["decimal"]);
    QCOMPARE(std::to_string(read->dialect.preambleLines), entry["preamble_lines"]);
    QCOMPARE(std::to_string(read->dialect.headerLines), entry["header_lines"]);
    QCOMPARE(timeKindOf(*read), timeKindOf(entry["time"]));
}

void TestMessyCsv::takesRateAndUnitsFromComments()
{
    const QString path
        = stint::test::recordedData(QStringLiteral("data/messy_csv/biosppy_acc.txt"));
    if (path.isEmpty())
        QSKIP("The collection of messy files is not beside this checkout.");
    const auto read = stint::readRecording(path.toStdString());
    QVERIFY(read.ok());
    QCOMPARE(read->time.step, 0.01);
    QCOMPARE(read->channels[1].name, std::string("acc_y"));
    QCOMPARE(read->channels[1].unit, std::string("m/s^2"));
}

void TestMessyCsv::leavesSparseCellsMissing()
{
    const QString path
        = stint::test::recordedData(QStringLiteral("data/messy_csv/plotjuggler_turtle.csv"));
    if (path.isEmpty())
        QSKIP("The collection of messy files is not beside this checkout.");
    const auto read = stint::readRecording(path.toStdString());
    QVERIFY(read.ok());
    std::size_t missing = 0;
    for (const stint::Channel& channel : read->channels)
        for (const double value : channel.values)
            missing += value != value ? 1U : 0U;
    QCOMPARE(missing, std::size_t {563 * 6}); // one of two topics per row
    QCOMPARE(read->badLineCount, std::size_t {0});
}

QTEST_APPLESS_MAIN(TestMessyCsv)
#include "tst_messy_csv.moc"
