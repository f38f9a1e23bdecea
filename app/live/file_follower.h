#pragma once

#include "app/live/live_rows.h"
#include "app/live/live_state.h"
#include "core/series/read_choices.h"
#include "core/series/table_reading.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace stint::app {

/// A file that is to be followed, and how its rows are read.
struct FollowedFile {
    std::string path;
    /// Of the recording that it was opened as. Null: its first rows are waited for, which say how
    /// it is to be opened; FileState::hasFirstRows is all that comes of it.
    std::shared_ptr<const TableReading> reading;
    bool countRows = false; ///< its times do not grow: rows are counted instead
    ReadChoices choices {}; ///< that it will be opened with, while its first rows are waited for
};

/// Where a follower puts what it reads. Both are used on its thread.
struct FollowerOutput {
    std::function<void(LiveRows&)> rows; ///< may take the buffers
    /// Whether more rows may come; a file loses none, so it waits while they may not.
    std::function<bool()> room;
};

/// Follows a file on a thread of its own: hands on the rows that stand in it and then those that
/// are appended, with a gap where it began anew. Looks a few times a second.
///
/// Thread safety: start() and stop() belong to one thread at a time, state() to any. stop() waits
/// for rows that are being handed on, never for the disk: a thread that hangs there is left to
/// itself and ends without a word.
class FileFollower {
public:
    static constexpr Index blockRows = 256; ///< handed on at a time

    explicit FileFollower(FollowerOutput output);
    ~FileFollower();
    FileFollower(const FileFollower&) = delete;
    FileFollower& operator=(const FileFollower&) = delete;

    void start(const FollowedFile& file);
    /// Nothing is handed on after this. The state stays as it was, but for its phase.
    void stop();

    /// What is known about the file; recorder and engine are left out.
    [[nodiscard]] LiveState state() const;

private:
    struct Shared;
    class Worker;
    static void waitForRows(Shared& shared, const FollowedFile& file);

    FollowerOutput m_output;
    mutable std::mutex m_mutex; ///< of the pointer, which state() may read from any thread
    std::shared_ptr<Shared> m_shared; ///< null: nothing was followed yet
    std::thread m_thread;
};

} // namespace stint::app
