#include "core/stream/live_player.h"
#include "core/stream/player.h"
#include "tests/support/small_family.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace stint;

namespace {

constexpr Index rowCount = 700;
constexpr std::size_t past = 7; // rows before the first answer of the small family

const Mode sparseContinual {WeightFormat::SparseBinary, AttentionMask::StepT, Inference::Continual};

/// Rows [first, last) of a recording, one after the other, in the order of the small family.
std::vector<double> rowsOf(const Recording& recording, Index first, Index last)
{
    std::vector<double> values;
    for (Index r = first; r < last; ++r)
        for (const FamilyChannel& wanted : test::smallFamily()->channels)
            for (const Channel& channel : recording.channels)
                if (channel.name == wanted.name)
                    values.push_back(channel.values[static_cast<std::size_t>(r)]);
    return values;
}

std::unique_ptr<LivePlayer> liveOf(const std::shared_ptr<const Family>& family,
                                   const LivePlayerOptions& options)
{
    auto player = LivePlayer::create(family, options);
    return player ? std::move(*player) : nullptr;
}

/// Pushes rows in blocks whose sizes go round, and gathers what is said about them.
class Feed {
public:
    Feed(LivePlayer& player, std::vector<Index> blocks)
        : m_player(player), m_blocks(std::move(blocks))
    { }

    void push(const std::vector<double>& values)
    {
        const auto channels = static_cast<Index>(test::smallFamily()->channels.size());
        const auto all = static_cast<Index>(values.size()) / channels;
        for (Index at = 0; at < all;) {
            const Index wanted = std::min(m_blocks[m_turn++ % m_blocks.size()], all - at);
            const Index position = m_player.position();
            const Index took = m_player.push(values.data() + at * channels, wanted, m_block);
            inOrder = inOrder && m_block.firstRow == position && m_block.rows == took && took > 0;
            said.score.insert(said.score.end(), m_block.score.begin(), m_block.score.end());
            said.contributions.insert(said.contributions.end(), m_block.contributions.begin(),
                                      m_block.contributions.end());
            said.alarm.insert(said.alarm.end(), m_block.alarm.begin(), m_block.alarm.end());
            thresholds.insert(thresholds.end(), m_block.thresholds.begin(),
                              m_block.thresholds.end());
            said.held.insert(said.held.end(), m_block.held.begin(), m_block.held.end());
            forecast.insert(forecast.end(), m_block.forecast.begin(), m_block.forecast.end());
            attention.insert(attention.end(), m_block.attention.begin(), m_block.attention.end());
            steps = m_block.tally.steps;
            run = m_block.run;
            at += took;
        }
    }

    test::PlayedRows said;
    std::vector<float> forecast, attention, thresholds;
    std::uint64_t steps = 0;
    std::uint64_t run = 0;
    bool inOrder = true;

private:
    LivePlayer& m_player;
    std::vector<Index> m_blocks;
    std::size_t m_turn = 0;
    ResultBlock m_block;
};

bool sameAnswers(const test::PlayedRows& live, const test::PlayedRows& played)
{
    return test::sameBits(live.score, played.score)
        && test::sameBits(live.contributions, played.contributions) && live.alarm == played.alarm
        && live.held == played.held;
}

std::shared_ptr<const Recording> gappyRecording()
{
    Recording recording = test::madeUpRecording(rowCount, 5);
    for (std::size_t row = 0; row < static_cast<std::size_t>(rowCount); ++row) {
        if (row < 3 || (row > 200 && row < 260))
            recording.channels[0].values[row] = std::numeric_limits<double>::quiet_NaN();
        if (row % 31 == 0)
            recording.channels[2].values[row] = std::numeric_limits<double>::infinity();
    }
    return std::make_shared<Recording>(std::move(recording));
}

} // namespace

