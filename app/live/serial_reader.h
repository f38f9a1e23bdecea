#pragma once

#include "app/live/serial_worker.h"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

class QAbstractEventDispatcher;

namespace stint::app {

/// Reads a serial port on a thread of its own, from start to stop; SerialWorker says how.
///
/// Needs an application object. Thread safety: start() and stop() belong to one thread at a time,
/// the others may be called from any.
class SerialReader {
public:
    explicit SerialReader(ReaderOutput output);
    ~SerialReader();
    SerialReader(const SerialReader&) = delete;
    SerialReader& operator=(const SerialReader&) = delete;

    void start(const SerialSettings& settings, const std::optional<WireFormat>& format);
    /// Closes the port and waits for the thread. The state stays as it was, but for its phase.
    void stop();

    /// These do nothing while no port is read.
    void send(const std::string& bytes);
    void setFormat(const std::optional<WireFormat>& format);

    /// What is known about port and format; recorder and engine are left out.
    [[nodiscard]] LiveState state() const;

private:
    using Work = std::function<void(SerialWorker&)>;

    void run(const std::stop_token& stop, const SerialSettings& settings,
             const std::optional<WireFormat>& format);
    void post(Work work);

    ReaderOutput m_output;
    mutable SharedLiveState m_shared;
    std::mutex m_mutex;
    bool m_running = false; ///< between start and stop
    std::vector<Work> m_work; ///< for the worker, in order
    QAbstractEventDispatcher* m_dispatcher = nullptr; ///< of the thread, while it runs
    std::jthread m_thread; // last member: joined before anything it uses is destroyed
};

} // namespace stint::app
