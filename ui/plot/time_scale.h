#pragma once

#include "core/series/recording.h"
#include "ui/live_extent.h"
#include "ui/plot/plot.h"

#include <QString>

#include <memory>

namespace stint::ui {

/// Whether times are finite and each is after the one before, so that they can carry an axis that
/// is searched by bisection.
[[nodiscard]] bool growsStrictly(const std::vector<double>& seconds);

/// Where the rows of a recording lie on a horizontal axis: at their time if every row has one and
/// it grows, else at the row number.
class TimeScale {
public:
    TimeScale() = default;

    /// The recording is kept alive and only read. Takes a pass over its times.
    explicit TimeScale(const std::shared_ptr<const Recording>& recording);

    /// Of a recording whose times were looked at already. \param grows of growsStrictly().
    TimeScale(std::shared_ptr<const Recording> recording, bool grows);

    /// Of a recording that grows, whose times must be finite and grow; rows that are yet to come
    /// are not on the axis. Follows the extent, which is not null.
    TimeScale(std::shared_ptr<const Recording> recording, std::shared_ptr<const LiveExtent> extent);

    [[nodiscard]] const std::shared_ptr<const Recording>& recording() const { return m_recording; }

    /// Rows on the axis.
    [[nodiscard]] Index rows() const;

    /// Axis coordinate of a row: [s], or the row number. Rows outside are extrapolated.
    [[nodiscard]] double position(Index row) const;

    /// Nearest row to an axis coordinate; inside the recording if it has rows.
    [[nodiscard]] Index row(double position) const;

    /// Mean distance of neighbouring rows on the axis; 1 for row numbers.
    [[nodiscard]] double step() const { return m_extent ? m_extent->step : m_step; }

    /// Whether time jumps between two rows by more than half of what their number suggests. A
    /// recording whose steps differ throughout has no gaps.
    [[nodiscard]] bool hasGap(Index from, Index to) const;

    /// "Time [s]", "Time (UTC)" or "Row".
    [[nodiscard]] QString label() const;

    /// Ticks that suit the axis.
    [[nodiscard]] QSharedPointer<QCPAxisTicker> ticker() const;

    /// The time of a row as the file wrote it; its row number if the file has no time.
    [[nodiscard]] QString text(Index row) const;

private:
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const LiveExtent> m_extent; // null: the recording is complete
    bool m_usesTime = false;
    double m_step = 1.0;
    double m_usualStep = 0.0; ///< 0: steps are no measure of gaps
};

} // namespace stint::ui
