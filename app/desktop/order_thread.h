#pragma once

#include "core/base/result.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace stint::app {

/// Carries out orders one after another on a thread of its own: what a person wants done that may
/// wait for a disk or a device.
///
/// Thread safety: everything but the orders belongs to the owner's thread. The destructor waits for
/// the order at hand and forgets the others.
class OrderThread {
public:
    using Order = std::function<Result<Done>()>;

    OrderThread();
    ~OrderThread() = default;
    OrderThread(const OrderThread&) = delete;
    OrderThread& operator=(const OrderThread&) = delete;

    /// Gives an order. Returns its number: 1, 2, 3, …
    std::uint64_t post(Order order);

    /// The same for one that cannot fail.
    template <typename Action>
    requires std::is_void_v<std::invoke_result_t<Action&>> std::uint64_t post(Action action)
    {
        return post(Order([action = std::move(action)]() mutable -> Result<Done> {
            action();
            return Done {};
        }));
    }

    /// Whether the order of that number was carried out; true for 0.
    [[nodiscard]] bool done(std::uint64_t number) const;

    /// Why an order failed, one sentence; nothing if no other one did since the last call.
    [[nodiscard]] std::optional<std::string> takeProblem();

private:
    void run(const std::stop_token& stop);

    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Order> m_orders;
    std::uint64_t m_posted = 0;
    std::uint64_t m_done = 0;
    std::deque<std::string> m_problems;
    std::jthread m_thread; // last member: joined before anything it uses is destroyed
};

} // namespace stint::app
