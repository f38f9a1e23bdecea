#include "app/live/file_follower.h"

#include "app/live/file_times.h"
#include "core/series/first_rows.h"
#include "core/series/growing_table.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <span>
#include <utility>

namespace stint::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto lookEvery = std::chrono::milliseconds(200);
constexpr auto roomEvery = std::chrono::milliseconds(5);
constexpr auto patience = std::chrono::milliseconds(100); ///< for a disk when following ends
constexpr auto rateOver = std::chrono::seconds(5);

} // namespace

/// What owner and thread both see; the last of them to go takes it along.
struct FileFollower::Shared {
    std::mutex handing; ///< held while rows are handed on
    bool closed = false; ///< nothing may be handed on any more; under `handing`

    std::mutex mutex; ///< for what follows
    std::condition_variable wake;
    bool stopped = false;
    bool done = false; ///< the thread is at its end
    LiveState state;

    /// False: it is to end.
    bool wait(Clock::duration time)
    {
        std::unique_lock lock(mutex);
        return !wake.wait_for(lock, time, [this] { return stopped; });
    }
};

/// What the thread works with.
class FileFollower::Worker {
public:
    Worker(std::shared_ptr<Shared> shared, FollowedFile file, FollowerOutput output)
        : m_shared(std::move(shared)),
          m_output(std::move(output)),
          m_countRows(file.countRows),
          m_table(std::move(file.path), std::move(file.reading))
    { }

    void run()
    {
        GrownRows grown;
        for (bool goesOn = true; goesOn;) {
            const auto found = m_table.look(grown);
            if (!found) {
                end(found.error().message);
                return;
            }
            if (!handOn(grown))
                return;
            noticeEnd(*found);
            publish(grown.rows, *found == GrowingTable::Found::Away);
            const bool more = *found == GrowingTable::Found::More;
            goesOn = m_shared->wait(more ? Clock::duration::zero() : lookEvery);
        }
    }

private:
    void noticeEnd(GrowingTable::Found found);
    bool handOn(const GrownRows& grown);
    bool handOnBlock(const GrownRows& grown, Index first, Index count);
    void fill(const GrownRows& grown, Index first, Index count);
    void publish(const Recording& rows, bool away);
    void end(const std::string& why);
    [[nodiscard]] double measuredRate();

    std::shared_ptr<Shared> m_shared;
    FollowerOutput m_output;
    bool m_countRows;
    GrowingTable m_table;
    FileTimes m_times;
    std::vector<double> m_timed; ///< of the rows at hand
    LiveRows m_rows;
    std::uint64_t m_handedOn = 0; ///< rows
    std::uint64_t m_firstSize = 0; ///< of the file when following began [bytes]
    bool m_caughtUp = false;
    std::deque<std::pair<Clock::time_point, std::uint64_t>> m_counts; ///< rows at recent times
};

/// Whether all that stood in the file at first has been read, even if it never stops growing.
void FileFollower::Worker::noticeEnd(GrowingTable::Found found)
{
    if (m_firstSize == 0)
        m_firstSize = m_table.size();
    const bool end = found == GrowingTable::Found::Nothing
        || (m_firstSize > 0 && m_table.offset() >= m_firstSize);
    if (end && !std::exchange(m_caughtUp, true))
        m_counts.clear(); // how fast it was read says nothing about how fast it grows
}

/// Hands the rows on in blocks, each as soon as there is room. False: it is to end.
bool FileFollower::Worker::handOn(const GrownRows& grown)
{
    const Index rows = grown.rows.rows();
    m_times.time(grown.rows.time.seconds, m_timed);
    for (Index at = 0; at < rows;) {
        const Index count = std::min(blockRows, rows - at);
        if (handOnBlock(grown, at, count))
            at += count;
        else if (!m_shared->wait(roomEvery))
            return false;
    }
    return true;
}

/// False: there is no room, or it is to end.
bool FileFollower::Worker::handOnBlock(const GrownRows& grown, Index first, Index count)
{
    const std::lock_guard lock(m_shared->handing);
    if (m_shared->closed || !m_output.room())
        return false;
    fill(grown, first, count);
    m_output.rows(m_rows);
    return true;
}

void FileFollower::Worker::fill(const GrownRows& grown, Index first, Index count)
{
    const std::vector<Channel>& channels = grown.rows.channels;
    WireRows& samples = m_rows.samples;
    // The block may be one that came back from a queue.
    samples.clear();
    samples.layout = 1;
    samples.channels.clear();
    for (const Channel& channel : channels)
        samples.channels.push_back({channel.name, channel.unit});
    samples.rows = count;
    for (auto r = static_cast<std::size_t>(first); r < static_cast<std::size_t>(first + count); ++r)
        for (const Channel& channel : channels)
            samples.values.push_back(channel.values[r]);
    m_rows.time.clear();
    for (Index r = 0; r < count; ++r)
        m_rows.time.push_back(m_countRows ? static_cast<double>(m_handedOn) + static_cast<double>(r)
                                          : m_timed[static_cast<std::size_t>(first + r)]);
    samples.arrival = m_rows.time;
    samples.deviceTime.assign(m_rows.time.size(), std::numeric_limits<double>::quiet_NaN());
    m_rows.labels.resize(grown.rows.labels.size());
    for (std::size_t l = 0; l < m_rows.labels.size(); ++l) {
        const auto begin = grown.rows.labels[l].values.begin() + first;
        m_rows.labels[l].assign(begin, begin + count);
    }
    m_rows.firstRow = m_handedOn;
    m_rows.gap = grown.gap && first == 0;
    m_handedOn += static_cast<std::uint64_t>(count);
}

