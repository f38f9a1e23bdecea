#include "app/live/serial_reader.h"

#include "app/live/port_list.h"
#include "app/live/port_problem.h"
#include "app/live/serial_connection.h"
#include "app/live/wire_intake.h"

#include <QMetaObject>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace stint::app {

namespace {

bool isBinary(const WireFormat& format)
{
    return format.kind == WireKind::SyncFrame || format.kind == WireKind::Cobs
        || format.kind == WireKind::Slip || format.kind == WireKind::RawBinary;
}

/// Time of day that goes on evenly even if somebody sets the clock.
class SteadyWallClock {
public:
    [[nodiscard]] double now() const { return m_offset + steady(); }

    /// Takes over the time of day if the steady clock fell behind, as it does while a machine
    /// sleeps.
    void catchUp() { m_offset = std::max(m_offset, wall() - steady()); }

private:
    static double steady()
    {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration<double>(now).count();
    }
    static double wall()
    {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration<double>(now).count();
    }

    double m_offset = wall() - steady();
};

} // namespace

/// Lives on the reader's thread and is driven by its event loop.
class SerialReader::Worker : public QObject {
public:
    Worker(SerialReader& reader, SerialSettings settings, const std::optional<WireFormat>& format)
        : m_reader(reader),
          m_settings(std::move(settings)),
          m_intake(m_reader.m_output.rows ? WireIntake([this](LiveRows& rows) { pass(rows); })
                                          : WireIntake([](LiveRows&) {}))
    {
        if (m_settings.identity.empty())
            m_settings.identity = m_settings.port;
        m_intake.setFormat(format);
        connect(&m_poll, &QTimer::timeout, this, &Worker::tryOpen);
        connect(&m_tick, &QTimer::timeout, this, &Worker::tick);
        m_poll.setInterval(pollEvery);
        m_tick.setInterval(tickEvery);
        tryOpen();
    }

    void send(const std::string& bytes)
    {
        if (m_port)
            m_port->write(bytes.data(), static_cast<qint64>(bytes.size()));
    }

    void setFormat(const std::optional<WireFormat>& format)
    {
        m_intake.setFormat(format);
        publish();
    }

    void close()
    {
        if (m_port)
            readAll();
        m_intake.disconnect(m_clock.now());
        m_port.reset();
        publish();
    }

private:
    void tryOpen();
    void connectPort();
    void readAll();
    void onError(QSerialPort::SerialPortError error);
    void tick();
    void pass(LiveRows& rows);
    void publish();

    SerialReader& m_reader;
    SerialSettings m_settings;
    SteadyWallClock m_clock;
    WireIntake m_intake;
    std::unique_ptr<QSerialPort> m_port;
    QTimer m_poll {this};
    QTimer m_tick {this};
    bool m_connectedBefore = false;
    std::uint64_t m_bytes = 0;
    std::array<char, 65'536> m_buffer {};
};

void SerialReader::Worker::tryOpen()
{
    m_poll.start();
    const std::string path = findPort(m_settings.identity).value_or(m_settings.port);
    const PortAccess access = accessTo(path);
    OpenedPort opened;
    if (access.exists)
        opened = openPort(path, m_settings);
    if (!opened.port) {
        PortProblem problem = problemOf(path, access, opened.refused, opened.reason);
        const std::lock_guard lock(m_reader.m_mutex);
        LiveState& state = m_reader.m_state;
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
    connectPort();
    m_tick.start();
    {
        const std::lock_guard lock(m_reader.m_mutex);
        LiveState& state = m_reader.m_state;
        state.port = path;
        state.counts.reconnects += m_connectedBefore ? 1U : 0U;
        state.failure = PortFailure::None;
        state.problem.clear();
        state.command.clear();
    }
    m_connectedBefore = true;
    publish();
}

void SerialReader::Worker::connectPort()
{
    connect(m_port.get(), &QSerialPort::readyRead, this, &Worker::readAll);
    connect(m_port.get(), &QSerialPort::errorOccurred, this, &Worker::onError);
}

void SerialReader::Worker::readAll()
{
    for (;;) {
        const qint64 got = m_port->read(m_buffer.data(), static_cast<qint64>(m_buffer.size()));
        if (got <= 0)
            break;
        const double now = m_clock.now();
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(m_buffer.data()),
                              static_cast<std::size_t>(got));
        m_bytes += bytes.size();
        m_reader.m_output.recorder->addRaw(bytes);
        m_reader.m_output.lines->add(bytes, now);
        m_intake.take(bytes, now);
    }
    publish();
}

