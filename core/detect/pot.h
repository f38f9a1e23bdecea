#pragma once

#include "core/base/types.h"
#include "core/detect/pareto_tail.h"
#include "core/detect/threshold.h"

#include <cstddef>
#include <span>
#include <vector>

namespace stint {

/// How a threshold is taken from the tail of normal scores ("peaks over threshold").
struct PotSettings {
    double risk = 1e-3; ///< fraction of normal rows that may be above the threshold
    /// Fraction of the held-out scores below the level from which on scores are tail. Lowered to
    /// 1 - 2 risk where it would leave no tail.
    double level = 0.98;
    /// Rows of the moving mean that a score is judged against; 0: against no mean.
    Index drift = 0;
    /// Rows in alarm one after the other from which on they are taken as the new normal and the
    /// moving mean starts anew; 0: never. Only with drift.
    Index adoptAfter = 0;
    Index mostExcesses = 1000; ///< newest excesses that the tail is fitted to; bounds the memory
};

/// A threshold that keeps learning from normal scores while they arrive: SPOT, and with drift DSPOT
/// (Siffer et al., KDD 2017, algorithms 1 and 2).
///
/// A score above the level but not the threshold is an excess and refits the tail. A score above
/// the threshold is an alarm and its value never enters. Published as such, that cuts off the tail
/// that it measures, and the threshold falls until there are several times as many false alarms as
/// stated. Since a fraction `risk` of normal rows is expected to be above, so many alarms (and at
/// most 20 at once, so that a long anomaly has no say) are counted as an excess of the mean that
/// the fitted tail has beyond it. No excess raises it by more than 0.5 %: it would outrun faults.
///
/// Scores are not declustered: neighbouring smoothed scores resemble each other, which makes the
/// estimate less certain, but what is promised is a fraction of rows and that is not shifted by it.
/// Measured with span 20, over forty calibrations of independent smoothed rows: 1.4 times the
/// target at 1 % from 1000 rows, and at 0.1 % twice the target from 2000 rows, 1.6 times from 5000
/// and 1.0 times from twenty thousand.
///
/// Memory is bounded, nothing is allocated after construction. A NaN is no row. threshold() is
/// never NaN. Thread safety: none.
class StreamingThreshold {
public:
    /// \param heldOutNormalScores of rows that neither trained nor validated the model, in the
    /// order
    ///        of time. Values that are not finite are left out. With none left no score is an
    ///        alarm; with a risk outside (0, 1) the largest of them is the threshold and stays.
    StreamingThreshold(std::span<const double> heldOutNormalScores, const PotSettings& settings);
    ~StreamingThreshold() = default;
    // A copy would lack the room that is set aside for step().
    StreamingThreshold(const StreamingThreshold&) = delete;
    StreamingThreshold& operator=(const StreamingThreshold&) = delete;
    StreamingThreshold(StreamingThreshold&&) = default;
    StreamingThreshold& operator=(StreamingThreshold&&) = default;

    /// The next row is an alarm if its score is greater.
    [[nodiscard]] double threshold() const noexcept { return m_now.mean + m_now.above; }

    /// Takes the score of the next row; true: an alarm.
    bool step(double score) noexcept;

    /// Back to what the held-out scores alone say.
    void reset() noexcept { m_now = m_start; }

    /// The tail above level() that the threshold follows from.
    [[nodiscard]] const ParetoTail& tail() const noexcept { return m_now.tail; }
    [[nodiscard]] double level() const noexcept { return m_now.mean + m_level; }

private:
    /// Everything that a row may change.
    struct State {
        std::vector<double> ascending; ///< excesses
        std::vector<double> newest; ///< the same, a ring in order of arrival
        std::size_t oldest = 0; ///< place in the ring, once it is full
        double rows = 0.0;
        double excesses = 0.0; ///< those no longer kept included
        double allowance = 1.0; ///< alarms that may be taken as normal
        ParetoTail tail;
        double above = 0.0; ///< threshold over the moving mean
        std::vector<double> recent; ///< ring of the moving mean
        std::size_t nextRecent = 0;
        double sum = 0.0; ///< of the ring
        double mean = 0.0; ///< 0 without drift
        Index alarmsInRow = 0;
    };

    void addExcess(double excess) noexcept;
    void refit() noexcept;
    void addToMean(double score) noexcept;
    void restartMean() noexcept;

    PotSettings m_settings;
    bool m_fixed = false;
    double m_level = 0.0; ///< over the moving mean
    State m_now;
    State m_start;
};

/// The threshold of a StreamingThreshold without drift after the held-out scores, beside
/// calibrateThreshold() and with its meaning of `supported`.
[[nodiscard]] Threshold calibratePot(std::vector<double> heldOutNormalScores, double target);

} // namespace stint
