#include "app/live/recorder.h"

#include <utility>

namespace stint::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto writeEvery = std::chrono::milliseconds(100);
constexpr auto longestWait = std::chrono::seconds(1);
constexpr Index mostRowsOfABlock = 4096;

} // namespace

Result<std::string> Recorder::start(const std::string& path, const std::string& rawPath)
{
    stop();
    auto file = RecordingFile::create(path);
    if (!file)
        return file.error();
    std::optional<RecordingFile> raw;
    if (!rawPath.empty()) {
        auto beside = RecordingFile::create(rawPath);
        if (!beside)
            return beside.error();
        raw = std::move(*beside);
    }
    const std::string made = file->path();
    auto writer = std::make_shared<RecordingWriter>(path, std::move(*file), std::move(raw));
    {
        const std::lock_guard lock(m_mutex);
        m_recording = true;
        m_wantsRaw = !rawPath.empty();
        m_lost = 0;
        m_lostRaw = 0;
        m_state = writer->state();
    }
    m_thread = std::jthread(
        [this, writer](const std::stop_token& stopToken) { run(stopToken, *writer); });
    return made;
}

void Recorder::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_recording = false;
    }
    m_room.notify_all();
    if (!m_thread.joinable())
        return;
    m_thread.request_stop();
    m_thread.join();
}

void Recorder::run(const std::stop_token& stop, RecordingWriter& writer)
{
    std::deque<WaitingRows> rows;
    std::string raw;
    for (bool last = false; !last;) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, stop, writeEvery, [] { return false; });
            last = stop.stop_requested();
            rows.swap(m_rows);
            raw.swap(m_raw);
            m_writerBytes += std::exchange(m_bytes, 0);
            m_waiting = 0;
            writer.take(rows, raw);
            m_state.waiting = writer.state().waiting;
        }
        if (last)
            writer.finish(Clock::now());
        else
            writer.write(Clock::now(), false);
        {
            const std::lock_guard lock(m_mutex);
            m_writerBytes = writer.waitingBytes();
            m_state = writer.state();
            m_stalled = false;
        }
        m_room.notify_all();
    }
}

/// Whether there is room for so many bytes; waits for a disk that is only slow.
bool Recorder::waitForRoom(std::unique_lock<std::mutex>& lock, std::size_t bytes)
{
    const auto fits = [this, bytes] { return m_bytes + m_writerBytes + bytes <= mostBytes; };
    if (fits() || m_stalled || !m_state.problem.empty())
        return fits();
    m_room.wait_for(lock, longestWait,
                    [&] { return fits() || !m_recording || !m_state.problem.empty(); });
    m_stalled = !fits();
    return m_recording && fits();
}

void Recorder::append(const LiveRows& rows)
{
    const bool joins = !m_rows.empty() && !rows.gap
        && m_rows.back().rows.samples.layout == rows.samples.layout
        && m_rows.back().rows.samples.rows < mostRowsOfABlock;
    if (!joins) {
        m_rows.push_back({rows, Clock::now()});
        return;
    }
    LiveRows& last = m_rows.back().rows;
    const auto extend = [](std::vector<double>& to, const std::vector<double>& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    extend(last.samples.values, rows.samples.values);
    extend(last.time, rows.time);
    last.samples.rows += rows.samples.rows;
}

void Recorder::add(const LiveRows& rows)
{
    std::unique_lock lock(m_mutex);
    if (!m_recording || rows.samples.rows == 0)
        return;
    const auto count = static_cast<std::uint64_t>(rows.samples.rows);
    const std::size_t bytes = sizeof(double) * (rows.samples.values.size() + 2 * rows.time.size());
    if (!waitForRoom(lock, bytes)) {
        m_lost += m_recording ? count : 0;
        return;
    }
    append(rows);
    m_bytes += bytes;
    m_waiting += count;
}

void Recorder::addRaw(std::span<const std::uint8_t> bytes)
{
    std::unique_lock lock(m_mutex);
    if (!m_recording || !m_wantsRaw || bytes.empty())
        return;
    if (!waitForRoom(lock, bytes.size())) {
        m_lostRaw += m_recording ? bytes.size() : 0;
        return;
    }
    m_raw.append(bytes.begin(), bytes.end());
    m_bytes += bytes.size();
}

RecorderState Recorder::state() const
{
    const std::lock_guard lock(m_mutex);
    RecorderState state = m_state;
    state.waiting += m_waiting;
    state.unwritten += m_lost;
    if (m_lost + m_lostRaw > 0) {
        const std::string lost = m_lost > 0 ? std::to_string(m_lost) + " rows"
                                            : std::to_string(m_lostRaw) + " raw bytes";
        state.problem
            = (state.problem.empty() ? "\"" + state.path + "\" has a gap: " : state.problem + " ")
            + lost + " found no room in memory.";
    }
    return state;
}

} // namespace stint::app
