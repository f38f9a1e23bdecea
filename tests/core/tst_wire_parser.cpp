#include "core/wire/wire_parser.h"
#include "tests/support/wire_reading.h"
#include "tests/support/wire_samples.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using stint::Index;
using stint::WireChecksum;
using stint::WireFormat;
using stint::WireKind;
using stint::WireParser;
using stint::WireRows;
using stint::test::NamedRow;
using stint::test::readWire;
using stint::test::WireReading;
using stint::test::WireSeries;

namespace {

constexpr const char* allFormats[] = {
    "csv",
    "csv:;,",
    "csv:tab",
    "csv:space",
    "labels",
    "labels:decimal=comma",
    "teleplot",
    "json",
    "comment",
    "comment:delimiter=semicolon,checksum=crc16",
    "comment:checksum=crc32",
    "dollar",
    "nmea",
    "frame:sync=AABB,size=1,number=f32,channels=3,checksum=sum8",
    "frame:sync=AABB,size=0,payload=6,number=i16,channels=3",
    "frame:sync=AA55,size=2,number=u16,endian=big,channels=3,checksum=crc16",
    "frame:sync=A5,size=2,size-endian=big,number=f64,channels=3,checksum=crc32",
    "cobs:number=f32,channels=3",
    "cobs:number=i32,channels=3,checksum=crc16-modbus",
    "slip:number=i16,channels=3,checksum=crc8",
    "slip:number=f32,channels=3",
    "raw:number=f32,channels=3",
};

WireFormat formatOf(const QByteArray& text)
{
    const auto format = stint::parseWireFormat(text.toStdString());
    if (!format)
        qFatal("%s", format.error().message.c_str());
    return *format;
}

bool sure(const WireFormat& format)
{
    return format.checksum != WireChecksum::None || format.kind == WireKind::Nmea;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// The value that a row gives for a channel of the series: by its name, or by its place.
double sent(const NamedRow& row, const WireSeries& series, std::size_t channel)
{
    for (std::size_t i = 0; i < row.channels.size(); ++i) {
        const std::string& name = row.channels[i].name;
        if (name == series.names[channel] || name == "in/" + series.names[channel])
            return row.values[i];
    }
    const bool byPlace = !row.channels.empty()
        && (row.channels[0].name.starts_with("value ")
            || row.channels[0].name.starts_with("PSENS "));
    return byPlace && channel < row.values.size() ? row.values[channel]
                                                  : std::numeric_limits<double>::quiet_NaN();
}

/// How many channels differ from what was sent; channels that are missing are counted apart.
struct Difference {
    int wrong = 0;
    int missing = 0;
};

Difference difference(const NamedRow& row, const WireSeries& series, Index sample)
{
    Difference found;
    for (std::size_t c = 0; c < series.names.size(); ++c) {
        const double value = sent(row, series, c);
        const double expected
            = series.values[static_cast<std::size_t>(sample) * series.names.size() + c];
        if (std::isnan(value))
            ++found.missing;
        else if (value != expected)
            ++found.wrong;
    }
    return found;
}

bool equalReadings(const WireReading& a, const WireReading& b)
{
    const auto sameRow = [](const NamedRow& x, const NamedRow& y) {
        return x.layout == y.layout && x.channels == y.channels && same(x.deviceTime, y.deviceTime)
            && std::equal(x.values.begin(), x.values.end(), y.values.begin(), y.values.end(), same);
    };
    return std::equal(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(), sameRow)
        && a.counts.bytes == b.counts.bytes && a.counts.rows == b.counts.rows
        && a.counts.badLines == b.counts.badLines && a.counts.lastBad == b.counts.lastBad
        && a.counts.lastBadWhy == b.counts.lastBadWhy && a.fit == b.fit;
}

} // namespace

class TestWireParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatWasSent_data();
    void givesBackWhatWasSent();
    void keepsWhatWasNotHit_data();
    void keepsWhatWasNotHit();
    void doesNotMindWhereTheStreamIsCut_data();
    void doesNotMindWhereTheStreamIsCut();
    void passesOverALineOfMegabytes_data();
    void passesOverALineOfMegabytes();
    void survivesBytesWithoutOrder_data();
    void survivesBytesWithoutOrder();
    void growsNoMemoryFromFewBytes();
    void saysInPrintWhatWasNoSample();
    void groupsTeleplotLinesToRows();
    void groupsTeleplotLinesWithoutTimesByTheirMoment();
    void readsTeleplotLinesOfEveryShape();
    void readsJsonOfEveryShape_data();
    void readsJsonOfEveryShape();
    void aBrokenJsonObjectDoesNotTakeTheNextOneWithIt_data();
    void aBrokenJsonObjectDoesNotTakeTheNextOneWithIt();
    void aSyncWordWithAByteBetweenIsNone();
    void findsAFrameInsideABrokenOne();
    void aBrokenSizeHoldsNothingUp();
    void readsSeveralSamplesOfAFrame();
    void fitTellsThatTheFormatChanged();
};