class TestLivePlayer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersEqualThoseForARecording_data();
    void answersEqualThoseForARecording();
    void attentionAndForecastsDoToo();
    void aModeContinuesAsARunFromTheStartWould_data();
    void aModeContinuesAsARunFromTheStartWould();
    void noWindowCrossesAGap_data();
    void noWindowCrossesAGap();
    void rowNumbersGoOnAfterAGap();
    void normalRowsStandardiseTheOthers_data();
    void normalRowsStandardiseTheOthers();
    void normalRowsMayBeInterruptedByAGap();
    void aThresholdMayChangeAtAnyRow();
    void aThresholdThatMovesIsThatOfAPlayer();
    void aThresholdThatMovesKeepsItsStateOverAGap();
    void whatCannotBeRunIsRefused();
};

void TestLivePlayer::answersEqualThoseForARecording_data()
{
    QTest::addColumn<int>("block");
    QTest::newRow("row by row") << 1;
    QTest::newRow("odd blocks") << 7;
    QTest::newRow("whole blocks") << 256;
    QTest::newRow("more than fits") << 1000;
}

void TestLivePlayer::answersEqualThoseForARecording()
{
    QFETCH(int, block);
    const auto recording = gappyRecording();
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        PlayerOptions options;
        options.mode = mode;
        options.threshold = 1.0F;
        const auto expected = test::playedFromStart(recording, test::smallFamily(), options);
        const auto player = liveOf(test::smallFamily(), {.mode = mode, .threshold = 1.0F});
        QVERIFY(player);
        Feed feed(*player, {block, std::max(1, block / 3)});
        feed.push(rowsOf(*recording, 0, rowCount));
        QVERIFY2(sameAnswers(feed.said, expected), toString(mode).c_str());
        QVERIFY(feed.inOrder);
        QCOMPARE(feed.steps, expected.tally.steps);
        QVERIFY(std::count(feed.said.alarm.begin(), feed.said.alarm.end(), 1) > 10);
    }
}

void TestLivePlayer::attentionAndForecastsDoToo()
{
    const auto recording = test::smallRecording(rowCount, 5);
    PlayerOptions options;
    options.mode = sparseContinual;
    options.keepAttention = true;
    options.keepForecast = true;
    auto player = Player::create(recording, test::smallFamily(), options);
    QVERIFY(player.ok());
    std::vector<float> forecast, attention;
    ResultBlock block;
    while ((*player)->advance(100, block) > 0) {
        forecast.insert(forecast.end(), block.forecast.begin(), block.forecast.end());
        attention.insert(attention.end(), block.attention.begin(), block.attention.end());
    }
    const auto live = liveOf(
        test::smallFamily(),
        {.mode = sparseContinual, .maxBlock = 64, .keepAttention = true, .keepForecast = true});
    Feed feed(*live, {1, 50});
    feed.push(rowsOf(*recording, 0, rowCount));
    QVERIFY(test::sameBits(feed.forecast, forecast));
    QVERIFY(test::sameBits(feed.attention, attention));
    QVERIFY(!attention.empty());
}

void TestLivePlayer::aModeContinuesAsARunFromTheStartWould_data()
{
    QTest::addColumn<int>("row");
    QTest::newRow("at the start") << 0;
    QTest::newRow("before the first answer") << 4;
    QTest::newRow("with few rows") << 40;
    QTest::newRow("with all that is remembered") << 600;
}

void TestLivePlayer::aModeContinuesAsARunFromTheStartWould()
{
    QFETCH(int, row);
    const auto recording = gappyRecording();
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        PlayerOptions options;
        options.mode = mode;
        const auto expected = test::playedFromStart(recording, test::smallFamily(), options);
        const auto player = liveOf(test::smallFamily(), {.mode = sparseContinual, .maxBlock = 16});
        Feed before(*player, {16});
        before.push(rowsOf(*recording, 0, row));
        QVERIFY(player->setMode(mode).ok());
        QVERIFY(player->mode() == mode);
        Feed after(*player, {3, 16});
        after.push(rowsOf(*recording, row, rowCount));
        // Attention that is updated row by row rounds by the rows that it has seen.
        const bool retroactive
            = mode.attention == AttentionMask::Full && mode.inference == Inference::Continual;
        const test::PlayedRows wanted = expected.from(row);
        QVERIFY2(retroactive ? test::largestDifference(after.said.score, wanted.score) < 1e-5
                             : sameAnswers(after.said, wanted),
                 toString(mode).c_str());
        QCOMPARE(after.run, std::uint64_t {2});
        QVERIFY(after.steps <= static_cast<std::uint64_t>(rowCount - row)); // a tally of its own
    }
}

