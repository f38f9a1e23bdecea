#include "core/model/family.h"
#include "core/weights/packed_layer.h"
#include "tests/support/random_parameters.h"
#include "tests/support/small_family.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace stint;
using namespace stint::test;

class TestPackedFamily : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void layersComeBackWithGainsAndBiases_data();
    void layersComeBackWithGainsAndBiases();
    void damagedLayersAreRefused();
    void savingWhatWasLoadedGivesTheSameBytes_data();
    void savingWhatWasLoadedGivesTheSameBytes();
    void scoresAreThoseOfTheTrainedFamily();
    void thresholdsKeepTheirQuantiles();
    void baselinesMayBeLeftOut();
    void peaksOverThresholdCalibrate();

private:
    [[nodiscard]] std::string in(const char* file) const
    {
        return m_folder.filePath(QString::fromLatin1(file)).toStdString();
    }

    static std::shared_ptr<Family> trained(const std::function<void(TrainSettings&)>& change)
    {
        TrainSettings settings = smallSettings();
        settings.packed = true;
        settings.keep = 0.1;
        change(settings);
        auto outcome = trainFamily({smallRecording(600)}, settings);
        return outcome ? std::make_shared<Family>(*outcome->family) : nullptr;
    }

    QTemporaryDir m_folder;
    std::shared_ptr<Family> m_packed;
};

namespace {

QByteArray contents(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Numbers that 16 bits hold exactly.
std::vector<float> wholeNumbers(Index count, Rng& rng)
{
    std::vector<float> values;
    for (Index i = 0; i < count; ++i)
        values.push_back(static_cast<float>(rng.below(100)) - 50.0F);
    return values;
}

LinearParameters<float> signLayer(bool gain, bool bias)
{
    Rng rng(7);
    LinearParameters<float> linear;
    linear.format = WeightFormat::SparseBinary;
    linear.weight.resize(9, 13);
    for (Index r = 0; r < 9; ++r) {
        for (Index c = 0; c < 13; ++c)
            linear.weight(r, c) = static_cast<float>(rng.below(3)) - 1.0F;
    }
    if (gain)
        linear.gain = wholeNumbers(9, rng);
    if (bias)
        linear.bias = wholeNumbers(9, rng);
    return linear;
}

} // namespace

void TestPackedFamily::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_packed = trained([](TrainSettings&) {});
    QVERIFY(m_packed != nullptr);
}

void TestPackedFamily::layersComeBackWithGainsAndBiases_data()
{
    QTest::addColumn<bool>("gain");
    QTest::addColumn<bool>("bias");
    QTest::newRow("weights alone") << false << false;
    QTest::newRow("gains") << true << false;
    QTest::newRow("biases") << false << true;
    QTest::newRow("both") << true << true;
}

void TestPackedFamily::layersComeBackWithGainsAndBiases()
{
    QFETCH(bool, gain);
    QFETCH(bool, bias);
    const LinearParameters<float> linear = signLayer(gain, bias);
    const auto bytes = packLayer(linear);
    QVERIFY(bytes.ok());
    const auto back = unpackLayer(*bytes, linear.format, 9, 13);
    QVERIFY(back.ok());
    QVERIFY(back->weight == linear.weight);
    QVERIFY(back->gain == linear.gain);
    QVERIFY(back->bias == linear.bias);
}

void TestPackedFamily::damagedLayersAreRefused()
{
    const auto bytes = packLayer(signLayer(true, true));
    QVERIFY(bytes.ok());
    for (std::size_t size = 0; size < bytes->size(); ++size) {
        const std::vector<std::uint8_t> cut(bytes->begin(),
                                            bytes->begin() + static_cast<std::ptrdiff_t>(size));
        QVERIFY2(!unpackLayer(cut, WeightFormat::SparseBinary, 9, 13).ok(),
                 qPrintable(QString::number(size)));
    }
    std::vector<std::uint8_t> unknown = *bytes;
    unknown.front() = static_cast<std::uint8_t>(unknown.front() | 64U);
    QVERIFY(!unpackLayer(unknown, WeightFormat::SparseBinary, 9, 13).ok());
    std::vector<std::uint8_t> longer = *bytes;
    longer.push_back(0);
    QVERIFY(!unpackLayer(longer, WeightFormat::SparseBinary, 9, 13).ok());
}

