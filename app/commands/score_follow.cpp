#include "app/commands/score_follow.h"

#include "app/commands/score_lines.h"
#include "app/live/alarm_log.h"
#include "core/model/channel_columns.h"
#include "core/series/first_rows.h"
#include "core/series/growing_table.h"
#include "core/stream/live_player.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace stint::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto lookEvery = std::chrono::milliseconds(100);

/// The time of an alarm as the rows of the file have it.
std::string timeOf(const TimeAxis& axis, double seconds)
{
    Recording one;
    one.time.kind = axis.kind;
    one.time.unit = axis.unit;
    one.time.seconds = {seconds};
    return timeText(one, 0);
}

std::string alarmText(const LiveAlarm& alarm, const TimeAxis& axis)
{
    const std::string rows = alarm.ended
        ? "rows " + std::to_string(alarm.firstRow) + " to " + std::to_string(alarm.lastRow)
        : "row " + std::to_string(alarm.firstRow);
    const std::string channel
        = alarm.topChannel.empty() ? std::string() : ", mostly " + alarm.topChannel;
    if (!alarm.ended)
        return timeOf(axis, alarm.begin) + " alarm begins, " + rows + channel;
    char score[32];
    std::snprintf(score, sizeof score, "%.3g", static_cast<double>(alarm.peak));
    return timeOf(axis, alarm.end) + " alarm ends, " + rows + channel + ", highest score " + score;
}

/// Tells when the time that was asked for is over.
class Until {
public:
    explicit Until(double seconds) : m_seconds(seconds) { }

    [[nodiscard]] bool over() const
    {
        const std::chrono::duration<double> passed = Clock::now() - m_begin;
        return m_seconds > 0.0 && passed.count() >= m_seconds;
    }

private:
    double m_seconds; ///< 0: never
    Clock::time_point m_begin = Clock::now();
};

nlohmann::json followedDocument(nlohmann::json document, std::uint64_t badLines,
                                std::uint64_t restarts)
{
    document["bad_lines"] = badLines;
    document["restarts"] = restarts;
    return document;
}

/// The state of following one file.
class Following {
public:
    Following(const std::string& path, const CommonOptions& common,
              std::shared_ptr<const Family> family, std::shared_ptr<const TableReading> reading,
              std::unique_ptr<LivePlayer> player, ScoreKind score, std::ostream& out)
        : m_common(common),
          m_family(std::move(family)),
          m_table(path, std::move(reading)),
          m_player(std::move(player)),
          m_lines(*m_family, levelOf(*m_family, m_player->mode(), score, m_player->threshold())),
          m_out(out)
    {
        for (const FamilyChannel& channel : m_family->channels)
            m_names.push_back(channel.name);
    }

    /// Until interrupted, the time is over, or the file cannot be followed any more.
    Result<Done> run(const Until& until)
    {
        const std::stop_token stop = interruption();
        GrownRows grown;
        for (bool caughtUp = false; !stop.stop_requested();) {
            if (caughtUp && until.over())
                break;
            const auto found = m_table.look(grown);
            if (!found)
                return found.error();
            if (Result<Done> scored = score(grown); !scored)
                return scored;
            tellProblem();
            if (*found == GrowingTable::Found::More)
                continue;
            caughtUp = true;
            std::this_thread::sleep_for(lookEvery);
        }
        m_alarms.finish();
        tellAlarms();
        return Done {};
    }

    [[nodiscard]] nlohmann::json document() const
    {
        return followedDocument(
            scoreDocument(m_totals, rows(), m_player->threshold(), m_player->thresholdMoves()),
            m_table.badLines(), m_table.restarts());
    }

    [[nodiscard]] std::string summary() const
    {
        return summaryOf(m_totals, *m_family, m_player->threshold(), m_player->thresholdMoves());
    }

private:
    [[nodiscard]] Index rows() const { return static_cast<Index>(m_table.rows()); }
    Result<Done> score(const GrownRows& grown);
    Result<Done> push(const Recording& rows);
    void tellAlarms();
    void tellProblem();

    const CommonOptions& m_common;
    std::shared_ptr<const Family> m_family;
    GrowingTable m_table;
    std::unique_ptr<LivePlayer> m_player;
    ScoreLines m_lines;
    std::ostream& m_out;
    bool m_hasHeader = false;
    std::vector<std::string> m_names;
    std::vector<double> m_values; ///< (R, C)
    ResultBlock m_block;
    std::string m_text;
    ScoreTotals m_totals;
    TimeAxis m_axis; ///< kind and unit of the times
    AlarmLog m_alarms;
    std::vector<LiveAlarm> m_news;
    std::string m_problem; ///< that was told last
};

