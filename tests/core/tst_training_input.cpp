#include "core/train/trainer.h"
#include "core/train/training_rows.h"
#include "tests/support/small_family.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace stint;

namespace {

constexpr VariantName denseStepT {WeightFormat::Dense, AttentionMask::StepT};

using Recordings = std::vector<std::shared_ptr<const Recording>>;

/// One dense Step-T variant in one epoch: where the training itself is not the subject.
TrainSettings shortest()
{
    TrainSettings settings = test::smallSettings();
    settings.variants = {denseStepT};
    settings.epochs = 1;
    return settings;
}

std::shared_ptr<const Recording> shared(Recording recording)
{
    return std::make_shared<const Recording>(std::move(recording));
}

std::string refusalOf(const Recordings& recordings, const TrainSettings& settings)
{
    const auto outcome = trainFamily(recordings, settings);
    return outcome ? std::string() : outcome.error().message;
}

bool hasRemark(const TrainOutcome& outcome, const std::string& word)
{
    return std::any_of(outcome.remarks.begin(), outcome.remarks.end(),
                       [&](const std::string& r) { return test::isSentenceAbout(r, word); });
}

} // namespace

class TestTrainingInput : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noRowIsTrainedAndCalibratedOn_data();
    void noRowIsTrainedAndCalibratedOn();
    void rowsOutsideTheRangeAskedForAreNotLookedAt();
    void badSettingsAreSentences_data();
    void badSettingsAreSentences();
    void unfitRecordingsAreSentences();
    void aConstantChannelIsRemarked();
    void missingValuesAreSurvived();
    void fewRowsGiveAThresholdWithARemark();
};

void TestTrainingInput::noRowIsTrainedAndCalibratedOn_data()
{
    QTest::addColumn<qlonglong>("rows");
    QTest::addColumn<qlonglong>("window");
    QTest::newRow("fewest rows") << 32LL << 8LL;
    QTest::newRow("one part") << 200LL << 8LL;
    QTest::newRow("several parts") << 799LL << 8LL;
    QTest::newRow("long") << 5001LL << 8LL;
    QTest::newRow("wide window") << 1000LL << 64LL;
}

void TestTrainingInput::noRowIsTrainedAndCalibratedOn()
{
    QFETCH(qlonglong, rows);
    QFETCH(qlonglong, window);
    const Index past = window - 1;
    Family family;
    const auto prepared
        = prepareRows({test::smallRecording(rows, 2), test::smallRecording(2 * rows)}, {}, {}, {},
                      window, family);
    QVERIFY(prepared.ok());
    std::set<std::pair<std::size_t, Index>> trained; // as a target or as a row before one
    std::set<std::pair<std::size_t, Index>> judged;
    Index covered = 0;
    for (std::size_t i = 0; i < prepared->size(); ++i) {
        const TrainingRows& part = (*prepared)[i];
        QVERIFY(part.begin < part.trainEnd && part.trainEnd <= part.validationEnd);
        QVERIFY(part.validationEnd < part.calibrationEnd);
        const bool first = i == 0 || (*prepared)[i - 1].recording != part.recording;
        QCOMPARE(part.begin, first ? Index {0} : (*prepared)[i - 1].calibrationEnd);
        QCOMPARE(part.z->rows(), part.recording == 0 ? Index {rows} : Index {2 * rows});
        for (Index t = part.begin + past; t < part.trainEnd; ++t) {
            for (Index r = t - past; r <= t; ++r)
                trained.insert({part.recording, r});
        }
        for (Index t = std::max(part.trainEnd, part.begin + past); t < part.calibrationEnd; ++t)
            judged.insert({part.recording, t});
        covered += part.calibrationEnd - part.begin;
    }
    QCOMPARE(covered, Index {3 * rows});
    QVERIFY(!trained.empty() && !judged.empty());
    for (const auto& row : judged)
        QVERIFY(trained.count(row) == 0);
}

