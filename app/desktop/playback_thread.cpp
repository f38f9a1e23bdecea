#include "app/desktop/playback_thread.h"

#include "app/desktop/playback_engine.h"

namespace stint::app {

PlaybackThread::PlaybackThread()
    : m_frames(queueFrames, OverflowPolicy::Block),
      m_thread([this](const std::stop_token& stop) { run(stop); })
{ }

PlaybackThread::~PlaybackThread() = default;

std::uint64_t PlaybackThread::post(Command command)
{
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(m_mutex);
        number = ++m_lastNumber;
        m_commands.emplace_back(number, std::move(command));
    }
    m_wake.notify_one();
    return number;
}

std::uint64_t PlaybackThread::load(PlaybackJob job)
{
    return post([job = std::move(job)](Engine& engine) { engine.load(job); });
}

std::uint64_t PlaybackThread::unload()
{
    return post([](Engine& engine) { engine.unload(); });
}

std::uint64_t PlaybackThread::setPlaying(bool playing)
{
    return post([playing](Engine& engine) { engine.setPlaying(playing); });
}

std::uint64_t PlaybackThread::step()
{
    return post([](Engine& engine) { engine.step(); });
}

std::uint64_t PlaybackThread::seek(Index row)
{
    return post([row](Engine& engine) { engine.seek(row); });
}

std::uint64_t PlaybackThread::setSpeed(double factor)
{
    return post([factor](Engine& engine) { engine.setSpeed(factor); });
}

std::uint64_t PlaybackThread::setMode(const Mode& mode)
{
    return post([mode](Engine& engine) { engine.setMode(mode); });
}

std::uint64_t PlaybackThread::setThreshold(std::optional<float> threshold)
{
    return post([threshold](Engine& engine) { engine.setThreshold(threshold); });
}

std::uint64_t PlaybackThread::setMotion(const std::optional<ThresholdMotion>& motion)
{
    return post([motion](Engine& engine) { engine.setMotion(motion); });
}

std::uint64_t PlaybackThread::setKeepForecast(bool keep)
{
    return post([keep](Engine& engine) { engine.setKeepForecast(keep); });
}

void PlaybackThread::run(const std::stop_token& stop)
{
    Engine engine;
    PlaybackFrame frame;
    std::uint64_t number = 0;
    while (!stop.stop_requested()) {
        std::deque<std::pair<std::uint64_t, Command>> commands;
        {
            std::unique_lock lock(m_mutex);
            const auto wanted = [this] { return !m_commands.empty(); };
            const auto delay = engine.delay(Engine::Clock::now());
            if (!delay)
                m_wake.wait(lock, stop, wanted);
            else if (*delay > Engine::Clock::duration::zero())
                m_wake.wait_for(lock, stop, *delay, wanted);
            commands.swap(m_commands);
        }
        // Each command reports for itself; an error must not hide behind the next command.
        for (const auto& [commandNumber, command] : commands) {
            number = commandNumber;
            command(engine);
            frame.generation = number;
            frame.block.rows = 0;
            engine.describe(frame);
            if (!m_frames.push(frame, stop))
                return;
        }
        if (!engine.advance(Engine::Clock::now(), frame))
            continue;
        frame.generation = number;
        engine.describe(frame);
        if (!m_frames.push(frame, stop))
            return;
    }
}

} // namespace stint::app
