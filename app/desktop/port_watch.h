#pragma once

#include "app/live/port_list.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace stint::app {

/// Lists the serial ports every second on a thread of its own, for as long as somebody wants to
/// see them.
///
/// Thread safety: everything but the listing belongs to the owner's thread. The destructor joins.
class PortWatch {
public:
    PortWatch();
    ~PortWatch() = default;
    PortWatch(const PortWatch&) = delete;
    PortWatch& operator=(const PortWatch&) = delete;

    /// Begins to list, at once, or ends.
    void setWatching(bool watching);

    /// The newest list if there is one that was not taken yet.
    [[nodiscard]] std::optional<std::vector<PortInfo>> take();

private:
    void run(const std::stop_token& stop);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    bool m_watching = false;
    std::optional<std::vector<PortInfo>> m_newest;
    std::jthread m_thread; // last member: joined before anything it uses is destroyed
};

} // namespace stint::app