void TestWireParser::givesBackWhatWasSent_data()
{
    QTest::addColumn<QByteArray>("word");
    QTest::addColumn<bool>("boot");
    for (const char* const word : allFormats) {
        QTest::newRow(word) << QByteArray(word) << false;
        if (!QByteArray(word).startsWith("raw"))
            QTest::newRow(qPrintable(QStringLiteral("boot text, ") + QLatin1String(word)))
                << QByteArray(word) << true;
    }
}

void TestWireParser::givesBackWhatWasSent()
{
    QFETCH(QByteArray, word);
    QFETCH(bool, boot);
    const WireFormat format = formatOf(word);
    const WireSeries series = stint::test::wireSeries(format, 300, 3);
    const std::string bytes = stint::test::wireBytes(format, series);
    const WireReading read = readWire(format, (boot ? stint::test::espBootText() : "") + bytes);
    // The first sample may be taken for the rest of one; after boot text, one of SLIP and COBS is
    // joined to it.
    QVERIFY2(read.rows.size() >= 299, qPrintable(QString::number(read.rows.size())));
    QVERIFY(read.rows.size() <= 300);
    const Index first = 300 - static_cast<Index>(read.rows.size());
    for (std::size_t r = 0; r < read.rows.size(); ++r) {
        const Difference found = difference(read.rows[r], series, first + static_cast<Index>(r));
        // The first row of a stream whose values have names may have fewer of them.
        QCOMPARE(found.wrong, 0);
        QCOMPARE(found.missing, 0);
    }
    QCOMPARE(read.rows.back().channels.size(), 3U);
    QCOMPARE(read.counts.rows, read.rows.size());
    if (!boot)
        QCOMPARE(read.counts.badLines, 0U);
    if (format.kind == WireKind::Teleplot || format.kind == WireKind::Json)
        QCOMPARE(read.rows.back().deviceTime, (1000.0 + 10.0 * 299.0) / 1000.0);
}

void TestWireParser::keepsWhatWasNotHit_data()
{
    QTest::addColumn<QByteArray>("word");
    QTest::addColumn<double>("part");
    for (const char* const word : allFormats)
        for (const double part : {0.001, 0.005})
            if (!QByteArray(word).startsWith("raw"))
                QTest::addRow("%s, %g", word, part) << QByteArray(word) << part;
}

