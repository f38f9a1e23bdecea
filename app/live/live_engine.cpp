#include "app/live/live_engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stint::app {

/// What the thread works with.
class LiveEngine::Work {
public:
    explicit Work(LiveEngine& engine) : m_engine(engine) { }

    void answer(const Waiting& waiting);
    /// Gives up rows that there is no time for.
    void passOver(const Waiting& waiting);

private:
    void countMissing(const Waiting& waiting);
    [[nodiscard]] bool prepare(const LiveRows& rows);
    bool follow(const LiveModel& model, std::uint64_t number);
    bool findChannels(const LiveRows& rows);
    void resume(const LiveRows& rows);
    void gather(const LiveRows& rows);
    void push(const LiveRows& rows);
    void refuse(const std::string& why);

    LiveEngine& m_engine;
    LiveModel m_model;
    std::uint64_t m_number = 0;
    std::unique_ptr<LivePlayer> m_player;
    bool m_started = false; ///< the player has seen a row
    std::optional<std::uint64_t> m_layout; ///< that m_from is for
    std::vector<std::size_t> m_from; ///< (C) channel of the device; empty: some are missing
    std::vector<std::string> m_names; ///< (C)
    std::vector<double> m_values; ///< (R, C)
    ResultBlock m_block;
    std::uint64_t m_runBase = 0;
};

void LiveEngine::Work::refuse(const std::string& why)
{
    const std::lock_guard lock(m_engine.m_mutex);
    m_engine.m_state.problem = why;
}

/// Takes over what the owner set. False if there is nothing to run.
bool LiveEngine::Work::follow(const LiveModel& model, std::uint64_t number)
{
    if (number != m_number) {
        m_number = number;
        m_model = model;
        m_player.reset();
        m_started = false;
        m_layout.reset();
        m_names.clear();
        if (!m_model.family)
            return false;
        for (const FamilyChannel& channel : m_model.family->channels)
            m_names.push_back(channel.name);
        auto player = LivePlayer::create(m_model.family, m_model.options);
        if (!player) {
            refuse(player.error().message);
            return false;
        }
        m_player = std::move(*player);
        m_runBase = m_engine.m_newestRun;
        return true;
    }
    if (!m_player)
        return false;
    if (!(model.options.mode == m_player->mode())) {
        if (const auto changed = m_player->setMode(model.options.mode); !changed)
            refuse(changed.error().message);
    }
    m_player->setThreshold(model.options.threshold);
    m_player->setMotion(model.options.motion);
    return true;
}

/// Which channel of the device each channel of the model is.
bool LiveEngine::Work::findChannels(const LiveRows& rows)
{
    if (m_layout == rows.samples.layout)
        return !m_from.empty();
    m_layout = rows.samples.layout;
    m_from.clear();
    const std::vector<WireChannel>& channels = rows.samples.channels;
    for (const std::string& name : m_names) {
        const auto found = std::ranges::find(channels, name, &WireChannel::name);
        if (found == channels.end()) {
            m_from.clear();
            refuse("No channel \"" + name
                   + "\" comes in, which the model was trained on; choose the model of these "
                     "channels, or train one on what came in.");
            return false;
        }
        m_from.push_back(static_cast<std::size_t>(found - channels.begin()));
    }
    refuse({});
    return true;
}

bool LiveEngine::Work::prepare(const LiveRows& rows)
{
    LiveModel model;
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(m_engine.m_mutex);
        model = m_engine.m_model;
        number = m_engine.m_modelNumber;
    }
    return follow(model, number) && findChannels(rows);
}

/// Rows that were given up or lost with the connection end what the model remembers.
void LiveEngine::Work::resume(const LiveRows& rows)
{
    const auto first = static_cast<Index>(rows.firstRow);
    const Index missed = m_started ? first - m_player->position() : 0;
    if (missed != 0 || rows.gap || !m_started)
        m_player->resumeAt(first);
    m_started = true;
}

/// Counts rows that were pushed out of the queue before these.
void LiveEngine::Work::countMissing(const Waiting& waiting)
{
    LiveEngine& engine = m_engine;
    const std::uint64_t first = waiting.rows.firstRow;
    const std::uint64_t missing = first - std::min(first, engine.m_next);
    const std::uint64_t passed = waiting.passed - engine.m_passedSeen; // were counted when added
    engine.m_next = first + static_cast<std::uint64_t>(waiting.rows.samples.rows);
    engine.m_passedSeen = waiting.passed;
    const std::lock_guard lock(engine.m_mutex);
    engine.m_state.skipped += missing - std::min(missing, passed);
}

void LiveEngine::Work::passOver(const Waiting& waiting)
{
    countMissing(waiting);
    const std::lock_guard lock(m_engine.m_mutex);
    m_engine.m_state.skipped += static_cast<std::uint64_t>(waiting.rows.samples.rows);
}

void LiveEngine::Work::gather(const LiveRows& rows)
{
    const std::size_t width = rows.samples.channels.size();
    m_values.resize(static_cast<std::size_t>(rows.samples.rows) * m_from.size());
    auto to = m_values.begin();
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows.samples.rows); ++r)
        for (const std::size_t from : m_from)
            *to++ = rows.samples.values[r * width + from];
}

