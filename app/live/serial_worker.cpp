#include "app/live/serial_worker.h"

#include "app/live/port_list.h"
#include "app/live/port_problem.h"
#include "app/live/serial_connection.h"

#include <span>
#include <utility>

namespace stint::app {

SerialWorker::SerialWorker(const ReaderOutput& output, SharedLiveState& shared,
                           SerialSettings settings, const std::optional<WireFormat>& format)
    : m_output(output),
      m_shared(shared),
      m_settings(std::move(settings)),
      m_intake([&output](LiveRows& rows) {
          output.recorder->add(rows);
          output.rows(rows);
      })
{
    m_intake.setFormat(format);
    connect(&m_poll, &QTimer::timeout, this, &SerialWorker::tryOpen);
    connect(&m_tick, &QTimer::timeout, this, &SerialWorker::tick);
    m_poll.setInterval(pollEvery);
    m_tick.setInterval(tickEvery);
    tryOpen();
}

void SerialWorker::send(const std::string& bytes)
{
    const auto size = static_cast<qint64>(bytes.size());
    if (m_port && m_port->bytesToWrite() + size <= mostUnsent)
        m_port->write(bytes.data(), size);
}

void SerialWorker::setFormat(const std::optional<WireFormat>& format)
{
    m_intake.setFormat(format);
    publish();
}

void SerialWorker::close()
{
    if (m_port)
        readAll();
    m_intake.disconnect(m_clock.now());
    m_port.reset();
    publish();
}

void SerialWorker::tryOpen()
{
    m_retired.reset();
    m_poll.start();
    const std::string path = findPort(m_settings.identity).value_or(m_settings.port);
    const PortAccess access = accessTo(path);
    // Takes some milliseconds, in which an open port would go unread.
    if (access.exists && m_settings.identity.empty())
        m_settings.identity = portAt(m_settings.port).identity;
    OpenedPort opened;
    if (access.exists)
        opened = openPort(path, m_settings);
    if (!opened.port) {
        PortProblem problem = problemOf(path, access, opened.refused, opened.reason);
        const std::lock_guard lock(m_shared.mutex);
        LiveState& state = m_shared.state;
        state.phase = m_connectedBefore ? LivePhase::Away : LivePhase::Opening;
        state.failure = problem.failure;
        state.command = std::move(problem.command);
        state.problem = m_connectedBefore && !access.exists
            ? "\"" + state.port + "\" went away; it is opened again when it is back."
            : std::move(problem.sentence);
        return;
    }
    m_port = std::move(opened.port);
    m_poll.stop();
    m_clock.catchUp();
    connect(m_port.get(), &QSerialPort::readyRead, this, &SerialWorker::readAll);
    connect(m_port.get(), &QSerialPort::errorOccurred, this, &SerialWorker::onError);
    m_tick.start();
    {
        const std::lock_guard lock(m_shared.mutex);
        LiveState& state = m_shared.state;
        state.port = path;
        state.identity = m_settings.identity;
        state.counts.reconnects += m_connectedBefore ? 1U : 0U;
        state.failure = PortFailure::None;
        state.problem.clear();
        state.command.clear();
    }
    m_connectedBefore = true;
    publish();
}

void SerialWorker::readAll()
{
    for (;;) {
        const qint64 got = m_port->read(m_buffer.data(), static_cast<qint64>(m_buffer.size()));
        if (got <= 0)
            break;
        const double now = m_clock.now();
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(m_buffer.data()),
                              static_cast<std::size_t>(got));
        m_bytes += bytes.size();
        m_output.recorder->addRaw(bytes);
        m_output.lines->add(bytes, now);
        m_intake.take(bytes, now);
    }
    publish();
}

void SerialWorker::onError(QSerialPort::SerialPortError error)
{
    using enum QSerialPort::SerialPortError;
    if (error == NoError)
        return;
    {
        const std::lock_guard lock(m_shared.mutex);
        ++m_shared.state.counts.portErrors;
    }
    const bool gone = error == ReadError || error == ResourceError || error == DeviceNotFoundError
        || error == UnknownError;
    if (!gone || !m_port)
        return;
    readAll();
    // The port reports this from its own code, so it is put away here and deleted later.
    m_port->disconnect(this);
    m_port->close();
    m_retired = std::move(m_port);
    m_tick.stop();
    m_intake.disconnect(m_clock.now());
    // The number of a pseudo-terminal goes to whoever opens the next one, which may be the terminal
    // that somebody types into.
    const bool comesBack = !m_settings.port.starts_with("/dev/pts/");
    {
        const std::lock_guard lock(m_shared.mutex);
        LiveState& state = m_shared.state;
        state.phase = LivePhase::Away;
        state.problem = "\"" + state.port + "\" "
            + (comesBack ? "went away; it is opened again when it is back."
                         : "has ended; open the next one by its own path.");
    }
    publish();
    if (comesBack)
        m_poll.start();
}

void SerialWorker::tick()
{
    m_intake.tick(m_clock.now());
    publish();
}

void SerialWorker::publish()
{
    if (m_intake.format())
        m_output.lines->setHex(isBinary(m_intake.format()->kind));
    const std::lock_guard lock(m_shared.mutex);
    LiveState& state = m_shared.state;
    state.counts.bytes = m_bytes;
    state.counts.rows = m_intake.rows();
    state.counts.badLines = m_intake.badLines();
    state.format = m_intake.format();
    state.guess = m_intake.guess();
    state.formatDoubtful = m_intake.doubtful();
    // A connection that has ended keeps the rate that it had.
    if (m_port || m_intake.rate() > 0.0)
        state.rate = m_intake.rate();
    if (state.channels != m_intake.channels())
        state.channels = m_intake.channels();
    if (const WireCounts* counts = m_intake.counts()) {
        state.lastBad = counts->lastBad;
        state.lastBadWhy = counts->lastBadWhy;
    }
    if (!m_port)
        return;
    state.phase = state.format ? LivePhase::Running : LivePhase::Detecting;
    state.problem = state.format || state.guess.format ? std::string() : state.guess.sentence;
}

} // namespace stint::app
