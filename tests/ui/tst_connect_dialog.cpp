#include "ui/panels/connect_dialog.h"
#include "ui/panels/device_bar.h"
#include "ui/panels/format_dialog.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>

using namespace stint;
using namespace stint::ui;

/// What is asked before and while a device is connected.
class TestConnectDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theFirstPortIsProposed();
    void aPortThatIsPluggedInComesFirst();
    void whatWasChosenStaysWhenPortsChange();
    void aPathCanBeTypedIn();
    void anyRateCanBeTypedIn_data();
    void anyRateCanBeTypedIn();
    void everyFieldComesOutAsItWentIn();
    void aDeviceIsRememberedByItsIdentity();
    void advancedFieldsAreFoldedAway();
    void aProblemComesWithACommandToCopy();
    void recordingNeedsAFile();
    void everyFormatComesBackFromItsFields_data();
    void everyFormatComesBackFromItsFields();
    void badSyncBytesAreRefused_data();
    void badSyncBytesAreRefused();
    void theFormatDialogAsksForAPreviewOfWhatIsChosen();
    void theBarProposesOtherRates();
    void theBarTellsTheTimeThatIsShown();
};

namespace {

PortOffer port(const QString& path, const QString& identity = {})
{
    return {path, path + QStringLiteral(" · board"), identity, std::nullopt};
}

const QString first = QStringLiteral("/dev/ttyACM0");
const QString second = QStringLiteral("/dev/ttyUSB0");

} // namespace

void TestConnectDialog::initTestCase() { qRegisterMetaType<ConnectChoice>(); }

void TestConnectDialog::theFirstPortIsProposed()
{
    ConnectDialog dialog;
    QVERIFY(!dialog.connectButton()->isEnabled());
    dialog.setPorts({port(first), port(second)});
    QCOMPARE(dialog.portField()->text(), first);
    QVERIFY(dialog.connectButton()->isEnabled());
    dialog.setPorts({});
    QCOMPARE(dialog.portList()->count(), 1); // says that there is none
    QVERIFY(dialog.portList()->item(0)->text().contains(QStringLiteral("No serial port")));
}

void TestConnectDialog::aPortThatIsPluggedInComesFirst()
{
    ConnectDialog dialog;
    dialog.setPorts({port(first)});
    dialog.setPorts({port(first), port(second)});
    QVERIFY(dialog.portList()->item(0)->text().startsWith(second));
    QCOMPARE(dialog.portField()->text(), second);
    dialog.setPorts({port(second), port(first)});
    QVERIFY(dialog.portList()->item(0)->text().startsWith(second));
}

void TestConnectDialog::whatWasChosenStaysWhenPortsChange()
{
    ConnectDialog dialog;
    dialog.setPorts({port(first), port(second)});
    dialog.portList()->setCurrentRow(1);
    QCOMPARE(dialog.portField()->text(), second);
    dialog.setPorts({port(first), port(second), port(QStringLiteral("/dev/ttyUSB1"))});
    QCOMPARE(dialog.portField()->text(), second);
    QVERIFY(dialog.portList()->currentItem()->text().startsWith(second));
    dialog.setPorts({port(first)});
    QCOMPARE(dialog.portField()->text(), second);
}

void TestConnectDialog::aPathCanBeTypedIn()
{
    ConnectDialog dialog;
    dialog.setPorts({port(first)});
    dialog.portField()->clear();
    QTest::keyClicks(dialog.portField(), QStringLiteral("/dev/pts/7"));
    dialog.setPorts({port(first), port(second)});
    QCOMPARE(dialog.choice().port, QStringLiteral("/dev/pts/7"));
    QVERIFY(dialog.choice().identity.isEmpty());
}

void TestConnectDialog::anyRateCanBeTypedIn_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("usable");
    QTest::newRow("usual") << QStringLiteral("9600") << true;
    QTest::newRow("odd") << QStringLiteral("123456") << true;
    QTest::newRow("fast") << QStringLiteral("3000000") << true;
    QTest::newRow("nothing") << QString() << false;
    QTest::newRow("zero") << QStringLiteral("0") << false;
}

