#include "core/base/worker_pool.h"

namespace stint {

WorkerPool::WorkerPool(std::size_t threads)
{
    for (std::size_t i = 1; i < threads; ++i)
        m_threads.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

WorkerPool::~WorkerPool()
{
    for (std::jthread& thread : m_threads)
        thread.request_stop();
}

void WorkerPool::takePieces(std::unique_lock<std::mutex>& lock)
{
    while (m_next < m_count) {
        const std::size_t mine = m_next++;
        lock.unlock();
        (*m_piece)(mine);
        lock.lock();
        if (++m_done == m_count)
            m_finished.notify_one();
    }
}

void WorkerPool::work(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    while (m_started.wait(lock, stop, [this] { return m_next < m_count; }))
        takePieces(lock);
}

void WorkerPool::run(std::size_t count, const std::function<void(std::size_t)>& piece)
{
    std::unique_lock lock(m_mutex);
    m_piece = &piece;
    m_count = count;
    m_next = 0;
    m_done = 0;
    m_started.notify_all();
    takePieces(lock);
    m_finished.wait(lock, [this] { return m_done == m_count; });
    m_count = 0;
    m_next = 0;
}

} // namespace stint
