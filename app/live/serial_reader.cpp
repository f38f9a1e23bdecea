#include "app/live/serial_reader.h"

#include <QAbstractEventDispatcher>
#include <QEventLoop>

#include <utility>

namespace stint::app {

SerialReader::SerialReader(ReaderOutput output) : m_output(std::move(output)) { }

SerialReader::~SerialReader() { stop(); }

void SerialReader::start(const SerialSettings& settings, const std::optional<WireFormat>& format)
{
    stop();
    {
        const std::lock_guard lock(m_shared.mutex);
        m_shared.state = {};
        m_shared.state.phase = LivePhase::Opening;
        m_shared.state.port = settings.port;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_running = true;
    }
    m_thread = std::jthread([this, settings, format](const std::stop_token& stopToken) {
        run(stopToken, settings, format);
    });
}

void SerialReader::stop()
{
    if (m_thread.joinable()) {
        m_thread.request_stop();
        post({}); // wakes it up
        m_thread.join();
    }
    {
        const std::lock_guard lock(m_mutex);
        m_running = false;
        m_work.clear();
    }
    const std::lock_guard lock(m_shared.mutex);
    m_shared.state.phase = LivePhase::Idle;
}

void SerialReader::run(const std::stop_token& stop, const SerialSettings& settings,
                       const std::optional<WireFormat>& format)
{
    QEventLoop loop;
    SerialWorker worker(m_output, m_shared, settings, format);
    {
        const std::lock_guard lock(m_mutex);
        m_dispatcher = QAbstractEventDispatcher::instance();
    }
    std::vector<Work> work;
    while (!stop.stop_requested()) {
        {
            const std::lock_guard lock(m_mutex);
            work.swap(m_work);
        }
        for (const Work& item : work)
            if (item)
                item(worker);
        // What is posted from here on wakes up what follows, because the wake-up is remembered.
        if (work.empty())
            loop.processEvents(QEventLoop::WaitForMoreEvents);
        work.clear();
    }
    worker.close();
    const std::lock_guard lock(m_mutex);
    m_dispatcher = nullptr;
}

/// Has the worker do something on its own thread.
void SerialReader::post(Work work)
{
    const std::lock_guard lock(m_mutex);
    if (!m_running)
        return;
    m_work.push_back(std::move(work));
    if (m_dispatcher != nullptr)
        m_dispatcher->wakeUp();
}

void SerialReader::send(const std::string& bytes)
{
    post([bytes](SerialWorker& worker) { worker.send(bytes); });
}

void SerialReader::setFormat(const std::optional<WireFormat>& format)
{
    post([format](SerialWorker& worker) { worker.setFormat(format); });
}

LiveState SerialReader::state() const
{
    const std::lock_guard lock(m_shared.mutex);
    return m_shared.state;
}

} // namespace stint::app
