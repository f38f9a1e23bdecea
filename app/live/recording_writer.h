#pragma once

#include "app/live/csv_lines.h"
#include "app/live/live_rows.h"
#include "app/live/live_state.h"
#include "app/live/recording_file.h"

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace stint::app {

/// Rows that wait to be written.
struct WaitingRows {
    LiveRows rows;
    std::chrono::steady_clock::time_point since; ///< when the first of them came in

    /// Memory that the rows take [bytes].
    [[nodiscard]] std::size_t bytes() const
    {
        return sizeof(double) * (rows.samples.values.size() + 2 * rows.time.size());
    }
};

/// Writes rows to the files of one recording: a new one whenever the channels change. While the
/// disk cannot be written everything stays in memory and is tried again every second.
///
/// A file's columns are those of the rows of its first moments, so that a device whose channels
/// show up one after the other does not leave a file per channel.
///
/// Thread safety: none; owned by the thread of the recorder.
class RecordingWriter {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr auto settleTime = std::chrono::milliseconds(400);
    static constexpr auto syncEvery = std::chrono::seconds(1);
    static constexpr auto retryEvery = std::chrono::seconds(1);
    static constexpr std::size_t mostFiles = 1000;
    static constexpr std::size_t textAtOnce = std::size_t {1} << 20; ///< bytes

    /// \param wanted the path that was asked for. \param first the file that was made for it.
    /// \param raw gets every byte as it came; nothing: nobody asked.
    RecordingWriter(std::string wanted, RecordingFile first, std::optional<RecordingFile> raw);

    /// Takes rows and bytes over, and empties both.
    void take(std::deque<WaitingRows>& rows, std::string& raw);

    /// Writes what can be written. \param all does not wait for channels to settle or for the next
    /// attempt.
    void write(Clock::time_point now, bool all);

    /// Writes the rest, gives up what cannot be written, and closes the files.
    void finish(Clock::time_point now);

    /// Memory of what waits here [bytes].
    [[nodiscard]] std::size_t waitingBytes() const;

    /// Files, rows, remark and problem.
    [[nodiscard]] const RecorderState& state() const { return m_state; }

private:
    bool writeRaw();
    bool writeText();
    bool writeRows(Clock::time_point now, bool all);
    bool beginFile();
    void format();
    void sync(Clock::time_point now);
    void replaceLostFile();
    [[nodiscard]] bool fits(const LiveRows& rows) const;
    [[nodiscard]] std::vector<WireChannel> settledChannels() const;
    void fail(const RecordingFile& file, int error);

    std::string m_wanted;
    RecordingFile m_file;
    std::optional<RecordingFile> m_raw;
    bool m_hasHeader = false; ///< of m_file, or it stands in m_text
    bool m_headerInText = false;
    std::optional<std::uint64_t> m_layout; ///< newest one with all columns of m_file
    CsvLines m_lines;
    std::deque<WaitingRows> m_rows;
    std::size_t m_rowBytes = 0;
    std::string m_text; ///< lines that are to be written next
    std::string m_rawBytes;
    std::uint64_t m_rowsInFile = 0;
    bool m_unsynced = false;
    bool m_failed = false;
    bool m_growing = false; ///< the row that has all columns of the file is still to come
    Clock::time_point m_lastSync;
    Clock::time_point m_retryAt;
    RecorderState m_state;
};

} // namespace stint::app
