#include "core/series/csv_reader.h"
#include "core/series/plain_number.h"
#include "core/series/time_texts.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <zlib.h>

using stint::Index;
using stint::readRecording;
using stint::Recording;

namespace {

constexpr int manyRows = 300'000; // more than the sample of 4 MiB holds

std::string rowText(int row)
{
    return std::to_string(row) + "," + std::to_string(row % 997) + ".25,"
        + std::to_string(-row % 31) + "e-3";
}

/// A table long enough to be read in blocks. `cell` is the text of a column of remarks.
std::string longTable(const char* lineEnd, const std::string& cell = "ok")
{
    std::string text = std::string("t,a,b,remark") + lineEnd;
    for (int row = 0; row < manyRows; ++row)
        text += rowText(row) + "," + cell + lineEnd;
    return text;
}

void verifyTable(const stint::Result<Recording>& read, const char* endOfLine)
{
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->rows(), Index {manyRows});
    QCOMPARE(read->channels.size(), std::size_t {2});
    QCOMPARE(read->badLineCount, std::size_t {0});
    QCOMPARE(read->dialect.endOfLine, std::string(endOfLine));
    for (int row = 0; row < manyRows; ++row) {
        const auto r = static_cast<std::size_t>(row);
        if (read->time.seconds[r] != row || read->channels[0].values[r] != row % 997 + 0.25
            || read->channels[1].values[r] != (-row % 31) / 1e3)
            QFAIL(qPrintable(QStringLiteral("row %1 differs").arg(row)));
    }
}

std::string wide(const std::string& text, bool bigEndian)
{
    std::string bytes;
    for (const char c : text) {
        bytes += bigEndian ? '\0' : c;
        bytes += bigEndian ? c : '\0';
    }
    return bytes;
}

} // namespace

class TestLargeRecordings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsInBlocksWhatItReadsAtOnce_data();
    void readsInBlocksWhatItReadsAtOnce();
    void readsQuotedLineEndsAcrossBlocks();
    void unpacksInBlocks();
    void keepsBadBytesOutOfTexts();
    void readsPlainNumbersExactly();
    void refusesWhatIsNoPlainNumber_data();
    void refusesWhatIsNoPlainNumber();
    void keepsTextsThatResembleEachOther();
    void saysThatAFileWasCutShort();
    void saysThatAFileWasWrittenAnew();
    void readsOnWhereAFileIsReplaced();
    void toleratesAFileThatGrows();

private:
    [[nodiscard]] std::string write(const std::string& bytes) const
    {
        const std::string path = m_folder.filePath(QStringLiteral("long.csv")).toStdString();
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }

    QTemporaryDir m_folder;
};

void TestLargeRecordings::readsInBlocksWhatItReadsAtOnce_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("endOfLine");
    QTest::addColumn<QString>("encoding");

    const auto row = [](const char* trait, const std::string& bytes, const char* endOfLine,
                        const char* encoding) {
        QTest::newRow(trait) << QByteArray::fromStdString(bytes) << QString::fromLatin1(endOfLine)
                             << QString::fromLatin1(encoding);
    };
    row("LF", longTable("\n"), "LF", "utf-8");
    row("CRLF", longTable("\r\n"), "CRLF", "utf-8");
    row("CR", longTable("\r"), "CR", "utf-8");
    row("mark", "\xEF\xBB\xBF" + longTable("\n"), "LF", "utf-8");
    row("UTF-16 LE", wide(longTable("\n"), false), "LF", "utf-16le");
    row("UTF-16 BE with a mark", "\xFE\xFF" + wide(longTable("\n"), true), "LF", "utf-16be");
    row("Latin-1", longTable("\n", "at 12 \xB0"), "LF", "latin-1");
    row("Windows-1252", longTable("\n", "\x93hot\x94"), "LF", "windows-1252");
    row("zeros after a power cut", longTable("\n") + std::string(700'000, '\0'), "LF", "utf-8");
    std::string open = longTable("\n");
    open.pop_back();
    row("no line end at the end", open, "LF", "utf-8");
}

void TestLargeRecordings::readsInBlocksWhatItReadsAtOnce()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, endOfLine);
    QFETCH(QString, encoding);
    const auto read = readRecording(write(bytes.toStdString()));
    verifyTable(read, qPrintable(endOfLine));
    QCOMPARE(read->dialect.encoding, encoding.toStdString());
    QCOMPARE(read->ignoredColumns, std::vector<std::string> {"remark"});
}

void TestLargeRecordings::readsQuotedLineEndsAcrossBlocks()
{
    const std::string remark = "\"" + std::string(30, 'x') + "\n" + std::string(20, 'y') + "\n\"";
    verifyTable(readRecording(write(longTable("\n", remark))), "LF");
}

void TestLargeRecordings::unpacksInBlocks()
{
    const std::string path = m_folder.filePath(QStringLiteral("long.csv.gz")).toStdString();
    const std::string text = longTable("\n");
    gzFile file = gzopen(path.c_str(), "wb1");
    QVERIFY(gzwrite(file, text.data(), static_cast<unsigned>(text.size()))
            == static_cast<int>(text.size()));
    gzclose(file);
    verifyTable(readRecording(path), "LF");
}