void TestConnectDialog::anyRateCanBeTypedIn()
{
    QFETCH(QString, typed);
    QFETCH(bool, usable);
    ConnectDialog dialog;
    dialog.setPorts({port(first)});
    dialog.rates()->lineEdit()->selectAll();
    QTest::keyClick(dialog.rates()->lineEdit(), Qt::Key_Delete);
    QTest::keyClicks(dialog.rates()->lineEdit(), typed);
    QCOMPARE(dialog.connectButton()->isEnabled(), usable);
    if (usable)
        QCOMPARE(dialog.choice().rate, typed.toInt());
}

void TestConnectDialog::everyFieldComesOutAsItWentIn()
{
    ConnectChoice wanted;
    wanted.port = second;
    wanted.identity = QStringLiteral("usb:1:2:3");
    wanted.rate = 57'600;
    wanted.dataBits = 7;
    wanted.parity = 1;
    wanted.stopBits = 2;
    wanted.flow = 1;
    wanted.dtr = false;
    wanted.rts = false;
    wanted.format = WireFormat {};
    wanted.format->delimiter = ';';
    wanted.recordFile = QStringLiteral("run.csv");
    ConnectDialog dialog;
    dialog.setPorts({port(first), port(second, wanted.identity)});
    dialog.setChoice(wanted);
    QSignalSpy spy(&dialog, &ConnectDialog::connectRequested);
    dialog.connectButton()->click();
    QCOMPARE(spy.count(), 1);
    QVERIFY(spy[0][0].value<ConnectChoice>() == wanted);
    QVERIFY(!dialog.connectButton()->isEnabled()); // until the port is open or not
}

void TestConnectDialog::aDeviceIsRememberedByItsIdentity()
{
    PortOffer known = port(second, QStringLiteral("usb:1:2:3"));
    known.remembered = ConnectChoice {};
    known.remembered->port = QStringLiteral("/dev/ttyUSB9"); // where it was last time
    known.remembered->rate = 9600;
    ConnectDialog dialog;
    dialog.setPorts({port(first), known});
    QCOMPARE(dialog.choice().rate, 115'200);
    dialog.portList()->setCurrentRow(1);
    QCOMPARE(dialog.choice().rate, 9600);
    QCOMPARE(dialog.choice().port, second);
}

void TestConnectDialog::advancedFieldsAreFoldedAway()
{
    ConnectDialog dialog;
    dialog.show();
    QVERIFY(!dialog.advanced()->isVisible());
    dialog.advancedButton()->click();
    QVERIFY(dialog.advanced()->isVisible());
    dialog.advancedButton()->click();
    QVERIFY(!dialog.advanced()->isVisible());
}

void TestConnectDialog::aProblemComesWithACommandToCopy()
{
    ConnectDialog dialog;
    dialog.setPorts({port(first)});
    dialog.show();
    QVERIFY(!dialog.commandField()->isVisible());
    dialog.connectButton()->click();
    dialog.setProblem(QStringLiteral("You may not open the port."), QStringLiteral("sudo do it"));
    QVERIFY(dialog.connectButton()->isEnabled());
    QVERIFY(dialog.commandField()->isVisible());
    QVERIFY(dialog.commandField()->isReadOnly());
    dialog.copyButton()->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("sudo do it"));
    dialog.setProblem(QStringLiteral("The port is in use."), {});
    QVERIFY(!dialog.commandField()->isVisible());
    QCOMPARE(dialog.problem(), QStringLiteral("The port is in use."));
}

void TestConnectDialog::recordingNeedsAFile()
{
    ConnectDialog dialog;
    dialog.setPorts({port(first)});
    dialog.recordBox()->setChecked(true);
    QVERIFY(!dialog.connectButton()->isEnabled());
    dialog.setSuggestedFile(QStringLiteral("a.csv"));
    QVERIFY(dialog.connectButton()->isEnabled());
    QCOMPARE(dialog.choice().recordFile, QStringLiteral("a.csv"));
    dialog.recordBox()->setChecked(false);
    QVERIFY(dialog.choice().recordFile.isEmpty());
}

