#include "app/live/live_engine.h"
#include "tests/support/small_family.h"

#include <QTest>

#include <cmath>
#include <thread>
#include <vector>

using namespace stint;
using namespace stint::app;

namespace {

const Mode sparseContinual {WeightFormat::SparseBinary, AttentionMask::StepT, Inference::Continual};

/// Rows of a model's channels, as a reader hands them on.
LiveRows blockOf(const Recording& recording, std::size_t first, std::size_t count)
{
    LiveRows rows;
    rows.samples.layout = 1;
    for (const Channel& channel : recording.channels)
        rows.samples.channels.push_back({channel.name, channel.unit});
    rows.samples.rows = static_cast<Index>(count);
    rows.firstRow = first;
    for (std::size_t r = first; r < first + count; ++r) {
        rows.time.push_back(static_cast<double>(r));
        for (const Channel& channel : recording.channels)
            rows.samples.values.push_back(channel.values[r]);
    }
    return rows;
}

} // namespace

class TestLiveEngine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aModeCanBeChangedWhileRowsComeIn();
    void aThresholdMayBeginToMove();
    void aDeviceWithoutTheModelsChannelsIsNamed();
    void rowsThatAreGivenUpAreCounted();
    void everyRowIsCountedOnce();
    void rowsThatThereIsNoTimeForAreCounted();
};

void TestLiveEngine::aModeCanBeChangedWhileRowsComeIn()
{
    const auto recording = test::madeUpRecording(900, 5);
    LiveEngine engine;
    engine.setModel({test::smallFamily(), {.mode = sparseContinual}});
    std::vector<float> score;
    ResultBlock block;
    const auto feed = [&](std::size_t first, std::size_t last) {
        for (std::size_t at = first; at < last; at += 50)
            engine.add(blockOf(recording, at, 50));
        while (score.size() < last)
            if (engine.tryTake(block))
                score.insert(score.end(), block.score.begin(), block.score.end());
            else
                std::this_thread::yield();
    };
    feed(0, 600);
    const Mode window {WeightFormat::SparseBinary, AttentionMask::StepT, Inference::Window};
    engine.setMode(window);
    engine.setThreshold(0.5F);
    feed(600, 900);
    QVERIFY(engine.state().mode == window);
    QVERIFY(engine.state().threshold < 0.6F);
    QVERIFY(engine.state().alarms > 0);
    PlayerOptions options;
    options.mode = window;
    const auto played = test::playedFromStart(std::make_shared<Recording>(recording),
                                              test::smallFamily(), options);
    const std::vector<float> after(score.begin() + 600, score.end());
    QVERIFY(test::sameBits(after, played.from(600).score));
}

void TestLiveEngine::aThresholdMayBeginToMove()
{
    const auto recording = test::madeUpRecording(900, 5);
    LiveEngine engine;
    engine.setModel({test::smallFamily(), {.mode = sparseContinual}});
    ResultBlock block;
    const auto answered = [&](std::size_t first) {
        engine.add(blockOf(recording, first, 300));
        std::vector<float> thresholds;
        for (Index rows = 0; rows < 300;) {
            if (!engine.tryTake(block)) {
                std::this_thread::yield();
                continue;
            }
            rows += block.rows;
            thresholds.insert(thresholds.end(), block.thresholds.begin(), block.thresholds.end());
        }
        return thresholds;
    };
    QVERIFY(answered(0).empty());
    engine.setMotion(ThresholdMotion {40});
    const std::vector<float> moving = answered(300);
    QCOMPARE(moving.size(), std::size_t {300});
    QVERIFY(moving.front() < moving.back() || moving.back() < moving.front());
    engine.setMotion(std::nullopt);
    QVERIFY(answered(600).empty());
}

void TestLiveEngine::aDeviceWithoutTheModelsChannelsIsNamed()
{
    Recording other = test::madeUpRecording(100);
    other.channels[1].name = "Pressure";
    LiveEngine engine;
    engine.setModel({test::smallFamily(), {.mode = sparseContinual}});
    engine.add(blockOf(other, 0, 50));
    QTRY_VERIFY(test::isSentenceAbout(engine.state().problem, "\"pressure\""));
    LiveRows right = blockOf(test::madeUpRecording(100), 50, 50);
    right.samples.layout = 2;
    engine.add(right);
    QTRY_VERIFY(engine.state().scored > 0);
    QVERIFY(engine.state().problem.empty());
    QCOMPARE(engine.state().skipped, std::uint64_t {0});
}

