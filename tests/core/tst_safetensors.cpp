#include "core/model/safetensors.h"

#include <QTest>

#include <array>
#include <cstring>
#include <string>

using namespace stint;

namespace {

/// A file image from its two parts; the length in front may lie.
std::string image(const std::string& header, const std::string& data,
                  std::optional<std::uint64_t> length = std::nullopt)
{
    const std::uint64_t written = length.value_or(header.size());
    std::string file(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        file[i] = static_cast<char>((written >> (8 * i)) & 0xFFU);
    return file + header + data;
}

std::string entry(const std::string& name, const std::string& type, const std::string& shape,
                  const std::string& offsets)
{
    return "\"" + name + R"(":{"dtype":)" + type + R"(,"shape":)" + shape + R"(,"data_offsets":)"
        + offsets + "}";
}

std::string header(const std::string& entries) { return "{" + entries + "}"; }

/// Two tensors of four bytes, so that data of 8 bytes fits.
std::string two(const std::string& first, const std::string& second)
{
    return header(entry("a", "\"F32\"", "[1]", first) + ","
                  + entry("b", "\"U8\"", "[2,2]", second));
}

TensorFile example()
{
    const std::array<float, 6> floats {1.0F, -2.5F, 0.0F, 1e-40F, 3e38F, 7.0F};
    const std::array<double, 3> doubles {0.1, -1e300, 5e-324};
    TensorFile file;
    file.metadata = {{"format", "stint"}, {"text", "line\nü \"quoted\""}};
    file.tensors["z/weight"] = Tensor::ofFloats({2, 3}, floats);
    file.tensors["a.intercept"] = Tensor::ofDoubles({3}, doubles);
    file.tensors["bits"] = Tensor::ofBytes({1, 5}, {1, 2, 255, 0, 128});
    file.tensors["empty"] = Tensor::ofFloats({0, 4}, {});
    file.tensors["scalar"] = Tensor::ofFloats({}, {floats.data(), 1});
    return file;
}

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsRead();
    void theLayoutIsThatOfTheFormat();
    void aFileOfAnotherProgramIsRead();
    void damageIsRefused_data();
    void damageIsRefused();
    void everyTruncationIsRefused();
    void everyFlippedBitOfTheHeaderIsSurvived();
    void typesAreNotMixedUp();
    void tensorsWithoutElementsAreRead();
};

void TestSafetensors::whatIsWrittenIsRead()
{
    const TensorFile file = example();
    const std::string written = serialiseTensors(file);
    const auto read = parseTensors(written);
    QVERIFY(read.ok());
    QVERIFY(read->metadata == file.metadata);
    QCOMPARE(read->tensors.size(), file.tensors.size());
    for (const auto& [name, tensor] : file.tensors) {
        const Tensor& back = read->tensors.at(name);
        QVERIFY(back.type == tensor.type);
        QVERIFY(back.shape == tensor.shape);
        QVERIFY(back.bytes == tensor.bytes);
    }
    QCOMPARE(serialiseTensors(*read), written);
}

void TestSafetensors::theLayoutIsThatOfTheFormat()
{
    TensorFile file;
    file.tensors["b"] = Tensor::ofBytes({2}, {7, 9});
    const std::array<float, 1> one {1.0F};
    file.tensors["a"] = Tensor::ofFloats({1}, one);
    const std::string written = serialiseTensors(file);
    std::uint64_t length = 0;
    std::memcpy(&length, written.data(), 8);
    QCOMPARE(length % 8, std::uint64_t {0});
    QCOMPARE(written.size(), 8 + length + 6);
    QCOMPARE(written.substr(8 + length), std::string("\x00\x00\x80\x3f\x07\x09", 6));
    QCOMPARE(written[8], '{');
}

void TestSafetensors::aFileOfAnotherProgramIsRead()
{
    // Entries in another order than their names, no metadata, blanks behind the header.
    const auto read
        = parseTensors(image(two("[4,8]", "[0,4]") + "   ", std::string("\1\2\3\4\0\0\0\0", 8)));
    QVERIFY(read.ok());
    QVERIFY(read->metadata.empty());
    QVERIFY(read->tensors.at("b").bytes == (std::vector<std::uint8_t> {1, 2, 3, 4}));
    QCOMPARE(read->tensors.at("a").floats().size(), std::size_t {1});
}

void TestSafetensors::damageIsRefused_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* trait, const std::string& file, const char* word) {
        QTest::newRow(trait) << QByteArray::fromStdString(file) << QString::fromLatin1(word);
    };
    const std::string data(8, '\0');
    const auto single
        = [&data](const std::string& type, const std::string& shape, const std::string& offsets) {
              return image(header(entry("a", type, shape, offsets)), data);
          };
    row("nothing", "", "short");
    row("seven bytes", "1234567", "short");
    row("picture", "\x89PNG\r\n\x1a\n" + std::string(40, '\0'), "start");
    row("text", "time,flow,pressure\n0,1,2\n1,2,3\n", "start");
    row("header length zero", image(two("[0,4]", "[4,8]"), data, 0), "start");
    row("header length beyond the file", image(two("[0,4]", "[4,8]"), data, 5000), "cut short");
    row("header length that overflows", image(two("[0,4]", "[4,8]"), data, ~0ULL), "start");
    row("header length one too small",
        image(two("[0,4]", "[4,8]"), data, two("[0,4]", "[4,8]").size() - 1), "header");
    row("header is a list", image("[1,2,3]     ", data), "start");
    row("header is not JSON", image("{\"a\":", data), "header");
    row("header of open brackets", image("{\"a\":" + std::string(200'000, '['), data), "header");
    row("metadata is a number", image(R"({"__metadata__":5})", ""), "metadata");
    row("metadata holds a number", image(R"({"__metadata__":{"k":5}})", ""), "not text");
    row("entry is a number", image(R"({"a":1})", data), "not described");
    row("entry without type", image(R"({"a":{"shape":[2],"data_offsets":[0,8]}})", data),
        "not described");
    row("type is a number", single("4", "[2]", "[0,8]"), "not described");
    row("unknown type", single("\"F8_E4M3\"", "[8]", "[0,8]"), "type");
    row("shape is a number", single("\"F32\"", "2", "[0,8]"), "shape");
    row("shape is an object", single("\"F32\"", R"({"a":2})", "[0,8]"), "shape");
    row("shape is missing", single("\"F32\"", "null", "[0,8]"), "shape");
    row("negative extent", single("\"F32\"", "[-2]", "[0,8]"), "shape");
    row("extent is a fraction", single("\"F32\"", "[2.5]", "[0,8]"), "shape");
    row("extents whose product overflows", single("\"F64\"", "[4294967296,4294967296]", "[0,8]"),
        "length");
    row("extent beyond 63 bits", single("\"U8\"", "[18446744073709551615]", "[0,8]"), "length");
    row("huge extent", single("\"F32\"", "[4611686018427387904]", "[0,8]"), "length");
    row("extents that wrap to the length", single("\"F32\"", "[9223372036854775810]", "[0,8]"),
        "length");
    row("too many dimensions", single("\"U8\"", "[8,1,1,1,1,1,1,1,1,1]", "[0,8]"), "shape");
    row("one offset", single("\"F32\"", "[2]", "[0]"), "place");
    row("offsets are text", single("\"F32\"", "[2]", R"(["0","8"])"), "place");
    row("negative offset", single("\"F32\"", "[2]", "[-8,0]"), "place");
    row("offsets the wrong way round", single("\"F32\"", "[2]", "[8,0]"), "length");
    row("offsets shorter than the shape", single("\"F32\"", "[2]", "[0,4]"), "length");
    row("offsets beyond the file", single("\"F32\"", "[400000000000]", "[0,1600000000000]"),
        "cut short");
    row("overlap", image(two("[0,4]", "[2,6]"), data), "overlap");
    row("same place", image(two("[0,4]", "[0,4]"), data.substr(4)), "overlap");
    row("gap", image(two("[0,4]", "[5,9]"), data + "x"), "gap");
    row("gap at the start", image(two("[1,5]", "[5,9]"), data + "x"), "gap");
    row("bytes behind the last tensor", image(two("[0,4]", "[4,8]"), data + "x"), "behind");
    row("one byte short", image(two("[0,4]", "[4,8]"), data.substr(1)), "cut short");
}

void TestSafetensors::damageIsRefused()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, word);
    const auto read = parseTensors(file.toStdString());
    QVERIFY(!read.ok());
    const QString why = QString::fromStdString(read.error().message);
    QVERIFY2(why.contains(word), qPrintable(why));
}

void TestSafetensors::everyTruncationIsRefused()
{
    const std::string written = serialiseTensors(example());
    for (std::size_t size = 0; size < written.size(); ++size)
        QVERIFY(!parseTensors(std::string_view(written).substr(0, size)).ok());
}

/// A flipped bit may leave a valid header, for example in a name, but never tensors that reach
/// beyond the file.
void TestSafetensors::everyFlippedBitOfTheHeaderIsSurvived()
{
    const std::string written = serialiseTensors(example());
    std::uint64_t length = 0;
    std::memcpy(&length, written.data(), 8);
    std::size_t total = written.size() - 8 - length;
    int refused = 0;
    for (std::size_t at = 0; at < 8 + length; ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string flipped = written;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            const auto read = parseTensors(flipped);
            if (!read) {
                QVERIFY(!read.error().message.empty());
                ++refused;
                continue;
            }
            std::size_t bytes = 0;
            for (const auto& [name, tensor] : read->tensors)
                bytes += tensor.bytes.size();
            QCOMPARE(bytes, total);
        }
    }
    QVERIFY(refused > 1000);
}

