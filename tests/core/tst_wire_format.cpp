#include "core/wire/checksum.h"
#include "core/wire/wire_format.h"

#include <QTest>

#include <array>

using stint::parseWireFormat;
using stint::WireChecksum;
using stint::WireFormat;
using stint::wireFormatText;

class TestWireFormat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFormatIsOneWordAndBack_data();
    void aFormatIsOneWordAndBack();
    void readsShortAndLongWords();
    void refusesWhatItDoesNotKnow_data();
    void refusesWhatItDoesNotKnow();
    void describesAFormatForPeople();
    void computesTheUsualCheckValues_data();
    void computesTheUsualCheckValues();
    void readsCheckBytesInTheirOrder();
};

void TestWireFormat::aFormatIsOneWordAndBack_data()
{
    QTest::addColumn<QByteArray>("word");
    for (const char* const word :
         {"csv",
          "csv:;",
          "csv:;,",
          "csv:tab",
          "csv:space",
          "csv:space,",
          "csv:|",
          "labels",
          "labels:decimal=comma",
          "teleplot",
          "json",
          "comment",
          "comment:delimiter=semicolon,decimal=comma,checksum=crc16-modbus",
          "dollar",
          "nmea",
          "frame:sync=AABB,size=1,number=f32,channels=3,checksum=sum8",
          "frame:sync=FE,size=2,size-endian=big,number=i16,endian=big,channels=1",
          "frame:sync=A55A,size=0,payload=12,number=u16,channels=6",
          "cobs:number=f64,channels=2,checksum=crc32",
          "slip:number=i8,channels=4",
          "raw:number=u32,endian=big,channels=2"})
        QTest::newRow(word) << QByteArray(word);
}

void TestWireFormat::aFormatIsOneWordAndBack()
{
    QFETCH(QByteArray, word);
    const auto format = parseWireFormat(word.toStdString());
    QVERIFY2(format.ok(), format.ok() ? "" : format.error().message.c_str());
    QCOMPARE(wireFormatText(*format), word.toStdString());
    const auto again = parseWireFormat(wireFormatText(*format));
    QVERIFY(again.ok());
    QVERIFY(*again == *format);
}

void TestWireFormat::readsShortAndLongWords()
{
    const auto semicolons = parseWireFormat("csv:delimiter=semicolon,decimal=comma");
    QVERIFY(semicolons.ok());
    QCOMPARE(wireFormatText(*semicolons), std::string("csv:;,"));
    const auto commas = parseWireFormat("csv:,");
    QVERIFY(commas.ok());
    QCOMPARE(wireFormatText(*commas), std::string("csv"));
}

void TestWireFormat::refusesWhatItDoesNotKnow_data()
{
    QTest::addColumn<QByteArray>("word");
    QTest::addColumn<QByteArray>("part"); ///< of the sentence
    const auto row = [](const char* word, const char* part) {
        QTest::newRow(word) << QByteArray(word) << QByteArray(part);
    };
    row("xml", "use one of csv, labels");
    row("", "use one of csv, labels");
    row("csv:,,", "is not a delimiter");
    row("csv:1", "is not a delimiter");
    row("csv:delimiter=comma,decimal=comma", "are the same");
    row("json:number=f32", "is not one of the options of json: none");
    row("frame:number=f32", "needs sync bytes");
    row("frame:sync=AA", "needs size=1, size=2 or payload");
    row("frame:sync=AAB,size=1", "cannot be used");
    row("frame:sync=AA,size=3", "cannot be used");
    row("frame:sync=AA,size=1,number=f16", "cannot be used");
    row("cobs:channels=0", "cannot be used");
    row("raw:checksum=sum8", "is not one of the options of raw");
}

void TestWireFormat::refusesWhatItDoesNotKnow()
{
    QFETCH(QByteArray, word);
    QFETCH(QByteArray, part);
    const auto format = parseWireFormat(word.toStdString());
    QVERIFY(!format.ok());
    const QByteArray sentence = QByteArray::fromStdString(format.error().message);
    QVERIFY2(sentence.contains(part), sentence.constData());
    QVERIFY(sentence.endsWith('.'));
}

void TestWireFormat::describesAFormatForPeople()
{
    QCOMPARE(stint::describe(*parseWireFormat("csv")),
             std::string("text with commas, decimal point"));
    QCOMPARE(stint::describe(*parseWireFormat("csv:;,")),
             std::string("text with semicolons, decimal comma"));
    QCOMPARE(stint::describe(
                 *parseWireFormat("frame:sync=AABB,size=1,number=f32,channels=3,checksum=sum8")),
             std::string("binary frames that begin with AABB and a size, 3 x f32, checksum sum8"));
}

void TestWireFormat::computesTheUsualCheckValues_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<quint32>("value");
    const auto row = [](const char* trait, WireChecksum kind, quint32 value) {
        QTest::newRow(trait) << static_cast<int>(kind) << value;
    };
    // Published check values of "123456789".
    row("sum", WireChecksum::Sum8, 0xDD);
    row("exclusive or", WireChecksum::Xor8, 0x31);
    row("CRC-8 of NRSC-5", WireChecksum::Crc8, 0xF7);
    row("CRC-16 of CCITT-FALSE", WireChecksum::Crc16, 0x29B1);
    row("CRC-16 of MODBUS", WireChecksum::Crc16Modbus, 0x4B37);
    row("CRC-16 of XMODEM", WireChecksum::Crc16Ccitt, 0x31C3);
    row("Fletcher-16", WireChecksum::Fletcher16, 0x1EDE);
    row("CRC-32", WireChecksum::Crc32, 0xCBF43926);
    row("Adler-32", WireChecksum::Adler32, 0x091E01DE);
}

void TestWireFormat::computesTheUsualCheckValues()
{
    QFETCH(int, kind);
    QFETCH(quint32, value);
    const std::array<std::uint8_t, 9> text {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
    QCOMPARE(stint::checksumOf(static_cast<WireChecksum>(kind), text), value);
}

void TestWireFormat::readsCheckBytesInTheirOrder()
{
    const std::array<std::uint8_t, 2> bytes {0x12, 0x34};
    QCOMPARE(stint::readChecksum(WireChecksum::Crc16, bytes), 0x1234U);
    QCOMPARE(stint::readChecksum(WireChecksum::Crc16Modbus, bytes), 0x3412U);
}

QTEST_APPLESS_MAIN(TestWireFormat)
#include "tst_wire_format.moc"
