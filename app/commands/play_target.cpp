#include "app/commands/play_target.h"

#include "app/live/port_problem.h"
#include "app/live/pseudo_terminal.h"
#include "app/live/serial_connection.h"

namespace stint::app {

namespace {

constexpr int waitAtOnce = 50; ///< [ms]
constexpr std::chrono::milliseconds patience(10'000);

class TerminalTarget : public PlayTarget {
public:
    explicit TerminalTarget(PseudoTerminal terminal) : m_terminal(std::move(terminal)) { }

    [[nodiscard]] const std::string& path() const override { return m_terminal.path(); }
    bool waitForReader(const std::stop_token& stop) override
    {
        return m_terminal.waitForReader(stop);
    }
    Result<std::size_t> write(std::string_view bytes, const std::stop_token& stop) override
    {
        static_cast<void>(m_terminal.read()); // commands of the reader
        return m_terminal.write(bytes, stop);
    }
    void drain() override
    {
        if (m_terminal.hasReader())
            m_terminal.drain(patience);
    }

private:
    PseudoTerminal m_terminal;
};

class PortTarget : public PlayTarget {
public:
    PortTarget(std::unique_ptr<QSerialPort> port, std::string path)
        : m_port(std::move(port)), m_path(std::move(path))
    { }

    [[nodiscard]] const std::string& path() const override { return m_path; }
    bool waitForReader(const std::stop_token&) override { return true; }
    Result<std::size_t> write(std::string_view bytes, const std::stop_token& stop) override
    {
        if (m_port->write(bytes.data(), static_cast<qint64>(bytes.size())) < 0)
            return failure();
        while (m_port->bytesToWrite() > 0 && !stop.stop_requested()) {
            if (m_port->waitForBytesWritten(waitAtOnce)
                || m_port->error() == QSerialPort::TimeoutError)
                continue;
            return failure();
        }
        return bytes.size() - static_cast<std::size_t>(m_port->bytesToWrite());
    }
    void drain() override { m_port->flush(); }

private:
    [[nodiscard]] Error failure() const
    {
        return Error {"\"" + m_path + "\" cannot be written any more: "
                      + m_port->errorString().toStdString() + "; check the cable and play again."};
    }

    std::unique_ptr<QSerialPort> m_port;
    std::string m_path;
};

} // namespace

Result<std::unique_ptr<PlayTarget>> PlayTarget::open(const std::string& port, int baud)
{
    using Target = std::unique_ptr<PlayTarget>;
    if (port == "pty") {
        auto terminal = PseudoTerminal::open();
        if (!terminal)
            return terminal.error();
        return Target(std::make_unique<TerminalTarget>(std::move(*terminal)));
    }
    SerialSettings settings;
    settings.baud = baud;
    const PortAccess access = accessTo(port);
    OpenedPort opened;
    if (access.exists)
        opened = openPort(port, settings);
    if (!opened.port)
        return Error {problemOf(port, access, opened.refused, opened.reason).sentence};
    return Target(std::make_unique<PortTarget>(std::move(opened.port), port));
}

} // namespace stint::app