void TestWireParser::keepsWhatWasNotHit()
{
    QFETCH(QByteArray, word);
    QFETCH(double, part);
    const WireFormat format = formatOf(word);
    const WireSeries series = stint::test::wireSeries(format, 2000, 3);
    const std::string head = stint::test::wireBytes(format, stint::test::wireSeries(format, 20, 3));
    std::string bytes = head;
    std::vector<std::size_t> starts;
    for (Index row = 0; row < series.rows(); ++row) {
        starts.push_back(bytes.size());
        bytes += stint::test::wireSample(format, series, row);
    }
    starts.push_back(bytes.size());
    std::vector<std::uint8_t> hit;
    // The head stays whole, so that the channels are known.
    const std::string broken
        = head + stint::test::withBrokenBytes(bytes.substr(head.size()), part, 7, &hit);
    std::vector<int> hits;
    for (std::size_t row = 0; row + 1 < starts.size(); ++row)
        hits.push_back(static_cast<int>(std::count(
            hit.begin() + static_cast<std::ptrdiff_t>(starts[row] - head.size()),
            hit.begin() + static_cast<std::ptrdiff_t>(starts[row + 1] - head.size()), 1)));

    const WireReading read = readWire(format, broken);
    std::vector<bool> got(hits.size(), false);
    Index next = 0;
    int wrongRows = 0;
    for (std::size_t r = 20; r < read.rows.size(); ++r) {
        const NamedRow& row = read.rows[r];
        bool explained = false;
        for (Index pass = 0; pass < 2 && !explained; ++pass)
            for (Index at = std::max<Index>(next - 1, 0);
                 at < std::min<Index>(next + 12, series.rows()) && !explained; ++at) {
                const Difference found = difference(row, series, at);
                const int near = hits[static_cast<std::size_t>(at)]
                    + (at > 0 ? hits[static_cast<std::size_t>(at) - 1] : 0);
                const bool exact = found.wrong == 0 && found.missing == 0;
                if (pass == 0 ? !exact : found.wrong > 2 * near || near == 0)
                    continue;
                explained = true;
                got[static_cast<std::size_t>(at)] = got[static_cast<std::size_t>(at)] || exact;
                wrongRows += found.wrong > 0 ? 1 : 0;
                next = at + 1;
            }
        QVERIFY2(explained, qPrintable(QStringLiteral("row %1 near sample %2").arg(r).arg(next)));
    }
    if (sure(format))
        QCOMPARE(wrongRows, 0);
    // A sample may only be lost if it or a neighbour was hit.
    int lost = 0;
    for (std::size_t i = 1; i + 1 < hits.size(); ++i)
        if (!got[i] && hits[i] == 0 && hits[i - 1] == 0 && hits[i + 1] == 0)
            ++lost;
    QVERIFY2(lost <= 2, qPrintable(QString::number(lost)));
    QVERIFY(read.rows.size() > 1500);
}

void TestWireParser::doesNotMindWhereTheStreamIsCut_data()
{
    QTest::addColumn<QByteArray>("word");
    for (const char* const word : allFormats)
        QTest::newRow(word) << QByteArray(word);
}

void TestWireParser::doesNotMindWhereTheStreamIsCut()
{
    QFETCH(QByteArray, word);
    const WireFormat format = formatOf(word);
    const std::string clean = stint::test::wireBytes(format, stint::test::wireSeries(format, 60, 3))
        + stint::test::wireBytes(format, stint::test::wireSeries(format, 8, 4))
        + stint::test::wireBytes(format, stint::test::wireSeries(format, 8, 3));
    const std::string bytes = stint::test::espBootText()
        + stint::test::withBrokenBytes(clean, 0.004, 3) + stint::test::randomBytes(600, 4) + clean;
    const WireReading whole = readWire(format, bytes);
    QVERIFY(whole.rows.size() > 60);
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 1000U})
        QVERIFY2(equalReadings(readWire(format, bytes, piece), whole),
                 qPrintable(QStringLiteral("pieces of %1 bytes").arg(piece)));
    // Two pieces, cut at every byte of the first samples.
    const std::string start = bytes.substr(0, 900);
    const WireReading short1 = readWire(format, start);
    for (std::size_t cut = 1; cut < start.size(); ++cut) {
        WireParser parser(format);
        WireReading read;
        stint::test::readOn(parser, start.substr(0, cut), read);
        stint::test::readOn(parser, start.substr(cut), read);
        QVERIFY(read.rows.size() == short1.rows.size() || format.kind == WireKind::Teleplot);
    }
}

void TestWireParser::passesOverALineOfMegabytes_data() { doesNotMindWhereTheStreamIsCut_data(); }

