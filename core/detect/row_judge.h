#pragma once

#include "core/detect/pot.h"
#include "core/detect/result_block.h"
#include "core/detect/threshold.h"

#include <optional>

namespace stint {

/// How a threshold moves with the rows that it judges.
struct ThresholdMotion {
    /// Rows of the moving mean that scores are judged against; 0: against none, so that only the
    /// tail of the scores is learned. With a mean, so many rows in alarm one after the other are
    /// taken as the new normal.
    Index drift = 0;

    friend bool operator==(const ThresholdMotion&, const ThresholdMotion&) = default;
};

/// Rows of the moving mean where nobody chose: ten times the span that scores are smoothed with.
inline constexpr Index usualDrift = 200;

/// Most rows that a moving mean may have; bounds the memory.
inline constexpr Index mostDrift = 100'000;

/// Judges rows by a threshold that moves with them: it begins with what the held-out scores of the
/// model say, for the fraction of false alarms that it was calibrated for, and goes on learning
/// from rows that are no alarm (see StreamingThreshold).
///
/// Nothing is allocated after construction, except that a block grows to its working size.
/// Thread safety: none.
class RowJudge {
public:
    /// \param calibrated with held-out scores, else there is nothing to begin with.
    RowJudge(const Threshold& calibrated, const ThresholdMotion& motion);

    /// Whether a threshold can move: its held-out scores are known.
    [[nodiscard]] static bool canMove(const Threshold& calibrated)
    {
        return !calibrated.heldOut.empty();
    }

    /// The next row is an alarm if its score is greater.
    [[nodiscard]] float threshold() const noexcept;

    /// Replaces the alarms of the block, and gives each row the threshold that judged it.
    void judge(ResultBlock& block);

    /// Back to what the held-out scores say: another stream begins.
    void reset() noexcept { m_streaming.reset(); }

private:
    StreamingThreshold m_streaming;
};

} // namespace stint
