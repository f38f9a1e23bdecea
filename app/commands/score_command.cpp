#include "app/commands/score_command.h"

#include "core/detect/readable_score.h"
#include "core/series/csv_reader.h"
#include "core/series/csv_text.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

using nlohmann::json;

std::string quoted(const std::string& field)
{
    if (field.find_first_of(",\"\n\r") == std::string::npos)
        return field;
    return inQuotes(field);
}

/// \param moves whether each row has a threshold of its own.
std::string headerLine(const Recording& recording, const Family& family, bool moves)
{
    std::string line = recording.seriesStarts.empty() ? "" : quoted(recording.seriesColumn) + ",";
    line += quoted(recording.time.column.empty() ? "row" : recording.time.column);
    if (family.task == ModelTask::Classify) {
        line += ",class";
        for (const std::string& name : family.classes)
            line += "," + quoted("probability:" + name);
        return line + "\n";
    }
    line
        += family.task == ModelTask::Forecast ? ",squared_error,alarm,level" : ",score,alarm,level";
    line += moves ? ",threshold" : "";
    line += family.task == ModelTask::Forecast ? "" : ",part,encoder,autoregression";
    for (const FamilyChannel& channel : family.channels)
        line += "," + quoted("contribution:" + channel.name);
    for (const FamilyChannel& channel : family.channels) {
        if (family.task == ModelTask::Forecast)
            line += "," + quoted("forecast:" + channel.name);
    }
    return line + "\n";
}

/// Writes one line per row, as the task has it.
class ScoreLines {
public:
    ScoreLines(const Recording& recording, const Family& family, ReadableScore level)
        : m_recording(recording), m_family(family), m_level(std::move(level))
    { }

    void append(std::string& text, const ResultBlock& block, Index r)
    {
        const Index row = block.firstRow + r;
        appendSeries(text, row);
        text += quoted(timeText(m_recording, row));
        if (m_family.task == ModelTask::Classify)
            appendClasses(text, block, r);
        else
            appendScores(text, block, r);
        text += "\n";
    }

private:
    void appendSeries(std::string& text, Index row)
    {
        const std::vector<Index>& starts = m_recording.seriesStarts;
        if (starts.empty())
            return;
        while (m_series + 1 < starts.size() && starts[m_series + 1] <= row)
            ++m_series;
        text += quoted(m_recording.seriesNames[m_series]) + ",";
    }

    void appendClasses(std::string& text, const ResultBlock& block, Index r) const
    {
        const auto chosen = block.chosenClass[static_cast<std::size_t>(r)];
        text += ",";
        if (chosen >= 0)
            text += quoted(m_family.classes[static_cast<std::size_t>(chosen)]);
        for (Index k = 0; k < block.classes; ++k) {
            text += ",";
            appendNumber(text,
                         block.probabilities[static_cast<std::size_t>(r * block.classes + k)]);
        }
    }

    void appendScores(std::string& text, const ResultBlock& block, Index r)
    {
        const auto at = static_cast<std::size_t>(r);
        text += ",";
        appendNumber(text, block.score[at]);
        const bool answered = !std::isnan(block.score[at]);
        text += answered ? (block.alarm[at] != 0 ? ",1," : ",0,") : ",,";
        const bool moves = !block.thresholds.empty();
        if (moves)
            m_level.moveThreshold(static_cast<double>(block.thresholds[at]));
        appendNumber(text,
                     static_cast<float>(m_level.fromRaw(static_cast<double>(block.score[at]))));
        if (moves) {
            text += ",";
            appendNumber(text, block.thresholds[at]);
        }
        if (m_family.task == ModelTask::Anomaly) {
            text += ",";
            if (answered)
                text += block.part[at] == ScorePart::Encoder ? "encoder" : "autoregression";
            text += ",";
            appendNumber(text, block.encoderScore[at]);
            text += ",";
            appendNumber(text, block.autoregressionScore[at]);
        }
        const auto channels = static_cast<std::size_t>(block.channels);
        for (std::size_t c = 0; c < channels; ++c) {
            text += ",";
            if (answered)
                appendNumber(text, block.contributions[at * channels + c]);
        }
        for (std::size_t c = 0; c < channels && m_family.task == ModelTask::Forecast; ++c) {
            text += ",";
            appendNumber(text, block.forecast[at * channels + c]);
        }
    }

    const Recording& m_recording;
    const Family& m_family;
    ReadableScore m_level; ///< from 0 to 1, 0.5 at the threshold
    std::size_t m_series = 0; ///< of the row written last
};

/// How scores read from 0 to 1, for the threshold that is played with.
ReadableScore levelOf(const Family& family, const Player& player, const PlayerOptions& play)
{
    const FamilyVariant& variant = *family.find(player.mode().variant());
    return {variant.thresholds[static_cast<std::size_t>(play.score)].quantiles,
            static_cast<double>(player.threshold())};
}

