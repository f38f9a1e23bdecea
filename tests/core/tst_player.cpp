#include "core/stream/player.h"
#include "tests/support/small_family.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace stint;
using test::PlayedRows;

namespace {

constexpr Mode fullWindowMode {WeightFormat::Dense, AttentionMask::Full, Inference::Window};
constexpr Mode sparseWindow {WeightFormat::SparseBinary, AttentionMask::StepT, Inference::Window};
constexpr Mode sparseContinual {WeightFormat::SparseBinary, AttentionMask::StepT,
                                Inference::Continual};
constexpr Index past = 7;

std::unique_ptr<Player> playerOf(const std::shared_ptr<const Recording>& recording,
                                 const PlayerOptions& options)
{
    auto player = Player::create(recording, test::smallFamily(), options);
    return player ? std::move(*player) : nullptr;
}

PlayerOptions optionsFor(Mode mode, Index block = 256)
{
    PlayerOptions options;
    options.mode = mode;
    options.maxBlock = block;
    return options;
}

std::shared_ptr<const Recording> shared(Recording recording)
{
    return std::make_shared<const Recording>(std::move(recording));
}

std::string refusalOf(const std::shared_ptr<const Recording>& recording,
                      const PlayerOptions& options)
{
    const auto player = Player::create(recording, test::smallFamily(), options);
    return player ? std::string() : player.error().message;
}

bool isRetroactive(const Mode& mode)
{
    return mode.attention == AttentionMask::Full && mode.inference == Inference::Continual;
}

} // namespace

class TestPlayer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void blocksCoverEveryRowOnce();
    void blockSizesDoNotChangeABit_data();
    void blockSizesDoNotChangeABit();
    void aSeekGivesTheNumbersOfARunFromTheStart_data();
    void aSeekGivesTheNumbersOfARunFromTheStart();
    void togglingThereAndBackChangesNothing();
    void continualEqualsWindow();
    void everySeekAndToggleBeginsANewRun();
    void theTallyGrowsThroughARunAndBeginsAnewWithIt();
    void aRefusedToggleChangesNothing();
    void missingValuesAreHeldAndFlagged_data();
    void missingValuesAreHeldAndFlagged();
    void theNewestValueDoesNotChangeItsOwnPrediction_data();
    void theNewestValueDoesNotChangeItsOwnPrediction();
    void heldValuesDoNotDependOnWherePlaybackBegan();
    void rescalingUndoesAnotherGain();
    void rescalingNeedsRows();
    void aMissingChannelIsNamed();
    void channelsAreFoundInAnyOrder();
    void refusedModesSayWhy_data();
    void refusedModesSayWhy();
    void aThresholdOfTheUsersOwnJudges();
    void aThresholdThatMovesShowsWhatJudgedEachRow();
    void aSeekAndAToggleSetAMovingThresholdBack();
    void eachSeriesBeginsWithTheSameThreshold();
    void whatCannotMoveStandsStill();
    void scoreKindsHaveThresholdsOfTheirOwn();
    void recordingsShorterThanAWindow_data();
    void recordingsShorterThanAWindow();

private:
    std::shared_ptr<const Recording> m_recording;
};

void TestPlayer::initTestCase() { m_recording = test::smallRecording(900, 5); }

void TestPlayer::blocksCoverEveryRowOnce()
{
    const auto player = playerOf(m_recording, optionsFor(sparseContinual, 64));
    ResultBlock block;
    Index next = 0;
    QCOMPARE(player->rows(), Index {900});
    while (player->advance(1000, block) > 0) {
        QCOMPARE(block.firstRow, next);
        QVERIFY(block.rows <= 64);
        QVERIFY(block.mode == sparseContinual);
        QCOMPARE(block.channels, Index {3});
        next += block.rows;
        QCOMPARE(player->position(), next);
    }
    QCOMPARE(next, Index {900});
    QCOMPARE(player->advance(10, block), Index {0});
    QCOMPARE(block.rows, Index {0});
    player->seek(5000); // behind the end is the end
    QCOMPARE(player->position(), Index {900});
    player->seek(-3);
    QCOMPARE(player->position(), Index {0});
}

void TestPlayer::blockSizesDoNotChangeABit_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {1, 7, 8, 9})
        QTest::addRow("%d", size) << size;
}

