#include "core/series/csv_writer.h"
#include "tests/support/program_calls.h"
#include "tests/support/small_family.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace stint;
using test::Call;

/// `stint score FILE --follow` against a file that grows.
class TestFollowCommand : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QFile::remove(path("out.csv")); }
    void scoresEqualThoseOfTheWholeFile();
    void aFileThatIsCutShortGoesOn();
    void anotherHeaderEndsItWithASentence();
    void itEndsWhenTheTimeIsOver();
    void theFirstRowsAreWaitedFor();
    void aFileThatMayNotBeReadIsToldAndWaitedFor();
    void aPipeWithoutAWriterCanBeInterrupted();
    void whatCannotBeFollowedIsRefused_data();
    void whatCannotBeFollowedIsRefused();

private:
    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    QStringList arguments(const QStringList& more = {}) const
    {
        return QStringList {QStringLiteral("score"),    path("log.csv"),
                            QStringLiteral("--model"),  path("m.stint"),
                            QStringLiteral("--out"),    path("out.csv"),
                            QStringLiteral("--follow"), QStringLiteral("--json")}
        + more;
    }
    void append(const QByteArray& bytes) const
    {
        QFile file(path("log.csv"));
        QVERIFY(file.open(QIODevice::Append));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    /// Waits until so many lines of scores are there.
    bool waitForLines(qsizetype count) const
    {
        return QTest::qWaitFor(
            [&] { return test::fileContents(path("out.csv")).count('\n') >= count; }, 60'000);
    }
    static Call interrupt(QProcess& process)
    {
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        return test::finishCall(process);
    }

    QTemporaryDir m_folder;
    QByteArray m_text; // of 400 rows and a header
    QByteArray m_scores; // of the whole file
};

namespace {

constexpr qsizetype rows = 400;

/// The first lines of a text.
QByteArray firstLines(const QByteArray& text, qsizetype count)
{
    qsizetype at = 0;
    for (; count > 0; --count)
        at = text.indexOf('\n', at) + 1;
    return text.left(at);
}

} // namespace

void TestFollowCommand::initTestCase()
{
    QCOMPARE(mkfifo(path("pipe").toLocal8Bit().constData(), 0600), 0);
    QVERIFY(saveFamily(*test::smallFamily(), path("m.stint").toStdString()).ok());
    const Recording machine = test::madeUpRecording(rows, 9);
    QVERIFY(writeRecording(machine, path("whole.csv").toStdString()).ok());
    m_text = test::fileContents(path("whole.csv"));
    const Call scored
        = test::stintCall({QStringLiteral("score"), path("whole.csv"), QStringLiteral("--model"),
                           path("m.stint"), QStringLiteral("--out"), path("whole-scores.csv")});
    QCOMPARE(scored.code, 0);
    m_scores = test::fileContents(path("whole-scores.csv"));
    QCOMPARE(m_scores.count('\n'), rows + 1);
}

void TestFollowCommand::scoresEqualThoseOfTheWholeFile()
{
    const QByteArray begin = firstLines(m_text, 100);
    QVERIFY(test::writeFile(path("log.csv"), begin));
    QProcess process;
    test::prepareCall(process, arguments());
    process.start();
    QVERIFY(waitForLines(100));
    for (qsizetype at = begin.size(); at < m_text.size(); at += 777) // cuts numbers
        append(m_text.mid(at, 777));
    QVERIFY(waitForLines(rows + 1));
    const Call call = interrupt(process);
    QCOMPARE(call.code, 130);
    QCOMPARE(test::fileContents(path("out.csv")), m_scores);
    const auto document = call.document();
    QCOMPARE(document.value("rows", -1), static_cast<int>(rows));
    QCOMPARE(document.value("bad_lines", -1), 0);
    QCOMPARE(document.value("restarts", -1), 0);
}

void TestFollowCommand::aFileThatIsCutShortGoesOn()
{
    QVERIFY(test::writeFile(path("log.csv"), firstLines(m_text, 201)));
    QProcess process;
    test::prepareCall(process, arguments());
    process.start();
    QVERIFY(waitForLines(201));
    QVERIFY(test::writeFile(path("log.csv"), firstLines(m_text, 101)));
    QVERIFY(waitForLines(301));
    const Call call = interrupt(process);
    const auto document = call.document();
    QCOMPARE(document.value("restarts", -1), 1);
    QCOMPARE(document.value("rows", -1), 300);
    // No window crosses the gap: the first rows after it have no answer, as at the beginning.
    const QList<QByteArray> lines = test::fileContents(path("out.csv")).split('\n');
    QCOMPARE(lines[201], lines[1]);
}

void TestFollowCommand::anotherHeaderEndsItWithASentence()
{
    QVERIFY(test::writeFile(path("log.csv"), firstLines(m_text, 101)));
    QProcess process;
    test::prepareCall(process, arguments());
    process.start();
    QVERIFY(waitForLines(101));
    QVERIFY(test::writeFile(path("log.csv"), "time,other\n0,1\n"));
    const Call call = test::finishCall(process);
    QCOMPARE(call.code, 1);
    QVERIFY(call.saysOneSentenceAbout(QStringLiteral("another header")));
    QCOMPARE(call.document().value("rows", -1), 100); // what was scored is kept
}

void TestFollowCommand::itEndsWhenTheTimeIsOver()
{
    QVERIFY(test::writeFile(path("log.csv"), m_text));
    const Call call = test::stintCall(arguments({QStringLiteral("--for"), QStringLiteral("0.1")}));
    QCOMPARE(call.code, 0);
    QCOMPARE(test::fileContents(path("out.csv")), m_scores);
}

void TestFollowCommand::theFirstRowsAreWaitedFor()
{
    QVERIFY(test::writeFile(path("log.csv"), {}));
    const Call none = test::stintCall(arguments({QStringLiteral("--for"), QStringLiteral("0.1")}));
    QCOMPARE(none.code, 0);
    QCOMPARE(none.document().value("rows", -1), 0);
    QProcess process;
    test::prepareCall(process, arguments());
    process.setReadChannel(QProcess::StandardError);
    process.start();
    QVERIFY(process.waitForReadyRead(60'000)); // says that it waits
    append(firstLines(m_text, 1) + m_text.mid(firstLines(m_text, 1).size(), 5)); // half a row
    QTest::qWait(300);
    QVERIFY(test::fileContents(path("out.csv")).isEmpty());
    append(m_text.mid(firstLines(m_text, 1).size() + 5));
    QVERIFY(waitForLines(rows + 1));
    QCOMPARE(interrupt(process).code, 130);
    QCOMPARE(test::fileContents(path("out.csv")), m_scores);
}

void TestFollowCommand::aFileThatMayNotBeReadIsToldAndWaitedFor()
{
    constexpr uid_t nobody = 65534;
    const bool root = ::geteuid() == 0; // who may read everything
    QVERIFY(test::writeFile(path("log.csv"), firstLines(m_text, 101)));
    QVERIFY(::chmod(m_folder.path().toLocal8Bit().constData(), 0777) == 0);
    QProcess process;
    test::prepareCall(process, arguments());
    process.setReadChannel(QProcess::StandardError);
    if (root)
        process.setChildProcessModifier([] {
            if (::setresgid(nobody, nobody, nobody) != 0
                || ::setresuid(nobody, nobody, nobody) != 0)
                ::_exit(255);
        });
    process.start();
    if (!process.waitForStarted())
        QSKIP("The program stands where nobody but root may start it.");
    QVERIFY(waitForLines(101));
    QVERIFY(QFile::rename(path("log.csv"), path("log.csv.1")));
    const mode_t before = ::umask(0777);
    append(firstLines(m_text, 1) + m_text.mid(firstLines(m_text, 101).size()));
    ::umask(before);
    QByteArray said;
    QVERIFY(QTest::qWaitFor(
        [&] {
            said += process.readAllStandardError();
            return said.contains("cannot be opened");
        },
        60'000));
    QCOMPARE(test::fileContents(path("out.csv")).count('\n'), 101);
    QCOMPARE(::chmod(path("log.csv").toLocal8Bit().constData(), 0644), 0);
    QVERIFY(waitForLines(rows + 1));
    const Call call = interrupt(process);
    QCOMPARE(call.code, 130);
    QCOMPARE(call.document().value("restarts", -1), 1);
    QCOMPARE(call.document().value("rows", -1), static_cast<int>(rows));
}

void TestFollowCommand::aPipeWithoutAWriterCanBeInterrupted()
{
    QProcess process;
    test::prepareCall(process,
                      {QStringLiteral("score"), path("pipe"), QStringLiteral("--model"),
                       path("m.stint"), QStringLiteral("--out"), path("out.csv")});
    process.start();
    QVERIFY(process.waitForStarted());
    // Someone who could write, so that it is certain that the pipe is open.
    int writer = -1;
    QVERIFY(QTest::qWaitFor(
        [&] {
            writer = ::open(path("pipe").toLocal8Bit().constData(), O_WRONLY | O_NONBLOCK);
            return writer >= 0;
        },
        60'000));
    QCOMPARE(interrupt(process).code, 130); // nothing was written, nothing was closed
    ::close(writer);
}

void TestFollowCommand::whatCannotBeFollowedIsRefused_data()
{
    QTest::addColumn<QString>("recording");
    QTest::addColumn<QStringList>("more");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("about");
    const QStringList follow {QStringLiteral("--follow")};
    QTest::newRow("standard input")
        << QStringLiteral("-") << follow << 2 << QStringLiteral("standard input");
    QTest::newRow("its own scores") << path("out.csv") << follow << 2 << QStringLiteral("--out");
    QTest::newRow("a time without following")
        << path("whole.csv") << QStringList {QStringLiteral("--for"), QStringLiteral("3")} << 2
        << QStringLiteral("--follow");
    QTest::newRow("a file that is not there")
        << path("nothing.csv") << follow << 1 << QStringLiteral("nothing.csv");
    QTest::newRow("a pipe") << path("pipe") << follow << 1 << QStringLiteral("not a file that");
    QTest::newRow("many series") << path("series.csv") << follow << 1
                                 << QStringLiteral("many series");
}

void TestFollowCommand::whatCannotBeFollowedIsRefused()
{
    QFETCH(QString, recording);
    QFETCH(QStringList, more);
    QFETCH(int, code);
    QFETCH(QString, about);
    QVERIFY(test::writeFile(path("series.csv"), "series_id,a\nx,1\nx,2\ny,1\ny,2\n"));
    QVERIFY(test::writeFile(path("out.csv"), m_text));
    const Call call = test::stintCall(QStringList {QStringLiteral("score"), recording,
                                                   QStringLiteral("--model"), path("m.stint"),
                                                   QStringLiteral("--out"), path("out.csv")}
                                      + more);
    QCOMPARE(call.code, code);
    QVERIFY2(call.saysOneSentenceAbout(about), call.err.constData());
    QCOMPARE(test::fileContents(path("out.csv")), m_text);
}

QTEST_GUILESS_MAIN(TestFollowCommand)
#include "tst_follow_command.moc"
