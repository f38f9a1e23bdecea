#include "core/series/csv_reader.h"
#include "core/series/growing_table.h"
#include "tests/support/small_family.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

using namespace stint;
using Found = GrowingTable::Found;

/// A file that somebody appends to: every row comes once, as reading the whole file gives it.
class TestGrowingTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void rowsEqualThoseOfTheWholeFile_data();
    void rowsEqualThoseOfTheWholeFile();
    void halfALineWaitsForItsEnd();
    void quotesDoNotHoldRowsBack();
    void aFileThatIsCutShortBeginsAnew();
    void aFileThatIsWrittenAnewInPlaceBeginsAnew();
    void aRotatedFileIsReadToItsEndFirst();
    void aCopyWithMoreRowsIsReadOn();
    void anotherHeaderEndsIt();
    void anotherPreambleDoesNot();
    void aFileThatWasRemovedIsWaitedFor();
    void zerosAtTheEndAreNotReadYet();
    void aHoleOfZerosIsPassedOver();
    void whatCannotGrowIsRefused_data();
    void whatCannotGrowIsRefused();
    void aLineWithoutEndEndsIt();
    void recordingsThatCannotBeFollowedSayWhy();
    void datesHaveATextOfTheirOwn();

private:
    QString path() const { return m_folder->filePath(QStringLiteral("log.csv")); }
    std::string name() const { return path().toStdString(); }
    void write(std::string_view bytes, std::ios::openmode mode = std::ios::trunc) const
    {
        std::ofstream file(name(), std::ios::binary | mode);
        file << bytes;
        QVERIFY(file.good());
    }
    void append(std::string_view bytes) const { write(bytes, std::ios::app); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

struct All {
    std::vector<std::vector<double>> values; // (channels)(rows)
    std::vector<double> seconds;
    std::vector<std::string> times;
    std::vector<std::size_t> gaps; // rows
    std::vector<BadLine> badLines;
    std::string error;
    Found last = Found::Nothing;
};

void add(const GrownRows& grown, All& all)
{
    const Recording& rows = grown.rows;
    if (grown.gap)
        all.gaps.push_back(all.seconds.size());
    all.values.resize(rows.channels.size());
    for (std::size_t c = 0; c < rows.channels.size(); ++c)
        all.values[c].insert(all.values[c].end(), rows.channels[c].values.begin(),
                             rows.channels[c].values.end());
    for (Index r = 0; r < rows.rows(); ++r)
        all.times.push_back(timeText(rows, r));
    all.seconds.insert(all.seconds.end(), rows.time.seconds.begin(), rows.time.seconds.end());
    all.badLines.insert(all.badLines.end(), rows.badLines.begin(), rows.badLines.end());
}

/// Everything that there is to be read now, and what is left after a file that was moved away.
void drain(GrowingTable& table, All& all)
{
    GrownRows grown;
    for (int quiet = 0; quiet < 2 * GrowingFile::quietLooks;) {
        const Result<Found> found = table.look(grown);
        if (!found) {
            all.error = found.error().message;
            return;
        }
        all.last = *found;
        if (!grown.rows.channels.empty())
            add(grown, all);
        quiet = *found == Found::More ? 0 : quiet + 1;
    }
}

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || !(a < b || b < a); }

bool same(const std::vector<double>& a, const std::vector<double>& b)
{
    return std::ranges::equal(a, b, [](double x, double y) { return same(x, y); });
}

Recording opened(const std::string& file)
{
    auto read = readRecording(file);
    return read ? std::move(*read) : Recording {};
}

std::string utf16(std::string_view text)
{
    std::string wide = "\xFF\xFE";
    for (const char c : text) {
        wide += c;
        wide += '\0';
    }
    return wide;
}

std::string table(std::string_view end)
{
    std::string text
        = "# a log" + std::string(end) + "time,flow [l/min],note,pressure" + std::string(end);
    for (int i = 0; i < 300; ++i) {
        text += std::to_string(0.25 * i) + "," + std::to_string(std::sin(0.1 * i));
        text += i % 7 == 3 ? ",\"a, \"\"b\"\"\"," : ",ok,";
        text += i % 50 == 20 ? "broken" : std::to_string(3.0 - 0.01 * i);
        text += i % 60 == 10 ? ",1,2" : "";
        text += std::string(end);
        if (i % 100 == 30)
            text += "# a remark" + std::string(end) + std::string(end);
    }
    return text;
}

