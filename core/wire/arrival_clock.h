#pragma once

#include "core/base/types.h"

#include <cstdint>

namespace stint {

/// Times of samples that arrive in bursts: fits the steady rate of a device to the arrival times,
/// so that neighbouring samples are one period apart instead of 0 or 16 ms. The times never run
/// backwards and stay within half a second of the arrival; after a pause it starts anew.
class ArrivalClock {
public:
    /// \param arrival when sample `first + count - 1` and the `count` - 1 before it came in [s];
    /// \param times   (count) their smoothed times [s], overwritten.
    void time(double arrival, Index count, double* times) noexcept;

    /// Steady samples per second; 0 before it is known.
    [[nodiscard]] double rate() const noexcept;

    void reset() noexcept;

private:
    void start(double arrival) noexcept;
    void measure(double arrival, Index count) noexcept;

    std::uint64_t m_blocks = 0; ///< since the start
    std::uint64_t m_samples = 0; ///< since m_first, with the one that came in then
    std::uint64_t m_nextSamples = 0; ///< the same at m_next
    double m_first = 0.0; ///< arrivals between which the rate is measured begin here [s]
    double m_next = 0.0; ///< and will begin here later
    double m_last = 0.0; ///< time of the newest sample [s]
    double m_period = 0.0; ///< [s], 0: not known
};

} // namespace stint