void TestLargeRecordings::keepsBadBytesOutOfTexts()
{
    // The byte stands where no sample looks.
    std::string text = "t,a,b,class\n";
    for (int row = 0; row < manyRows; ++row)
        text += rowText(row) + (row == 299'000 ? ",w\xE4rm\n" : ",cold\n");
    const auto read = readRecording(write(text));
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->classColumns.size(), std::size_t {1});
    QCOMPARE(read->classColumns[0].classes, (std::vector<std::string> {"cold", "w\xC3\xA4rm"}));
}

void TestLargeRecordings::readsPlainNumbersExactly()
{
    std::mt19937_64 engine(7);
    int read = 0;
    for (int i = 0; i < 400'000; ++i) {
        const auto digits = static_cast<int>(engine() % 19);
        std::string text = engine() % 2 == 0 ? "-" : "";
        for (int d = 0; d <= digits; ++d)
            text += static_cast<char>('0' + engine() % 10);
        if (engine() % 4 != 0)
            text.insert(text.size() - engine() % static_cast<unsigned>(digits + 1), ".");
        if (engine() % 4 == 0)
            text += "e" + std::to_string(static_cast<int>(engine() % 50) - 25);
        const std::string line = text + ";1\n";
        double value = 0.0;
        const char* const end
            = stint::readPlainNumber(line.data(), line.data() + line.size(), '.', value);
        double expected = 0.0;
        std::from_chars(text.data(), text.data() + text.size(), expected);
        if (end == nullptr)
            continue;
        ++read;
        if (end != line.data() + text.size() || value != expected
            || std::signbit(value) != std::signbit(expected))
            QFAIL(text.c_str());
    }
    QVERIFY(read > 200'000);
}

void TestLargeRecordings::refusesWhatIsNoPlainNumber_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text :
         {"", "-", "+", ".", "-.", "e5", "1e", "1e+", "1e99999", "nan", "inf",
          "12345678901234567890", "0.00000000000000000000001", "abc", ":::::::1"})
        QTest::newRow(text) << QByteArray(text);
}

void TestLargeRecordings::refusesWhatIsNoPlainNumber()
{
    QFETCH(QByteArray, text);
    const std::string line = text.toStdString() + "\n        ";
    double value = 0.0;
    QVERIFY(stint::readPlainNumber(line.data(), line.data() + line.size(), '.', value) == nullptr);
}

void TestLargeRecordings::keepsTextsThatResembleEachOther()
{
    stint::TimeTexts texts;
    std::vector<std::string> all;
    for (int i = 0; i < 10'000; ++i) {
        std::string text = "2024-05-01 10:" + std::to_string(10 + i / 60 % 50) + ":"
            + std::to_string(10 + i % 60);
        if (i % 1000 == 7)
            text = i % 2000 == 7 ? "" : std::string(300, 'x');
        texts.add(text);
        all.push_back(text.substr(0, 255));
    }
    QCOMPARE(texts.size(), all.size());
    for (const std::size_t row : {0U, 1U, 7U, 8U, 31U, 32U, 33U, 1007U, 1008U, 5000U, 9999U})
        QCOMPARE(texts[row], all[row]);
    QVERIFY(texts.bytes() < 10'000 * 6);
}

void TestLargeRecordings::saysThatAFileWasCutShort()
{
    const std::string path = write(longTable("\n"));
    stint::ReadOptions options;
    options.progress = [&path](double fraction) {
        if (fraction > 0.3)
            std::filesystem::resize_file(path, 1000);
        return true;
    };
    const auto read = readRecording(path, options);
    QVERIFY(!read.ok());
    QVERIFY(read.error().message.find("cut short or written anew") != std::string::npos);
    QVERIFY(read.error().message.starts_with(path));
}

void TestLargeRecordings::saysThatAFileWasWrittenAnew()
{
    const std::string text = longTable("\n");
    const std::string path = write(text);
    stint::ReadOptions options;
    options.progress = [&](double fraction) {
        if (fraction > 0.3 && fraction < 0.5) { // other numbers, as many bytes
            std::ofstream file(path, std::ios::binary);
            file << "x,y,z,remark\n" << text.substr(13);
        }
        return true;
    };
    const auto read = readRecording(path, options);
    QVERIFY(!read.ok());
    QVERIFY(read.error().message.find("cut short or written anew") != std::string::npos);
}

/// What takes a file's name does not take its bytes from who has it open.
void TestLargeRecordings::readsOnWhereAFileIsReplaced()
{
    const std::string path = write(longTable("\n"));
    stint::ReadOptions options;
    options.progress = [&path](double fraction) {
        if (fraction > 0.3 && fraction < 0.9) {
            std::ofstream(path + ".new", std::ios::binary) << "a,b\n1,2\n";
            std::filesystem::rename(path + ".new", path);
        }
        return true;
    };
    verifyTable(readRecording(path, options), "LF");
}

void TestLargeRecordings::toleratesAFileThatGrows()
{
    const std::string path = write(longTable("\n"));
    stint::ReadOptions options;
    bool grown = false;
    options.progress = [&](double fraction) {
        if (!grown && fraction > 0.3)
            std::ofstream(path, std::ios::binary | std::ios::app) << rowText(manyRows) << ",ok\n";
        grown = grown || fraction > 0.3;
        return true;
    };
    const auto read = readRecording(path, options);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->rows(), Index {manyRows + 1});
}

QTEST_APPLESS_MAIN(TestLargeRecordings)
#include "tst_large_recordings.moc"
