#include "tests/support/program_calls.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace stint;
using test::Call;

class TestCommandFailures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void wrongUsageEndsWithTwo_data();
    void wrongUsageEndsWithTwo();
    void failuresEndWithOneAndASentence_data();
    void failuresEndWithOneAndASentence();
    void failuresLeaveNoFiles();
    void interruptedTrainingWritesNothing();
    void killedTrainingLeavesTheOldModel();

private:
    [[nodiscard]] QString in(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name));
    }
    void startLongTraining(QProcess& process, const QString& out) const;

    QTemporaryDir m_folder;
};

void TestCommandFailures::initTestCase()
{
    QVERIFY(m_folder.isValid());
    const Call trained = test::fillFolder(m_folder.path());
    QVERIFY2(trained.code == 0, trained.err.constData());
    QVERIFY(test::writeFile(in("empty.csv"), ""));
    QVERIFY(test::writeFile(in("header.csv"), "time,flow,pressure,level\n"));
    QVERIFY(test::writeFile(in("one column.csv"), "flow\n1\n2\n3\n4\n5\n"));
    QVERIFY(test::writeFile(in("binary.csv"), QByteArray(3000, '\0') + QByteArray(3000, '\xfe')));
    QImage picture(20, 20, QImage::Format_RGB32);
    picture.fill(Qt::red);
    QVERIFY(picture.save(in("picture.png")));
    QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("folder.csv")));
    const QByteArray model = test::fileContents(in("m.stint"));
    QVERIFY(model.size() > 5000);
    QVERIFY(test::writeFile(in("cut.stint"), model.left(model.size() / 2)));
}

void TestCommandFailures::wrongUsageEndsWithTwo_data()
{
    QTest::addColumn<QString>("call");
    const auto row = [](const char* trait, const char* call) {
        QTest::newRow(trait) << QString::fromLatin1(call);
    };
    row("unknown option", "describe normal.csv --jason");
    row("no recording", "describe");
    row("no model", "score faulty.csv --out s.csv");
    row("no output", "train normal.csv");
    row("number that is text", "train normal.csv --out x.stint --window eight");
    row("variant that is unknown", "train normal.csv --out x.stint --variants dense/best");
    row("task that is unknown", "train normal.csv --task guess --out x.stint");
    row("variant that cannot be trained",
        "train normal.csv --out x.stint --variants dense/self-only");
    row("setting out of bounds", "train normal.csv --out x.stint --keep 2");
    row("range the wrong way round", "train normal.csv --out x.stint --rows 90:10");
    row("mode that is unknown", "score faulty.csv --model m.stint --out s.csv --mode best");
    row("mode that is not offered",
        "score faulty.csv --model m.stint --out s.csv --mode sbt/full/window");
    row("threshold that is text", "score faulty.csv --model m.stint --out s.csv --threshold high");
    row("threshold that is no number",
        "score faulty.csv --model m.stint --out s.csv --threshold nan");
    row("threshold by hand that drifts",
        "score faulty.csv --model m.stint --out s.csv --threshold 2 --threshold-drift 50");
    row("drift over no rows", "score faulty.csv --model m.stint --out s.csv --threshold-drift 0");
    row("drift without end",
        "score faulty.csv --model m.stint --out s.csv --threshold-drift 1000000000");
    row("threshold by hand in a comparison",
        "evaluate faulty.csv --model m.stint --label-column anomaly --threshold 2");
    row("threshold of the picture that is text",
        "snapshot faulty.csv --model m.stint --out w.png --threshold high");
    row("unknown score", "score faulty.csv --model m.stint --out s.csv --score best");
    row("rules that are unknown", "inspect m.stint --rules paper");
    row("rules of a paper for a trained model", "inspect m.stint --rules sbt-paper");
    row("nothing to inspect", "inspect");
    row("a model and a preset", "inspect m.stint --preset smd");
    row("preset that is unknown", "inspect --preset SMD");
    row("preset that cannot run", "inspect --preset smd --rules executed");
    row("preset that keeps nothing", "inspect --preset smd --keep 0");
    row("another fraction for a trained model", "inspect m.stint --keep 0.5");
    row("mode of evaluation that is unknown",
        "evaluate faulty.csv --model m.stint --label-column anomaly --modes best");
}

void TestCommandFailures::wrongUsageEndsWithTwo()
{
    QFETCH(QString, call);
    QStringList arguments;
    for (const QString& word : call.split(u' '))
        arguments << (word.contains(u'.') && !word.startsWith(u'-') ? m_folder.filePath(word)
                                                                    : word);
    const Call ended = test::stintCall(arguments);
    QVERIFY2(ended.code == 2, ended.err.constData());
    QVERIFY(!ended.err.isEmpty());
    QVERIFY(ended.out.isEmpty());
    QVERIFY(!QFile::exists(in("x.stint")));
}

