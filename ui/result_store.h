#pragma once

#include "core/detect/result_block.h"
#include "ui/attention_ring.h"
#include "ui/class_answers.h"
#include "ui/cost_history.h"
#include "ui/result_rows.h"
#include "ui/row_stretch.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace stint::ui {

/// An uninterrupted stretch of alarms.
struct AlarmSpan {
    Index first = 0;
    Index last = 0; ///< inclusive
    Index peakRow = 0; ///< where the score is highest
    float peak = 0.0F;
    Index topChannel = 0; ///< that contributes most at the peak
    ScorePart part = ScorePart::Encoder; ///< that says more at the peak
};

/// What is known about every row of one recording, for the views. It lives on the GUI thread and
/// takes memory in proportion to the rows, about 25 bytes each (4 more once a threshold moves), and
/// at most 32 MiB more for forecasts and class probabilities, which are kept for the newest rows of
/// long recordings.
///
/// A row has the score of the current variant and, beside it, the last one of another variant, so
/// that two can be compared. Both are what the engine answered; nothing is computed again here.
class ResultStore {
public:
    /// Forgets everything, for a recording of `rows` rows. Takes a pass over new memory unless it
    /// had as many before.
    void reset(Index rows);

    /// The same with room that was made elsewhere, of rows that hold nothing.
    void reset(ResultRows rows);

    /// Takes over a block. Returns false, with nothing changed, if it belongs to a run that has
    /// been left, or does not fit the recording.
    bool append(const ResultBlock& block);

    /// The first rows of a recording that grows go away and all others are renumbered.
    void dropFirst(Index rows);

    /// The recording ends after `rows` rows, no more than it had; what was answered stays, and
    /// blocks of any run are taken from now on.
    void truncate(Index rows);

    /// Judges the answered rows by another threshold, as the engine does with those to come.
    void setThreshold(float threshold);

    /// Blocks of earlier runs are stale from now on.
    void expectRunAfter(std::uint64_t run) { m_oldestRun = run + 1; }

    /// What is known about the classes of the rows, for judging answers; null: nothing.
    void setKnownClasses(std::shared_ptr<const KnownClasses> known);

    /// Grows with every change.
    [[nodiscard]] std::uint64_t version() const { return m_version; }

    [[nodiscard]] Index rows() const { return m_rows.rows(); }
    [[nodiscard]] Index answered() const { return m_answered; } ///< rows with a score
    [[nodiscard]] Index newestRow() const { return m_newestRow; } ///< last appended; -1: none
    [[nodiscard]] std::uint64_t run() const { return m_run; }
    [[nodiscard]] ModelTask task() const { return m_task; } ///< of the newest block
    /// Mode of the newest block; nothing before the first.
    [[nodiscard]] std::optional<Mode> newestMode() const { return m_mode; }
    [[nodiscard]] float threshold() const { return m_threshold; } ///< NaN: there is none

    /// Whether the newest rows were each judged by a threshold of their own.
    [[nodiscard]] bool thresholdMoves() const { return m_thresholdMoves; }
    /// By which a row was judged, as far as that is known; else threshold().
    [[nodiscard]] float thresholdAt(Index row) const;
    /// By row, NaN where it is not known; empty while none has moved.
    [[nodiscard]] std::span<const float> thresholds() const { return m_rows.threshold; }
    [[nodiscard]] const MinMaxIndex<float>& thresholdIndex() const { return m_rows.thresholdIndex; }

    /// Score by row of the current variant; NaN where there is none.
    [[nodiscard]] std::span<const float> score() const { return m_rows.score; }
    /// Score by row of the variant that was chosen before, where it was played; else NaN.
    [[nodiscard]] std::span<const float> earlierScore() const { return m_rows.earlier; }
    [[nodiscard]] const MinMaxIndex<float>& scoreIndex() const { return m_rows.scoreIndex; }
    [[nodiscard]] const MinMaxIndex<float>& earlierIndex() const { return m_rows.earlierIndex; }

    /// Rows as they were predicted, by channel of the model, in its units; where it was asked for.
    [[nodiscard]] const RowStretch& forecast() const { return m_forecast; }
    [[nodiscard]] const ClassAnswers& classAnswers() const { return m_classAnswers; }

    /// 1 where the last answer of a row was an alarm.
    [[nodiscard]] std::span<const std::uint8_t> alarm() const { return m_rows.alarm; }
    /// Mode of the score of a row; nothing if it has none.
    [[nodiscard]] std::optional<Mode> mode(Index row) const;

    /// Alarms in the order of time, newest `maxAlarms` of them.
    [[nodiscard]] const std::vector<AlarmSpan>& alarms() const;
    /// Grows whenever alarms() may have changed.
    [[nodiscard]] std::uint64_t alarmVersion() const { return m_alarmVersion; }
    static constexpr std::size_t maxAlarms = 10'000;

    [[nodiscard]] Index heldRows() const { return m_heldRows; } ///< answers with a held value
    /// Largest difference between the scores of one row and variant under two inferences; nothing
    /// if no row was answered under both.
    [[nodiscard]] std::optional<double> largestInferenceDifference() const;
    [[nodiscard]] Index comparedRows() const { return m_comparedRows; }

    [[nodiscard]] const AttentionRing& attention() const { return m_attention; }
    [[nodiscard]] const CostHistory& cost() const { return m_cost; }

private:
    [[nodiscard]] bool fits(const ResultBlock& block) const;
    void changeVariant(const Mode& mode);
    void storeThresholds(const ResultBlock& block);
    void forgetThresholds();
    void countAgain();
    void storeRow(const ResultBlock& block, Index i, std::uint8_t code);

    std::uint64_t m_version = 0;
    std::uint64_t m_run = 0;
    std::uint64_t m_oldestRun = 0;
    Index m_newestRow = -1;
    Index m_answered = 0;
    Index m_heldRows = 0;
    Index m_comparedRows = 0;
    double m_largestDifference = 0.0;
    float m_threshold = std::numeric_limits<float>::quiet_NaN();
    bool m_thresholdMoves = false;
    ModelTask m_task = ModelTask::Anomaly;
    std::optional<Mode> m_mode;
    std::optional<VariantName> m_variant;

    ResultRows m_rows;

    std::uint64_t m_alarmVersion = 0;
    mutable std::uint64_t m_alarmsMade = 0; // version that m_alarms shows
    mutable std::vector<AlarmSpan> m_alarms;

    RowStretch m_forecast;
    ClassAnswers m_classAnswers;
    AttentionRing m_attention;
    CostHistory m_cost;
};

} // namespace stint::ui