void TestPlayer::blockSizesDoNotChangeABit()
{
    QFETCH(int, size);
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        const auto large = playerOf(m_recording, optionsFor(mode, 256));
        const auto small = playerOf(m_recording, optionsFor(mode, 256));
        const auto tight = playerOf(m_recording, optionsFor(mode, size));
        const PlayedRows expected = test::played(*large, 256, 300);
        QVERIFY(test::played(*small, size, 300).equals(expected));
        QVERIFY(test::played(*tight, 1000, 300).equals(expected));
    }
}

void TestPlayer::aSeekGivesTheNumbersOfARunFromTheStart_data()
{
    QTest::addColumn<int>("row");
    for (const int row : {0, 1, 6, 7, 8, 15, 16, 100, 398, 399, 400, 401, 640, 899})
        QTest::addRow("%d", row) << row;
}

void TestPlayer::aSeekGivesTheNumbersOfARunFromTheStart()
{
    QFETCH(int, row);
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        const auto player = playerOf(m_recording, optionsFor(mode, 96));
        const PlayedRows whole = test::played(*player, 96);
        player->seek(row);
        const PlayedRows again = test::played(*player, 96);
        // What retroactive attention refers its exponentials to depends on the rows before.
        if (isRetroactive(mode))
            QVERIFY(test::largestDifference(again.score, whole.from(row).score) < 1e-5 || row == 0);
        else
            QVERIFY(again.equals(whole.from(row))); // bit for bit
    }
}

void TestPlayer::togglingThereAndBackChangesNothing()
{
    const PlayedRows sparse
        = test::playedFromStart(m_recording, test::smallFamily(), optionsFor(sparseContinual));
    const PlayedRows full
        = test::playedFromStart(m_recording, test::smallFamily(), optionsFor(fullWindowMode));
    const auto player = playerOf(m_recording, optionsFor(sparseContinual));
    test::played(*player, 50, 500);
    QVERIFY(player->setMode(fullWindowMode).ok());
    QVERIFY(player->mode() == fullWindowMode);
    PlayedRows between = test::played(*player, 50, 600);
    QVERIFY(test::sameBits(between.score, {full.score.begin() + 500, full.score.begin() + 600}));
    QVERIFY(player->setMode(sparseContinual).ok());
    QVERIFY(test::played(*player, 50).equals(sparse.from(600)));
    // The two variants disagree, or nothing was shown.
    QVERIFY(test::largestDifference(full.from(500).score, sparse.from(500).score) > 1e-3);
}

void TestPlayer::continualEqualsWindow()
{
    const PlayedRows window
        = test::playedFromStart(m_recording, test::smallFamily(), optionsFor(sparseWindow));
    const PlayedRows continual
        = test::playedFromStart(m_recording, test::smallFamily(), optionsFor(sparseContinual));
    QVERIFY(test::largestDifference(continual.score, window.score) < 1e-5);
    QVERIFY(test::largestDifference(continual.contributions, window.contributions) < 1e-5);
}

void TestPlayer::everySeekAndToggleBeginsANewRun()
{
    const auto player = playerOf(m_recording, optionsFor(sparseContinual));
    std::vector<std::uint64_t> runs;
    const auto note = [&] {
        const PlayedRows rows = test::played(*player, 10, player->position() + 50);
        QCOMPARE(std::count(rows.runs.begin(), rows.runs.end(), rows.runs.front()), 5);
        runs.push_back(rows.runs.front());
    };
    note();
    player->seek(player->position()); // also where it stands
    note();
    QVERIFY(player->setMode(sparseWindow).ok());
    note();
    QVERIFY(player->setMode(sparseContinual).ok());
    note();
    player->seek(0);
    note();
    player->setThreshold(3.0F); // judges the next rows, the numbers go on
    note();
    QCOMPARE(runs.size(), std::size_t {6});
    QVERIFY(runs[0] < runs[1] && runs[1] < runs[2] && runs[2] < runs[3] && runs[3] < runs[4]);
    QCOMPARE(runs[5], runs[4]);
}