Result<std::shared_ptr<const Recording>> readInput(const ScoreOptions& options,
                                                   const CommonOptions& common)
{
    if (options.recording != "-")
        return readForCommand(options.recording, {}, common);
    const std::string text {std::istreambuf_iterator<char>(std::cin),
                            std::istreambuf_iterator<char>()};
    Result<Recording> parsed = parseRecording(text, "standard input");
    if (!parsed)
        return parsed.error();
    return std::shared_ptr<const Recording>(std::make_shared<Recording>(std::move(*parsed)));
}

struct Totals {
    Index scored = 0;
    Index alarms = 0;
    Tally tally;
    double seconds = 0.0;
};

/// Plays to the end and writes every row. What was finished before Ctrl-C is kept.
Result<Totals> scoreAll(Player& player, const PlayerOptions& play, ScoreLines& lines,
                        std::ostream& out)
{
    Totals totals;
    ResultBlock block;
    std::string text;
    const std::stop_token stop = interruption();
    while (!stop.stop_requested() && player.advance(play.maxBlock, block) > 0) {
        text.clear();
        for (Index r = 0; r < block.rows; ++r) {
            lines.append(text, block, r);
            totals.scored += std::isnan(block.score[static_cast<std::size_t>(r)]) ? 0 : 1;
            totals.alarms += block.alarm[static_cast<std::size_t>(r)];
        }
        out << text;
        if (!out)
            return Error {"The scores could not be written: the disk is full or was removed; "
                          "choose another place with --out."};
        totals.seconds += block.seconds;
        totals.tally = block.tally;
    }
    return totals;
}

json documentOf(const Totals& t, const Player& player)
{
    const OpCounts counted = t.tally.counted.total();
    const std::uint64_t dense = t.tally.perStep.denseWindow * t.tally.steps;
    const double saved = static_cast<double>(dense) - static_cast<double>(counted.operations);
    return {{"rows", player.rows()},
            {"scored", t.scored},
            {"alarms", t.alarms},
            {"threshold", player.threshold()},
            {"threshold_moves", player.thresholdMoves()},
            {"flops",
             {{"operations", counted.operations},
              {"executed", counted.executed},
              {"dense_window", dense},
              {"dense_window_newest", t.tally.perStep.denseWindowNewest * t.tally.steps},
              {"dense_step_t_window", t.tally.perStep.denseStepTWindow * t.tally.steps},
              {"saved", saved},
              {"ratio", t.tally.ratio()}}},
            {"seconds", t.seconds},
            {"us_per_step", t.scored > 0 ? 1e6 * t.seconds / static_cast<double>(t.scored) : 0.0}};
}

} // namespace

int runScore(const ScoreOptions& options, const CommonOptions& common)
{
    const auto family = loadFamily(options.model);
    if (!family)
        return fail(family.error());
    auto play = playerOptions(**family, options.mode);
    if (!play) {
        fail(play.error());
        return exitUsage;
    }
    play->keepForecast = (*family)->task == ModelTask::Forecast;
    const auto recording = readInput(options, common);
    if (!recording)
        return fail(recording.error());
    const auto player = Player::create(*recording, *family, *play);
    if (!player)
        return fail(player.error());

    sayIfThresholdStands(common, **family, play->motion);
    const bool toStdout = options.out == "-";
    const std::string temporary = options.out + ".part";
    const auto failed = [&temporary](const std::string& message) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        return fail(message);
    };
    std::ofstream file;
    if (!toStdout) {
        file.open(temporary, std::ios::binary | std::ios::trunc);
        if (!file)
            return fail("\"" + options.out
                        + "\" cannot be written; choose another place with --out.");
    }
    std::ostream& out = toStdout ? std::cout : file;
    out << headerLine(**recording, **family, (*player)->thresholdMoves());
    ScoreLines lines(**recording, **family, levelOf(**family, **player, *play));
    const auto totals = scoreAll(**player, *play, lines, out);
    if (!totals)
        return toStdout ? fail(totals.error()) : failed(totals.error().message);
    if (!toStdout) {
        file.close();
        if (!file)
            return failed("\"" + options.out
                          + "\" cannot be written: the disk is full or was removed; choose another "
                            "place with --out.");
        std::error_code code;
        std::filesystem::rename(temporary, options.out, code);
        if (code)
            return failed("\"" + options.out + "\" cannot be written: " + code.message()
                          + "; choose another place with --out.");
    }
    const json document = documentOf(*totals, **player);
    if (common.json && !toStdout)
        print(document);
    else if ((*family)->task == ModelTask::Classify)
        say(common, std::to_string(totals->scored) + " rows classified");
    else
        say(common,
            std::to_string(totals->scored) + " rows scored, " + std::to_string(totals->alarms)
                + ((*player)->thresholdMoves() ? " above the threshold, which ended at "
                                               : " above the threshold of ")
                + std::to_string((*player)->threshold()));
    return interruption().stop_requested() ? exitInterrupted : exitDone;
}

} // namespace stint::app