void TestWireParser::passesOverALineOfMegabytes()
{
    QFETCH(QByteArray, word);
    const WireFormat format = formatOf(word);
    const WireSeries series = stint::test::wireSeries(format, 50, 3);
    const std::string clean = stint::test::wireBytes(format, series);
    std::string line(3 * (1U << 20U), '1');
    if (format.kind == WireKind::Json)
        line = "{\"a\":" + line;
    else if (format.kind == WireKind::CommentFrame)
        line = "/*" + line;
    else if (format.kind == WireKind::DollarFrame)
        line = "$" + line;
    else if (format.kind == WireKind::RawBinary)
        QSKIP("numbers without marks have no lines");
    const std::string end = format.kind == WireKind::Cobs ? std::string(1, '\0')
        : format.kind == WireKind::Slip                   ? std::string("\xC0")
                                                          : std::string("\r\n");
    const std::string bytes = clean + line + end + clean;
    const WireReading read = readWire(format, bytes);
    QVERIFY2(read.rows.size() >= 98, qPrintable(QString::number(read.rows.size())));
    QVERIFY(read.counts.badLines >= 1);
    QCOMPARE(difference(read.rows.back(), series, 49).wrong, 0);
    QVERIFY(equalReadings(readWire(format, bytes, 4099), read));
}

void TestWireParser::survivesBytesWithoutOrder_data() { doesNotMindWhereTheStreamIsCut_data(); }

void TestWireParser::survivesBytesWithoutOrder()
{
    QFETCH(QByteArray, word);
    const WireFormat format = formatOf(word);
    const std::string bytes = stint::test::randomBytes(60000, 5);
    const WireReading read = readWire(format, bytes);
    QCOMPARE(read.counts.bytes, bytes.size());
    QVERIFY(read.counts.lastBad.size() <= 120);
    QVERIFY(equalReadings(readWire(format, bytes, 97), read));
    if (sure(format) && format.checksum != WireChecksum::Sum8)
        QVERIFY2(read.rows.size() < 20, qPrintable(QString::number(read.rows.size())));
}

void TestWireParser::growsNoMemoryFromFewBytes()
{
    // A thousand labels, then rows that have only one of them.
    std::string bytes = "\n";
    for (int i = 0; i < 2000; ++i)
        bytes += "l" + std::to_string(i) + ":1,";
    bytes += "\n";
    for (int i = 0; i < 900; ++i)
        bytes += (i == 0 ? "" : ",") + std::string("k") + std::to_string(i) + ":1";
    bytes += "\n";
    for (int i = 0; i < 50000; ++i)
        bytes += "k1:1\n";
    WireParser parser(formatOf("labels"));
    WireRows rows;
    std::span<const std::uint8_t> rest(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                       bytes.size());
    std::size_t most = 0;
    std::uint64_t count = 0;
    while (!rest.empty()) {
        rest = rest.subspan(parser.parse(rest, 0.0, rows));
        most = std::max(most, rows.values.size());
        count += static_cast<std::uint64_t>(rows.rows);
    }
    QVERIFY(most <= (1U << 20U));
    QCOMPARE(count, 50001U);
}

void TestWireParser::saysInPrintWhatWasNoSample()
{
    const WireReading read = readWire(formatOf("csv"), "\n1,2\n\xFF\x01zz\xC3(\t!\n1,2\n");
    QCOMPARE(read.rows.size(), 2U);
    QCOMPARE(read.counts.badLines, 1U);
    const QString shown = QString::fromStdString(read.counts.lastBad);
    QVERIFY2(shown == QStringLiteral("FF 01 7A 7A C3 28 09 21")
                 || shown == QStringLiteral("\\xFF\\x01zz\\xC3( !"),
             qPrintable(shown));
    QCOMPARE(read.counts.sampleBytes, 6U);
}

void TestWireParser::groupsTeleplotLinesToRows()
{
    const WireReading read = readWire(formatOf("teleplot"),
                                      ">a:1000:1\n>b:1000:2\n>a:1010:3\n>b:1010:4\nlog\n>a:1020:5");
    QCOMPARE(read.rows.size(), 2U);
    QCOMPARE(read.value(0, "a"), 1.0);
    QCOMPARE(read.value(0, "b"), 2.0);
    QCOMPARE(read.value(1, "b"), 4.0);
    QCOMPARE(read.rows[1].deviceTime, 1.01);
    QCOMPARE(read.counts.badLines, 1U);
}