/// The rows outside are wild; if one of them mattered, the family would be another.
void TestTrainingInput::rowsOutsideTheRangeAskedForAreNotLookedAt()
{
    TrainSettings settings = shortest();
    settings.rows = std::pair<Index, Index> {100, 500};
    Recording wild = test::madeUpRecording(700, 2);
    for (Channel& channel : wild.channels) {
        for (std::size_t t = 500; t < 700; ++t)
            channel.values[t] = 1e9;
        for (std::size_t t = 0; t < 100; ++t)
            channel.values[t] = -1e9;
    }
    const auto tame = trainFamily({test::smallRecording(700, 2)}, settings);
    const auto outcome = trainFamily({shared(wild)}, settings);
    QVERIFY(tame.ok() && outcome.ok());
    QVERIFY(tame->family->standardiser.mean == outcome->family->standardiser.mean);
    QVERIFY(tame->family->standardiser.scale == outcome->family->standardiser.scale);
    const FamilyVariant& a = tame->family->variants.front();
    const FamilyVariant& b = outcome->family->variants.front();
    QVERIFY(a.parameters == b.parameters);
    QVERIFY(test::sameBits({a.thresholds[0].value}, {b.thresholds[0].value}));
    QCOMPARE(outcome->family->training.trainRows + outcome->family->training.validationRows
                 + outcome->family->training.calibrationRows,
             Index {400});
}

void TestTrainingInput::badSettingsAreSentences_data()
{
    QTest::addColumn<int>("number");
    const char* traits[] = {"window of two rows",
                            "keep zero",
                            "keep above one",
                            "no epochs",
                            "negative patience",
                            "learning rate zero",
                            "learning rate not a number",
                            "false alarms above one",
                            "no rows in a token",
                            "empty range",
                            "threads below zero",
                            "heads that do not divide",
                            "no layers",
                            "huge window",
                            "a hidden row that sees itself only",
                            "fixed mask",
                            "empty range of rescaling",
                            "variant twice"};
    for (int i = 0; i < static_cast<int>(std::size(traits)); ++i)
        QTest::newRow(traits[i]) << i;
}

void TestTrainingInput::badSettingsAreSentences()
{
    QFETCH(int, number);
    using Change = void (*)(TrainSettings&);
    const Change changes[] = {
        [](TrainSettings& s) { s.window = 2; },
        [](TrainSettings& s) { s.keep = 0.0; },
        [](TrainSettings& s) { s.keep = 1.5; },
        [](TrainSettings& s) { s.epochs = 0; },
        [](TrainSettings& s) { s.patience = -1; },
        [](TrainSettings& s) { s.learningRate = 0.0; },
        [](TrainSettings& s) { s.learningRate = std::nan(""); },
        [](TrainSettings& s) { s.falseAlarmTarget = 1.0; },
        [](TrainSettings& s) { s.lags = 0; },
        [](TrainSettings& s) {
            s.rows = std::pair<Index, Index> {50, 50};
        },
        [](TrainSettings& s) { s.threads = -1; },
        [](TrainSettings& s) { s.heads = 5; },
        [](TrainSettings& s) { s.layers = 0; },
        [](TrainSettings& s) { s.window = 1'000'000; },
        [](TrainSettings& s) {
            s.variants = {{WeightFormat::Binary, AttentionMask::SelfOnly}};
        },
        [](TrainSettings& s) {
            s.variants = {{WeightFormat::Dense, AttentionMask::FixedMask}};
        },
        [](TrainSettings& s) {
            s.rescale = std::pair<Index, Index> {50, 20};
        },
        [](TrainSettings& s) {
            s.variants = {denseStepT, denseStepT};
        },
    };
    TrainSettings settings = shortest();
    changes[number](settings);
    const auto wrong = settings.validate();
    QVERIFY(wrong.has_value());
    QVERIFY2(test::isSentenceAbout(wrong->message, ""), wrong->message.c_str());
    QCOMPARE(refusalOf({test::smallRecording(500, 2)}, settings), wrong->message);
}

