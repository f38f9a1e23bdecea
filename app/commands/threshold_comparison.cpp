#include "app/commands/threshold_comparison.h"

#include "core/detect/label_segments.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

using nlohmann::json;

json shareOf(std::size_t part, std::size_t whole)
{
    return whole == 0 ? json(nullptr)
                      : json(static_cast<double>(part) / static_cast<double>(whole));
}

/// Labelled events with at least one alarm.
json eventRecall(const std::vector<unsigned char>& alarms, const JudgedRows& rows)
{
    const std::vector<LabelSegment> events = labelSegments(rows.labels, rows.starts);
    const auto found = std::count_if(events.begin(), events.end(), [&](const LabelSegment& e) {
        const auto begin = alarms.begin();
        return std::any_of(begin + static_cast<std::ptrdiff_t>(e.first),
                           begin + static_cast<std::ptrdiff_t>(e.last) + 1,
                           [](unsigned char alarm) { return alarm != 0; });
    });
    return shareOf(static_cast<std::size_t>(found), events.size());
}

} // namespace

std::vector<ThresholdMotion> comparedMotions(const ThresholdMotion& wanted)
{
    if (wanted.drift == 0)
        return {wanted};
    return {ThresholdMotion {}, wanted};
}

ThresholdComparison::ThresholdComparison(const Threshold& calibrated,
                                         const std::vector<ThresholdMotion>& motions)
    : m_fixed(calibrated.value), m_target(calibrated.target)
{
    if (motions.empty())
        return;
    m_candidates.push_back({"fixed", 0, nullptr, {}});
    for (const ThresholdMotion& motion : motions)
        m_candidates.push_back({motion.drift == 0 ? "adaptive" : "adaptive, with drift",
                                motion.drift,
                                std::make_unique<RowJudge>(calibrated, motion),
                                {}});
}

void ThresholdComparison::beginStream()
{
    for (const Candidate& candidate : m_candidates) {
        if (candidate.judge)
            candidate.judge->reset();
    }
}

void ThresholdComparison::add(ResultBlock& block)
{
    for (Candidate& candidate : m_candidates) {
        if (candidate.judge) {
            candidate.judge->judge(block);
            candidate.alarms.insert(candidate.alarms.end(), block.alarm.begin(),
                                    block.alarm.begin() + block.rows);
            continue;
        }
        for (Index row = 0; row < block.rows; ++row)
            candidate.alarms.push_back(block.score[static_cast<std::size_t>(row)] > m_fixed ? 1
                                                                                            : 0);
    }
}

json ThresholdComparison::document(const std::vector<unsigned char>& isJudged,
                                   const JudgedRows& rows) const
{
    json all = json::array();
    for (const Candidate& candidate : m_candidates) {
        std::vector<unsigned char> alarms;
        for (std::size_t i = 0; i < candidate.alarms.size(); ++i) {
            if (isJudged[i] != 0)
                alarms.push_back(candidate.alarms[i]);
        }
        std::size_t normal = 0;
        std::size_t falseAlarms = 0;
        std::size_t trueAlarms = 0;
        for (std::size_t i = 0; i < alarms.size(); ++i) {
            normal += rows.labels[i] == 0 ? 1U : 0U;
            falseAlarms += rows.labels[i] == 0 && alarms[i] != 0 ? 1U : 0U;
            trueAlarms += rows.labels[i] != 0 && alarms[i] != 0 ? 1U : 0U;
        }
        const std::size_t anomalous = alarms.size() - normal;
        all.push_back({{"threshold", candidate.name},
                       {"drift", candidate.drift},
                       {"target", m_target},
                       {"alarm_rows", falseAlarms + trueAlarms},
                       {"normal_rows", normal},
                       {"false_alarm_rate", shareOf(falseAlarms, normal)},
                       {"event_recall", eventRecall(alarms, rows)},
                       {"f1", shareOf(2 * trueAlarms, trueAlarms + falseAlarms + anomalous)}});
    }
    return all;
}

} // namespace stint::app