void TestWireParser::groupsTeleplotLinesWithoutTimesByTheirMoment()
{
    WireParser parser(formatOf("teleplot"));
    WireReading read;
    stint::test::readOn(parser, ">a:1\n>b:2\n", read, 0.0);
    QCOMPARE(read.rows.size(), 0U);
    stint::test::readOn(parser, ">a:3\n", read, 0.1);
    QCOMPARE(read.rows.size(), 1U);
    // The second group looks like the first one, so nothing more is waited for.
    stint::test::readOn(parser, ">b:4\n", read, 0.11);
    QCOMPARE(read.rows.size(), 2U);
    QCOMPARE(read.value(1, "a"), 3.0);
    QCOMPARE(read.value(1, "b"), 4.0);
    // One that stays alone comes out when its moment has passed, without another byte.
    stint::test::readOn(parser, ">a:5\n", read, 0.2);
    QCOMPARE(read.rows.size(), 2U);
    WireRows rows;
    QCOMPARE(parser.parse({}, 0.3, rows), 0U);
    QCOMPARE(rows.rows, 1);
    QVERIFY(std::isnan(rows.values[1]));
}

void TestWireParser::readsTeleplotLinesOfEveryShape()
{
    const WireReading read = readWire(
        formatOf("teleplot"),
        ">speed of it,w:12.5\xC2\xA7km/h|g\n>:a log\n>traj:1:1;2:2|xy\n3D|x\n>3D|c:S:cube\n"
        ">state:on|t\n>many:1000:1;1010:2;1020:3\n");
    QCOMPARE(read.rows.size(), 4U);
    QCOMPARE(read.value(0, "speed of it"), 12.5);
    QCOMPARE(read.rows[0].channels[0].unit, std::string("km/h"));
    QCOMPARE(read.value(3, "many"), 3.0);
    QCOMPARE(read.rows[3].deviceTime, 1.02);
    QCOMPARE(read.counts.badLines, 1U);
}

void TestWireParser::readsJsonOfEveryShape_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<QList<double>>("values");
    const auto row
        = [](const char* trait, const char* text, const char* names, const QList<double>& values) {
              QTest::newRow(trait) << QByteArray(text) << QByteArray(names) << values;
          };
    row("nested", R"({"s":{"t":23.5,"h":{"x":1}},"k":-1e2})", "s/t,s/h/x,k", {23.5, 1, -100});
    row("arrays", R"({"acc":[1,2.5,[3]]})", "acc/0,acc/1,acc/2/0", {1, 2.5, 3});
    row("other types", R"({"a":true,"b":false,"c":"text","d":"4.5"})", "a,b,d", {1, 0, 4.5});
    row("braces in texts", R"({"a":"}{\"","b":2})", "b", {2});
    row("escaped names", R"({"\u00b0C \"x\"":2})",
        "\xC2\xB0"
        "C \"x\"",
        {2});
    row("over several lines", "{\n  \"a\": 1,\n  \"b\": [\n {\"c\": 2}\n ]\n}", "a,b/0/c", {1, 2});
    row("back to back", R"({"a":1}{"a":2})", "a", {2});
    row("behind a message", R"(I (123) sensor: {"a":1})", "a", {1});
}

void TestWireParser::readsJsonOfEveryShape()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, names);
    QFETCH(QList<double>, values);
    const WireReading read = readWire(formatOf("json"), "x\n" + text.toStdString());
    QVERIFY(!read.rows.empty());
    QByteArray joined;
    for (const auto& channel : read.rows.back().channels)
        joined += (joined.isEmpty() ? "" : ",") + QByteArray::fromStdString(channel.name);
    QCOMPARE(joined, names);
    QCOMPARE(QList<double>(read.rows.back().values.begin(), read.rows.back().values.end()), values);
}