void TestSafetensors::typesAreNotMixedUp()
{
    const TensorFile file = example();
    QVERIFY(file.tensors.at("z/weight").doubles().empty());
    QVERIFY(file.tensors.at("a.intercept").floats().empty());
    QVERIFY(file.tensors.at("bits").floats().empty());
    QCOMPARE(file.tensors.at("z/weight").floats().size(), std::size_t {6});
    QCOMPARE(file.tensors.at("a.intercept").doubles().size(), std::size_t {3});
}

void TestSafetensors::tensorsWithoutElementsAreRead()
{
    // Several, so that one stands behind the tensor that begins at the same byte.
    TensorFile file;
    for (const char* name : {"a", "c", "e"}) {
        file.tensors[name] = Tensor::ofDoubles({0, 3}, {});
        file.tensors[std::string(name) + "b"] = Tensor::ofFloats({1}, std::vector<float> {2.0F});
    }
    std::string written = serialiseTensors(file);
    for (const char* empty : {"\"a\":{", "\"c\":{", "\"e\":{"}) {
        const std::size_t at = written.find(empty);
        QVERIFY(at != std::string::npos);
        // Sorted behind its neighbour.
        written[at + 1] = static_cast<char>('x' + (empty[1] - 'a') / 2);
    }
    const auto read = parseTensors(written);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->tensors.size(), std::size_t {6});
    QVERIFY(read->tensors.at("x").doubles().empty());
}

QTEST_APPLESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
