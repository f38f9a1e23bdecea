#pragma once

#include "core/base/bounded_queue.h"
#include "core/stream/player.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace stint::app {

/// What the engine thread hands over: a block of answers, or only news of its state.
struct PlaybackFrame {
    std::uint64_t generation = 0; ///< number of the last command that had been carried out
    ResultBlock block; ///< rows = 0: nothing was answered
    bool again = false; ///< the rows were answered before; they only compare two inferences
    Index position = 0; ///< the row that is answered next
    Index rows = 0;
    bool loaded = false; ///< there is a player
    bool playing = false;
    Mode mode;
    float threshold = 0.0F;
    bool thresholdMoves = false;
    std::string error; ///< why the last command could not be carried out; empty: it could
};

/// What is played, and how it begins.
struct PlaybackJob {
    std::shared_ptr<const Recording> recording;
    std::shared_ptr<const Family> family;
    Mode mode;
    std::optional<float> threshold; ///< nothing: the model's own
    Index firstRow = 0;
    bool play = false; ///< at once
    bool keepForecast = false; ///< fill ResultBlock::forecast
    std::optional<ThresholdMotion> motion = {}; ///< of the model's own threshold
};

/// Plays a recording on a thread of its own, at a pace or as fast as it goes.
///
/// Commands are queued and return at once; each gets a number, and every frame carries the number
/// of the last command that took effect, so a frame with a smaller one than the newest that
/// changed what is shown is stale. Answers leave through a bounded queue that blocks the engine
/// when the reader is slow: playing a file loses nothing.
///
/// Thread safety: commands and tryTake() belong to one thread, the owner's. The destructor stops
/// and joins.
class PlaybackThread {
public:
    static constexpr std::size_t queueFrames = 64;

    PlaybackThread();
    ~PlaybackThread();
    PlaybackThread(const PlaybackThread&) = delete;
    PlaybackThread& operator=(const PlaybackThread&) = delete;

    /// Plays something else. The result tells if it cannot be played.
    std::uint64_t load(PlaybackJob job);
    /// Lets go of what was loaded.
    std::uint64_t unload();
    std::uint64_t setPlaying(bool playing);
    /// Pauses and answers one row.
    std::uint64_t step();
    std::uint64_t seek(Index row);
    /// Factor of the recording's own pace; 0: as fast as it goes.
    std::uint64_t setSpeed(double factor);
    std::uint64_t setMode(const Mode& mode);
    /// Nothing: the model's own threshold.
    std::uint64_t setThreshold(std::optional<float> threshold);
    /// Whether the model's own threshold moves; nothing: it stands still.
    std::uint64_t setMotion(const std::optional<ThresholdMotion>& motion);

    /// Whether blocks bring the row as it was predicted; some rows before are answered again.
    std::uint64_t setKeepForecast(bool keep);

    /// Swaps the oldest waiting frame out; false if there is none. Never waits.
    bool tryTake(PlaybackFrame& frame) { return m_frames.tryPop(frame); }

    /// Frames lost on the way; stays 0 while the queue blocks.
    [[nodiscard]] std::uint64_t dropped() const { return m_frames.dropped(); }

private:
    class Engine;
    using Command = std::function<void(Engine&)>;

    std::uint64_t post(Command command);
    void run(const std::stop_token& stop);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<std::pair<std::uint64_t, Command>> m_commands;
    std::uint64_t m_lastNumber = 0;
    BoundedQueue<PlaybackFrame> m_frames;
    std::jthread m_thread; // last member: joined before anything it uses is destroyed
};

} // namespace stint::app
