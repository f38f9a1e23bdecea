#pragma once

#include "app/desktop/playback_thread.h"

#include <chrono>

namespace stint::app {

/// The state of the engine thread: the player, the pace, and what is done for each command.
/// Used on that thread only.
class PlaybackThread::Engine {
public:
    using Clock = std::chrono::steady_clock;

    void load(PlaybackJob job);
    void unload();
    void setPlaying(bool playing);
    void step();
    void seek(Index row);
    void setSpeed(double factor);
    void setMode(const Mode& mode);
    void setThreshold(std::optional<float> threshold);
    void setMotion(const std::optional<ThresholdMotion>& motion);
    void setKeepForecast(bool keep);

    /// How long to wait before there is something to answer; zero: now. Nothing: until a command.
    [[nodiscard]] std::optional<Clock::duration> delay(Clock::time_point now) const;

    /// Answers what is due, at most one block, into the frame; false if nothing was.
    bool advance(Clock::time_point now, PlaybackFrame& frame);

    /// Writes the state, and the error of the last command, into a frame.
    void describe(PlaybackFrame& frame);

private:
    bool create(Index position);
    void restartClock();
    [[nodiscard]] double rowsPerSecond() const;
    void compareInferences(const Mode& before);
    bool answer(Index rows, PlaybackFrame& frame);

    PlaybackJob m_job;
    std::unique_ptr<Player> m_player;
    bool m_playing = false;
    bool m_stepping = false; ///< one row is to be answered
    double m_speed = 10.0;
    Clock::time_point m_started; ///< when the clock of the pace began
    Clock::time_point m_lastBlock; ///< when rows were answered last
    double m_paid = 0.0; ///< rows answered since then
    Index m_runStart = 0; ///< first row of the run
    Index m_compareFrom = -1; ///< rows from here to m_compareTo are answered again
    Index m_compareTo = -1;
    std::uint64_t m_runBase = 0; ///< runs of earlier players, so that numbers keep growing
    std::uint64_t m_newestRun = 0;
    std::string m_error;
};

} // namespace stint::app
