#include "core/base/rng.h"
#include "core/model/held_out_scores.h"
#include "core/model/safetensors.h"
#include "tests/support/small_family.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

using namespace stint;
using nlohmann::json;

namespace {

/// What is done to a sound file before it is loaded again.
struct Damage {
    const char* trait;
    std::function<void(json& config, TensorFile& file)> apply;
    const char* word; ///< that the refusal must contain
};

void setFloat(Tensor& tensor, std::size_t at, float value)
{
    std::memcpy(tensor.bytes.data() + 4 * at, &value, 4);
}

std::vector<Damage> damagesToTheConfiguration()
{
    const auto set = [](const char* pointer, const json& value) {
        return [pointer, value](json& c, TensorFile&) { c[json::json_pointer(pointer)] = value; };
    };
    return {
        {"newer version", set("/format_version", 4), "newer"},
        {"much newer version", set("/format_version", 4294967297), "newer"},
        {"version zero", set("/format_version", 0), "version"},
        {"version is text", set("/format_version", "1"), "configuration"},
        {"unknown task", set("/task", "guess"), "guess"},
        {"no channels", set("/channels", json::array()), "channels"},
        {"channels are a number", set("/channels", 3), "configuration"},
        {"scale zero", set("/channels/1/scale", 0.0), "scales"},
        {"negative scale", set("/channels/1/scale", -1.0), "scales"},
        {"mean is missing", set("/channels/1/mean", nullptr), "configuration"},
        {"smoothing below one", set("/smoothing_span", 0.5), "smoothing"},
        {"smoothing of a year", set("/smoothing_span", 1e12), "smoothing"},
        {"rescale before the start", set("/rescale", {-5, 10}), "rescaling"},
        {"order zero", set("/autoregression/order", 0), "autoregression"},
        {"huge order", set("/autoregression/order", 1'000'000'000'000), "autoregression"},
        {"order beyond the window", set("/autoregression/order", 8), "fit"},
        {"error mean zero", set("/autoregression/error_mean", 0.0), "scales"},
        {"variance over no rows", set("/baselines/variance_rows", 0), "baselines"},
        {"no variants", set("/variants", json::array()), "variants"},
        {"variant is text", set("/variants/0", "dense/full"), "configuration"},
        {"variant of an unknown name", set("/variants/0/name", "dense/fuller"), "fuller"},
        {"variant twice", set("/variants/1/name", "dense/full"), "dense/full"},
        {"variant of a fixed mask", set("/variants/0/name", "dense/fixed-mask"), "fixed"},
        {"huge window", set("/variants/0/encoder/window", 2'000'000'000), "window"},
        {"huge width", set("/variants/0/encoder/width", 2'000'000'000), "width"},
        {"huge hidden layer", set("/variants/0/encoder/hidden", 9e15), "feed-forward"},
        {"huge number of layers", set("/variants/0/encoder/layers", 1'000'000), "layers"},
        {"largest sizes that are allowed",
         [](json& c, TensorFile&) {
             json& e = c["variants"][0]["encoder"];
             e["width"] = 4096;
             e["hidden"] = 16384;
             e["layers"] = 16;
             e["window"] = 8192;
         },
         "shape"},
        {"no heads", set("/variants/0/encoder/heads", 0), "heads"},
        {"heads that do not divide", set("/variants/0/encoder/heads", 5), "heads"},
        {"negative window", set("/variants/0/encoder/window", -8), "window"},
        {"other inputs", set("/variants/0/encoder/inputs", 4), "fit"},
        {"other outputs", set("/variants/0/encoder/outputs", 1), "fit"},
        {"visible newest row", set("/variants/0/encoder/newest", "visible"), "query_token"},
        {"unknown positions", set("/variants/0/encoder/positions", "spiral"), "spiral"},
        {"unknown norm", set("/variants/0/encoder/norm", "group"), "group"},
        {"norm without tensors", set("/variants/0/encoder/norm", "token"), "missing"},
        {"flag is a number", set("/variants/0/encoder/scale_embedding", 1), "configuration"},
        {"one layer less", set("/variants/0/encoder/layers", 1), "does not belong"},
        {"one layer more", set("/variants/0/encoder/layers", 3), "missing"},
        {"threshold of an unknown score", set("/variants/0/thresholds/0/score", "sum"), "sum"},
        {"threshold is missing", set("/variants/0/thresholds/0/value", nullptr), "configuration"},
        {"error mean is negative", set("/variants/0/error_mean", -1.0), "fit"},
        {"seed is text", set("/training/seed", "one"), "configuration"},
        {"nothing", [](json& c, TensorFile&) { c = json::object(); }, "configuration"},
        {"a list",
         [](json& c, TensorFile&) {
             c = json::array({1, 2});
         },
         "configuration"},
    };
}

std::vector<Damage> damagesToTheTensors()
{
    constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
    const auto tensor = [](const char* name, const std::function<void(Tensor&)>& change) {
        return [name, change](json&, TensorFile& f) { change(f.tensors.at(name)); };
    };
    return {
        {"no configuration", [](json& c, TensorFile&) { c = nullptr; },
         "not a model of this program"},
        {"tensor missing", [](json&, TensorFile& f) { f.tensors.erase("dense/full/head.weight"); },
         "missing"},
        {"tensor too many",
         [](json&, TensorFile& f) { f.tensors["extra"] = Tensor::ofBytes({1}, {0}); },
         "does not belong"},
        {"transposed shape",
         tensor("dense/full/embed.weight", [](Tensor& t) { std::swap(t.shape[0], t.shape[1]); }),
         "shape"},
        {"shape of one dimension",
         tensor("dense/full/embed.weight", [](Tensor& t) { t.shape = {36}; }), "shape"},
        {"other type",
         tensor("dense/full/embed.bias",
                [](Tensor& t) {
                    t.type = TensorType::U8;
                    t.shape = {48};
                }),
         "type"},
        {"doubles as floats",
         tensor("autoregression.weight",
                [](Tensor& t) {
                    t.type = TensorType::F32;
                    t.shape.back() *= 2;
                }),
         "type"},
        {"weight that is not a number",
         tensor("dense/step-t/head.weight", [](Tensor& t) { setFloat(t, 5, notANumber); }),
         "not a number"},
        {"infinite bias",
         tensor("dense/step-t/block.1.attention.query.bias",
                [](Tensor& t) { setFloat(t, 0, std::numeric_limits<float>::infinity()); }),
         "not a number"},
        {"gain that is not a number",
         tensor("sbt/step-t/block.0.attention.key.alpha",
                [](Tensor& t) { setFloat(t, 2, notANumber); }),
         "not a number"},
        {"query token that is not a number",
         tensor("sbt/step-t/query_token", [](Tensor& t) { setFloat(t, 2, notANumber); }),
         "not a number"},
        {"autoregression that is not a number",
         tensor("autoregression.weight",
                [](Tensor& t) { std::fill(t.bytes.begin(), t.bytes.begin() + 8, 0xFF); }),
         "not a number"},
        {"held-out score that is not a number",
         [](json&, TensorFile& f) {
             f.tensors.at("sbt/step-t/held_out_scores")
                 = Tensor::ofFloats({1, 3}, std::vector<float> {1.0F, notANumber, 1.0F});
         },
         "not a number"},
        {"held-out scores of two kinds",
         [](json&, TensorFile& f) {
             f.tensors.at("sbt/step-t/held_out_scores")
                 = Tensor::ofFloats({1, 2}, std::vector<float> {1.0F, 1.0F});
         },
         "shape"},
        {"held-out scores without end",
         [](json&, TensorFile& f) {
             f.tensors.at("sbt/step-t/held_out_scores")
                 = Tensor::ofFloats({5000, 3}, std::vector<float>(15'000, 1.0F));
         },
         "more scores"},
        {"sign without mask",
         tensor("sbt/step-t/block.0.attention.key.mask",
                [](Tensor& t) { std::fill(t.bytes.begin(), t.bytes.end(), 0); }),
         "not kept"},
        {"bits beyond the row",
         [](json&, TensorFile& f) {
             // Rows of 12 weights end in the middle of their second byte.
             f.tensors.at("sbt/step-t/block.0.attention.key.mask").bytes[1] |= 0x80;
         },
         "beyond its last column"},
        {"bits beyond the row in both",
         [](json&, TensorFile& f) {
             f.tensors.at("sbt/step-t/block.0.attention.key.mask").bytes[1] |= 0x10;
             f.tensors.at("sbt/step-t/block.0.attention.key.sign").bytes[1] |= 0x10;
         },
         "beyond its last column"},
    };
}

std::vector<Damage> damages()
{
    std::vector<Damage> all = damagesToTheConfiguration();
    const std::vector<Damage> more = damagesToTheTensors();
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

} // namespace

class TestFamilyFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void savingWhatWasLoadedGivesTheSameBytes();
    void aLoadedFamilyGivesTheSameScores();
    void everyFieldSurvives();
    void masksAreBitsOfWholeBytes();
    void aFileWithoutHeldOutScoresIsRead();
    void heldOutScoresAreTheNewest();
    void damageIsRefused_data();
    void damageIsRefused();
    void truncationsAreRefused();
    void flippedBitsAreSurvived();
    void whatIsNoModelIsRefused_data();
    void whatIsNoModelIsRefused();
    void aBrokenWriteLeavesTheOldFile();
    void noTemporaryFileIsLeft();

private:
    QString inFolder(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name));
    }

    QTemporaryDir m_folder;
    QString m_path;
    QByteArray m_image;
};

void TestFamilyFile::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_path = inFolder("small.stint");
    QVERIFY(saveFamily(*test::smallFamily(), m_path.toStdString()).ok());
    m_image = contents(m_path);
    QVERIFY(m_image.size() > 10'000);
}

void TestFamilyFile::savingWhatWasLoadedGivesTheSameBytes()
{
    const auto loaded = loadFamily(m_path.toStdString());
    QVERIFY(loaded.ok());
    const QString again = inFolder("again.stint");
    QVERIFY(saveFamily(**loaded, again.toStdString()).ok());
    QVERIFY(contents(again) == m_image);
}

void TestFamilyFile::aLoadedFamilyGivesTheSameScores()
{
    const auto loaded = loadFamily(m_path.toStdString());
    QVERIFY(loaded.ok());
    const auto recording = test::smallRecording(300, 11);
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        PlayerOptions options;
        options.mode = mode;
        const auto before = test::playedFromStart(recording, test::smallFamily(), options);
        const auto after = test::playedFromStart(recording, *loaded, options);
        QVERIFY(after.equals(before));
        QCOMPARE(after.tally.counted, before.tally.counted);
    }
}

void TestFamilyFile::everyFieldSurvives()
{
    Family family = test::smallFamilyCopy();
    family.channels[0].name = "Durchfluß, \"Pumpe 1\"";
    family.rescale = {10, 400};
    family.training.seed = std::numeric_limits<std::uint64_t>::max();
    family.training.remarks = {"one", "two"};
    family.variants[0].thresholds[1].value = std::numeric_limits<float>::max();
    const std::string path = inFolder("fields.stint").toStdString();
    QVERIFY(saveFamily(family, path).ok());
    const auto back = loadFamily(path);
    QVERIFY(back.ok());
    QVERIFY((*back)->channels == family.channels);
    QVERIFY((*back)->rescale == family.rescale);
    QVERIFY((*back)->standardiser.mean == family.standardiser.mean);
    QVERIFY((*back)->standardiser.scale == family.standardiser.scale);
    QVERIFY((*back)->autoregression.weights == family.autoregression.weights);
    QVERIFY((*back)->baselines.precision == family.baselines.precision);
    QVERIFY((*back)->baselines.components == family.baselines.components);
    QCOMPARE((*back)->training.seed, family.training.seed);
    QVERIFY((*back)->training.remarks == family.training.remarks);
    QVERIFY((*back)->training.recordings == family.training.recordings);
    QCOMPARE((*back)->training.calibrationRows, family.training.calibrationRows);
    for (std::size_t v = 0; v < family.variants.size(); ++v) {
        const FamilyVariant& a = (*back)->variants[v];
        const FamilyVariant& b = family.variants[v];
        QVERIFY(a.name == b.name && a.config == b.config && a.parameters == b.parameters);
        QCOMPARE(a.bestEpoch, b.bestEpoch);
        for (std::size_t k = 0; k < scoreKindCount; ++k) {
            QVERIFY(test::sameBits({a.thresholds[k].value}, {b.thresholds[k].value}));
            QCOMPARE(a.thresholds[k].rows, b.thresholds[k].rows);
            QCOMPARE(a.thresholds[k].supported, b.thresholds[k].supported);
            QCOMPARE(a.thresholds[k].remark, b.thresholds[k].remark);
            QVERIFY(!b.thresholds[k].heldOut.empty());
            QVERIFY(test::sameBits(a.thresholds[k].heldOut, b.thresholds[k].heldOut));
        }
    }
}

void TestFamilyFile::aFileWithoutHeldOutScoresIsRead()
{
    auto file = parseTensors(m_image.toStdString());
    QVERIFY(file.ok());
    std::erase_if(file->tensors,
                  [](const auto& t) { return t.first.ends_with("held_out_scores"); });
    json config = json::parse(file->metadata["stint.config"]);
    config["format_version"] = 2;
    file->metadata["stint.config"] = config.dump();
    const std::string image = serialiseTensors(*file);
    const QString path = inFolder("version2.stint");
    QVERIFY(write(path, QByteArray::fromStdString(image)));
    const auto loaded = loadFamily(path.toStdString());
    QVERIFY2(loaded.ok(), loaded ? "" : loaded.error().message.c_str());
    QVERIFY((*loaded)->motionRefusal().has_value());
    QVERIFY((*loaded)->variants[0].thresholds[0].heldOut.empty());
    QVERIFY(test::sameBits({(*loaded)->variants[0].thresholds[0].value},
                           {test::smallFamily()->variants[0].thresholds[0].value}));
}

void TestFamilyFile::heldOutScoresAreTheNewest()
{
    FamilyVariant variant;
    std::array<std::vector<double>, scoreKindCount> scores;
    for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
        for (int row = 0; row < 6000; ++row)
            scores[kind].push_back(row + 0.25 * static_cast<double>(kind));
    }
    scores[1][5998] = std::numeric_limits<double>::infinity();
    keepHeldOut(variant, scores);
    for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
        const std::vector<float>& kept = variant.thresholds[kind].heldOut;
        QCOMPARE(kept.size(), static_cast<std::size_t>(mostHeldOutScores));
        QVERIFY(std::is_sorted(kept.begin(), kept.end()));
        QVERIFY(std::abs(kept.back() - 5999.0F) < 6.0F); // three digits
        QVERIFY(std::abs(kept.front() - 1903.0F) < 2.0F); // one row was left out
    }
    // What 16 bits cannot hold is kept in 32.
    scores[0][3] = scores[0][5000] = 1e-9;
    keepHeldOut(variant, scores);
    QVERIFY(test::sameBits({variant.thresholds[2].heldOut.back()}, {5999.5F}));
}

void TestFamilyFile::masksAreBitsOfWholeBytes()
{
    const auto file = parseTensors(m_image.toStdString());
    QVERIFY(file.ok());
    const auto& layer = test::smallFamily()
                            ->find({WeightFormat::SparseBinary, AttentionMask::StepT})
                            ->parameters.blocks[1]
                            .contract; // (12, 20)
    const std::string prefix = "sbt/step-t/block.1.feed_forward.contract.";
    const Tensor& mask = file->tensors.at(prefix + "mask");
    const Tensor& sign = file->tensors.at(prefix + "sign");
    QVERIFY(mask.shape == (std::vector<std::int64_t> {12, 3}));
    for (std::size_t r = 0; r < 12; ++r) {
        for (std::size_t c = 0; c < 20; ++c) {
            const unsigned bit = 1U << (c % 8);
            const float w = layer.weight(static_cast<Index>(r), static_cast<Index>(c));
            QCOMPARE((mask.bytes[r * 3 + c / 8] & bit) != 0, w != 0.0F);
            QCOMPARE((sign.bytes[r * 3 + c / 8] & bit) != 0, w > 0.0F);
        }
    }
    int kept = 0;
    for (const std::uint8_t byte : mask.bytes)
        kept += std::popcount(byte);
    QCOMPARE(kept, 120); // half of them
}

void TestFamilyFile::damageIsRefused_data()
{
    QTest::addColumn<int>("number");
    const auto all = damages();
    for (std::size_t i = 0; i < all.size(); ++i)
        QTest::newRow(all[i].trait) << static_cast<int>(i);
}

void TestFamilyFile::damageIsRefused()
{
    QFETCH(int, number);
    const Damage damage = damages()[static_cast<std::size_t>(number)];
    auto file = parseTensors(m_image.toStdString());
    json config = json::parse(file->metadata.at("stint.config"));
    damage.apply(config, *file);
    if (config.is_null())
        file->metadata.erase("stint.config");
    else
        file->metadata["stint.config"] = config.dump();
    const QString path = inFolder("damaged.stint");
    QVERIFY(write(path, QByteArray::fromStdString(serialiseTensors(*file))));
    const auto loaded = loadFamily(path.toStdString());
    QVERIFY(!loaded.ok());
    const std::string& why = loaded.error().message;
    QVERIFY2(test::isSentenceAbout(why, "damaged.stint"), why.c_str());
    QVERIFY2(test::isSentenceAbout(why, damage.word), why.c_str());
}

void TestFamilyFile::truncationsAreRefused()
{
    const QString path = inFolder("cut.stint");
    for (qsizetype size = 0; size < m_image.size(); size += 997) {
        QVERIFY(write(path, m_image.left(size)));
        const auto loaded = loadFamily(path.toStdString());
        QVERIFY(!loaded.ok());
        QVERIFY(test::isSentenceAbout(loaded.error().message, "cut.stint"));
    }
    QVERIFY(write(path, m_image.left(m_image.size() - 1)));
    QVERIFY(!loadFamily(path.toStdString()).ok());
    QVERIFY(write(path, m_image + 'x'));
    QVERIFY(!loadFamily(path.toStdString()).ok());
}

/// A flipped bit may hit a digit or a weight and give another sound model; it must then run.
void TestFamilyFile::flippedBitsAreSurvived()
{
    const QString path = inFolder("flipped.stint");
    const auto recording = test::smallRecording(20, 3);
    Rng rng(5);
    int refused = 0;
    for (int trial = 0; trial < 600; ++trial) {
        QByteArray flipped = m_image;
        const auto at = static_cast<qsizetype>(
            rng.below(static_cast<std::uint64_t>(trial < 64 ? 64 : m_image.size() / 2)));
        const auto bit = static_cast<unsigned>(rng.below(8));
        flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
        QVERIFY(write(path, flipped));
        const auto loaded = loadFamily(path.toStdString());
        if (!loaded) {
            QVERIFY(test::isSentenceAbout(loaded.error().message, "flipped.stint"));
            ++refused;
            continue;
        }
        PlayerOptions options;
        options.mode = (*loaded)->defaultMode();
        const auto player = Player::create(recording, *loaded, options);
        if (player)
            QCOMPARE(test::played(**player, 20).score.size(), std::size_t {20});
    }
    QVERIFY(refused > 100);
}

void TestFamilyFile::whatIsNoModelIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("word");
    QTest::newRow("empty") << QByteArray() << QStringLiteral("empty");
    QTest::newRow("picture") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", 20)
                             << QStringLiteral("start");
    QTest::newRow("table") << QByteArray("time,flow\n0,1\n1,2\n") << QStringLiteral("start");
    QTest::newRow("zeros") << QByteArray(4096, '\0') << QStringLiteral("start");
    QTest::newRow("all bits set") << QByteArray(4096, '\xff') << QStringLiteral("start");
    QTest::newRow("tensors of another program")
        << QByteArray::fromStdString(serialiseTensors({{}, {{"w", Tensor::ofBytes({1}, {1})}}}))
        << QStringLiteral("not a model of this program");
}

