#pragma once

#include "core/base/types.h"

#include <span>
#include <vector>

namespace stint {

/// Exponentially weighted mean over rows, one per channel, with span s: m += (x - m) x 2 / (s + 1).
/// The first value of a channel is its first mean. State in double, (C) values.
///
/// A score must be the same wherever playback began. After a seek to row t: reset(), then step over
/// the rows from max(first row with an answer, t - memory()) up to t - 1. If that reaches the first
/// row, the state is that of an uninterrupted run bit for bit; else the part of the mean that
/// differs has a weight below 1e-17, under the resolution of a double, and the float that is shown
/// is the same.
class Smoother {
public:
    /// \param channels C >= 0
    /// \param span     s >= 1 [rows]; 1 passes values through unchanged
    Smoother(Index channels, double span);

    /// Replaces the (C) values of the next row by their smoothed values. A value that is not finite
    /// has no answer: it becomes NaN and leaves the mean of its channel as it was.
    void step(std::span<double> row) noexcept;
    void step(std::span<float> row) noexcept;

    /// Forgets all rows.
    void reset() noexcept;

    /// Rows after which what came before weighs less than 1e-17 (about 39 / alpha, 392 rows for
    /// span 20).
    [[nodiscard]] Index memory() const noexcept { return m_memory; }
    [[nodiscard]] Index channels() const noexcept { return static_cast<Index>(m_mean.size()); }

private:
    template <typename Scalar>
    void stepRow(std::span<Scalar> row) noexcept;

    double m_alpha;
    Index m_memory;
    std::vector<double> m_mean; ///< (C), NaN before the first value
};

/// The scores of one whole recording, smoothed; rows without an answer (NaN) stay so.
[[nodiscard]] std::vector<double> smoothed(std::span<const double> scores, double span);

} // namespace stint
