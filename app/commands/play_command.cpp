#include "app/commands/play_command.h"

#include "app/commands/play_target.h"
#include "app/live/device_lines.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace stint::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double rateWithoutTime = 10.0; ///< rows/s of a recording without a column of time
constexpr double longestPause = 5.0; ///< [s] that a gap of the recording lasts at most
constexpr std::size_t textAtOnce = 16'384; ///< bytes
constexpr auto tick = std::chrono::milliseconds(20);

/// When each row is due [s], from 0 on.
std::vector<double> schedule(const Recording& recording, const std::optional<double>& rate)
{
    std::vector<double> due(static_cast<std::size_t>(recording.rows()));
    const bool timed = recording.time.kind != TimeKind::Row && !rate;
    const double step = 1.0 / rate.value_or(rateWithoutTime);
    for (std::size_t r = 1; r < due.size(); ++r) {
        double pause = rate && *rate <= 0.0 ? 0.0 : step;
        if (timed) {
            const double passed = recording.time.seconds[r] - recording.time.seconds[r - 1];
            pause = std::isfinite(passed) ? std::clamp(passed, 0.0, longestPause) : 0.0;
        }
        due[r] = due[r - 1] + pause;
    }
    return due;
}

/// What was written.
struct Written {
    Index samples = 0;
    std::size_t bytes = 0;
};

/// Writes the rows of a recording to a target, each when it is due.
class Play {
public:
    Play(const Recording& recording, const DeviceLines& lines, std::vector<double> due,
         PlayTarget& target, const CommonOptions& common)
        : m_recording(recording),
          m_lines(lines),
          m_due(std::move(due)),
          m_target(target),
          m_common(common)
    { }

    /// Once from the first row to the last. False if stopped.
    Result<bool> once(const std::stop_token& stop, Written& written)
    {
        if (std::exchange(m_fresh, false))
            m_lines.appendStart(m_text);
        auto start = Clock::now();
        for (std::size_t row = 0; row < m_due.size() || !m_text.empty();) {
            const double now = std::chrono::duration<double>(Clock::now() - start).count();
            while (row < m_due.size() && m_due[row] <= now && m_text.size() < textAtOnce)
                append(row++);
            auto sent = send(stop, written, start);
            if (!sent || !*sent)
                return sent;
            if (row < m_due.size() && m_due[row] > now)
                std::this_thread::sleep_for(
                    std::min<std::chrono::duration<double>>(tick, until(row, start)));
        }
        m_played += m_due.empty() ? 0.0 : m_due.back() + 1.0;
        return true;
    }

private:
    [[nodiscard]] std::chrono::duration<double> until(std::size_t row,
                                                      Clock::time_point start) const
    {
        const std::chrono::duration<double> left
            = std::chrono::duration<double>(m_due[row]) - (Clock::now() - start);
        return std::max(left, std::chrono::duration<double>(0.0));
    }

    void append(std::size_t row)
    {
        m_values.clear();
        for (const Channel& channel : m_recording.channels)
            m_values.push_back(channel.values[row]);
        m_lines.appendRow(m_values, m_played + m_due[row], m_text);
        ++m_rows;
    }

    /// Writes what is ready; waits for a reader, and the pace with it.
    Result<bool> send(const std::stop_token& stop, Written& written, Clock::time_point& start)
    {
        while (!m_text.empty()) {
            const auto before = Clock::now();
            if (!m_target.waitForReader(stop) || stop.stop_requested())
                return false;
            const auto wrote = m_target.write(m_text, stop);
            if (!wrote)
                return wrote.error();
            written.bytes += *wrote;
            m_text.erase(0, *wrote);
            if (m_text.empty())
                break;
            say(m_common, "Nobody reads \"" + m_target.path() + "\" any more; waiting.");
            static_cast<void>(m_target.waitForReader(stop));
            start += Clock::now() - before;
        }
        written.samples += std::exchange(m_rows, 0);
        return !stop.stop_requested();
    }

    const Recording& m_recording;
    const DeviceLines& m_lines;
    std::vector<double> m_due; ///< (rows) [s]
    PlayTarget& m_target;
    const CommonOptions& m_common;
    std::vector<double> m_values; ///< of one row
    std::string m_text; ///< to be written next
    Index m_rows = 0; ///< in it
    double m_played = 0.0; ///< [s] of earlier rounds, so that times go on
    bool m_fresh = true;
};

Result<DeviceLines> linesFor(const std::string& format, const Recording& recording)
{
    const auto parsed = parseWireFormat(format);
    if (!parsed)
        return parsed.error();
    std::vector<WireChannel> channels;
    for (const Channel& channel : recording.channels)
        channels.push_back({channel.name, channel.unit});
    return DeviceLines::create(*parsed, std::move(channels));
}

} // namespace

int runPlay(const PlayOptions& options, const CommonOptions& common)
{
    const std::stop_token stop = interruption();
    if (options.rate && (!std::isfinite(*options.rate) || *options.rate < 0.0)) {
        fail("--rate is rows a second; write a number from 0 on, 0 for as fast as possible.");
        return exitUsage;
    }
    const auto recording = readForCommand(options.recording, {}, common);
    if (!recording)
        return fail(recording.error());
    const auto lines = linesFor(options.format, **recording);
    if (!lines) {
        fail(lines.error());
        return exitUsage;
    }
    const auto target = PlayTarget::open(options.port, options.baud);
    if (!target)
        return fail(target.error());
    if (options.port == "pty")
        say(common,
            "Playing to " + (*target)->path() + " as soon as it is read: stint listen --port "
                + (*target)->path());
    if (!(*target)->waitForReader(stop))
        return exitInterrupted;

    Play play(**recording, *lines, schedule(**recording, options.rate), **target, common);
    Written written;
    do {
        const auto done = play.once(stop, written);
        if (!done)
            return fail(done.error());
        if (!*done)
            break;
    } while (options.loop);
    (*target)->drain();
    if (common.json)
        print(
            {{"port", (*target)->path()}, {"samples", written.samples}, {"bytes", written.bytes}});
    else
        say(common,
            std::to_string(written.samples) + " samples written, " + std::to_string(written.bytes)
                + " bytes");
    return stop.stop_requested() ? exitInterrupted : exitDone;
}

} // namespace stint::app