void TestTrainingInput::unfitRecordingsAreSentences()
{
    const TrainSettings settings = shortest();
    QVERIFY(test::isSentenceAbout(refusalOf({}, settings), "recording"));
    for (const Index rows : {0, 1, 8, 31})
        QVERIFY(test::isSentenceAbout(refusalOf({test::smallRecording(rows)}, settings),
                                      std::to_string(rows) + " rows"));
    QVERIFY(trainFamily({test::smallRecording(32)}, settings).ok());

    TrainSettings named = settings;
    named.channels = {"flow", "torque"};
    QVERIFY(test::isSentenceAbout(refusalOf({test::smallRecording(500)}, named), "\"torque\""));

    Recording other = test::madeUpRecording(500);
    other.name = "other.csv";
    other.channels.pop_back();
    const std::string differing = refusalOf({test::smallRecording(500), shared(other)}, settings);
    QVERIFY(test::isSentenceAbout(differing, "other.csv"));
    QVERIFY(test::isSentenceAbout(differing, "\"level\""));

    TrainSettings ranged = settings;
    ranged.rows = std::pair<Index, Index> {490, 5000};
    QVERIFY(test::isSentenceAbout(refusalOf({test::smallRecording(500)}, ranged), "10 rows"));
    ranged.rows = std::pair<Index, Index> {600, 5000};
    QVERIFY(test::isSentenceAbout(refusalOf({test::smallRecording(500)}, ranged), "0 rows"));
    TrainSettings rescaled = settings;
    rescaled.rescale = std::pair<Index, Index> {600, 700};
    QVERIFY(test::isSentenceAbout(refusalOf({test::smallRecording(500)}, rescaled), "rescaled"));

    Recording none = test::madeUpRecording(500);
    none.channels.clear();
    none.name = "only text.csv";
    QVERIFY(test::isSentenceAbout(refusalOf({shared(none)}, settings), "only text.csv"));
}

void TestTrainingInput::aConstantChannelIsRemarked()
{
    Recording constant = test::madeUpRecording(500, 2);
    std::fill(constant.channels[1].values.begin(), constant.channels[1].values.end(), 4.0);
    const auto outcome = trainFamily({shared(constant)}, shortest());
    QVERIFY(outcome.ok());
    QVERIFY(hasRemark(*outcome, "pressure"));
    QVERIFY(outcome->family->training.remarks == outcome->remarks);
    const auto usual = trainFamily({test::smallRecording(500, 2)}, shortest());
    QVERIFY(usual.ok() && !hasRemark(*usual, "pressure"));
}

void TestTrainingInput::missingValuesAreSurvived()
{
    Recording riddled = test::madeUpRecording(600, 2);
    for (std::size_t t = 0; t < 600; ++t) {
        if (t % 3 != 0)
            riddled.channels[0].values[t] = std::nan("");
        if (t % 50 == 7)
            riddled.channels[1].values[t] = std::numeric_limits<double>::infinity();
    }
    std::fill(riddled.channels[2].values.begin(), riddled.channels[2].values.end(), std::nan(""));
    const auto outcome = trainFamily({shared(riddled)}, test::smallSettings());
    QVERIFY(outcome.ok());
    QVERIFY(hasRemark(*outcome, "level")); // never a value, so it never changes
    for (const Mode& mode : test::offeredModes(*outcome->family)) {
        PlayerOptions options;
        options.mode = mode;
        const auto rows
            = test::playedFromStart(test::smallRecording(600, 2), outcome->family, options);
        QVERIFY(std::all_of(rows.score.begin() + 7, rows.score.end(),
                            [](float s) { return std::isfinite(s); }));
    }
}

void TestTrainingInput::fewRowsGiveAThresholdWithARemark()
{
    TrainSettings settings = shortest();
    const auto few = trainFamily({test::smallRecording(300, 2)}, settings);
    QVERIFY(few.ok());
    const Threshold& extrapolated = few->family->variants.front().thresholds[0];
    QVERIFY(!extrapolated.supported);
    QVERIFY(extrapolated.value > 0.0F && extrapolated.rows < 100);
    QVERIFY(hasRemark(*few, "threshold"));

    settings.falseAlarmTarget = 0.05;
    const auto enough = trainFamily({test::smallRecording(300, 2)}, settings);
    QVERIFY(enough.ok());
    QVERIFY(enough->family->variants.front().thresholds[0].supported);
    QVERIFY(enough->family->variants.front().thresholds[0].value < extrapolated.value);
    QVERIFY(!hasRemark(*enough, "threshold"));
}

QTEST_APPLESS_MAIN(TestTrainingInput)
#include "tst_training_input.moc"
