#include "core/wire/wire_detection.h"
#include "tests/support/wire_reading.h"
#include "tests/support/wire_samples.h"

#include <QTest>

using stint::detectWireFormat;
using stint::Index;
using stint::WireChecksum;
using stint::WireFormat;
using stint::WireGuess;
using stint::WireKind;

namespace {

struct Known {
    const char* word;
    Index channels;
};

constexpr Known knownFormats[] = {
    {"csv", 3},
    {"csv", 1},
    {"csv:;", 3},
    {"csv:;,", 3},
    {"csv:tab", 3},
    {"csv:space", 3},
    {"labels", 3},
    {"teleplot", 3},
    {"json", 3},
    {"comment", 3},
    {"comment:checksum=crc16", 3},
    {"dollar", 3},
    {"nmea", 3},
    {"frame:sync=AABB,size=1,number=f32,channels=3,checksum=sum8", 3},
    {"frame:sync=AA55,size=0,payload=6,number=i16,channels=3", 3},
    {"frame:sync=A55A,size=2,number=i16,endian=big,channels=4,checksum=crc16", 4},
    {"cobs:number=f32,channels=3", 3},
    {"slip:number=i16,channels=3,checksum=crc8", 3},
};

WireFormat formatOf(const QByteArray& word)
{
    const auto format = stint::parseWireFormat(word.toStdString());
    if (!format)
        qFatal("%s", format.error().message.c_str());
    return *format;
}

WireGuess detect(const std::string& bytes)
{
    return detectWireFormat({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string named(const WireGuess& guess)
{
    return guess.format ? stint::wireFormatText(*guess.format) : "refused: " + guess.sentence;
}

} // namespace

class TestWireDetection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recognisesEveryFormat_data();
    void recognisesEveryFormat();
    void recognisesTheTypeOfNumbers_data();
    void recognisesTheTypeOfNumbers();
    void refusesWhatHasNoMarks_data();
    void refusesWhatHasNoMarks();
    void refusesNoiseOfAWrongRate_data();
    void refusesNoiseOfAWrongRate();
    void namesMavlink_data();
    void namesMavlink();
    void looksBehindTheNoiseOfABootLoader();
    void showsOneLine();
    void refusesTextWithoutNumbers();
    void waitsForEnoughBytes();
};

void TestWireDetection::recognisesEveryFormat_data()
{
    QTest::addColumn<QByteArray>("word");
    QTest::addColumn<int>("channels");
    for (const Known& known : knownFormats)
        QTest::addRow("%s, %d", known.word, static_cast<int>(known.channels))
            << QByteArray(known.word) << static_cast<int>(known.channels);
}

void TestWireDetection::recognisesEveryFormat()
{
    QFETCH(QByteArray, word);
    QFETCH(int, channels);
    const WireFormat format = formatOf(word);
    const std::string bytes
        = stint::test::wireBytes(format, stint::test::wireSeries(format, 600, channels));
    const bool text = word.startsWith("csv") || word.startsWith("labels")
        || word.startsWith("teleplot") || word.startsWith("json") || word == "comment"
        || word == "dollar" || word == "nmea";
    int tried = 0;
    QByteArray failures;
    for (const std::size_t size : {512U, 2048U, 4096U})
        for (const double part : {0.0, 0.001, 0.005})
            for (const bool boot : {false, true})
                for (const std::size_t offset : {0U, 1U, 7U, 13U, 29U, 55U}) {
                    if (boot && !text)
                        continue;
                    std::string seen = bytes.substr(offset, size);
                    if (boot)
                        seen = stint::test::espBootText() + seen;
                    seen = stint::test::withBrokenBytes(seen, part, size + offset);
                    const WireGuess guess = detect(seen);
                    ++tried;
                    if (!guess.format || stint::wireFormatText(*guess.format) != word.toStdString()
                        || guess.channels != channels)
                        failures += QByteArray::fromStdString(named(guess)) + " ("
                            + QByteArray::number(guess.channels) + " channels) at offset "
                            + QByteArray::number(offset) + " of " + QByteArray::number(size)
                            + (boot ? " after boot text, broken " : ", broken ")
                            + QByteArray::number(part) + "\n";
                }
    QVERIFY(tried >= 54);
    QVERIFY2(failures.isEmpty(), failures.constData());
}

void TestWireDetection::recognisesTheTypeOfNumbers_data()
{
    QTest::addColumn<QByteArray>("word");
    for (const char* const word :
         {"frame:sync=AABB,size=1,number=f64,channels=3,checksum=crc16",
          "frame:sync=AABB,size=1,number=f32,endian=big,channels=3,checksum=crc16",
          "frame:sync=AABB,size=1,number=i32,channels=3,checksum=crc16",
          "frame:sync=AABB,size=1,number=u16,channels=3,checksum=crc16",
          "frame:sync=AABB,size=1,number=u8,channels=5,checksum=crc16",
          "frame:sync=A5,size=1,number=f32,channels=2,checksum=crc32",
          "cobs:number=i16,channels=4,checksum=crc16-modbus", "slip:number=f32,channels=2"})
        QTest::newRow(word) << QByteArray(word);
}

void TestWireDetection::recognisesTheTypeOfNumbers()
{
    QFETCH(QByteArray, word);
    const WireFormat format = formatOf(word);
    const std::string bytes
        = stint::test::wireBytes(format, stint::test::wireSeries(format, 300, format.channels));
    std::string expected = word.toStdString();
    std::string got = named(detect(bytes.substr(5, 2048)));
    // Whether numbers that never come near half their range have a sign cannot be seen.
    const auto withoutSign = [](std::string text) {
        for (const char* const type : {"number=u16", "number=u32"})
            if (const auto at = text.find(type); at != std::string::npos)
                text[at + 7] = 'i';
        return text;
    };
    QCOMPARE(withoutSign(got), withoutSign(expected));
}

void TestWireDetection::refusesWhatHasNoMarks_data()
{
    QTest::addColumn<QByteArray>("word");
    for (const char* const word :
         {"raw:number=f32,channels=3", "raw:number=f32,channels=1", "raw:number=i16,channels=2",
          "raw:number=u8,channels=4", "raw:number=f64,channels=2", "raw:number=i32,channels=3",
          "raw:number=u16,endian=big,channels=6"})
        QTest::newRow(word) << QByteArray(word);
}

void TestWireDetection::refusesWhatHasNoMarks()
{
    QFETCH(QByteArray, word);
    const WireFormat format = formatOf(word);
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U})
        for (const std::size_t size : {512U, 2048U, 4096U}) {
            const auto series = stint::test::wireSeries(format, 2000, format.channels, seed);
            const std::string bytes = stint::test::wireBytes(format, series).substr(seed, size);
            const WireGuess guess = detect(bytes);
            QVERIFY2(!guess.format, named(guess).c_str());
            QVERIFY(guess.sentence.find("another rate") != std::string::npos);
            QVERIFY(guess.sentence.find("describe the numbers yourself") != std::string::npos);
        }
}