void TestCommandFailures::failuresEndWithOneAndASentence_data()
{
    QTest::addColumn<QStringList>("call");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* trait, const char* call, const char* word) {
        QTest::newRow(trait) << QString::fromLatin1(call).split(u'|') << QString::fromLatin1(word);
    };
    for (const char* file :
         {"empty.csv", "header.csv", "binary.csv", "picture.png", "folder.csv", "missing.csv"}) {
        const QByteArray name(file);
        row(("describe " + name).constData(), ("describe|" + name).constData(), file);
        row(("train " + name).constData(), ("train|" + name + "|--out|x.stint").constData(), file);
        row(("score " + name).constData(),
            ("score|" + name + "|--model|m.stint|--out|x.csv").constData(), file);
        row(("evaluate " + name).constData(),
            ("evaluate|" + name + "|--model|m.stint|--label-column|anomaly").constData(), file);
        row(("snapshot " + name).constData(),
            ("snapshot|" + name + "|--model|m.stint|--out|x.png").constData(), file);
    }
    for (const char* file :
         {"cut.stint", "empty.csv", "faulty.csv", "picture.png", "folder.csv", "missing.stint"}) {
        const QByteArray name(file);
        row(("model " + name).constData(),
            ("score|faulty.csv|--model|" + name + "|--out|x.csv").constData(), file);
        row(("inspect " + name).constData(), ("inspect|" + name).constData(), file);
        row(("snapshot with " + name).constData(),
            ("snapshot|faulty.csv|--model|" + name + "|--out|x.png").constData(), file);
        row(("evaluate with " + name).constData(),
            ("evaluate|faulty.csv|--model|" + name + "|--label-column|anomaly").constData(), file);
    }
    row("too few rows", "train|one column.csv|--out|x.stint", "5 rows");
    row("no such channel", "train|normal.csv|--channels|torque|--out|x.stint", "torque");
    row("channels of another machine", "score|one column.csv|--model|m.stint|--out|x.csv",
        "pressure");
    row("no such label column", "evaluate|faulty.csv|--model|m.stint|--label-column|fault",
        "fault");
    row("folder that is not there", "score|faulty.csv|--model|m.stint|--out|no.such/x.csv",
        "no.such/x.csv");
    row("picture in a folder that is not there",
        "snapshot|faulty.csv|--model|m.stint|--out|no.such/x.png", "no.such/x.png");
    row("model in a folder that is not there",
        "train|normal.csv|--epochs|1|--quiet|--window|8|--out|no.such/x.stint", "no.such/x.stint");
    row("scores in place of a folder", "score|faulty.csv|--model|m.stint|--out|folder.csv",
        "folder.csv");
}

void TestCommandFailures::failuresEndWithOneAndASentence()
{
    QFETCH(QStringList, call);
    QFETCH(QString, word);
    for (QString& argument : call) {
        if (argument.contains(u'.'))
            argument = m_folder.filePath(argument);
    }
    const Call ended = test::stintCall(call + QStringList {QStringLiteral("--json")});
    QVERIFY2(ended.code == 1, ended.err.constData());
    QVERIFY2(ended.saysOneSentenceAbout(word), ended.err.constData());
    QVERIFY(ended.out.isEmpty());
}

void TestCommandFailures::failuresLeaveNoFiles()
{
    const QDir folder(m_folder.path());
    QCOMPARE(folder.entryList({QStringLiteral("x.*"), QStringLiteral("*.part")}), QStringList());
}

/// Returns once the first epoch is done.
void TestCommandFailures::startLongTraining(QProcess& process, const QString& out) const
{
    test::prepareCall(process, test::trainArguments(in("normal.csv"), out, 100'000));
    process.start();
    QByteArray seen;
    QElapsedTimer timer;
    timer.start();
    while (!seen.contains("epoch") && timer.elapsed() < 60'000) {
        process.waitForReadyRead(1000);
        seen += process.readAllStandardError();
    }
    QVERIFY(seen.contains("epoch"));
}

void TestCommandFailures::interruptedTrainingWritesNothing()
{
    QProcess process;
    startLongTraining(process, in("interrupted.stint"));
    QElapsedTimer timer;
    timer.start();
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    const Call call = test::finishCall(process);
    QCOMPARE(call.code, 130);
    QVERIFY(timer.elapsed() < 10'000);
    QVERIFY(call.out.isEmpty());
    QCOMPARE(QDir(m_folder.path()).entryList({QStringLiteral("interrupted*")}), QStringList());
}

void TestCommandFailures::killedTrainingLeavesTheOldModel()
{
    const QByteArray old = test::fileContents(in("m.stint"));
    for (const char* name : {"killed.stint", "m.stint"}) {
        QProcess process;
        startLongTraining(process, in(name));
        process.kill();
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::CrashExit);
    }
    QVERIFY(!QFile::exists(in("killed.stint")));
    QVERIFY(test::fileContents(in("m.stint")) == old);
}

QTEST_GUILESS_MAIN(TestCommandFailures)
#include "tst_command_failures.moc"