void TestFamilyFile::whatIsNoModelIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, word);
    const QString path = inFolder("other.stint");
    QVERIFY(write(path, bytes));
    const auto loaded = loadFamily(path.toStdString());
    QVERIFY(!loaded.ok());
    QVERIFY(test::isSentenceAbout(loaded.error().message, "other.stint"));
    QVERIFY(test::isSentenceAbout(loaded.error().message, word.toStdString()));

    const auto folder = loadFamily(m_folder.path().toStdString());
    QVERIFY(!folder.ok() && test::isSentenceAbout(folder.error().message, "folder"));
    const auto missing = loadFamily(inFolder("no such.stint").toStdString());
    QVERIFY(!missing.ok() && test::isSentenceAbout(missing.error().message, "no such.stint"));
}

void TestFamilyFile::aBrokenWriteLeavesTheOldFile()
{
    // No such folder, and a folder where the file should be.
    const auto absent = saveFamily(*test::smallFamily(), inFolder("absent/m.stint").toStdString());
    QVERIFY(!absent.ok());
    QVERIFY(test::isSentenceAbout(absent.error().message, "absent/m.stint"));
    QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("taken.stint/inside")));
    const auto taken = saveFamily(*test::smallFamily(), inFolder("taken.stint").toStdString());
    QVERIFY(!taken.ok());
    QVERIFY(test::isSentenceAbout(taken.error().message, "taken.stint"));

    // A temporary file that cannot be opened stands for a folder that may not be written.
    const QString old = inFolder("old.stint");
    QVERIFY(write(old, m_image));
    QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("old.stint.part/inside")));
    const auto refused = saveFamily(*test::smallFamily(), old.toStdString());
    QVERIFY(!refused.ok());
    QVERIFY(test::isSentenceAbout(refused.error().message, "old.stint"));
    QVERIFY(contents(old) == m_image);
    QDir(inFolder("old.stint.part")).removeRecursively();

    // A device without room: what is linked to it is written until it is full.
    if (!QFile::exists(QStringLiteral("/dev/full")))
        return;
    QVERIFY(QFile::link(QStringLiteral("/dev/full"), inFolder("old.stint.part")));
    const auto full = saveFamily(*test::smallFamily(), old.toStdString());
    QVERIFY(!full.ok());
    QVERIFY(test::isSentenceAbout(full.error().message, "full"));
    QVERIFY(contents(old) == m_image);
}

void TestFamilyFile::noTemporaryFileIsLeft()
{
    QVERIFY(saveFamily(*test::smallFamily(), inFolder("last.stint").toStdString()).ok());
    QCOMPARE(
        QDir(m_folder.path())
            .entryList({QStringLiteral("*.part")}, QDir::AllEntries | QDir::System | QDir::Hidden),
        QStringList());
}

QTEST_APPLESS_MAIN(TestFamilyFile)
#include "tst_family_file.moc"