void TestPackedFamily::savingWhatWasLoadedGivesTheSameBytes_data()
{
    QTest::addColumn<bool>("baselines");
    QTest::newRow("with baselines") << true;
    QTest::newRow("without") << false;
}

void TestPackedFamily::savingWhatWasLoadedGivesTheSameBytes()
{
    QFETCH(bool, baselines);
    const auto family = trained([&](TrainSettings& s) { s.baselines = baselines; });
    QVERIFY(family != nullptr);
    QVERIFY(saveFamily(*family, in("a.stint")).ok());
    const auto loaded = loadFamily(in("a.stint"));
    QVERIFY2(loaded.ok(), loaded ? "" : loaded.error().message.c_str());
    QCOMPARE((*loaded)->baselines.fitted(), baselines);
    QVERIFY(saveFamily(**loaded, in("b.stint")).ok());
    const QByteArray first = contents(in("a.stint"));
    QVERIFY(!first.isEmpty());
    QVERIFY(first == contents(in("b.stint")));
    // The autoregression takes 2 bytes a number, and training knew it.
    QVERIFY((*loaded)->autoregression.weights == family->autoregression.weights);
    Family plain = *family;
    plain.packed = false;
    QVERIFY(saveFamily(plain, in("c.stint")).ok());
    QVERIFY(first.size() < contents(in("c.stint")).size());
}

void TestPackedFamily::scoresAreThoseOfTheTrainedFamily()
{
    QVERIFY(saveFamily(*m_packed, in("s.stint")).ok());
    const auto loaded = loadFamily(in("s.stint"));
    QVERIFY(loaded.ok());
    for (const Mode& mode : offeredModes(*m_packed)) {
        PlayerOptions options;
        options.mode = mode;
        const auto recording = smallRecording(300, 3);
        QVERIFY2(playedFromStart(recording, *loaded, options)
                     .equals(playedFromStart(recording, m_packed, options)),
                 toString(mode).c_str());
    }
}

void TestPackedFamily::thresholdsKeepTheirQuantiles()
{
    QVERIFY(saveFamily(*m_packed, in("t.stint")).ok());
    const auto loaded = loadFamily(in("t.stint"));
    QVERIFY(loaded.ok());
    for (std::size_t v = 0; v < m_packed->variants.size(); ++v) {
        for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
            const Threshold& before = m_packed->variants[v].thresholds.at(kind);
            QVERIFY(before.quantiles.size() > 2);
            QVERIFY(std::is_sorted(before.quantiles.begin(), before.quantiles.end()));
            QVERIFY(before.quantiles.back() < 1.001 * static_cast<double>(before.value));
            QVERIFY((*loaded)->variants[v].thresholds.at(kind).quantiles == before.quantiles);
        }
    }
}

void TestPackedFamily::baselinesMayBeLeftOut()
{
    const auto without = trained([](TrainSettings& s) { s.baselines = false; });
    QVERIFY(without != nullptr && !without->baselines.fitted());
    // They are for comparison only: the scores are the same.
    PlayerOptions options;
    options.mode = m_packed->defaultMode();
    QVERIFY(playedFromStart(smallRecording(300), without, options)
                .equals(playedFromStart(smallRecording(300), m_packed, options)));
}

void TestPackedFamily::peaksOverThresholdCalibrate()
{
    const auto pot = trained([](TrainSettings& s) { s.thresholdRule = ThresholdRule::Pot; });
    QVERIFY(pot != nullptr);
    const Threshold& byTail = pot->variants.front().thresholds.front();
    const Threshold& byQuantile = m_packed->variants.front().thresholds.front();
    QVERIFY(byTail.quantiles == byQuantile.quantiles);
    QVERIFY(std::abs(byTail.value - byQuantile.value) > 0.0F);
    QVERIFY(byTail.value > 0.5F * byQuantile.value && byTail.value < 2.0F * byQuantile.value);
}

QTEST_APPLESS_MAIN(TestPackedFamily)
#include "tst_packed_family.moc"
