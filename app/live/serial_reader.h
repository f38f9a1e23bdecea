#pragma once

#include "app/live/serial_worker.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stint::app {

/// Reads a serial port on a thread of its own, from start to stop; SerialWorker says how.
///
/// Thread safety: members belong to one thread, the owner's, except state().
class SerialReader {
public:
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
    class Thread;

    ReaderOutput m_output;
    mutable SharedLiveState m_shared;
    std::unique_ptr<Thread> m_thread;
};

} // namespace stint::app
