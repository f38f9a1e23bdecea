#include "ui/panels/console.h"

#include <QSignalSpy>
#include <QTest>

using namespace stint::ui;

/// The raw lines of a device and the commands to it.
class TestConsole : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linesAreShownInOrder();
    void theNumberOfLinesIsBounded();
    void equalLinesAreCounted();
    void searchHidesTheOthers();
    void badLinesAreMarkedWithTheReason();
    void aBadLineThatComesLaterIsMarkedThen();
    void commandsAreSentWithTheirEnd_data();
    void commandsAreSentWithTheirEnd();
    void escapesStandForBytes_data();
    void escapesStandForBytes();
    void nothingIsSentWithoutADevice();
    void aCommandIsKeptOnAKey();
};

namespace {

ConsoleEntry line(const QString& text) { return {0.0, text, false, {}, 1}; }

QList<QAction*> makeKeys(QObject* parent)
{
    QList<QAction*> keys;
    for (int i = 0; i < Console::keptCommands; ++i)
        keys.append(new QAction(parent));
    return keys;
}

} // namespace

void TestConsole::linesAreShownInOrder()
{
    Console console(makeKeys(this));
    console.append({line(QStringLiteral("1,2")), line(QStringLiteral("3,4"))});
    console.append({line(QStringLiteral("5,6"))});
    QCOMPARE(console.shownLines(), 3);
    QVERIFY(console.lineText(0).endsWith(QStringLiteral("1,2")));
    QVERIFY(console.lineText(2).endsWith(QStringLiteral("5,6")));
}

void TestConsole::theNumberOfLinesIsBounded()
{
    Console console(makeKeys(this));
    QList<ConsoleEntry> many;
    for (int i = 0; i < 5000; ++i)
        many.append(line(QString::number(i)));
    console.append(many);
    for (int i = 5000; i < 5700; ++i)
        console.append({line(QString::number(i))});
    QCOMPARE(console.shownLines(), static_cast<int>(ConsoleLines::newest));
    QVERIFY(console.lineText(console.shownLines() - 1).endsWith(QStringLiteral(" 5699")));
    QVERIFY(console.lineText(0).endsWith(QStringLiteral(" 3700")));
}

void TestConsole::equalLinesAreCounted()
{
    Console console(makeKeys(this));
    console.append({line(QStringLiteral("ok")), line(QStringLiteral("ok"))});
    console.append({line(QStringLiteral("ok")), line(QStringLiteral("no"))});
    QCOMPARE(console.shownLines(), 2);
    QVERIFY(console.lineText(0).contains(QStringLiteral("(3 times)")));
}

void TestConsole::searchHidesTheOthers()
{
    Console console(makeKeys(this));
    console.append({line(QStringLiteral("boot v1.2")), line(QStringLiteral("1,2")),
                    line(QStringLiteral("Boot done"))});
    console.searchField()->setText(QStringLiteral("boot"));
    QCOMPARE(console.shownLines(), 2);
    QVERIFY(console.countText().contains(QStringLiteral("2 of 3")));
    console.append({line(QStringLiteral("reboot")), line(QStringLiteral("3,4"))});
    QCOMPARE(console.shownLines(), 3);
    console.searchField()->clear();
    QCOMPARE(console.shownLines(), 5);
}

void TestConsole::badLinesAreMarkedWithTheReason()
{
    Console console(makeKeys(this));
    console.append({line(QStringLiteral("hello board")), line(QStringLiteral("1,2"))});
    console.setBad(1, QStringLiteral("hello"), QStringLiteral("not a number"));
    QVERIFY(console.lineText(0).contains(QStringLiteral("not a number")));
    QVERIFY(!console.lineText(1).contains(QStringLiteral("not a number")));
    QVERIFY(console.countText().contains(QStringLiteral("1 were no samples")));
}