void LiveEngine::Work::push(const LiveRows& rows)
{
    const auto channels = static_cast<Index>(m_from.size());
    for (Index at = 0; at < rows.samples.rows;) {
        const Index took
            = m_player->push(m_values.data() + at * channels, rows.samples.rows - at, m_block);
        m_block.run += m_runBase;
        const auto times = std::span(rows.time).subspan(static_cast<std::size_t>(at),
                                                        static_cast<std::size_t>(took));
        m_engine.m_alarms.add(m_block, times, m_names);
        at += took;
        {
            const std::lock_guard lock(m_engine.m_mutex);
            m_engine.m_newestRun = m_block.run;
            EngineState& state = m_engine.m_state;
            state.mode = m_block.mode;
            state.threshold = m_block.threshold;
            state.alarms += static_cast<std::uint64_t>(std::ranges::count(m_block.alarm, 1));
            const auto scored = static_cast<std::uint64_t>(
                std::ranges::count_if(m_block.score, [](float s) { return !std::isnan(s); }));
            state.scored += scored;
            state.filling += static_cast<std::uint64_t>(took) - scored;
        }
        m_engine.m_results.push(m_block, {});
    }
}

void LiveEngine::Work::answer(const Waiting& waiting)
{
    countMissing(waiting);
    const LiveRows& rows = waiting.rows;
    if (!prepare(rows)) {
        const std::lock_guard lock(m_engine.m_mutex);
        m_engine.m_state.unwatched += static_cast<std::uint64_t>(rows.samples.rows);
        return;
    }
    resume(rows);
    gather(rows);
    push(rows);
}

LiveEngine::LiveEngine()
    : m_rows(queuedBlocks, OverflowPolicy::DropOldest),
      m_results(queuedBlocks, OverflowPolicy::DropOldest)
{
    begin();
}

LiveEngine::~LiveEngine() = default;

void LiveEngine::begin()
{
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void LiveEngine::end(std::chrono::milliseconds patience)
{
    {
        const std::lock_guard lock(m_mutex);
        m_deadline = std::chrono::steady_clock::now() + patience;
    }
    m_thread.request_stop();
    m_thread.join();
}

void LiveEngine::run(const std::stop_token& stop)
{
    Work work(*this);
    Waiting waiting;
    while (m_rows.pop(waiting, stop))
        work.answer(waiting);
    std::chrono::steady_clock::time_point deadline;
    {
        const std::lock_guard lock(m_mutex);
        deadline = m_deadline;
    }
    while (std::chrono::steady_clock::now() < deadline && m_rows.tryPop(waiting))
        work.answer(waiting);
    while (m_rows.tryPop(waiting))
        work.passOver(waiting);
    m_alarms.finish();
}

void LiveEngine::restart()
{
    end(std::chrono::milliseconds(0));
    ResultBlock results;
    while (m_results.tryPop(results)) { }
    m_alarms.clear();
    m_passed = 0;
    m_next = 0;
    m_passedSeen = 0;
    {
        const std::lock_guard lock(m_mutex);
        m_state.scored = 0;
        m_state.skipped = 0;
        m_state.filling = 0;
        m_state.unwatched = 0;
        m_state.alarms = 0;
        m_state.problem.clear();
    }
    begin();
}

void LiveEngine::finish(std::chrono::milliseconds patience)
{
    end(patience);
    begin();
}

void LiveEngine::setModel(const LiveModel& model)
{
    const std::lock_guard lock(m_mutex);
    m_model = model;
    ++m_modelNumber;
    m_active = model.family != nullptr;
    m_state.active = m_active;
    m_state.mode = model.options.mode;
    m_state.problem.clear();
}

void LiveEngine::clearModel()
{
    const std::lock_guard lock(m_mutex);
    m_model = {};
    ++m_modelNumber;
    m_active = false;
    m_state.active = false;
    m_state.mode.reset();
    m_state.problem.clear();
}

void LiveEngine::setMode(const Mode& mode)
{
    const std::lock_guard lock(m_mutex);
    m_model.options.mode = mode;
}

void LiveEngine::setThreshold(std::optional<float> threshold)
{
    const std::lock_guard lock(m_mutex);
    m_model.options.threshold = threshold;
}

void LiveEngine::setMotion(const std::optional<ThresholdMotion>& motion)
{
    const std::lock_guard lock(m_mutex);
    m_model.options.motion = motion;
}

void LiveEngine::add(const LiveRows& rows)
{
    if (!m_active) {
        const auto count = static_cast<std::uint64_t>(rows.samples.rows);
        m_passed += count;
        const std::lock_guard lock(m_mutex);
        m_state.unwatched += count;
        return;
    }
    m_given.rows.assign(rows);
    m_given.passed = m_passed;
    m_rows.push(m_given, {});
}

bool LiveEngine::hasRoom() const
{
    return !m_active || (m_rows.size() < fewBlocks && m_results.size() < queuedBlocks / 4);
}

EngineState LiveEngine::state() const
{
    const std::lock_guard lock(m_mutex);
    EngineState state = m_state;
    state.droppedBlocks = m_results.dropped();
    return state;
}

} // namespace stint::app
