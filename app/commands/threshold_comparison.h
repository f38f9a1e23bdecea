#pragma once

#include "core/detect/row_judge.h"

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

namespace stint::app {

/// Rows that are judged and have an answer, recordings one after the other.
struct JudgedRows {
    std::vector<unsigned char> labels; ///< not 0: an anomaly
    std::vector<std::size_t> starts; ///< first row of each recording
};

/// The thresholds that stand beside the calibrated one: without a drift one, which learns the tail
/// alone, else that and the one that follows the drift.
[[nodiscard]] std::vector<ThresholdMotion> comparedMotions(const ThresholdMotion& wanted);

/// Judges the rows of a run by the calibrated threshold and by those that move, side by side.
class ThresholdComparison {
public:
    /// \param motions empty: nothing is compared.
    ThresholdComparison(const Threshold& calibrated, const std::vector<ThresholdMotion>& motions);

    /// Another recording or series begins.
    void beginStream();

    /// Takes the next rows; alarms and thresholds of the block are changed.
    void add(ResultBlock& block);

    /// One object per threshold: false alarms on rows labelled normal, labelled events with an
    /// alarm, F1. \param isJudged of every row that was added, not 0: it is one of `rows`.
    [[nodiscard]] nlohmann::json document(const std::vector<unsigned char>& isJudged,
                                          const JudgedRows& rows) const;

private:
    struct Candidate {
        std::string name;
        Index drift = 0;
        std::unique_ptr<RowJudge> judge; ///< null: as calibrated
        std::vector<unsigned char> alarms; ///< of every row that was added
    };

    std::vector<Candidate> m_candidates;
    float m_fixed;
    double m_target;
};

} // namespace stint::app