/// Rows per second over the last seconds.
double FileFollower::Worker::measuredRate()
{
    const auto now = Clock::now();
    m_counts.emplace_back(now, m_handedOn);
    while (m_counts.size() > 2 && now - m_counts.front().first > rateOver)
        m_counts.pop_front();
    const std::chrono::duration<double> passed = now - m_counts.front().first;
    return passed.count() > 0.0
        ? static_cast<double>(m_handedOn - m_counts.front().second) / passed.count()
        : 0.0;
}

void FileFollower::Worker::publish(const Recording& rows, bool away)
{
    const double rate = measuredRate();
    const std::lock_guard lock(m_shared->mutex);
    LiveState& state = m_shared->state;
    const bool moved = !m_table.problem().empty();
    state.phase = away || moved ? LivePhase::Away : LivePhase::Running;
    state.problem = m_table.problem();
    state.rate = rate;
    state.counts.bytes = m_table.offset();
    state.counts.rows = m_handedOn;
    state.counts.badLines = m_table.badLines();
    state.counts.reconnects = m_table.restarts();
    if (!rows.badLines.empty()) {
        const BadLine& bad = rows.badLines.back();
        state.lastBad = "line " + std::to_string(bad.line);
        state.lastBadWhy = bad.why;
    }
    if (!rows.channels.empty() && state.channels.empty())
        for (const Channel& channel : rows.channels)
            state.channels.push_back({channel.name, channel.unit});
    const auto size = static_cast<double>(std::max<std::uint64_t>(m_table.size(), 1));
    FileState& file = *state.file;
    file.fraction = std::min(1.0, static_cast<double>(m_table.offset()) / size);
    if (m_caughtUp && !file.caughtUp)
        file.rowsBefore = m_handedOn;
    file.caughtUp = m_caughtUp;
}

void FileFollower::Worker::end(const std::string& why)
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->state.phase = LivePhase::Ended;
    m_shared->state.problem = why;
}

/// Looks until there are rows that say how the file is read.
void FileFollower::waitForRows(Shared& shared, const FollowedFile& file)
{
    FirstRows first(file.path, file.choices);
    do {
        const Result<std::shared_ptr<const Recording>> found = first.look();
        const std::lock_guard lock(shared.mutex);
        LiveState& state = shared.state;
        state.problem = found ? first.problem() : found.error().message;
        state.phase = first.problem().empty() ? LivePhase::Detecting : LivePhase::Away;
        state.counts.bytes = first.bytes();
        state.lastBadWhy = first.doubt();
        state.file->hasFirstRows = found.ok() && *found;
        if (!found || *found) {
            state.phase = LivePhase::Ended;
            return;
        }
    } while (shared.wait(lookEvery));
}

FileFollower::FileFollower(FollowerOutput output) : m_output(std::move(output)) { }

FileFollower::~FileFollower() { stop(); }

void FileFollower::start(const FollowedFile& file)
{
    stop();
    const auto fresh = std::make_shared<Shared>();
    fresh->state.phase = LivePhase::Opening;
    fresh->state.port = file.path;
    fresh->state.file.emplace();
    {
        const std::lock_guard lock(m_mutex);
        m_shared = fresh;
    }
    m_thread = std::thread([shared = fresh, file, output = m_output] {
        if (file.reading)
            Worker(shared, file, output).run();
        else
            waitForRows(*shared, file);
        const std::lock_guard lock(shared->mutex);
        shared->done = true;
        shared->wake.notify_all();
    });
}

void FileFollower::stop()
{
    if (!m_thread.joinable())
        return;
    {
        const std::lock_guard lock(m_shared->handing);
        m_shared->closed = true;
    }
    std::unique_lock lock(m_shared->mutex);
    m_shared->stopped = true;
    m_shared->wake.notify_all();
    const bool done = m_shared->wake.wait_for(lock, patience, [this] { return m_shared->done; });
    m_shared->state.phase = LivePhase::Idle;
    lock.unlock();
    if (done)
        m_thread.join();
    else
        m_thread.detach(); // it hangs at the disk, and finds the way closed when it is back
}

LiveState FileFollower::state() const
{
    std::shared_ptr<Shared> shared;
    {
        const std::lock_guard lock(m_mutex);
        shared = m_shared;
    }
    if (!shared)
        return {};
    const std::lock_guard lock(shared->mutex);
    return shared->state;
}

} // namespace stint::app