void TestLiveEngine::rowsThatAreGivenUpAreCounted()
{
    const auto recording = test::madeUpRecording(300, 5);
    LiveEngine engine;
    engine.setModel({test::smallFamily(), {.mode = sparseContinual}});
    engine.add(blockOf(recording, 0, 100));
    engine.add(blockOf(recording, 130, 70)); // 30 rows were pushed out of the queue
    LiveRows back = blockOf(recording, 200, 50);
    back.gap = true;
    engine.add(back);
    std::vector<float> score;
    ResultBlock block;
    std::vector<Index> firstRows;
    while (score.size() < 220)
        if (engine.tryTake(block)) {
            firstRows.push_back(block.firstRow);
            score.insert(score.end(), block.score.begin(), block.score.end());
        } else {
            std::this_thread::yield();
        }
    QCOMPARE(engine.state().skipped, std::uint64_t {30});
    QCOMPARE(firstRows, (std::vector<Index> {0, 130, 200}));
    for (const std::size_t first : {std::size_t {0}, std::size_t {100}, std::size_t {170}}) {
        QVERIFY(std::isnan(score[first]) && std::isnan(score[first + 6]));
        QVERIFY(std::isfinite(score[first + 7]));
    }
}

void TestLiveEngine::everyRowIsCountedOnce()
{
    const auto recording = test::madeUpRecording(800, 5);
    LiveEngine engine;
    const auto counted = [&] {
        const EngineState state = engine.state();
        return state.scored + state.skipped + state.filling + state.unwatched;
    };
    const LiveModel model {test::smallFamily(), {.mode = sparseContinual}};
    engine.add(blockOf(recording, 0, 100)); // there is no model yet
    QCOMPARE(engine.state().unwatched, std::uint64_t {100});
    engine.setModel(model);
    engine.add(blockOf(recording, 100, 100));
    QTRY_COMPARE(counted(), std::uint64_t {200});
    const std::uint64_t first = engine.state().filling;
    QVERIFY(first > 0);
    engine.clearModel();
    engine.add(blockOf(recording, 200, 50));
    engine.setModel(model);
    engine.add(blockOf(recording, 280, 120)); // 30 rows were pushed out of the queue
    QTRY_COMPARE(counted(), std::uint64_t {400});
    QCOMPARE(engine.state().skipped, std::uint64_t {30});
    QCOMPARE(engine.state().unwatched, std::uint64_t {150});
    QCOMPARE(engine.state().filling, 2 * first);
    LiveRows gap = blockOf(recording, 400, 100);
    gap.gap = true;
    engine.add(gap);
    QTRY_COMPARE(counted(), std::uint64_t {500});
    QCOMPARE(engine.state().filling, 3 * first);
    LiveRows other = blockOf(recording, 520, 80); // after 20 that were pushed out
    other.samples.layout = 2;
    other.samples.channels[0].name = "another";
    engine.add(other);
    QTRY_COMPARE(counted(), std::uint64_t {600});
    QCOMPARE(engine.state().skipped, std::uint64_t {50});
    QCOMPARE(engine.state().unwatched, std::uint64_t {230});
    engine.add(blockOf(recording, 600, 200));
    engine.finish(std::chrono::seconds(30));
    QCOMPARE(counted(), std::uint64_t {800});
    engine.restart();
    QCOMPARE(counted(), std::uint64_t {0});
    engine.add(blockOf(recording, 0, 100));
    engine.finish(std::chrono::seconds(30));
    QCOMPARE(counted(), std::uint64_t {100});
    QCOMPARE(engine.state().skipped, std::uint64_t {0});
}

void TestLiveEngine::rowsThatThereIsNoTimeForAreCounted()
{
    const auto recording = test::madeUpRecording(800, 5);
    LiveEngine engine;
    const Mode slow {WeightFormat::Dense, AttentionMask::Full, Inference::Window};
    engine.setModel({test::smallFamily(), {.mode = slow}});
    constexpr std::uint64_t blocks = 2000; // more than are kept
    for (std::uint64_t block = 0; block < blocks; ++block) {
        LiveRows rows = blockOf(recording, 0, 400);
        rows.firstRow = block * 400;
        engine.add(rows);
    }
    engine.finish(std::chrono::milliseconds(0));
    const EngineState state = engine.state();
    QCOMPARE(state.scored + state.skipped + state.filling + state.unwatched, blocks * 400);
    QCOMPARE(state.unwatched, std::uint64_t {0});
    QVERIFY(state.skipped > 0);
}

QTEST_GUILESS_MAIN(TestLiveEngine)
#include "tst_live_engine.moc"
