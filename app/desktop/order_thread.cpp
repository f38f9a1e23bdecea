#include "app/desktop/order_thread.h"

namespace stint::app {

OrderThread::OrderThread() : m_thread([this](const std::stop_token& stop) { run(stop); }) { }

std::uint64_t OrderThread::post(Order order)
{
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(m_mutex);
        m_orders.push_back(std::move(order));
        number = ++m_posted;
    }
    m_wake.notify_one();
    return number;
}

bool OrderThread::done(std::uint64_t number) const
{
    const std::lock_guard lock(m_mutex);
    return m_done >= number;
}

std::optional<std::string> OrderThread::takeProblem()
{
    const std::lock_guard lock(m_mutex);
    if (m_problems.empty())
        return std::nullopt;
    std::string problem = std::move(m_problems.front());
    m_problems.pop_front();
    return problem;
}

void OrderThread::run(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        Order order;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_orders.empty(); }))
                return;
            order = std::move(m_orders.front());
            m_orders.pop_front();
        }
        const Result<Done> outcome = order();
        const std::lock_guard lock(m_mutex);
        ++m_done;
        if (!outcome)
            m_problems.push_back(outcome.error().message);
    }
}

} // namespace stint::app
