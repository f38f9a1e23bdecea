#pragma once

#include "core/detect/row_judge.h"
#include "core/model/classifier.h"
#include "core/model/detector.h"

#include <memory>
#include <optional>

namespace stint {

/// The threshold that a family has for a mode; a family that classifies never raises an alarm.
[[nodiscard]] float thresholdFor(const Family& family, Mode mode, ScoreKind score);

/// What judges the rows of a mode by a threshold that moves; null where it stands still: as asked
/// for, where one is set by hand, when classifying, and in a family without held-out scores.
[[nodiscard]] std::unique_ptr<RowJudge> judgeFor(const Family& family, Mode mode, ScoreKind score,
                                                 std::optional<float> byHand,
                                                 const std::optional<ThresholdMotion>& motion);

/// Runs standardised rows through one mode of a family, whatever its task is. Shapes: C channels.
/// Thread safety: none; owned by the stepping thread.
class RowScorer {
public:
    /// \param family must offer the mode. \param standardiser what the rows were made by.
    /// \param adaptation nothing: as trained; of no meaning to a family that classifies.
    RowScorer(const std::shared_ptr<const Family>& family, Mode mode, ScoreKind score,
              Index maxBlock, Standardiser standardiser,
              const std::optional<Adaptation>& adaptation);

    /// Rows before row t that must be given to warmUp() so that row t and all after it get the
    /// numbers of a run from row 0.
    [[nodiscard]] Index memory() const;

    /// Forgets everything; the next row has this number in its series.
    void reset(Index row);

    /// Takes in rows whose answers are not wanted. \param z (rows, C), padded with zeros to `zRow`.
    void warmUp(const float* z, Index zRow, Index rows);

    /// Scores or classifies rows; forecasts are in the units of the channels.
    void step(const float* z, Index zRow, Index rows, float threshold, const Keep& keep,
              ResultBlock& out);

private:
    void restoreForecast(ResultBlock& out) const;

    Standardiser m_standardiser;
    std::unique_ptr<Detector> m_detector; ///< of a family that scores
    std::unique_ptr<Classifier> m_classifier; ///< of one that classifies
};

} // namespace stint
