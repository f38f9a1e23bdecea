#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace stint {

/// Threads that share the pieces of one job at a time. Which thread does which piece is not fixed;
/// a job whose pieces write to places of their own gives the same result for any number of threads.
///
/// Thread safety: run() from one thread at a time. The calling thread works along, so a pool of one
/// thread starts none.
class WorkerPool {
public:
    /// \param threads that work on a job, the calling one included; >= 1.
    explicit WorkerPool(std::size_t threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Calls piece(0), …, piece(count - 1), and returns when all are done.
    void run(std::size_t count, const std::function<void(std::size_t)>& piece);

private:
    void work(const std::stop_token& stop);
    void takePieces(std::unique_lock<std::mutex>& lock);

    std::mutex m_mutex;
    std::condition_variable_any m_started;
    std::condition_variable m_finished;
    const std::function<void(std::size_t)>* m_piece = nullptr;
    std::size_t m_count = 0;
    std::size_t m_next = 0;
    std::size_t m_done = 0;
    std::vector<std::jthread> m_threads; // last: joined before anything it uses is destroyed
};

} // namespace stint