void TestWireParser::aBrokenJsonObjectDoesNotTakeTheNextOneWithIt_data()
{
    QTest::addColumn<QByteArray>("broken");
    QTest::newRow("without its end") << QByteArray(R"({"a":9,"b":{"c":9)");
    QTest::newRow("a quotation mark lost") << QByteArray(R"({"a":9,"b:{"c":9}})");
    QTest::newRow("its brace lost") << QByteArray(R"(x"a":9,"b":{"a":9}})");
    QTest::newRow("a comma lost") << QByteArray(R"({"a":9"b":{"a":9}})");
    QTest::newRow("a bracket for a brace") << QByteArray(R"({"a":9,"b":["a":9}})");
    QTest::newRow("no number") << QByteArray(R"({"a":9x,"b":{"a":9}})");
    QTest::newRow("the rest of one") << QByteArray(R"(9,"b":{"a":9}})");
}

void TestWireParser::aBrokenJsonObjectDoesNotTakeTheNextOneWithIt()
{
    QFETCH(QByteArray, broken);
    const std::string good = R"({"a":1,"b":{"c":2}})"
                             "\n";
    const WireReading read
        = readWire(formatOf("json"), "\n" + good + broken.toStdString() + "\n" + good);
    QCOMPARE(read.rows.size(), 2U);
    QCOMPARE(read.rows[1].values, (std::vector<double> {1, 2}));
    QVERIFY(read.counts.badLines >= 1);
    const WireReading first = readWire(formatOf("json"), broken.toStdString() + "\n" + good);
    QCOMPARE(first.rows.size(), 1U);
    QCOMPARE(first.rows[0].values, (std::vector<double> {1, 2}));
}

void TestWireParser::aSyncWordWithAByteBetweenIsNone()
{
    const WireFormat format
        = formatOf("frame:sync=AABB,size=0,payload=2,number=u8,channels=2,checksum=sum8");
    const std::string frame = "\xAA\xBB\x01\x02\x03";
    const WireReading read
        = readWire(format, frame + "\xAA\x77\xBB\x05\x06\x0B" + frame + "\xAA" + frame);
    QCOMPARE(read.rows.size(), 3U);
    for (const NamedRow& row : read.rows)
        QCOMPARE(row.values, (std::vector<double> {1, 2}));
}

void TestWireParser::findsAFrameInsideABrokenOne()
{
    const WireFormat format = formatOf("frame:sync=AABB,size=1,number=u8,channels=2,checksum=sum8");
    const std::string frame("\xAA\xBB\x02\x01\x02\x03", 6);
    // Bytes were lost: the next frame begins where the payload should be.
    const WireReading read = readWire(format, frame + frame.substr(0, 4) + frame + frame);
    QCOMPARE(read.rows.size(), 3U);
    QVERIFY(read.counts.badLines >= 1);
}

void TestWireParser::aBrokenSizeHoldsNothingUp()
{
    const WireFormat format
        = formatOf("frame:sync=AABB,size=2,number=f32,channels=3,checksum=crc16");
    const WireSeries series = stint::test::wireSeries(format, 30, 3);
    std::string bytes = stint::test::wireBytes(format, series);
    const std::string one = stint::test::wireSample(format, series, 0);
    bytes[20 * one.size() + 3] = '\xF0'; // a size of 61452 bytes, whole samples
    const WireReading read = readWire(format, bytes);
    QCOMPARE(read.rows.size(), 29U);
}

void TestWireParser::readsSeveralSamplesOfAFrame()
{
    const WireFormat format = formatOf("frame:sync=AABB,size=1,number=u8,channels=2,checksum=xor8");
    const std::string frame("\xAA\xBB\x04\x01\x02\x03\x04\x04", 8);
    const WireReading read = readWire(format, frame);
    QCOMPARE(read.rows.size(), 2U);
    QCOMPARE(read.rows[1].values, (std::vector<double> {3, 4}));
}

void TestWireParser::fitTellsThatTheFormatChanged()
{
    WireParser parser(formatOf("csv"));
    WireReading read;
    std::string bytes = "\n";
    for (int i = 0; i < 100; ++i)
        bytes += "1,2\n";
    stint::test::readOn(parser, bytes, read);
    QCOMPARE(read.fit, 1.0);
    for (int i = 0; i < 40; ++i)
        stint::test::readOn(parser, "{\"a\":1}\n", read);
    QVERIFY(read.fit < 0.5);
}

QTEST_APPLESS_MAIN(TestWireParser)
#include "tst_wire_parser.moc"
