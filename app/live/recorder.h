#pragma once

#include "app/live/recording_writer.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

namespace stint::app {

/// Writes what a device sends to disk, on a thread of its own. Rows reach the file within half a
/// second and the disk within about one.
///
/// Loses nothing while there is memory: up to mostBytes wait for a slow disk. Then add() waits for
/// room, a second at most, and not again before the disk has taken something, nor while it reports
/// an error; rows that find no room are counted as unwritten.
///
/// Thread safety: add() and addRaw() belong to the thread that reads the port, start() and stop()
/// to the owner; state() may be called from any thread.
class Recorder {
public:
    static constexpr std::size_t mostBytes = std::size_t {64} << 20;

    Recorder() = default;
    ~Recorder() { stop(); }
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// Begins a recording; ends the one before. \param rawPath empty: no raw bytes.
    /// \returns the file that is written: the path, or the next free name. Errors: it cannot be
    /// made.
    Result<std::string> start(const std::string& path, const std::string& rawPath = {});

    /// Writes what waits and closes the files. What the disk does not take is given up.
    void stop();

    void add(const LiveRows& rows);
    void addRaw(std::span<const std::uint8_t> bytes);

    [[nodiscard]] RecorderState state() const;

private:
    void run(const std::stop_token& stop, RecordingWriter& writer);
    void append(const LiveRows& rows);
    [[nodiscard]] bool waitForRoom(std::unique_lock<std::mutex>& lock, std::size_t bytes);

    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::condition_variable_any m_room;
    bool m_recording = false;
    bool m_wantsRaw = false;
    std::deque<WaitingRows> m_rows;
    std::string m_raw;
    std::size_t m_bytes = 0; ///< of both
    std::size_t m_writerBytes = 0; ///< that the writer holds
    bool m_stalled = false; ///< somebody has waited for room in vain
    std::uint64_t m_lost = 0; ///< rows that found no room
    std::uint64_t m_lostRaw = 0; ///< bytes that found no room
    std::uint64_t m_waiting = 0; ///< rows in m_rows
    RecorderState m_state; ///< newest of the writer
    std::jthread m_thread; // last member: joined before anything it uses is destroyed
};

} // namespace stint::app
