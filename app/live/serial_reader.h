#pragma once

#include "app/live/line_tap.h"
#include "app/live/live_rows.h"
#include "app/live/live_state.h"
#include "app/live/recorder.h"
#include "app/live/serial_settings.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace stint::app {

/// Where a reader puts what it reads. All of it is used on the reader's thread.
struct ReaderOutput {
    Recorder* recorder = nullptr; ///< first: raw bytes, then rows
    LineTap* lines = nullptr; ///< raw lines for a console
    std::function<void(LiveRows&)> rows; ///< then everybody else; may take the buffers
};

/// Reads a serial port on a thread of its own, from open to close: finds the format, hands rows on,
/// closes the port at its first error (one whose other end vanished reports errors without end),
/// and opens it again when the same adapter is back.
///
/// Thread safety: members belong to one thread, the owner's, except state().
class SerialReader {
public:
    static constexpr int pollEvery = 250; ///< [ms] while the port is not open
    static constexpr int tickEvery = 100; ///< [ms] while it is

    explicit SerialReader(ReaderOutput output);
    ~SerialReader();
    SerialReader(const SerialReader&) = delete;
    SerialReader& operator=(const SerialReader&) = delete;

    void start(const SerialSettings& settings, const std::optional<WireFormat>& format);
    /// Closes the port and waits for the thread. The state stays as it was, but for its phase.
    void stop();

    void send(const std::string& bytes);
    void setFormat(const std::optional<WireFormat>& format);

    /// What is known about port and format; recorder and engine are left out.
    [[nodiscard]] LiveState state() const;

private:
    class Worker;
    class Thread;

    ReaderOutput m_output;
    mutable std::mutex m_mutex;
    LiveState m_state;
    std::unique_ptr<Thread> m_thread;
};

} // namespace stint::app
