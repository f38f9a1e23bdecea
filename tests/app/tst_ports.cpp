#include "app/live/port_list.h"
#include "app/live/port_problem.h"
#include "app/live/pseudo_terminal.h"
#include "tests/support/small_family.h"

#include <QTest>

using namespace stint;
using namespace stint::app;

class TestPorts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whyAPortMayNotBeOpened_data();
    void whyAPortMayNotBeOpened();
    void pathsOutsideTheListAreKnownToo();
};

void TestPorts::whyAPortMayNotBeOpened_data()
{
    QTest::addColumn<bool>("groupMayOpen");
    QTest::addColumn<bool>("member");
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("command");
    QTest::newRow("not in the group")
        << true << false << QStringLiteral("uucp") << QStringLiteral("sudo usermod -aG uucp anna");
    QTest::newRow("in the group since today")
        << true << true << QStringLiteral("log out") << QString();
    QTest::newRow("a group does not help")
        << false << false << QStringLiteral("administers") << QString();
}

void TestPorts::whyAPortMayNotBeOpened()
{
    QFETCH(bool, groupMayOpen);
    QFETCH(bool, member);
    QFETCH(QString, word);
    QFETCH(QString, command);
    PortAccess access;
    access.exists = true;
    access.device = true;
    access.group = "uucp";
    access.user = "anna";
    access.groupMayOpen = groupMayOpen;
    access.member = member;
    const PortProblem problem = problemOf("/dev/ttyUSB7", access, true, "Permission denied");
    QVERIFY(problem.failure == PortFailure::Permission);
    QVERIFY(test::isSentenceAbout(problem.sentence, "/dev/ttyUSB7"));
    QVERIFY(test::isSentenceAbout(problem.sentence, word.toStdString()));
    QCOMPARE(problem.command, command.toStdString());
    QVERIFY(!problem.passes);
}

void TestPorts::pathsOutsideTheListAreKnownToo()
{
    const auto made = PseudoTerminal::open();
    QVERIFY(made.ok());
    const PseudoTerminal& device = *made;
    const PortInfo port = portAt(device.path());
    QCOMPARE(port.path, device.path());
    QCOMPARE(port.identity, device.path());
    QCOMPARE(findPort(port.identity).value_or(""), device.path());
    QVERIFY(!findPort("usb:dead:beef:none"));
    QVERIFY(!findPort("/dev/nowhere0"));
    for (const PortInfo& known : listPorts())
        QVERIFY(!known.path.empty() && !known.identity.empty());
    const PortAccess access = accessTo(device.path());
    QVERIFY(access.exists && access.allowed && access.device && !access.user.empty());
    QVERIFY(!accessTo("/dev/nowhere0").exists);
}

QTEST_GUILESS_MAIN(TestPorts)
#include "tst_ports.moc"
