#include "app/commands/score_lines.h"

#include "core/series/csv_text.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

std::string quoted(const std::string& field)
{
    if (field.find_first_of(",\"\n\r") == std::string::npos)
        return field;
    return inQuotes(field);
}

} // namespace

std::string scoreHeader(const Recording& recording, const Family& family, bool moves)
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

void ScoreLines::append(std::string& text, const Recording& recording, Index row,
                        const ResultBlock& block, Index r)
{
    appendSeries(text, recording, row);
    text += quoted(timeText(recording, row));
    if (m_family.task == ModelTask::Classify)
        appendClasses(text, block, r);
    else
        appendScores(text, block, r);
    text += "\n";
}

void ScoreLines::appendSeries(std::string& text, const Recording& recording, Index row)
{
    const std::vector<Index>& starts = recording.seriesStarts;
    if (starts.empty())
        return;
    while (m_series + 1 < starts.size() && starts[m_series + 1] <= row)
        ++m_series;
    text += quoted(recording.seriesNames[m_series]) + ",";
}

void ScoreLines::appendClasses(std::string& text, const ResultBlock& block, Index r) const
{
    const auto chosen = block.chosenClass[static_cast<std::size_t>(r)];
    text += ",";
    if (chosen >= 0)
        text += quoted(m_family.classes[static_cast<std::size_t>(chosen)]);
    for (Index k = 0; k < block.classes; ++k) {
        text += ",";
        appendNumber(text, block.probabilities[static_cast<std::size_t>(r * block.classes + k)]);
    }
}

void ScoreLines::appendScores(std::string& text, const ResultBlock& block, Index r)
{
    const auto at = static_cast<std::size_t>(r);
    text += ",";
    appendNumber(text, block.score[at]);
    const bool answered = !std::isnan(block.score[at]);
    text += answered ? (block.alarm[at] != 0 ? ",1," : ",0,") : ",,";
    const bool moves = !block.thresholds.empty();
    if (moves)
        m_level.moveThreshold(static_cast<double>(block.thresholds[at]));
    appendNumber(text, static_cast<float>(m_level.fromRaw(static_cast<double>(block.score[at]))));
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

ReadableScore levelOf(const Family& family, const Mode& mode, ScoreKind score, float threshold)
{
    const FamilyVariant& variant = *family.find(mode.variant());
    return {variant.thresholds[static_cast<std::size_t>(score)].quantiles,
            static_cast<double>(threshold)};
}

void ScoreTotals::add(const ResultBlock& block)
{
    for (Index r = 0; r < block.rows; ++r) {
        scored += std::isnan(block.score[static_cast<std::size_t>(r)]) ? 0 : 1;
        alarms += block.alarm[static_cast<std::size_t>(r)];
    }
    seconds += block.seconds;
    tally = block.tally;
}

nlohmann::json scoreDocument(const ScoreTotals& t, Index rows, float threshold, bool moves)
{
    const OpCounts counted = t.tally.counted.total();
    const std::uint64_t dense = t.tally.perStep.denseWindow * t.tally.steps;
    const double saved = static_cast<double>(dense) - static_cast<double>(counted.operations);
    return {{"rows", rows},
            {"scored", t.scored},
            {"alarms", t.alarms},
            {"threshold", threshold},
            {"threshold_moves", moves},
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

std::string summaryOf(const ScoreTotals& totals, const Family& family, float threshold, bool moves)
{
    if (family.task == ModelTask::Classify)
        return std::to_string(totals.scored) + " rows classified";
    return std::to_string(totals.scored) + " rows scored, " + std::to_string(totals.alarms)
        + (moves ? " above the threshold, which ended at " : " above the threshold of ")
        + std::to_string(threshold);
}

} // namespace stint::app
