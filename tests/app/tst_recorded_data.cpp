#include "core/detect/metrics.h"
#include "core/series/csv_reader.h"
#include "core/stream/player.h"
#include "core/train/trainer.h"
#include "tests/support/recorded_data.h"

#include <QDirIterator>
#include <QTest>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

using stint::Index;
using stint::Recording;
using stint::VariantName;

namespace {

using Recordings = std::vector<std::shared_ptr<const Recording>>;

constexpr bool slowBuild = STINT_SLOW_BUILD != 0;
/// Every labelled file of the pump test bench begins with at least so many normal rows.
constexpr Index normalRows = 400;
constexpr VariantName variant {stint::WeightFormat::SparseBinary, stint::AttentionMask::StepT};

/// Areas under the ROC curve, all recordings judged together.
struct Areas {
    double combined = 0.0;
    double encoder = 0.0;
    double autoregression = 0.0;
};

void append(std::vector<double>& to, const std::vector<float>& from)
{
    to.insert(to.end(), from.begin(), from.end());
}

stint::Result<std::shared_ptr<const stint::Family>> trained(const Recordings& recordings,
                                                            std::uint64_t seed)
{
    stint::TrainSettings settings;
    settings.variants = {variant};
    settings.rows = {0, normalRows};
    settings.rescale = {0, normalRows};
    settings.seed = seed;
    const auto outcome = stint::trainFamily(recordings, settings);
    if (!outcome)
        return outcome.error();
    return outcome->family;
}

stint::Result<Areas> areasOf(const Recordings& recordings,
                             const std::shared_ptr<const stint::Family>& family)
{
    stint::PlayerOptions options;
    options.mode = {variant.weights, variant.attention, stint::Inference::Continual};
    std::vector<double> combined;
    std::vector<double> encoder;
    std::vector<double> autoregression;
    std::vector<unsigned char> labels;
    stint::ResultBlock block;
    for (const auto& recording : recordings) {
        auto player = stint::Player::create(recording, family, options);
        if (!player)
            return player.error();
        (*player)->seek(normalRows);
        while ((*player)->advance(options.maxBlock, block) > 0) {
            append(combined, block.score);
            append(encoder, block.encoderScore);
            append(autoregression, block.autoregressionScore);
        }
        const auto& own = recording->label("anomaly")->values;
        labels.insert(labels.end(), own.begin() + normalRows, own.end());
    }
    return Areas {stint::rocAuc(combined, labels), stint::rocAuc(encoder, labels),
                  stint::rocAuc(autoregression, labels)};
}

} // namespace

class TestRecordedData : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFileOpensOrIsRefusedWithASentence();
    void pumpFaultsAreToldFromNormalRows();
};

void TestRecordedData::everyFileOpensOrIsRefusedWithASentence()
{
    const QString folder = stint::test::recordedData(QStringLiteral("data"));
    if (folder.isEmpty())
        QSKIP("The real recordings are not beside this checkout.");
    QDirIterator files(folder,
                       {QStringLiteral("*.csv"), QStringLiteral("*.csv.gz"),
                        QStringLiteral("*.txt"), QStringLiteral("*.dat")},
                       QDir::Files, QDirIterator::Subdirectories);
    int opened = 0;
    while (files.hasNext()) {
        const std::string path = files.next().toStdString();
        const auto recording = stint::readRecording(path);
        if (!recording) {
            const std::string& why = recording.error().message;
            QVERIFY2(why.size() > 20 && why.back() == '.', path.c_str());
            QVERIFY2(why.find(files.fileName().toStdString()) != std::string::npos, why.c_str());
            continue;
        }
        ++opened;
        QVERIFY2(recording->rows() > 0 && !recording->channels.empty(), path.c_str());
        for (const stint::Channel& channel : recording->channels)
            QVERIFY2(static_cast<Index>(channel.values.size()) == recording->rows(), path.c_str());
    }
    QVERIFY2(opened > 0, "no file was opened");
}

void TestRecordedData::pumpFaultsAreToldFromNormalRows()
{
    if (slowBuild)
        QSKIP("Training takes minutes in this build; the optimised build runs this.");
    const QString folder = stint::test::recordedData(QStringLiteral("data/skab"));
    if (folder.isEmpty())
        QSKIP("The recordings of the pump test bench are not beside this checkout.");
    Recordings recordings;
    for (const char* group : {"other", "valve1", "valve2"}) {
        const QDir files(folder + QLatin1Char('/') + QString::fromLatin1(group));
        for (const QString& name :
             files.entryList({QStringLiteral("*.csv")}, QDir::Files, QDir::Name)) {
            auto recording = stint::readRecording(files.filePath(name).toStdString());
            QVERIFY2(recording.ok() && recording->label("anomaly") != nullptr, qPrintable(name));
            recordings.push_back(std::make_shared<const Recording>(std::move(*recording)));
        }
    }
    QCOMPARE(recordings.size(), std::size_t {14});

    Areas mean;
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto family = trained(recordings, seed);
        QVERIFY2(family.ok(), family.ok() ? "" : family.error().message.c_str());
        const auto areas = areasOf(recordings, *family);
        QVERIFY2(areas.ok(), areas.ok() ? "" : areas.error().message.c_str());
        mean.combined += areas->combined / 3.0;
        mean.encoder += areas->encoder / 3.0;
        mean.autoregression += areas->autoregression / 3.0;
    }
    qInfo("ROC-AUC, mean of three seeds: %.4f combined, %.4f encoder, %.4f autoregression",
          mean.combined, mean.encoder, mean.autoregression);
    QVERIFY(mean.encoder >= 0.83);
    QVERIFY(mean.combined >= 0.865);
    QVERIFY(mean.combined >= mean.autoregression + 0.005);
}

QTEST_APPLESS_MAIN(TestRecordedData)
#include "tst_recorded_data.moc"
