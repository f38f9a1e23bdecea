#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

namespace stint {

/// What a producer does when the queue is full.
enum class OverflowPolicy {
    Block, ///< waits for room: lossless, for files and replays
    DropOldest, ///< overwrites the oldest item and counts it: for live devices and displays
};

/// Hand-over of fixed capacity between threads: any number of producers and consumers.
///
/// Items move by swap: what the slot held before comes back to the caller, so blocks that own
/// buffers circulate without allocating once every buffer has reached its working size.
///
/// Thread safety: every member may be called from any thread. T must be copyable for the
/// constructor and cheap to swap; its swap must not throw.
template <typename T>
class BoundedQueue {
public:
    /// \param capacity  number of slots; 0 is taken as 1.
    /// \param prototype copied into every slot, for example a block with its buffers reserved.
    BoundedQueue(std::size_t capacity, OverflowPolicy policy, const T& prototype = T {})
        : m_slots(capacity == 0 ? 1 : capacity, prototype), m_policy(policy)
    { }

    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    /// Swaps `item` into the queue; `item` then holds a recycled value. With Block it waits for
    /// room and returns false, `item` unchanged, if `stop` was requested meanwhile.
    bool push(T& item, const std::stop_token& stop)
    {
        {
            std::unique_lock lock(m_mutex);
            if (m_policy == OverflowPolicy::Block
                && !m_notFull.wait(lock, stop, [this] { return m_count < m_slots.size(); }))
                return false;
            store(item);
        }
        m_notEmpty.notify_one();
        return true;
    }

    /// Like push, but never waits: with Block and no room it returns false, `item` unchanged.
    bool tryPush(T& item)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_policy == OverflowPolicy::Block && m_count == m_slots.size())
                return false;
            store(item);
        }
        m_notEmpty.notify_one();
        return true;
    }

    /// Swaps the oldest item out; what `item` held goes back into the slot. Waits for one;
    /// returns false if `stop` was requested while the queue was empty.
    bool pop(T& item, const std::stop_token& stop)
    {
        {
            std::unique_lock lock(m_mutex);
            if (!m_notEmpty.wait(lock, stop, [this] { return m_count > 0; }))
                return false;
            take(item);
        }
        m_notFull.notify_one();
        return true;
    }

    /// Like pop, but never waits: false if the queue is empty.
    bool tryPop(T& item)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_count == 0)
                return false;
            take(item);
        }
        m_notFull.notify_one();
        return true;
    }

    /// Items waiting now.
    [[nodiscard]] std::size_t size() const
    {
        const std::lock_guard lock(m_mutex);
        return m_count;
    }

    /// Items that can wait at most.
    [[nodiscard]] std::size_t capacity() const { return m_slots.size(); }

    /// Items overwritten so far; stays 0 with Block.
    [[nodiscard]] std::uint64_t dropped() const
    {
        const std::lock_guard lock(m_mutex);
        return m_dropped;
    }

private:
    void store(T& item)
    {
        if (m_count == m_slots.size()) { // only reached with DropOldest
            m_head = (m_head + 1) % m_slots.size();
            --m_count;
            ++m_dropped;
        }
        using std::swap;
        swap(m_slots[(m_head + m_count) % m_slots.size()], item);
        ++m_count;
    }

    void take(T& item)
    {
        using std::swap;
        swap(m_slots[m_head], item);
        m_head = (m_head + 1) % m_slots.size();
        --m_count;
    }

    mutable std::mutex m_mutex;
    std::condition_variable_any m_notEmpty;
    std::condition_variable_any m_notFull;
    std::vector<T> m_slots;
    OverflowPolicy m_policy;
    std::size_t m_head = 0;
    std::size_t m_count = 0;
    std::uint64_t m_dropped = 0;
};

} // namespace stint