void TestLivePlayer::noWindowCrossesAGap_data()
{
    QTest::addColumn<int>("lost");
    QTest::newRow("known number of rows") << 17;
    QTest::newRow("unknown number of rows") << 0;
}

void TestLivePlayer::noWindowCrossesAGap()
{
    QFETCH(int, lost);
    const auto recording = gappyRecording();
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        const auto player = liveOf(test::smallFamily(), {.mode = mode});
        Feed before(*player, {5});
        before.push(rowsOf(*recording, 0, 300));
        player->resumeAt(300 + lost);
        Feed after(*player, {5});
        after.push(rowsOf(*recording, 300 + lost, rowCount));

        const auto fresh = liveOf(test::smallFamily(), {.mode = mode});
        fresh->resumeAt(300 + lost);
        Feed expected(*fresh, {200});
        expected.push(rowsOf(*recording, 300 + lost, rowCount));
        QVERIFY(sameAnswers(after.said, expected.said));
        for (std::size_t i = 0; i < past; ++i)
            QVERIFY(std::isnan(after.said.score[i]));
        QVERIFY(std::isfinite(after.said.score[past]));
    }
}

void TestLivePlayer::rowNumbersGoOnAfterAGap()
{
    const auto player = liveOf(test::smallFamily(), {.mode = sparseContinual});
    Feed feed(*player, {10});
    feed.push(rowsOf(*gappyRecording(), 0, 95));
    QCOMPARE(player->position(), Index {95});
    player->resumeAt(120);
    feed.push(rowsOf(*gappyRecording(), 120, 150));
    QCOMPARE(player->position(), Index {150});
    QVERIFY(feed.inOrder);
    QCOMPARE(feed.run, std::uint64_t {1});
}

void TestLivePlayer::normalRowsStandardiseTheOthers_data()
{
    QTest::addColumn<int>("first");
    QTest::newRow("from the first on") << 0;
    QTest::newRow("later ones") << 40;
}

void TestLivePlayer::normalRowsStandardiseTheOthers()
{
    QFETCH(int, first);
    Recording strange = *gappyRecording();
    for (Channel& channel : strange.channels)
        for (double& value : channel.values)
            value = 1000.0 * value - 77.0;
    const auto recording = std::make_shared<Recording>(std::move(strange));
    for (const Mode& mode : test::offeredModes(*test::smallFamily())) {
        PlayerOptions options;
        options.mode = mode;
        options.rescale = RowRange {first, 300};
        const auto expected = test::playedFromStart(recording, test::smallFamily(), options);
        const auto player
            = liveOf(test::smallFamily(), {.mode = mode, .rescale = RowRange {first, 300}});
        Feed feed(*player, {7, 64});
        feed.push(rowsOf(*recording, 0, rowCount));
        QVERIFY(std::all_of(feed.said.score.begin(), feed.said.score.begin() + 300,
                            [](float s) { return std::isnan(s); }));
        QVERIFY(feed.inOrder);
        const std::vector<float> after(feed.said.score.begin() + 300, feed.said.score.end());
        QVERIFY2(test::sameBits(after, expected.from(300).score), toString(mode).c_str());
    }
}

void TestLivePlayer::normalRowsMayBeInterruptedByAGap()
{
    const auto recording = gappyRecording();
    const auto player
        = liveOf(test::smallFamily(), {.mode = sparseContinual, .rescale = RowRange {0, 100}});
    Feed feed(*player, {9});
    feed.push(rowsOf(*recording, 0, 97));
    player->resumeAt(150);
    feed.push(rowsOf(*recording, 150, 400));
    // Three rows after the gap complete the normal ones and are the first of their window.
    const std::vector<float>& score = feed.said.score;
    QVERIFY(std::all_of(score.begin(), score.begin() + 97 + past,
                        [](float s) { return std::isnan(s); }));
    QVERIFY(std::all_of(score.begin() + 97 + past, score.end(),
                        [](float s) { return std::isfinite(s); }));
    QCOMPARE(player->position(), Index {400});
}

