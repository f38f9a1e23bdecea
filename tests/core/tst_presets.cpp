#include "core/cost/closed_forms.h"
#include "core/cost/storage.h"
#include "core/presets/drawn_parameters.h"
#include "core/presets/preset.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace stint;

class TestPresets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPublishedNameIsThere();
    void everyPresetIsSound_data();
    void everyPresetIsSound();
    void unknownNamesAreExplained();
    void whyPublishedModelsDoNotStream_data();
    void whyPublishedModelsDoNotStream();
    void keepReplacesThePublishedFraction();
    void drawnParametersFitTheirVariant_data();
    void drawnParametersFitTheirVariant();
    void parametersOfTheContinualModelsAreThePublishedOnes();
};

void TestPresets::everyPublishedNameIsThere()
{
    const std::vector<std::string> names = presetNames();
    const std::set<std::string> known(names.begin(), names.end());
    QCOMPARE(known.size(), names.size());
    for (const char* name :
         {"smd", "msl", "smap", "ecl", "wth", "ettm1", "arabic", "face-detection", "heartbeat",
          "insect", "japanese-vowels", "thumos14", "thumos14-b2", "gtzan"}) {
        QVERIFY2(known.count(name) == 1, name);
        QVERIFY2(known.count(std::string(name) + "-stream") == 1, name);
    }
}

void TestPresets::everyPresetIsSound_data()
{
    QTest::addColumn<QString>("name");
    for (const std::string& name : presetNames())
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void TestPresets::everyPresetIsSound()
{
    QFETCH(QString, name);
    const auto preset = findPreset(name.toStdString());
    QVERIFY(preset.ok());
    QCOMPARE(QString::fromStdString(preset->name), name);
    QVERIFY(!preset->title.empty());
    QVERIFY(preset->variants.front().weights == WeightFormat::Dense);
    const bool stream = name.endsWith(QStringLiteral("-stream"));
    QCOMPARE(!preset->remark.empty(), stream);
    for (const PresetVariant& variant : preset->variants) {
        const auto wrong = variant.config.validate();
        QVERIFY2(!wrong, wrong ? wrong->message.c_str() : "");
        QVERIFY(variant.keep > 0.0 && variant.keep <= 1.0);
        QCOMPARE(variant.keep < 1.0, variant.weights == WeightFormat::SparseBinary);
        QVERIFY(variant.published.empty() || !stream);
        // What streams at every depth: Step-T in every -stream form.
        if (stream && variant.config.attention == AttentionMask::StepT)
            QVERIFY(!continualRefusal(variant.config));
    }
}

void TestPresets::unknownNamesAreExplained()
{
    for (const char* name : {"", "SMD", "smd-", "-stream", "smd-stream-stream"}) {
        const auto preset = findPreset(name);
        QVERIFY(!preset.ok());
        QVERIFY(preset.error().message.find("japanese-vowels") != std::string::npos);
    }
}

void TestPresets::whyPublishedModelsDoNotStream_data()
{
    QTest::addColumn<bool>("dense");
    QTest::addColumn<QString>("reason");
    QTest::newRow("smd") << false << QStringLiteral("positions");
    QTest::newRow("ecl") << true << QStringLiteral("norm");
    QTest::newRow("wth") << false << QStringLiteral("norm");
    QTest::newRow("arabic") << false << QStringLiteral("mask");
}

void TestPresets::whyPublishedModelsDoNotStream()
{
    QFETCH(bool, dense);
    QFETCH(QString, reason);
    const auto preset = findPreset(QTest::currentDataTag());
    QVERIFY(preset.ok());
    const PresetVariant& variant = dense ? preset->variants.front() : preset->variants.back();
    const auto refusal = continualRefusal(variant.config);
    QVERIFY(refusal.has_value());
    QVERIFY2(refusal->find(reason.toStdString()) != std::string::npos, refusal->c_str());
}

void TestPresets::keepReplacesThePublishedFraction()
{
    const Preset preset = withKeep(*findPreset("smd"), 0.1);
    QCOMPARE(preset.variants[0].keep, 1.0);
    QVERIFY(!preset.variants[0].published.empty());
    QCOMPARE(preset.variants[1].keep, 0.1);
    QVERIFY(preset.variants[1].published.empty());
}

void TestPresets::drawnParametersFitTheirVariant_data()
{
    QTest::addColumn<int>("variant");
    QTest::newRow("smd") << 1;
    QTest::newRow("wth") << 0;
    QTest::newRow("japanese-vowels") << 1;
    QTest::newRow("gtzan") << 0;
    QTest::newRow("arabic-stream") << 2;
}

void TestPresets::drawnParametersFitTheirVariant()
{
    QFETCH(int, variant);
    const auto preset = findPreset(QTest::currentDataTag());
    QVERIFY(preset.ok());
    const PresetVariant& v = preset->variants.at(static_cast<std::size_t>(variant));
    const EncoderParameters<float> p = drawnParameters(v, 1);
    QVERIFY(p == drawnParameters(v, 1));
    QVERIFY(p != drawnParameters(v, 2));
    forEachLinear(p, [&v](const std::string&, const LinearParameters<float>& linear) {
        const Index count = linear.outputs() * linear.inputs();
        QCOMPARE(linear.format, v.weights);
        QCOMPARE(linear.gain.empty(), v.weights == WeightFormat::Dense);
        QCOMPARE(Index {linear.kept()},
                 count - static_cast<Index>((1.0 - v.keep) * static_cast<double>(count)));
    });
    QCOMPARE(p.positions.rows(), v.config.positionTableRows());
    QCOMPARE(p.masks.key.rows(),
             v.config.attention == AttentionMask::FixedMask ? v.config.window : Index {0});
    const std::size_t normed = v.config.norm == Norm::None ? 0U
        : v.config.norm == Norm::Time ? static_cast<std::size_t>(v.config.window)
                                      : static_cast<std::size_t>(v.config.width);
    QCOMPARE(p.blocks.back().feedForwardNorm.gain.size(), normed);
    QCOMPARE(p.embed.bias.empty(), v.biases == Biases::AttentionOnly);
    QCOMPARE(p.blocks.front().query.bias.empty(), v.biases == Biases::AllButProjections);
}

void TestPresets::parametersOfTheContinualModelsAreThePublishedOnes()
{
    for (const auto& [name, millions] : {std::pair("thumos14", 9.47), {"thumos14-b2", 15.77}}) {
        const PresetVariant variant = findPreset(name)->variants.front();
        const double count
            = static_cast<double>(parameterCount(variant.config, drawnParameters(variant, 1)));
        QVERIFY(std::abs(count / 1e6 - millions) < 0.005);
    }
}

QTEST_APPLESS_MAIN(TestPresets)
#include "tst_presets.moc"
