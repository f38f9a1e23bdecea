#include "app/desktop/playback_engine.h"

#include <algorithm>
#include <cmath>

namespace stint::app {

namespace {

/// Rows that are answered again after a change of inference, to compare the two.
constexpr Index comparedRows = 64;

/// Rows that are answered again when expected values are asked for, so that some are seen at once.
constexpr Index expectedRows = 256;

/// Pace of a recording without times at speed 1 [rows/s].
constexpr double paceWithoutTime = 10.0;

/// Shortest time between two blocks when a pace is kept: more would not be seen.
constexpr std::chrono::milliseconds frameTime {15};

} // namespace

void PlaybackThread::Engine::load(PlaybackJob job)
{
    m_job = std::move(job);
    m_playing = false;
    if (create(m_job.firstRow))
        setPlaying(m_job.play);
}

bool PlaybackThread::Engine::create(Index position)
{
    m_runBase = m_newestRun + 1;
    m_player.reset();
    PlayerOptions options;
    options.mode = m_job.mode;
    options.threshold = m_job.threshold;
    options.motion = m_job.motion;
    options.keepAttention = true;
    options.keepForecast = m_job.keepForecast;
    Result<std::unique_ptr<Player>> made = Player::create(m_job.recording, m_job.family, options);
    if (!made) {
        m_error = made.error().message;
        m_playing = false;
        return false;
    }
    m_player = std::move(*made);
    seek(position);
    return true;
}

void PlaybackThread::Engine::unload()
{
    m_player.reset();
    m_job = {};
    m_playing = false;
}

void PlaybackThread::Engine::setPlaying(bool playing)
{
    m_stepping = false;
    m_playing = playing && m_player && m_player->position() < m_player->rows();
    restartClock();
}

void PlaybackThread::Engine::step()
{
    m_playing = false;
    m_stepping = m_player != nullptr;
}

void PlaybackThread::Engine::seek(Index row)
{
    if (!m_player)
        return;
    m_compareFrom = -1;
    m_player->seek(std::clamp<Index>(row, 0, m_player->rows()));
    m_runStart = m_player->position();
    if (m_runStart == m_player->rows())
        m_playing = false;
    restartClock();
}

void PlaybackThread::Engine::setSpeed(double factor)
{
    m_speed = factor;
    restartClock();
}

void PlaybackThread::Engine::setMode(const Mode& mode)
{
    if (!m_player || mode == m_player->mode())
        return;
    const Mode before = m_player->mode();
    const Result<Done> changed = m_player->setMode(mode);
    if (!changed) {
        m_error = changed.error().message;
        return;
    }
    m_job.mode = mode;
    compareInferences(before);
    m_runStart = m_player->position();
}

void PlaybackThread::Engine::compareInferences(const Mode& before)
{
    const Mode& now = m_player->mode();
    m_compareFrom = -1;
    const Index to = m_player->position();
    const Index from = std::max(to - comparedRows, m_runStart);
    if (!(before.variant() == now.variant()) || from >= to)
        return;
    m_compareFrom = from;
    m_compareTo = to;
    m_player->seek(from);
}

void PlaybackThread::Engine::setThreshold(std::optional<float> threshold)
{
    m_job.threshold = threshold;
    if (m_player)
        m_player->setThreshold(threshold);
}

void PlaybackThread::Engine::setMotion(const std::optional<ThresholdMotion>& motion)
{
    m_job.motion = motion;
    if (m_player)
        m_player->setMotion(motion);
}

void PlaybackThread::Engine::setKeepForecast(bool keep)
{
    if (keep == m_job.keepForecast)
        return;
    m_job.keepForecast = keep;
    if (!m_player)
        return;
    const Index to = m_player->position();
    const Index from = std::max(to - expectedRows, m_runStart);
    const bool playing = m_playing;
    if (!create(to))
        return;
    m_playing = playing;
    if (!keep || from >= to)
        return;
    m_compareFrom = from;
    m_compareTo = to;
    m_player->seek(from);
}

void PlaybackThread::Engine::restartClock()
{
    m_started = Clock::now();
    m_paid = 0.0;
}

double PlaybackThread::Engine::rowsPerSecond() const
{
    const TimeAxis& time = m_job.recording->time;
    const bool timed = time.kind != TimeKind::Row && std::isfinite(time.step) && time.step > 0.0;
    return m_speed * (timed ? 1.0 / time.step : paceWithoutTime);
}

std::optional<PlaybackThread::Engine::Clock::duration>
PlaybackThread::Engine::delay(Clock::time_point now) const
{
    if (m_compareFrom >= 0 || m_stepping)
        return Clock::duration::zero();
    if (!m_playing)
        return std::nullopt;
    if (!(m_speed > 0.0))
        return Clock::duration::zero();
    const std::chrono::duration<double> next((m_paid + 1.0) / rowsPerSecond());
    const auto due = m_started + std::chrono::duration_cast<Clock::duration>(next);
    // A pace above one row per frame is kept in blocks, one per frame.
    const auto later = std::max(due, m_lastBlock + frameTime);
    return std::max(Clock::duration::zero(), std::min(later, now + std::chrono::hours(1)) - now);
}

bool PlaybackThread::Engine::advance(Clock::time_point now, PlaybackFrame& frame)
{
    if (!m_player)
        return false;
    if (m_compareFrom >= 0) {
        const bool any = answer(m_compareTo - m_player->position(), frame);
        frame.again = true;
        if (!any || m_player->position() >= m_compareTo) {
            // The tally of the new mode begins where the user changed it.
            m_compareFrom = -1;
            m_player->seek(m_compareTo);
        }
        return any;
    }
    if (m_stepping) {
        m_stepping = false;
        return answer(1, frame);
    }
    if (!m_playing)
        return false;
    constexpr Index everything = 1'000'000;
    if (!(m_speed > 0.0))
        return answer(everything, frame);
    const double elapsed = std::chrono::duration<double>(now - m_started).count();
    const double due = std::floor(elapsed * rowsPerSecond() - m_paid);
    if (due < 1.0)
        return false;
    const Index before = m_player->position();
    const bool any = answer(static_cast<Index>(std::min(due, 1e6)), frame);
    m_lastBlock = now;
    m_paid += static_cast<double>(m_player->position() - before);
    // What cannot be kept up with is not made up for later in a rush.
    if (elapsed * rowsPerSecond() - m_paid > rowsPerSecond())
        restartClock();
    return any;
}

bool PlaybackThread::Engine::answer(Index rows, PlaybackFrame& frame)
{
    const Index answered = m_player->advance(rows, frame.block);
    frame.again = false;
    frame.block.run += m_runBase;
    m_newestRun = std::max(m_newestRun, frame.block.run);
    if (m_player->position() >= m_player->rows())
        m_playing = false;
    if (answered == 0)
        frame.block.rows = 0;
    return answered > 0;
}

void PlaybackThread::Engine::describe(PlaybackFrame& frame)
{
    frame.loaded = m_player != nullptr;
    frame.playing = m_playing;
    frame.position = m_player ? m_player->position() : 0;
    frame.rows = m_player ? m_player->rows() : 0;
    frame.mode = m_player ? m_player->mode() : m_job.mode;
    frame.threshold = m_player ? m_player->threshold() : 0.0F;
    frame.thresholdMoves = m_player && m_player->thresholdMoves();
    frame.error = std::move(m_error);
    m_error.clear();
}

} // namespace stint::app
