#pragma once

#include "app/live/alarm_log.h"
#include "app/live/file_follower.h"
#include "app/live/line_tap.h"
#include "app/live/live_model.h"
#include "app/live/live_rows.h"
#include "app/live/live_state.h"
#include "app/live/serial_settings.h"
#include "core/base/result.h"
#include "core/detect/result_block.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stint::app {

/// A device from its port to recorder and model. One thread reads the port, one writes to disk, one
/// runs the model; this is what their owner holds. A file that grows may stand in for the device:
/// its rows are neither recorded nor passed over, they wait in the file while a queue is filled.
///
/// Every row goes to the recorder first, which loses none while there is memory and disk. Then it
/// goes to the model, which passes over rows when it cannot keep up, and to whoever takes rows:
/// both queues give up their oldest blocks, which is counted.
///
/// Thread safety: start(), follow(), stop(), startRecording() and stopRecording() belong to one
/// thread at a time. They wait where something ends, as the destructor does: until what was
/// received has been written, which a disk that is full does not hold up, and, in stop(), until a
/// model has answered what waits for it, two seconds at most. The others never wait and may be
/// called meanwhile, from any thread.
class LiveFeed {
public:
    static constexpr std::size_t queuedBlocks = 256; ///< of rows, and of answers

    LiveFeed();
    ~LiveFeed();
    LiveFeed(const LiveFeed&) = delete;
    LiveFeed& operator=(const LiveFeed&) = delete;

    /// Opens a port and reads it until stop(); tries again while it cannot be opened and after it
    /// went away. Ends what ran before; counts and rows begin at 0.
    /// \param format nothing: recognised from the first bytes.
    void start(const SerialSettings& settings, const std::optional<WireFormat>& format = {});
    /// Follows a file until stop(); ends what ran before, as start() does.
    void follow(const FollowedFile& file);
    void stop();

    /// Sends bytes to the device; dropped while it is not connected.
    void sendCommand(const std::string& bytes);

    /// Reads what comes in from now on as this; nothing: recognises it again.
    void setFormat(const std::optional<WireFormat>& format);

    /// Records from the next row on. An existing file is never written to: "R-2.csv" is the next
    /// name. May be called before start(). Errors: the file cannot be made.
    /// \param rawPath beside it, every byte as it came; empty: none.
    /// \returns the file that is written.
    Result<std::string> startRecording(const std::string& path, const std::string& rawPath = {});
    void stopRecording();

    /// Scores rows from the next one on, with a run of its own. May be called before start().
    void setModel(const LiveModel& model);
    void clearModel();
    /// As a run in that mode from the start would continue.
    void setMode(const Mode& mode);
    void setThreshold(std::optional<float> threshold);

    /// Swaps the oldest waiting block out; false if there is none.
    bool tryTakeRows(LiveRows& rows);
    bool tryTakeResults(ResultBlock& results); ///< firstRow counts as LiveRows::firstRow does

    /// Appends alarms that have begun or ended since the last call.
    void takeAlarms(std::vector<LiveAlarm>& news);

    /// Appends the raw lines that came in since the last call.
    void takeLines(std::vector<ConsoleLine>& lines);

    /// What the device sent last, as it came, oldest first; at most LineTap::newestBytes.
    [[nodiscard]] std::vector<std::uint8_t> newestBytes() const;

    [[nodiscard]] LiveState state() const;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace stint::app
