#include "core/series/first_rows.h"
#include "core/series/table_reading.h"
#include "tests/support/small_family.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

using namespace stint;

/// A file that is waited for until it has rows enough to say how it is read.
class TestFirstRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void rowsAreWaitedFor_data();
    void rowsAreWaitedFor();
    void everyByteMayComeByItself();
    void aFileThatBeginsAnewIsReadFromItsBeginning();
    void aRemovedFileIsToldAndWaitedFor();
    void whatIsNoTableYetIsTold();
    void choicesOfAPersonCount();
    void whatCanNeverBeFollowedIsRefused_data();
    void whatCanNeverBeFollowedIsRefused();

private:
    std::string name() const { return m_folder->filePath(QStringLiteral("log.csv")).toStdString(); }
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

/// Rows that were found; 0: none yet, -1: refused.
Index found(FirstRows& rows)
{
    const auto recording = rows.look();
    if (!recording)
        return -1;
    return *recording ? (*recording)->rows() : 0;
}

} // namespace

void TestFirstRows::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void TestFirstRows::rowsAreWaitedFor_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("then");
    QTest::newRow("nothing") << QByteArray() << QByteArray("t,a\n0,1\n1,2\n");
    QTest::newRow("half a header") << QByteArray("t,") << QByteArray("a\n0,1\n1,2\n");
    QTest::newRow("a header") << QByteArray("t,a\n") << QByteArray("0,1\n1,2\n");
    QTest::newRow("half a row") << QByteArray("t,a\n0,") << QByteArray("1\n1,2\n");
    QTest::newRow("a row") << QByteArray("t,a\n0,1\n") << QByteArray("1,2\n");
    QTest::newRow("a row and a half") << QByteArray("t,a\n0,1\n1,2") << QByteArray("\n");
    QTest::newRow("a preamble") << QByteArray("# logger 7\n# begun at noon\n")
                                << QByteArray("t,a\n0,1\n1,2\n");
    QTest::newRow("lines that end in CR LF")
        << QByteArray("t,a\r\n0,1\r\n") << QByteArray("1,2\r\n");
    QTest::newRow("utf-16") << QByteArray::fromHex("fffe74002c0061000a0030002c0031000a00")
                            << QByteArray::fromHex("31002c0032000a00");
}

void TestFirstRows::rowsAreWaitedFor()
{
    QFETCH(QByteArray, first);
    QFETCH(QByteArray, then);
    write(first.toStdString());
    FirstRows rows(name());
    QCOMPARE(found(rows), Index {0});
    QCOMPARE(found(rows), Index {0});
    QVERIFY(rows.problem().empty());
    append(then.toStdString());
    const auto recording = rows.look();
    QVERIFY(recording.ok());
    QVERIFY(*recording);
    QCOMPARE((*recording)->rows(), Index {2});
    QCOMPARE((*recording)->time.column, std::string("t"));
    QCOMPARE((*recording)->channels.at(0).name, std::string("a"));
    QCOMPARE(whyNotFollowed(**recording), std::string());
}

void TestFirstRows::everyByteMayComeByItself()
{
    const std::string text = "time [s],a\n0.5,10\n1.5,20\n2.5,3";
    write("");
    FirstRows rows(name());
    std::size_t at = 0;
    while (found(rows) == 0 && at < text.size())
        append(text.substr(at++, 1));
    QCOMPARE(at, text.rfind('\n') + 1); // with the end of the second row
}

void TestFirstRows::aFileThatBeginsAnewIsReadFromItsBeginning()
{
    write("old,names\n1,2\n");
    FirstRows rows(name());
    QCOMPARE(found(rows), Index {0});
    write("t,a\n");
    QCOMPARE(found(rows), Index {0});
    append("0,1\n1,2\n2,3\n");
    const auto recording = rows.look();
    QVERIFY(recording.ok() && *recording);
    QCOMPARE((*recording)->time.column, std::string("t"));
    QCOMPARE((*recording)->rows(), Index {3});
}

void TestFirstRows::aRemovedFileIsToldAndWaitedFor()
{
    write("t,a\n");
    FirstRows rows(name());
    QCOMPARE(found(rows), Index {0});
    QVERIFY(std::filesystem::remove(name()));
    for (int look = 0; look <= GrowingFile::quietLooks; ++look)
        QCOMPARE(found(rows), Index {0});
    QVERIFY2(test::isSentenceAbout(rows.problem(), "removed"), rows.problem().c_str());
    write("t,a\n0,1\n1,2\n");
    Index count = 0;
    for (int look = 0; look <= GrowingFile::quietLooks + 2 && count == 0; ++look)
        count = found(rows);
    QCOMPARE(count, Index {2});
    QVERIFY(rows.problem().empty());
}

void TestFirstRows::whatIsNoTableYetIsTold()
{
    write("");
    FirstRows rows(name());
    QCOMPARE(found(rows), Index {0});
    QVERIFY(rows.doubt().empty());
    append("the program is starting\nand says so\n");
    QCOMPARE(found(rows), Index {0});
    QVERIFY2(test::isSentenceAbout(rows.doubt(), "log.csv"), rows.doubt().c_str());
    QCOMPARE(rows.lines(), std::size_t {2});
}

void TestFirstRows::choicesOfAPersonCount()
{
    write("t,a,b\n0,1,2\n1,3,4\n");
    ReadChoices choices;
    choices.leftOut = {"a"};
    FirstRows rows(name(), choices);
    const auto recording = rows.look();
    QVERIFY(recording.ok() && *recording);
    QCOMPARE((*recording)->channels.size(), std::size_t {1});
    QCOMPARE((*recording)->channels[0].name, std::string("b"));
}

void TestFirstRows::whatCanNeverBeFollowedIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("about");
    QTest::newRow("compressed") << QByteArray::fromHex("1f8b080000000000")
                                << QStringLiteral("compressed");
    QTest::newRow("many series") << QByteArray("series_id,a\nx,1\nx,2\ny,1\ny,2\n")
                                 << QStringLiteral("many series");
    QTest::newRow("a long text") << QByteArray("all work and no play\n").repeated(20'000)
                                 << QStringLiteral("log.csv");
    QTest::newRow("a line without end")
        << QByteArray(static_cast<qsizetype>(FirstRows::mostBytes) + 5, 'x')
        << QStringLiteral("log.csv");
    QTest::newRow("not there") << QByteArray() << QStringLiteral("does not exist");
    QTest::newRow("a folder") << QByteArray() << QStringLiteral("not a file");
}

void TestFirstRows::whatCanNeverBeFollowedIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, about);
    if (!bytes.isEmpty())
        write(bytes.toStdString());
    else if (about == QStringLiteral("not a file"))
        QVERIFY(std::filesystem::create_directory(name()));
    FirstRows rows(name());
    const auto recording = rows.look();
    QVERIFY(!recording.ok());
    QVERIFY2(test::isSentenceAbout(recording.error().message, about.toUtf8().constData()),
             recording.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestFirstRows)
#include "tst_first_rows.moc"