void TestPlayer::theTallyGrowsThroughARunAndBeginsAnewWithIt()
{
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        const auto player = playerOf(m_recording, optionsFor(mode));
        const Tally one = test::played(*player, 1, past + 1).tally;
        QCOMPARE(one.steps, std::uint64_t {1});
        const PlayedRows more = test::played(*player, 33, 500);
        QVERIFY(std::is_sorted(more.steps.begin(), more.steps.end()));
        QCOMPARE(more.tally.steps, static_cast<std::uint64_t>(500 - past));
        QCOMPARE(more.tally.counted.total().operations,
                 one.counted.total().operations * more.tally.steps);
        player->seek(450); // what refills it is not counted
        const Tally after = test::played(*player, 33, 500).tally;
        QCOMPARE(after.steps, std::uint64_t {50});
        QCOMPARE(after.counted.total().operations, one.counted.total().operations * 50);
        QCOMPARE(after.perStep, one.perStep);
    }
}

void TestPlayer::aRefusedToggleChangesNothing()
{
    const PlayedRows whole
        = test::playedFromStart(m_recording, test::smallFamily(), optionsFor(sparseContinual));
    const auto player = playerOf(m_recording, optionsFor(sparseContinual));
    test::played(*player, 100, 300);
    const auto refused
        = player->setMode({WeightFormat::Binary, AttentionMask::Full, Inference::Continual});
    QVERIFY(!refused.ok());
    QVERIFY(test::isSentenceAbout(refused.error().message, "binary/full"));
    QVERIFY(player->mode() == sparseContinual);
    const PlayedRows rest = test::played(*player, 100);
    QVERIFY(rest.equals(whole.from(300)));
    QCOMPARE(rest.runs.front(), std::uint64_t {1});
}

void TestPlayer::missingValuesAreHeldAndFlagged_data()
{
    QTest::addColumn<double>("value");
    QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN();
    QTest::newRow("infinity") << std::numeric_limits<double>::infinity();
    QTest::newRow("minus infinity") << -std::numeric_limits<double>::infinity();
}

void TestPlayer::missingValuesAreHeldAndFlagged()
{
    QFETCH(double, value);
    Recording broken = test::madeUpRecording(300, 5);
    Recording repeated = broken;
    for (const std::size_t row : std::initializer_list<std::size_t> {0, 100, 101, 102, 200}) {
        broken.channels[1].values[row] = value;
        repeated.channels[1].values[row] = row == 0 ? test::smallFamily()->standardiser.mean[1]
                                                    : repeated.channels[1].values[row - 1];
    }
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        const PlayedRows rows
            = test::playedFromStart(shared(broken), test::smallFamily(), optionsFor(mode));
        const PlayedRows expected
            = test::playedFromStart(shared(repeated), test::smallFamily(), optionsFor(mode));
        for (std::size_t row = 0; row < rows.held.size(); ++row) {
            const bool missing = row == 0 || (row >= 100 && row <= 102) || row == 200;
            QCOMPARE(rows.held[row], static_cast<std::uint8_t>(missing ? 1 : 0));
        }
        QVERIFY(test::sameBits(rows.score, expected.score));
        QCOMPARE(std::count(expected.held.begin(), expected.held.end(), 1), 0);
    }
}

void TestPlayer::theNewestValueDoesNotChangeItsOwnPrediction_data()
{
    QTest::addColumn<double>("value");
    QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN();
    QTest::newRow("infinity") << std::numeric_limits<double>::infinity();
    QTest::newRow("very large") << 1e30;
    QTest::newRow("largest double") << std::numeric_limits<double>::max();
    QTest::newRow("very large, below zero") << -1e30;
}

void TestPlayer::theNewestValueDoesNotChangeItsOwnPrediction()
{
    QFETCH(double, value);
    constexpr std::size_t row = 120;
    Recording changed = test::madeUpRecording(300, 5);
    for (Channel& channel : changed.channels)
        channel.values[row] = value;
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        PlayerOptions options = optionsFor(mode, 300); // one block keeps only its newest rows
        options.keepAttention = true;
        options.maxBlock = 100;
        const PlayedRows whole
            = test::playedFromStart(test::smallRecording(300, 5), test::smallFamily(), options);
        const PlayedRows rows
            = test::playedFromStart(shared(changed), test::smallFamily(), options);
        QCOMPARE(rows.attention.size(), whole.attention.size());
        const auto perRow = static_cast<std::ptrdiff_t>(whole.attention.size() / (300 - past));
        const float tolerance = isRetroactive(mode) ? 1e-5F : 0.0F;
        const auto sameAttention = [&](std::ptrdiff_t first, std::ptrdiff_t last) {
            return std::equal(
                whole.attention.begin() + (first - past) * perRow,
                whole.attention.begin() + (last - past) * perRow,
                rows.attention.begin() + (first - past) * perRow,
                [tolerance](float a, float b) { return std::abs(a - b) <= tolerance; });
        };
        QVERIFY(sameAttention(past, row + 1)); // its own included
        QVERIFY(!sameAttention(row + 1, row + 2));
        QVERIFY(sameAttention(row + 1 + past, 300));
        for (std::size_t t = past; t < 300; ++t)
            QVERIFY(std::isfinite(rows.score[t]));
        QVERIFY(std::equal(whole.score.begin() + past, whole.score.begin() + row,
                           rows.score.begin() + past));
    }
}

