#include "app/live/serial_reader.h"

#include <QMetaObject>
#include <QThread>

#include <utility>
#include <vector>

namespace stint::app {

/// The thread with its event loop and the worker on it.
class SerialReader::Thread : public QThread {
public:
    Thread(const ReaderOutput& output, SharedLiveState& shared, SerialSettings settings,
           std::optional<WireFormat> format)
        : m_output(output),
          m_shared(shared),
          m_settings(std::move(settings)),
          m_format(std::move(format))
    { }

    ~Thread() override
    {
        quit();
        wait();
    }

    /// Has the worker do something on its own thread; nothing once it ends.
    void post(std::function<void(SerialWorker&)> work)
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
        SerialWorker worker(m_output, m_shared, m_settings, m_format);
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
    const ReaderOutput& m_output;
    SharedLiveState& m_shared;
    SerialSettings m_settings;
    std::optional<WireFormat> m_format;
    std::mutex m_mutex;
    SerialWorker* m_worker = nullptr;
    std::vector<std::function<void(SerialWorker&)>> m_waiting; ///< until there is a worker
};

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
    m_thread = std::make_unique<Thread>(m_output, m_shared, settings, format);
    m_thread->start();
}

void SerialReader::stop()
{
    m_thread.reset();
    const std::lock_guard lock(m_shared.mutex);
    m_shared.state.phase = LivePhase::Idle;
}

void SerialReader::send(const std::string& bytes)
{
    if (m_thread)
        m_thread->post([bytes](SerialWorker& worker) { worker.send(bytes); });
}

void SerialReader::setFormat(const std::optional<WireFormat>& format)
{
    if (m_thread)
        m_thread->post([format](SerialWorker& worker) { worker.setFormat(format); });
}

LiveState SerialReader::state() const
{
    const std::lock_guard lock(m_shared.mutex);
    return m_shared.state;
}

} // namespace stint::app
