#pragma once

#include "app/live/alarm_log.h"
#include "app/live/live_model.h"
#include "app/live/live_rows.h"
#include "app/live/live_state.h"
#include "core/base/bounded_queue.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace stint::app {

/// Runs a model over the rows of a device on a thread of its own.
///
/// Rows wait in a bounded queue. When the model cannot keep up, the oldest waiting blocks are given
/// up and counted, and the model is filled anew from the rows after them, as after a gap in the
/// connection: no window crosses it. Answers leave through a bounded queue that gives up its oldest
/// block when nobody takes them; only a display misses those. Every row is counted once, as one of
/// the kinds of EngineState; after finish() all of them are.
///
/// Thread safety: add() belongs to the thread that reads the port, tryTake(), takeAlarms() and
/// state() may be called from any thread, everything else belongs to the owner.
class LiveEngine {
public:
    static constexpr std::size_t queuedBlocks = 256;
    static constexpr std::size_t fewBlocks = 8; ///< that wait where rows can wait elsewhere

    LiveEngine();
    ~LiveEngine();
    LiveEngine(const LiveEngine&) = delete;
    LiveEngine& operator=(const LiveEngine&) = delete;

    /// Scores rows from the next one on, with a run and a tally of its own.
    void setModel(const LiveModel& model);
    void clearModel();
    /// From the next row on; filled from the rows before it.
    void setMode(const Mode& mode);
    void setThreshold(std::optional<float> threshold);
    void setMotion(const std::optional<ThresholdMotion>& motion);

    /// Rows begin at 0 again: forgets what waits and what was answered. The model stays.
    void restart();
    /// Answers what waits, `patience` at most, and ends an alarm that goes on.
    void finish(std::chrono::milliseconds patience);

    void add(const LiveRows& rows);

    /// Whether blocks can be added without any being given up soon; from any thread.
    [[nodiscard]] bool hasRoom() const;

    bool tryTake(ResultBlock& results) { return m_results.tryPop(results); }
    void takeAlarms(std::vector<LiveAlarm>& news) { m_alarms.take(news); }
    [[nodiscard]] EngineState state() const;

private:
    class Work;

    /// Rows in the queue.
    struct Waiting {
        LiveRows rows;
        std::uint64_t passed = 0; ///< of rows before these, those that were added without a model
    };

    void begin();
    void end(std::chrono::milliseconds patience);
    void run(const std::stop_token& stop);

    mutable std::mutex m_mutex;
    LiveModel m_model; ///< without a family: none
    std::uint64_t m_modelNumber = 0; ///< grows with every setModel() and clearModel()
    std::atomic<bool> m_active = false;
    std::chrono::steady_clock::time_point m_deadline; ///< for what waits when the thread ends
    EngineState m_state;
    BoundedQueue<Waiting> m_rows;
    BoundedQueue<ResultBlock> m_results;
    AlarmLog m_alarms;
    Waiting m_given; ///< of add()
    std::uint64_t m_passed = 0; ///< rows added without a model
    std::uint64_t m_next = 0; ///< row that is to be counted next; of the thread, as the one below
    std::uint64_t m_passedSeen = 0; ///< of m_passed, those that were behind m_next
    std::uint64_t m_newestRun = 0; ///< so that runs of later models keep growing
    std::jthread m_thread; // last member: joined before anything it uses is destroyed
};

} // namespace stint::app