void TestPlayer::heldValuesDoNotDependOnWherePlaybackBegan()
{
    Recording gappy = test::madeUpRecording(900, 5);
    for (std::size_t row = 20; row < 880; ++row) {
        gappy.channels[0].values[row] = std::nan(""); // held from far before any refill
        if (row % 7 == 0)
            gappy.channels[2].values[row] = std::nan("");
    }
    const auto recording = shared(gappy);
    const auto player = playerOf(recording, optionsFor(sparseContinual));
    const PlayedRows whole = test::played(*player, 256);
    for (const Index row : {10, 21, 300, 700, 890}) {
        player->seek(row);
        QVERIFY(test::played(*player, 256).equals(whole.from(row)));
    }
}

void TestPlayer::rescalingUndoesAnotherGain()
{
    Recording amplified = test::madeUpRecording(600, 6);
    for (Channel& channel : amplified.channels) {
        for (double& v : channel.values)
            v = 1000.0 * v - 77.0;
    }
    PlayerOptions options = optionsFor(sparseContinual);
    const auto strange = test::playedFromStart(shared(amplified), test::smallFamily(), options);
    options.rescale = RowRange {0, 300};
    const auto original
        = test::playedFromStart(test::smallRecording(600, 6), test::smallFamily(), options);
    const auto undone = test::playedFromStart(shared(amplified), test::smallFamily(), options);
    QVERIFY(test::largestDifference(undone.score, original.score) < 1e-4);
    QVERIFY(test::largestDifference(strange.score, original.score) > 1.0);
    // Rows beyond the end of the recording are as good as all of it.
    options.rescale = RowRange {0, 600};
    const auto all
        = test::playedFromStart(test::smallRecording(600, 6), test::smallFamily(), options);
    options.rescale = RowRange {0, 1'000'000};
    const auto beyond
        = test::playedFromStart(test::smallRecording(600, 6), test::smallFamily(), options);
    QVERIFY(beyond.equals(all));
}

void TestPlayer::rescalingNeedsRows()
{
    PlayerOptions options = optionsFor(sparseContinual);
    for (const RowRange range : {RowRange {10, 11}, RowRange {5000, 6000}, RowRange {899, 2000}}) {
        options.rescale = range;
        QVERIFY(test::isSentenceAbout(refusalOf(m_recording, options), "900 rows"));
    }
}

void TestPlayer::aMissingChannelIsNamed()
{
    Recording other = test::madeUpRecording(100);
    other.name = "other machine.csv";
    other.channels[1].name = "Pressure";
    const std::string why = refusalOf(shared(other), optionsFor(sparseContinual));
    QVERIFY(test::isSentenceAbout(why, "\"pressure\""));
    QVERIFY(test::isSentenceAbout(why, "other machine.csv"));
    other.channels.clear();
    QVERIFY(
        test::isSentenceAbout(refusalOf(shared(other), optionsFor(sparseContinual)), "\"flow\""));
}

void TestPlayer::channelsAreFoundInAnyOrder()
{
    Recording shuffled = test::madeUpRecording(900, 5);
    std::reverse(shuffled.channels.begin(), shuffled.channels.end());
    shuffled.channels.insert(shuffled.channels.begin() + 1,
                             {"unknown", "", std::vector<double>(900, std::nan(""))});
    const PlayedRows expected
        = test::playedFromStart(m_recording, test::smallFamily(), optionsFor(sparseContinual));
    const PlayedRows rows
        = test::playedFromStart(shared(shuffled), test::smallFamily(), optionsFor(sparseContinual));
    QVERIFY(rows.equals(expected)); // contributions too: in the order of the family
    QCOMPARE(std::count(rows.held.begin(), rows.held.end(), 1), 0); // what is not used is not held
}