void TestConnectDialog::everyFormatComesBackFromItsFields_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"csv", "csv:;,", "teleplot", "json", "frame:sync=AABB,size=1,number=f32,checksum=sum8",
          "frame:sync=55,number=i16,payload=6"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TestConnectDialog::everyFormatComesBackFromItsFields()
{
    QFETCH(QString, text);
    const Result<WireFormat> format = parseWireFormat(text.toStdString());
    if (!format)
        QSKIP(format.error().message.c_str());
    FormatEditor editor;
    editor.setFormat(*format);
    QVERIFY(editor.format().has_value());
    QCOMPARE(wireFormatText(*editor.format()), wireFormatText(*format));
    editor.setFormat(std::nullopt);
    QVERIFY(!editor.format().has_value());
}

void TestConnectDialog::badSyncBytesAreRefused_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("usable");
    QTest::newRow("two bytes") << QStringLiteral("aa BB") << true;
    QTest::newRow("half a byte") << QStringLiteral("AAB") << false;
    QTest::newRow("none") << QString() << false;
    QTest::newRow("no digits") << QStringLiteral("GG") << false;
}

void TestConnectDialog::badSyncBytesAreRefused()
{
    QFETCH(QString, typed);
    QFETCH(bool, usable);
    WireFormat format;
    format.kind = WireKind::SyncFrame;
    format.sync = {0x55};
    ConnectDialog dialog;
    dialog.setPorts({port(first)});
    dialog.formatEditor()->setFormat(format);
    dialog.formatEditor()->sync()->setText(typed);
    QCOMPARE(dialog.connectButton()->isEnabled(), usable);
}

void TestConnectDialog::theFormatDialogAsksForAPreviewOfWhatIsChosen()
{
    FormatDialog dialog;
    int asked = 0;
    std::optional<WireFormat> wanted;
    connect(&dialog, &FormatDialog::previewRequested, this,
            [&](const std::optional<WireFormat>& format) {
                ++asked;
                wanted = format;
                dialog.setPreview(QStringLiteral("1 2 3"));
            });
    WireFormat raw;
    raw.kind = WireKind::RawBinary;
    raw.channels = 3;
    dialog.setFormat(raw);
    QVERIFY(asked > 0);
    QVERIFY(wanted == raw);
    dialog.editor()->channels()->setValue(5);
    QCOMPARE(wanted->channels, Index {5});
    QCOMPARE(dialog.preview(), QStringLiteral("1 2 3"));
    std::optional<WireFormat> used;
    connect(&dialog, &FormatDialog::formatChosen, this,
            [&used](const std::optional<WireFormat>& format) { used = format; });
    dialog.useButton()->click();
    QVERIFY(used == wanted);
}

void TestConnectDialog::theBarProposesOtherRates()
{
    QAction change;
    QAction record;
    QAction followFile;
    DeviceBar bar(&change, &record, &followFile);
    QSignalSpy spy(&bar, &DeviceBar::rateRequested);
    bar.setFacts(
        {QStringLiteral("Looks like noise."), QStringLiteral("\\x80\\xF3"), true, {9600, 57'600}});
    QCOMPARE(bar.sentence(), QStringLiteral("Looks like noise."));
    QCOMPARE(bar.rateButtons().size(), 2);
    bar.rateButtons()[1]->click();
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toInt(), 57'600);
    bar.setFacts({QStringLiteral("Looks like text."), QStringLiteral("1,2"), false, {}});
    QVERIFY(bar.rateButtons().isEmpty());
    QCOMPARE(bar.sample(), QStringLiteral("1,2"));
}

void TestConnectDialog::theBarTellsTheTimeThatIsShown()
{
    QAction change;
    QAction record;
    QAction followFile;
    DeviceBar bar(&change, &record, &followFile);
    QSignalSpy spy(&bar, &DeviceBar::timeWindowRequested);
    QCOMPARE(bar.timeWindow(), 10.0);
    bar.setTimeWindow(300.0);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toDouble(), 300.0);
    bar.windows()->setCurrentIndex(bar.windows()->count() - 1);
    QCOMPARE(bar.timeWindow(), 0.0);
}

QTEST_MAIN(TestConnectDialog)
#include "tst_connect_dialog.moc"
