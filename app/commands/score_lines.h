#pragma once

#include "core/detect/readable_score.h"
#include "core/detect/result_block.h"
#include "core/model/family.h"
#include "core/series/recording.h"
#include "core/stream/player.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

namespace stint::app {

/// The first line of a table of scores.
/// \param moves whether each row has a threshold of its own.
[[nodiscard]] std::string scoreHeader(const Recording& recording, const Family& family, bool moves);

/// Writes one line per row, as the task has it.
///
/// Ownership: refers to the family, which must outlive it.
class ScoreLines {
public:
    /// \param level how scores read from 0 to 1.
    ScoreLines(const Family& family, ReadableScore level)
        : m_family(family), m_level(std::move(level))
    { }

    /// The line of row `row` of a recording, whose answer is row `r` of a block. Rows of one
    /// recording are asked for in order.
    void append(std::string& text, const Recording& recording, Index row, const ResultBlock& block,
                Index r);

private:
    void appendSeries(std::string& text, const Recording& recording, Index row);
    void appendClasses(std::string& text, const ResultBlock& block, Index r) const;
    void appendScores(std::string& text, const ResultBlock& block, Index r);

    const Family& m_family;
    ReadableScore m_level; ///< from 0 to 1, 0.5 at the threshold
    std::size_t m_series = 0; ///< of the row written last
};

/// How scores read from 0 to 1, for the mode and the threshold that are played with.
[[nodiscard]] ReadableScore levelOf(const Family& family, const Mode& mode, ScoreKind score,
                                    float threshold);

/// Counted over the rows that were scored.
struct ScoreTotals {
    Index scored = 0;
    Index alarms = 0;
    Tally tally;
    double seconds = 0.0;

    /// Counts a block.
    void add(const ResultBlock& block);
};

/// The document of `score --json`.
/// \param threshold of the row that would come next, if it `moves`.
[[nodiscard]] nlohmann::json scoreDocument(const ScoreTotals& totals, Index rows, float threshold,
                                           bool moves);

/// What is said at the end of scoring.
[[nodiscard]] std::string summaryOf(const ScoreTotals& totals, const Family& family,
                                    float threshold, bool moves);

} // namespace stint::app