void TestPlayer::refusedModesSayWhy_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("word");
    QTest::newRow("variant that was not trained")
        << QStringLiteral("sbt/full/window") << QStringLiteral("sbt/full");
    QTest::newRow("weights that no variant has")
        << QStringLiteral("binary/step-t/continual") << QStringLiteral("sbt/step-t");
}

void TestPlayer::refusedModesSayWhy()
{
    QFETCH(QString, mode);
    QFETCH(QString, word);
    const Mode parsed = *parseMode(mode.toStdString());
    QVERIFY(test::isSentenceAbout(refusalOf(m_recording, optionsFor(parsed)), word.toStdString()));
}

void TestPlayer::aThresholdOfTheUsersOwnJudges()
{
    PlayerOptions options = optionsFor(sparseContinual);
    options.threshold = 1.0F;
    const auto player = playerOf(m_recording, options);
    PlayedRows rows = test::played(*player, 100, 400);
    for (std::size_t t = 0; t < rows.score.size(); ++t)
        QCOMPARE(rows.alarm[t] == 1, rows.score[t] > 1.0F);
    const auto alarms = std::count(rows.alarm.begin(), rows.alarm.end(), 1);
    QVERIFY(alarms > 10 && alarms < 380);
    player->setThreshold(1e6F);
    rows = test::played(*player, 100, 500);
    QCOMPARE(std::count(rows.alarm.begin(), rows.alarm.end(), 1), 0);
    QVERIFY(player->setMode(sparseWindow).ok()); // stays through a toggle
    QVERIFY(player->threshold() > 9e5F);
}

/// The thresholds of rows up to `last`, in blocks of `block`; every alarm is held to its own.
static std::vector<float> thresholdsOf(Player& player, Index block, Index last)
{
    std::vector<float> all;
    ResultBlock out;
    while (player.position() < last
           && player.advance(std::min(block, last - player.position()), out) > 0) {
        for (std::size_t r = 0; r < out.thresholds.size(); ++r) {
            all.push_back(out.thresholds[r]);
            if ((out.alarm[r] != 0) != (out.score[r] > out.thresholds[r]))
                return {};
        }
    }
    return all;
}

void TestPlayer::aThresholdThatMovesShowsWhatJudgedEachRow()
{
    PlayerOptions options = optionsFor(sparseContinual);
    options.motion = ThresholdMotion {30};
    const auto player = playerOf(m_recording, options);
    QVERIFY(player->thresholdMoves());
    const std::vector<float> all = thresholdsOf(*player, 256, 900);
    QCOMPARE(all.size(), std::size_t {900});
    QVERIFY(*std::max_element(all.begin(), all.end())
            > 1.01F * *std::min_element(all.begin(), all.end()));
    QVERIFY(test::sameBits(thresholdsOf(*playerOf(m_recording, options), 7, 900), all));
    // The scores themselves know nothing of it.
    QVERIFY(test::sameBits(
        test::played(*playerOf(m_recording, options), 256).score,
        test::played(*playerOf(m_recording, optionsFor(sparseContinual)), 256).score));
}

void TestPlayer::aSeekAndAToggleSetAMovingThresholdBack()
{
    PlayerOptions options = optionsFor(sparseContinual);
    options.motion = ThresholdMotion {30};
    const auto player = playerOf(m_recording, options);
    const float start = player->threshold();
    QCOMPARE(thresholdsOf(*player, 100, 500).size(), std::size_t {500});
    QVERIFY(std::abs(player->threshold() - start) > 0.0F);
    player->seek(500);
    QVERIFY(test::sameBits({player->threshold()}, {start}));
    const std::vector<float> after = thresholdsOf(*player, 100, 700);
    QVERIFY(test::sameBits({after.front()}, {start}));
    QVERIFY(player->setMode(sparseWindow).ok());
    QVERIFY(test::sameBits({player->threshold()}, {start})); // the same variant
    QVERIFY(player->setMode(fullWindowMode).ok());
    QVERIFY(player->thresholdMoves());
    QVERIFY(!test::sameBits({player->threshold()}, {start}));
}

