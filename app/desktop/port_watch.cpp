#include "app/desktop/port_watch.h"

#include <chrono>
#include <utility>

namespace stint::app {

PortWatch::PortWatch() : m_thread([this](const std::stop_token& stop) { run(stop); }) { }

void PortWatch::setWatching(bool watching)
{
    const std::lock_guard lock(m_mutex);
    m_watching = watching;
    m_newest.reset();
    m_wake.notify_all();
}

std::optional<std::vector<PortInfo>> PortWatch::take()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_newest, std::nullopt);
}

void PortWatch::run(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    while (m_wake.wait(lock, stop, [this] { return m_watching; })) {
        lock.unlock();
        std::vector<PortInfo> ports = listPorts();
        lock.lock();
        if (m_watching)
            m_newest = std::move(ports);
        m_wake.wait_for(lock, stop, std::chrono::seconds(1), [this] { return !m_watching; });
        if (stop.stop_requested())
            return;
    }
}

} // namespace stint::app