Result<Done> Following::score(const GrownRows& grown)
{
    const Recording& rows = grown.rows;
    if (rows.rows() == 0)
        return Done {};
    const auto columns = columnsFor(*m_family, rows);
    if (!columns)
        return columns.error();
    if (!std::exchange(m_hasHeader, true)) {
        m_out << scoreHeader(rows, *m_family, m_player->thresholdMoves());
        m_axis.kind = rows.time.kind;
        m_axis.unit = rows.time.unit;
    }
    if (grown.gap)
        m_player->resumeAt(m_player->position());
    m_values.clear();
    for (std::size_t r = 0; r < rows.time.seconds.size(); ++r)
        for (const std::span<const double> column : *columns)
            m_values.push_back(column[r]);
    return push(rows);
}

/// Answers the rows at hand and writes them.
Result<Done> Following::push(const Recording& rows)
{
    const auto channels = static_cast<Index>(m_names.size());
    const std::span times(rows.time.seconds);
    for (Index at = 0; at < rows.rows();) {
        const Index took
            = m_player->push(m_values.data() + at * channels, rows.rows() - at, m_block);
        m_text.clear();
        for (Index r = 0; r < took; ++r)
            m_lines.append(m_text, rows, at + r, m_block, r);
        m_out << m_text;
        m_totals.add(m_block);
        m_alarms.add(m_block,
                     times.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(took)),
                     m_names);
        at += took;
    }
    m_out.flush();
    tellAlarms();
    if (!m_out)
        return Error {"The scores could not be written: the disk is full or was removed; choose "
                      "another place with --out."};
    return Done {};
}

void Following::tellAlarms()
{
    m_news.clear();
    m_alarms.take(m_news);
    for (const LiveAlarm& alarm : m_news)
        say(m_common, alarmText(alarm, m_axis));
}

void Following::tellProblem()
{
    if (!m_table.problem().empty() && m_table.problem() != m_problem)
        say(m_common, m_table.problem());
    m_problem = m_table.problem();
}

/// How the file is read: its first rows tell, and are waited for. Null: it ended before they came.
Result<std::shared_ptr<const TableReading>>
readingOf(const std::string& path, const CommonOptions& common, const Until& until)
{
    FirstRows first(path);
    const std::stop_token stop = interruption();
    for (std::string told; !stop.stop_requested();) {
        const Result<std::shared_ptr<const Recording>> found = first.look();
        if (!found)
            return found.error();
        if (*found)
            return (*found)->reading;
        if (until.over())
            break;
        const std::string waits = first.problem().empty()
            ? path + " does not have two rows yet; they are waited for."
            : first.problem();
        if (waits != told)
            say(common, waits);
        told = waits;
        std::this_thread::sleep_for(lookEvery);
    }
    return std::shared_ptr<const TableReading>();
}

} // namespace

int followAndScore(const ScoreOptions& options, const CommonOptions& common,
                   const std::shared_ptr<const Family>& family, const PlayerOptions& play)
{
    auto player = LivePlayer::create(family, liveOptions(play));
    if (!player)
        return fail(player.error());
    sayIfThresholdStands(common, *family, play.motion);
    const Until until(options.seconds);
    auto reading = readingOf(options.recording, common, until);
    if (!reading)
        return fail(reading.error());
    const bool toStdout = options.out == "-";
    std::ofstream file;
    if (!toStdout) {
        file.open(options.out, std::ios::binary | std::ios::trunc);
        if (!file)
            return fail("\"" + options.out
                        + "\" cannot be written; choose another place with --out.");
    }
    if (!*reading) {
        if (common.json && !toStdout)
            print(followedDocument(
                scoreDocument({}, 0, (*player)->threshold(), (*player)->thresholdMoves()), 0, 0));
        else
            say(common, "no row was scored");
        return interruption().stop_requested() ? exitInterrupted : exitDone;
    }
    Following following(options.recording, common, family, *reading, std::move(*player), play.score,
                        toStdout ? std::cout : file);
    const Result<Done> done = following.run(until);
    if (common.json && !toStdout)
        print(following.document());
    else
        say(common, following.summary());
    if (!done)
        return fail(done.error());
    return interruption().stop_requested() ? exitInterrupted : exitDone;
}

} // namespace stint::app