void TestLivePlayer::aThresholdMayChangeAtAnyRow()
{
    const auto recording = test::smallRecording(rowCount, 5);
    const auto player = liveOf(test::smallFamily(), {.mode = sparseContinual, .threshold = 1.0F});
    const float own = liveOf(test::smallFamily(), {.mode = sparseContinual})->threshold();
    Feed feed(*player, {10});
    feed.push(rowsOf(*recording, 0, 400));
    QVERIFY(std::count(feed.said.alarm.begin(), feed.said.alarm.end(), 1) > 10);
    player->setThreshold(1e6F);
    Feed quiet(*player, {10});
    quiet.push(rowsOf(*recording, 400, rowCount));
    QCOMPARE(std::count(quiet.said.alarm.begin(), quiet.said.alarm.end(), 1), 0);
    player->setThreshold({});
    QVERIFY(test::sameBits({player->threshold()}, {own}));
}

void TestLivePlayer::aThresholdThatMovesIsThatOfAPlayer()
{
    const auto recording = test::smallRecording(rowCount, 5);
    const ThresholdMotion motion {40};
    const auto live = liveOf(test::smallFamily(), {.mode = sparseContinual, .motion = motion});
    QVERIFY(live->thresholdMoves());
    Feed feed(*live, {1, 30, 256});
    feed.push(rowsOf(*recording, 0, rowCount));
    PlayerOptions options;
    options.mode = sparseContinual;
    options.motion = motion;
    const auto player = Player::create(recording, test::smallFamily(), options);
    std::vector<float> expected;
    ResultBlock block;
    while ((*player)->advance(100, block) > 0)
        expected.insert(expected.end(), block.thresholds.begin(), block.thresholds.end());
    QCOMPARE(expected.size(), static_cast<std::size_t>(rowCount));
    QVERIFY(test::sameBits(feed.thresholds, expected));
    QCOMPARE(feed.said.alarm, test::playedFromStart(recording, test::smallFamily(), options).alarm);
}

void TestLivePlayer::aThresholdThatMovesKeepsItsStateOverAGap()
{
    const auto recording = test::smallRecording(rowCount, 5);
    const auto player
        = liveOf(test::smallFamily(), {.mode = sparseContinual, .motion = ThresholdMotion {40}});
    const float start = player->threshold();
    Feed(*player, {50}).push(rowsOf(*recording, 0, 400));
    const float learned = player->threshold();
    QVERIFY(std::abs(learned - start) > 0.0F);
    player->resumeAt(450);
    player->setMotion(ThresholdMotion {40}); // as it is already
    QVERIFY(test::sameBits({player->threshold()}, {learned}));
    QVERIFY(player->setMode(sparseContinual).ok());
    QVERIFY(test::sameBits({player->threshold()}, {start}));
    player->setMotion(std::nullopt);
    QVERIFY(!player->thresholdMoves());
}

void TestLivePlayer::whatCannotBeRunIsRefused()
{
    const auto refusalOf = [](const LivePlayerOptions& options) {
        const auto player = LivePlayer::create(test::smallFamily(), options);
        return player ? std::string() : player.error().message;
    };
    QVERIFY(test::isSentenceAbout(refusalOf({.mode = *parseMode("sbt/full/window")}), "sbt/full"));
    QVERIFY(test::isSentenceAbout(refusalOf({.mode = sparseContinual, .rescale = RowRange {5, 6}}),
                                  "5:6"));
    QVERIFY(test::isSentenceAbout(
        refusalOf({.mode = sparseContinual, .rescale = RowRange {0, 100'000'000}}), "1000000"));
    const auto player = liveOf(test::smallFamily(), {.mode = sparseContinual});
    QVERIFY(!player->setMode(*parseMode("sbt/full/window")).ok());
    QVERIFY(player->mode() == sparseContinual);
}

QTEST_APPLESS_MAIN(TestLivePlayer)
#include "tst_live_player.moc"
