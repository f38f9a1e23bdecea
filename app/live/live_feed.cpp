#include "app/live/live_feed.h"

#include "app/live/live_engine.h"
#include "app/live/recorder.h"
#include "app/live/serial_reader.h"
#include "core/base/bounded_queue.h"

#include <atomic>

namespace stint::app {

namespace {

/// For rows that wait for a slow model when the feed ends.
constexpr std::chrono::milliseconds patience(2000);

} // namespace

class LiveFeed::Impl {
public:
    Impl()
        : views(queuedBlocks, OverflowPolicy::DropOldest),
          reader({&recorder, &lines, [this](LiveRows& rows) { handOn(rows); }}),
          follower({[this](LiveRows& rows) { handOn(rows); },
                    [this] { return engine.hasRoom() && views.size() < queuedBlocks / 4; }})
    { }

    /// To model and views, on the thread that read them.
    void handOn(LiveRows& rows)
    {
        engine.add(rows);
        views.push(rows, {});
    }

    /// Ends what runs; rows begin at 0 again.
    void restart()
    {
        reader.stop();
        follower.stop();
        following = false;
        engine.restart();
        lines.forgetBytes();
        LiveRows rows;
        while (views.tryPop(rows)) { }
        unseenBefore = views.dropped();
    }

    Recorder recorder;
    LineTap lines;
    LiveEngine engine;
    BoundedQueue<LiveRows> views;
    std::atomic<std::uint64_t> unseenBefore = 0; ///< blocks dropped before the feed was started
    std::atomic<bool> following = false; ///< a file; else a device
    SerialReader reader; // last members: their threads use all the others
    FileFollower follower;
};

LiveFeed::LiveFeed() : m_impl(std::make_unique<Impl>()) { }

LiveFeed::~LiveFeed() = default;

void LiveFeed::start(const SerialSettings& settings, const std::optional<WireFormat>& format)
{
    m_impl->restart();
    m_impl->reader.start(settings, format);
}

void LiveFeed::follow(const FollowedFile& file)
{
    m_impl->restart();
    m_impl->following = true;
    m_impl->follower.start(file);
}

void LiveFeed::stop()
{
    m_impl->reader.stop();
    m_impl->follower.stop();
    m_impl->recorder.stop();
    m_impl->engine.finish(patience);
}

void LiveFeed::sendCommand(const std::string& bytes) { m_impl->reader.send(bytes); }

void LiveFeed::setFormat(const std::optional<WireFormat>& format)
{
    m_impl->reader.setFormat(format);
}

Result<std::string> LiveFeed::startRecording(const std::string& path, const std::string& rawPath)
{
    return m_impl->recorder.start(path, rawPath);
}

void LiveFeed::stopRecording() { m_impl->recorder.stop(); }

void LiveFeed::setModel(const LiveModel& model) { m_impl->engine.setModel(model); }

void LiveFeed::clearModel() { m_impl->engine.clearModel(); }

void LiveFeed::setMode(const Mode& mode) { m_impl->engine.setMode(mode); }

void LiveFeed::setThreshold(std::optional<float> threshold)
{
    m_impl->engine.setThreshold(threshold);
}

void LiveFeed::setMotion(const std::optional<ThresholdMotion>& motion)
{
    m_impl->engine.setMotion(motion);
}

bool LiveFeed::tryTakeRows(LiveRows& rows) { return m_impl->views.tryPop(rows); }

bool LiveFeed::tryTakeResults(ResultBlock& results) { return m_impl->engine.tryTake(results); }

void LiveFeed::takeAlarms(std::vector<LiveAlarm>& news) { m_impl->engine.takeAlarms(news); }

void LiveFeed::takeLines(std::vector<ConsoleLine>& lines) { m_impl->lines.take(lines); }

std::vector<std::uint8_t> LiveFeed::newestBytes() const { return m_impl->lines.bytes(); }

LiveState LiveFeed::state() const
{
    LiveState state = m_impl->following ? m_impl->follower.state() : m_impl->reader.state();
    state.counts.unseenBlocks = m_impl->views.dropped() - m_impl->unseenBefore;
    state.recorder = m_impl->recorder.state();
    state.engine = m_impl->engine.state();
    return state;
}

} // namespace stint::app