void TestWireDetection::refusesNoiseOfAWrongRate_data()
{
    QTest::addColumn<QByteArray>("word");
    for (const char* const word : {"csv", "labels", "json", "teleplot", "nmea", "random"})
        QTest::newRow(word) << QByteArray(word);
}

void TestWireDetection::refusesNoiseOfAWrongRate()
{
    QFETCH(QByteArray, word);
    for (const double rate : {0.5, 0.0833, 0.25, 0.333, 0.6667, 1.5, 2.0, 3.0, 4.0, 12.0})
        for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
            std::string noise = stint::test::randomBytes(4096, seed);
            if (word != "random") {
                const WireFormat format = formatOf(word);
                const auto series = stint::test::wireSeries(format, 400, 3, seed);
                noise = stint::test::wrongRateBytes(
                    stint::test::wireBytes(format, series).substr(0, 10000), rate, seed);
            }
            for (const std::size_t size : {512U, 2048U, 4096U}) {
                const std::string bytes = noise.substr(0, size);
                if (bytes.size() < stint::fewestBytesToDetect)
                    continue;
                const WireGuess guess = detect(bytes);
                QVERIFY2(!guess.format,
                         qPrintable(QStringLiteral("%1 at %2 times the rate, %3 bytes")
                                        .arg(QString::fromStdString(named(guess)))
                                        .arg(rate)
                                        .arg(bytes.size())));
            }
        }
}

void TestWireDetection::namesMavlink_data()
{
    QTest::addColumn<int>("offset");
    QTest::addColumn<int>("size");
    for (const int size : {512, 2048, 4096})
        for (const int offset : {0, 5, 17, 60})
            QTest::addRow("%d bytes from %d", size, offset) << offset << size;
}

void TestWireDetection::namesMavlink()
{
    QFETCH(int, offset);
    QFETCH(int, size);
    const std::string bytes = stint::test::mavlinkBytes(300, 3);
    const WireGuess guess = detect(stint::test::withBrokenBytes(
        bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size)), 0.001, 9));
    QVERIFY(!guess.format);
    QVERIFY2(guess.sentence.find("MAVLink") != std::string::npos, guess.sentence.c_str());
}

void TestWireDetection::looksBehindTheNoiseOfABootLoader()
{
    const WireFormat format = formatOf("csv");
    const std::string bytes
        = stint::test::wireBytes(format, stint::test::wireSeries(format, 100, 3));
    const WireGuess guess = detect(stint::test::randomBytes(150, 1) + bytes.substr(0, 700));
    QCOMPARE(named(guess), std::string("csv"));
}

void TestWireDetection::showsOneLine()
{
    const WireGuess guess = detect(stint::test::espBootText()
                                   + "1.5,2\r\n3,4\r\n5,6\r\n7,8\r\n9,1\r\n2,3\r\n3,4\r\n"
                                     "5,6\r\n7,8\r\n9,1\r\n2,3\r\n3,4\r\n9,1\r\n2,3\r\n3,"
                                     "4\r\n7.25,8\r\n1.2");
    QCOMPARE(named(guess), std::string("csv"));
    QCOMPARE(guess.sample, std::string("7.25,8"));
    QCOMPARE(guess.channels, 2);
    QCOMPARE(guess.sentence, std::string("Looks like text with commas, decimal point."));
    QVERIFY(guess.confidence > 0.5 && guess.confidence <= 1.0);
}

void TestWireDetection::refusesTextWithoutNumbers()
{
    std::string text;
    for (int i = 0; i < 30; ++i)
        text += "The quick brown fox jumps over the lazy dog, again\r\n";
    const WireGuess guess = detect(text);
    QVERIFY2(!guess.format, named(guess).c_str());
    QVERIFY(guess.sentence.find("text") != std::string::npos);
    QVERIFY(!detect(stint::test::espBootText() + stint::test::espBootText()).format);
}

void TestWireDetection::waitsForEnoughBytes()
{
    const WireGuess guess = detect("1,2\n1,2\n");
    QVERIFY(!guess.format);
    QVERIFY(guess.sentence.find("Too few") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestWireDetection)
#include "tst_wire_detection.moc"
