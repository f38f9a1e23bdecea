#pragma once

#include "app/live/line_tap.h"
#include "app/live/live_rows.h"
#include "app/live/live_state.h"
#include "app/live/recorder.h"
#include "app/live/serial_settings.h"
#include "app/live/steady_wall_clock.h"
#include "app/live/wire_intake.h"

#include <QObject>
#include <QSerialPort>
#include <QTimer>

#include <array>
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

/// What a reader's thread tells others.
struct SharedLiveState {
    std::mutex mutex;
    LiveState state;
};

/// Reads a serial port, driven by the event loop of the thread that made it: opens it, hands on
/// what comes in, closes it at its first error (one whose other end vanished reports errors without
/// end), and opens it again when the same adapter is back. A pseudo-terminal that was given by its
/// number is not opened again; one behind a link is.
///
/// Thread safety: none; belongs to the reader's thread. Only `shared` is seen by others.
class SerialWorker : public QObject {
public:
    static constexpr int pollEvery = 250; ///< [ms] while the port is not open
    static constexpr int tickEvery = 100; ///< [ms] while it is
    static constexpr qint64 mostUnsent = 1 << 20; ///< bytes that wait for the device

    /// \param output and \param shared outlive this object.
    SerialWorker(const ReaderOutput& output, SharedLiveState& shared, SerialSettings settings,
                 const std::optional<WireFormat>& format);

    /// Sends bytes to the device; dropped while it is not connected or takes nothing.
    void send(const std::string& bytes);

    /// What bytes mean from now on; nothing: found out again.
    void setFormat(const std::optional<WireFormat>& format);

    /// Takes in what has arrived and closes the port.
    void close();

private:
    void tryOpen();
    void readAll();
    void onError(QSerialPort::SerialPortError error);
    void tick();
    void publish();

    const ReaderOutput& m_output;
    SharedLiveState& m_shared;
    SerialSettings m_settings;
    SteadyWallClock m_clock;
    WireIntake m_intake;
    std::unique_ptr<QSerialPort> m_port;
    std::unique_ptr<QSerialPort> m_retired; ///< closed, until it is safe to delete
    QTimer m_poll {this};
    QTimer m_tick {this};
    bool m_connectedBefore = false;
    std::uint64_t m_bytes = 0;
    std::array<char, 65'536> m_buffer {};
};

} // namespace stint::app
