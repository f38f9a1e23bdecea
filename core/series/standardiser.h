#pragma once

#include "core/base/types.h"

#include <cstddef>
#include <span>
#include <vector>

namespace stint {

/// Standardised values stay within ±standardLimit: squares and attention logits of it are finite
/// in float, whatever a sensor sends.
constexpr float standardLimit = 20.0F;

/// Mean and scale of every channel; z = (x - mean) / scale.
struct Standardiser {
    std::vector<double> mean; ///< (channels)
    std::vector<double> scale; ///< (channels), > 0: the population's standard deviation, or 1

    [[nodiscard]] Index channels() const { return static_cast<Index>(mean.size()); }

    /// z of a finite value, limited to ±standardLimit.
    [[nodiscard]] float standardise(Index channel, double value) const;

    /// The value whose z is given.
    [[nodiscard]] double restore(Index channel, double z) const;
};

/// Fits to the finite values of each channel. `channels` holds the values of the rows to use,
/// (channels)(rows). A channel that is constant, or has no finite value, gets the scale 1.
[[nodiscard]] Standardiser fitStandardiser(const std::vector<std::span<const double>>& channels);

/// The same for several recordings together, (recordings)(channels)(rows); all have the same
/// channels.
[[nodiscard]] Standardiser
fitPooledStandardiser(const std::vector<std::vector<std::span<const double>>>& recordings);

/// Turns rows of raw values into standardised floats. A value that is not finite is replaced by the
/// last finite one of its channel, before the first by the mean (z = 0), and its row is flagged.
///
/// Thread safety: none; one owner.
class HoldLast {
public:
    /// Copies the standardiser.
    explicit HoldLast(Standardiser standardiser);

    [[nodiscard]] Index channels() const { return m_standardiser.channels(); }

    /// Forgets what was held, as before the first row.
    void reset();

    /// Holds what a run over rows [0, row) would hold, found by looking back from `row`; so the
    /// result of a row does not depend on where playback began. `columns` is (channels)(rows).
    void seed(std::span<const std::span<const double>> columns, Index row);

    /// Writes the rows [first, last) of `columns`, (channels)(rows), to `z`, one row after the
    /// other, `stride` >= channels() floats apart, and 1 or 0 per row to `held` (last - first).
    void convert(std::span<const std::span<const double>> columns, Index first, Index last,
                 float* z, Index stride, unsigned char* held);

    /// One row, (channels), as a device sends it; whether a value was held.
    bool convertRow(std::span<const double> values, float* z);

private:
    Standardiser m_standardiser;
    std::vector<float> m_held; ///< (channels), standardised
};

} // namespace stint