void TestPlayer::eachSeriesBeginsWithTheSameThreshold()
{
    Recording recording = test::madeUpRecording(600, 5);
    recording.seriesStarts = {0, 250};
    recording.seriesNames = {"a", "b"};
    PlayerOptions options = optionsFor(sparseContinual, 100);
    options.motion = ThresholdMotion {30};
    const auto player = playerOf(shared(std::move(recording)), options);
    const std::vector<float> all = thresholdsOf(*player, 100, 600);
    QCOMPARE(all.size(), std::size_t {600});
    QVERIFY(!test::sameBits({all[249]}, {all[0]}));
    QVERIFY(test::sameBits({all[250]}, {all[0]}));
}

void TestPlayer::whatCannotMoveStandsStill()
{
    PlayerOptions options = optionsFor(sparseContinual);
    const float own = playerOf(m_recording, options)->threshold();
    options.motion = ThresholdMotion {};
    Family old = test::smallFamilyCopy();
    for (FamilyVariant& variant : old.variants)
        for (Threshold& threshold : variant.thresholds)
            threshold.heldOut.clear();
    QVERIFY(old.motionRefusal() && test::isSentenceAbout(old.motionRefusal()->message, "held-out"));
    QVERIFY(!test::smallFamily()->motionRefusal());
    const auto without
        = Player::create(m_recording, std::make_shared<const Family>(std::move(old)), options);
    QVERIFY(without.ok() && !(*without)->thresholdMoves());
    QVERIFY(test::sameBits({(*without)->threshold()}, {own}));
    ResultBlock block;
    QVERIFY((*without)->advance(100, block) > 0 && block.thresholds.empty());

    const auto player = playerOf(m_recording, options);
    QVERIFY(player->thresholdMoves());
    player->setThreshold(2.5F); // by hand
    QVERIFY(!player->thresholdMoves());
    QVERIFY(player->advance(100, block) > 0 && block.thresholds.empty());
    player->setThreshold(std::nullopt);
    QVERIFY(player->thresholdMoves());
    player->setMotion(std::nullopt);
    QVERIFY(!player->thresholdMoves());
    QVERIFY(test::sameBits({player->threshold()}, {own}));
}

void TestPlayer::scoreKindsHaveThresholdsOfTheirOwn()
{
    const FamilyVariant& variant = *test::smallFamily()->find(sparseContinual.variant());
    std::vector<float> seen;
    for (const ScoreKind kind : allScoreKinds) {
        PlayerOptions options = optionsFor(sparseContinual);
        options.score = kind;
        const auto player = playerOf(m_recording, options);
        const float expected = variant.thresholds[static_cast<std::size_t>(kind)].value;
        QVERIFY(test::sameBits({player->threshold()}, {expected}));
        const PlayedRows rows = test::played(*player, 256);
        const auto& part
            = kind == ScoreKind::Encoder ? rows.encoderScore : rows.autoregressionScore;
        QCOMPARE(test::largestDifference(rows.score, part) < 1e-6, kind != ScoreKind::Combined);
        seen.push_back(expected);
    }
    QVERIFY(!test::sameBits({seen[0]}, {seen[1]}) && !test::sameBits({seen[1]}, {seen[2]}));
}

void TestPlayer::recordingsShorterThanAWindow_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("answers");
    QTest::newRow("none") << 0 << 0;
    QTest::newRow("one row") << 1 << 0;
    QTest::newRow("one row less than a window") << 7 << 0;
    QTest::newRow("one window") << 8 << 1;
    QTest::newRow("one row more") << 9 << 2;
}

void TestPlayer::recordingsShorterThanAWindow()
{
    QFETCH(int, rows);
    QFETCH(int, answers);
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        PlayerOptions options = optionsFor(mode);
        options.keepAttention = true;
        const auto player = playerOf(test::smallRecording(rows, 5), options);
        for (const Index row : {0, rows / 2, rows}) {
            player->seek(row);
            const PlayedRows all = test::played(*player, 256);
            QCOMPARE(static_cast<int>(all.score.size()), rows - static_cast<int>(row));
            const auto given
                = std::count_if(all.score.begin(), all.score.end(), [](float s) { return s == s; });
            QCOMPARE(static_cast<int>(given), std::min(answers, rows - static_cast<int>(row)));
        }
    }
}

QTEST_APPLESS_MAIN(TestPlayer)
#include "tst_player.moc"