void SerialReader::Worker::onError(QSerialPort::SerialPortError error)
{
    using enum QSerialPort::SerialPortError;
    if (error == NoError)
        return;
    {
        const std::lock_guard lock(m_reader.m_mutex);
        ++m_reader.m_state.counts.portErrors;
    }
    const bool gone = error == ReadError || error == ResourceError || error == DeviceNotFoundError
        || error == UnknownError;
    if (!gone || !m_port)
        return;
    readAll();
    // The port reports this from its own code, so it is put away here and deleted later.
    QSerialPort* port = m_port.release();
    port->disconnect(this);
    port->close();
    port->deleteLater();
    m_tick.stop();
    m_intake.disconnect(m_clock.now());
    {
        const std::lock_guard lock(m_reader.m_mutex);
        m_reader.m_state.phase = LivePhase::Away;
        m_reader.m_state.problem
            = "\"" + m_reader.m_state.port + "\" went away; it is opened again when it is back.";
    }
    publish();
    m_poll.start();
}

void SerialReader::Worker::tick()
{
    m_intake.tick(m_clock.now());
    publish();
}

void SerialReader::Worker::pass(LiveRows& rows)
{
    m_reader.m_output.recorder->add(rows);
    m_reader.m_output.rows(rows);
}

void SerialReader::Worker::publish()
{
    if (m_intake.format())
        m_reader.m_output.lines->setHex(isBinary(*m_intake.format()));
    const std::lock_guard lock(m_reader.m_mutex);
    LiveState& state = m_reader.m_state;
    state.counts.bytes = m_bytes;
    state.counts.rows = m_intake.rows();
    state.counts.badLines = m_intake.badLines();
    state.format = m_intake.format();
    state.guess = m_intake.guess();
    state.formatDoubtful = m_intake.doubtful();
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

/// The thread with its event loop and the worker on it.
class SerialReader::Thread : public QThread {
public:
    Thread(SerialReader& reader, SerialSettings settings, std::optional<WireFormat> format)
        : m_reader(reader), m_settings(std::move(settings)), m_format(std::move(format))
    { }

    ~Thread() override
    {
        quit();
        wait();
    }

    /// Has the worker do something on its own thread; nothing once it ends.
    void post(std::function<void(Worker&)> work)
    {
        const std::lock_guard lock(m_mutex);
        if (m_worker == nullptr) {
            m_waiting.push_back(std::move(work));
            return;
        }
        QMetaObject::invokeMethod(
            m_worker, [worker = m_worker, work = std::move(work)] { work(*worker); },
            Qt::QueuedConnection);
    }

protected:
    void run() override
    {
        Worker worker(m_reader, m_settings, m_format);
        {
            const std::lock_guard lock(m_mutex);
            m_worker = &worker;
            for (const auto& work : m_waiting)
                work(worker);
            m_waiting.clear();
        }
        exec();
        worker.close();
        const std::lock_guard lock(m_mutex);
        m_worker = nullptr;
    }

private:
    SerialReader& m_reader;
    SerialSettings m_settings;
    std::optional<WireFormat> m_format;
    std::mutex m_mutex;
    Worker* m_worker = nullptr;
    std::vector<std::function<void(Worker&)>> m_waiting; ///< until there is a worker
};

SerialReader::SerialReader(ReaderOutput output) : m_output(std::move(output)) { }

SerialReader::~SerialReader() { stop(); }

void SerialReader::start(const SerialSettings& settings, const std::optional<WireFormat>& format)
{
    stop();
    {
        const std::lock_guard lock(m_mutex);
        m_state = {};
        m_state.phase = LivePhase::Opening;
        m_state.port = settings.port;
    }
    m_thread = std::make_unique<Thread>(*this, settings, format);
    m_thread->start();
}

void SerialReader::stop()
{
    m_thread.reset();
    const std::lock_guard lock(m_mutex);
    m_state.phase = LivePhase::Idle;
}

void SerialReader::send(const std::string& bytes)
{
    if (m_thread)
        m_thread->post([bytes](Worker& worker) { worker.send(bytes); });
}

void SerialReader::setFormat(const std::optional<WireFormat>& format)
{
    if (m_thread)
        m_thread->post([format](Worker& worker) { worker.setFormat(format); });
}

LiveState SerialReader::state() const
{
    const std::lock_guard lock(m_mutex);
    return m_state;
}

} // namespace stint::app