void TestConsole::aBadLineThatComesLaterIsMarkedThen()
{
    Console console(makeKeys(this));
    console.setBad(1, QStringLiteral("late"), QStringLiteral("not a number"));
    console.append({line(QStringLiteral("late line"))});
    console.setBad(1, QStringLiteral("late"), QStringLiteral("not a number"));
    QVERIFY(console.lineText(0).contains(QStringLiteral("not a number")));
}

void TestConsole::commandsAreSentWithTheirEnd_data()
{
    QTest::addColumn<int>("end");
    QTest::addColumn<QByteArray>("sent");
    QTest::newRow("LF") << 0 << QByteArray("rate 10\n");
    QTest::newRow("CR LF") << 1 << QByteArray("rate 10\r\n");
    QTest::newRow("CR") << 2 << QByteArray("rate 10\r");
    QTest::newRow("none") << 3 << QByteArray("rate 10");
}

void TestConsole::commandsAreSentWithTheirEnd()
{
    QFETCH(int, end);
    QFETCH(QByteArray, sent);
    Console console(makeKeys(this));
    console.setCanSend(true, {});
    console.lineEnds()->setCurrentIndex(end);
    QSignalSpy spy(&console, &Console::sendRequested);
    QTest::keyClicks(console.inputField(), QStringLiteral("rate 10"));
    QTest::keyClick(console.inputField(), Qt::Key_Return);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toByteArray(), sent);
    QVERIFY(console.lineText(0).contains(QStringLiteral("> rate 10")));
}

void TestConsole::escapesStandForBytes_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("plain") << QStringLiteral("abc") << QByteArray("abc");
    QTest::newRow("bytes") << QStringLiteral("\\x01\\xfF") << QByteArray("\x01\xFF");
    QTest::newRow("zero") << QStringLiteral("\\x00") << QByteArray(1, '\0');
    QTest::newRow("line end") << QStringLiteral("a\\r\\n\\t") << QByteArray("a\r\n\t");
    QTest::newRow("backslash") << QStringLiteral("\\\\n") << QByteArray("\\n");
    QTest::newRow("cut short") << QStringLiteral("\\x1") << QByteArray("\\x1");
    QTest::newRow("at the end") << QStringLiteral("a\\") << QByteArray("a\\");
    QTest::newRow("no digits") << QStringLiteral("\\xZZ") << QByteArray("\\xZZ");
}

void TestConsole::escapesStandForBytes()
{
    QFETCH(QString, typed);
    QFETCH(QByteArray, bytes);
    QCOMPARE(commandBytes(typed), bytes);
}

void TestConsole::nothingIsSentWithoutADevice()
{
    const QList<QAction*> keys = makeKeys(this);
    Console console(keys);
    console.setCommands({QStringLiteral("status")});
    QSignalSpy spy(&console, &Console::sendRequested);
    QTest::keyClicks(console.inputField(), QStringLiteral("x"));
    QTest::keyClick(console.inputField(), Qt::Key_Return);
    keys[0]->trigger();
    QVERIFY(!console.sendButton()->isEnabled());
    QCOMPARE(spy.count(), 0);
    QCOMPARE(console.shownLines(), 0);
}

void TestConsole::aCommandIsKeptOnAKey()
{
    const QList<QAction*> keys = makeKeys(this);
    Console console(keys);
    console.setCanSend(true, {});
    QVERIFY(!keys[3]->isVisible());
    QSignalSpy changed(&console, &Console::commandsChanged);
    console.inputField()->setText(QStringLiteral("status"));
    console.keepActions()[3]->trigger();
    QCOMPARE(changed.count(), 1);
    QCOMPARE(console.commands()[3], QStringLiteral("status"));
    QVERIFY(keys[3]->isVisible() && keys[3]->isEnabled());
    QVERIFY(keys[3]->text().contains(QStringLiteral("status")));
    QSignalSpy spy(&console, &Console::sendRequested);
    keys[3]->trigger();
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toByteArray(), QByteArray("status\n"));
}

QTEST_MAIN(TestConsole)
#include "tst_console.moc"