std::string dates()
{
    std::string text = "date;time;a\n";
    for (int i = 0; i < 200; ++i) {
        char line[64];
        std::snprintf(line, sizeof line, "03.02.2024;%02d:%02d:00;%d,5\n", 8 + i / 60, i % 60, i);
        text += line;
    }
    return text;
}

std::string numbers(int rows)
{
    std::string text;
    for (int i = 0; i < rows; ++i)
        text += std::to_string(i) + "," + std::to_string(i + 1) + "\n";
    return text;
}

/// Over two midnights.
std::string timesOfDay()
{
    std::string text = "clock,a\n";
    for (int i = 0; i < 60; ++i) {
        char line[32];
        std::snprintf(line, sizeof line, "%02d:30:00,%d\n", (i + 7) % 24, i);
        text += line;
    }
    return text;
}

/// What follows the first row: where a file may have stood when it was opened.
std::size_t openedAt(const std::string& bytes) { return bytes.size() / 2; }

} // namespace

void TestGrowingTable::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void TestGrowingTable::rowsEqualThoseOfTheWholeFile_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("most");
    const auto row = [](const char* name, const std::string& bytes, int most) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << most;
    };
    row("single bytes", table("\n"), 1);
    row("odd pieces", table("\n"), 13);
    row("blocks", table("\n"), 4096);
    row("CRLF", table("\r\n"), 5);
    row("CR", table("\r"), 7);
    row("byte order mark", "\xEF\xBB\xBF" + table("\n"), 3);
    row("UTF-16", utf16(table("\r\n")), 3);
    row("UTF-8 beyond ASCII",
        "time,Temperatur \xC2\xB0\xC3\xA4\xE2\x82\xAC [\xC2\xB0"
        "C]\n"
            + numbers(40),
        1);
    row("Latin-1",
        "time,T [\xB0"
        "C]\n"
            + numbers(40),
        1);
    row("dates and decimal commas", dates(), 11);
    row("no header", "1,2\n3,4\n5,6\n7,8\n2,2\n3,1\n", 2);
    row("blanks", "  1.5  2\n  2.5 3\n 3.5   4\n 3.0 4\n", 2);
    row("times of day", timesOfDay(), 40);
}

void TestGrowingTable::rowsEqualThoseOfTheWholeFile()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, most);
    const std::string all = bytes.toStdString();
    write(all);
    const Recording whole = opened(name());
    QVERIFY(whole.rows() > 0);
    // Opened when about half of it was there; its writer flushes anywhere.
    write(std::string_view(all).substr(0, openedAt(all)));
    const Recording half = opened(name());
    QVERIFY(half.reading != nullptr);
    std::mt19937 random(7);
    GrowingTable table(name(), half.reading);
    All read;
    GrownRows grown;
    for (std::size_t at = openedAt(all); at < all.size() || grown.rows.rows() > 0;) {
        const auto found = table.look(grown);
        QVERIFY2(found.ok(), found ? "" : found.error().message.c_str());
        if (!grown.rows.channels.empty())
            add(grown, read);
        const std::size_t piece
            = std::min<std::size_t>(1 + random() % static_cast<unsigned>(most), all.size() - at);
        append(std::string_view(all).substr(at, piece));
        at += piece;
    }
    drain(table, read);
    QVERIFY2(read.error.empty(), read.error.c_str());
    QVERIFY(same(read.seconds, whole.time.seconds));
    QCOMPARE(read.values.size(), whole.channels.size());
    for (std::size_t c = 0; c < read.values.size(); ++c)
        QVERIFY2(same(read.values[c], whole.channels[c].values), whole.channels[c].name.c_str());
    for (std::size_t r = 0; r < read.times.size(); ++r)
        QCOMPARE(read.times[r], timeText(whole, static_cast<Index>(r)));
    QCOMPARE(table.badLines(), std::uint64_t {whole.badLineCount});
    QCOMPARE(read.badLines.size(), whole.badLines.size());
    for (std::size_t i = 0; i < read.badLines.size(); ++i) {
        QCOMPARE(read.badLines[i].line, whole.badLines[i].line);
        QCOMPARE(read.badLines[i].why, whole.badLines[i].why);
    }
    QVERIFY(read.gaps.empty());
    QCOMPARE(table.restarts(), std::uint64_t {0});
}

void TestGrowingTable::halfALineWaitsForItsEnd()
{
    write("time,a,b\n0,1,2\n1,3,4\n2,1.2");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    QCOMPARE(read.seconds.size(), std::size_t {2});
    append("5,7");
    drain(table, read);
    QCOMPARE(read.seconds.size(), std::size_t {2});
    append("5\r");
    drain(table, read);
    QCOMPARE(read.seconds.size(), std::size_t {2});
    append("\n");
    drain(table, read);
    QCOMPARE(read.seconds.size(), std::size_t {3});
    QVERIFY(same(read.values[0], {1, 3, 1.25}));
    QVERIFY(same(read.values[1], {2, 4, 75}));
    QCOMPARE(table.badLines(), std::uint64_t {0});
}

void TestGrowingTable::quotesDoNotHoldRowsBack()
{
    write("time,a,note\n0,1,\"x\"\n1,2,\"y\"\n2,3,\"z\"\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    QCOMPARE(read.seconds.size(), std::size_t {3});
    append("3,4,\"two\nlines");
    drain(table, read);
    QCOMPARE(read.seconds.size(), std::size_t {3});
    append("\"\n4,5,\"w\"\n");
    drain(table, read);
    QVERIFY(same(read.values[0], {1, 2, 3, 4, 5}));
    QCOMPARE(table.badLines(), std::uint64_t {0});
}

void TestGrowingTable::aFileThatIsCutShortBeginsAnew()
{
    write("time,a\n0,1\n1,2\n2,3\n3,");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    write("time,a\n");
    drain(table, read);
    QCOMPARE(read.seconds.size(), std::size_t {3});
    append("10,7\n11,8\n");
    drain(table, read);
    QVERIFY2(read.error.empty(), read.error.c_str());
    QVERIFY(same(read.values[0], {1, 2, 3, 7, 8}));
    QVERIFY(same(read.seconds, {0, 1, 2, 10, 11}));
    QCOMPARE(read.gaps, std::vector<std::size_t> {3});
    QCOMPARE(table.restarts(), std::uint64_t {1});
    QCOMPARE(table.badLines(), std::uint64_t {1}); // the line that was cut
}

void TestGrowingTable::aFileThatIsWrittenAnewInPlaceBeginsAnew()
{
    write("time,a\n0,1\n1,2\n2,3\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    // It is longer than before, so its size tells nothing.
    write("time,a\n5,4\n6,5\n7,6\n8,7\n");
    drain(table, read);
    QVERIFY(same(read.values[0], {1, 2, 3, 4, 5, 6, 7}));
    QCOMPARE(read.gaps, std::vector<std::size_t> {3});
}

void TestGrowingTable::aRotatedFileIsReadToItsEndFirst()
{
    write("time,a\n0,1\n1,2\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    GrownRows grown;
    drain(table, read);
    std::ofstream old(name(), std::ios::binary | std::ios::app);
    old << "2,3\n";
    old.flush();
    std::filesystem::rename(name(), name() + ".1");
    write("time,a\n10,7\n");
    const auto found = table.look(grown);
    QVERIFY(found.ok());
    add(grown, read);
    old << "3,4\n"; // by a writer that has not noticed yet
    old.flush();
    drain(table, read);
    QVERIFY(same(read.values[0], {1, 2, 3, 4, 7}));
    QCOMPARE(read.gaps, std::vector<std::size_t> {4});
    append("11,8\n");
    drain(table, read);
    QCOMPARE(read.values[0].back(), 8.0);
    QVERIFY(table.problem().empty());
}

void TestGrowingTable::aCopyWithMoreRowsIsReadOn()
{
    write("time,a\n0,1\n1,2\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    std::filesystem::copy_file(name(), name() + ".part");
    std::ofstream(name() + ".part", std::ios::binary | std::ios::app) << "2,3\n";
    std::filesystem::rename(name() + ".part", name());
    drain(table, read);
    QVERIFY(same(read.values[0], {1, 2, 3}));
    QVERIFY(read.gaps.empty());
    QCOMPARE(table.restarts(), std::uint64_t {0});
}

void TestGrowingTable::anotherHeaderEndsIt()
{
    write("time,a\n0,1\n1,2\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    write("time,b");
    drain(table, read);
    QVERIFY(read.error.empty());
    append("\n");
    drain(table, read);
    QVERIFY2(test::isSentenceAbout(read.error, "another header"), read.error.c_str());
    QVERIFY(read.error.starts_with(name()));
    QCOMPARE(read.seconds.size(), std::size_t {2});
}

void TestGrowingTable::anotherPreambleDoesNot()
{
    write("# begun at 8\n\ntime,a\n0,1\n1,2\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    QCOMPARE(read.seconds.size(), std::size_t {2});
    write("# begun at 9\n\ntime,a\n");
    drain(table, read);
    append("4,9\n");
    drain(table, read);
    QVERIFY2(read.error.empty(), read.error.c_str());
    QVERIFY(same(read.values[0], {1, 2, 9}));
}

void TestGrowingTable::aFileThatWasRemovedIsWaitedFor()
{
    write("time,a\n0,1\n1,2\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    std::filesystem::remove(name());
    drain(table, read);
    QCOMPARE(read.last, Found::Away);
    QVERIFY2(test::isSentenceAbout(table.problem(), "removed"), table.problem().c_str());
    write("time,a\n");
    append("2,3\n");
    drain(table, read);
    QVERIFY(table.problem().empty());
    QVERIFY(same(read.values[0], {1, 2, 3}));
    QCOMPARE(read.gaps, std::vector<std::size_t> {2});
}

void TestGrowingTable::zerosAtTheEndAreNotReadYet()
{
    const std::string text = "time,a\n0,1\n1,2\n2,";
    write(text + std::string(40, '\0'));
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    QVERIFY(same(read.values[0], {1, 2}));
    std::fstream file(name(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(text.size()));
    file << "3\n3,4\n";
    file.close();
    drain(table, read);
    QVERIFY(same(read.values[0], {1, 2, 3, 4}));
    QCOMPARE(table.badLines(), std::uint64_t {0});
}

void TestGrowingTable::aHoleOfZerosIsPassedOver()
{
    write("time,a\n0,1\n1,2\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    std::string hole(3 * GrowingTable::blockBytes, '\0');
    hole += "\n2,3\n3,4\n";
    append(hole);
    drain(table, read);
    QVERIFY2(read.error.empty(), read.error.c_str());
    QCOMPARE(read.values[0].back(), 4.0);
    QVERIFY(read.seconds.size() <= 5);
}

void TestGrowingTable::whatCannotGrowIsRefused_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("about");
    QTest::newRow("compressed") << 0 << QStringLiteral("compressed");
    QTest::newRow("a folder") << 1 << QStringLiteral("not a file");
    QTest::newRow("a pipe") << 2 << QStringLiteral("not a file");
}

void TestGrowingTable::whatCannotGrowIsRefused()
{
    QFETCH(int, kind);
    QFETCH(QString, about);
    write("time,a\n0,1\n1,2\n");
    const auto reading = opened(name()).reading;
    std::filesystem::remove(name());
    if (kind == 0)
        write(std::string_view("\x1F\x8B\x08\x00\x00\x00", 6));
    else if (kind == 1)
        std::filesystem::create_directory(name());
    else
        QCOMPARE(::mkfifo(name().c_str(), 0600), 0);
    GrowingTable table(name(), reading);
    All read;
    drain(table, read);
    QVERIFY2(test::isSentenceAbout(read.error, about.toStdString()), read.error.c_str());
}

void TestGrowingTable::aLineWithoutEndEndsIt()
{
    write("time,a\n0,1\n1,2\n");
    GrowingTable table(name(), opened(name()).reading);
    All read;
    drain(table, read);
    append(std::string(GrowingTable::longestLine + 2, '7'));
    drain(table, read);
    QVERIFY2(test::isSentenceAbout(read.error, "16 MiB"), read.error.c_str());
}

void TestGrowingTable::recordingsThatCannotBeFollowedSayWhy()
{
    QVERIFY(test::isSentenceAbout(whyNotFollowed(Recording {}), "from a file"));
    write("series_id,a\nx,1\nx,2\ny,1\ny,2\n");
    const Recording series = opened(name());
    QVERIFY(!series.seriesStarts.empty());
    QVERIFY(test::isSentenceAbout(whyNotFollowed(series), "many series"));
    write("time,a\n0,1\n1,2\n");
    QCOMPARE(whyNotFollowed(opened(name())), std::string());
}

void TestGrowingTable::datesHaveATextOfTheirOwn()
{
    Recording recording;
    recording.time.kind = TimeKind::Date;
    recording.time.unit = "date";
    recording.time.seconds
        = {0.0, 1'700'000'000.25, -1.5, std::numeric_limits<double>::quiet_NaN()};
    QCOMPARE(timeText(recording, 0), std::string("1970-01-01 00:00:00"));
    QCOMPARE(timeText(recording, 1), std::string("2023-11-14 22:13:20.25"));
    QCOMPARE(timeText(recording, 2), std::string("1969-12-31 23:59:58.5"));
    QCOMPARE(timeText(recording, 3), std::string());
}

QTEST_APPLESS_MAIN(TestGrowingTable)
#include "tst_growing_table.moc"
