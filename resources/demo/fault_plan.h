#pragma once

#include "core/base/rng.h"
#include "core/base/types.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace stint::demo {

/// What goes wrong.
enum class FaultKind {
    Drift, ///< a sensor reads more and more beside the truth
    Spike, ///< a burst of single wrong values on one sensor
    Stuck, ///< a sensor repeats its last value
    LostCorrelation, ///< a channel shows another machine of the same kind
    ChangedFrequency, ///< the pulsation of the machine changes its frequency, not its size
    SlowLeak, ///< the discharge pipe opens slowly
};

inline constexpr std::array allFaultKinds {
    FaultKind::Drift,
    FaultKind::Spike,
    FaultKind::Stuck,
    FaultKind::LostCorrelation,
    FaultKind::ChangedFrequency,
    FaultKind::SlowLeak,
};

/// The word for a kind in files: "drift", "spike", "stuck", "lost-correlation",
/// "changed-frequency", "slow-leak".
[[nodiscard]] std::string_view name(FaultKind kind);

/// One fault in a recording. Its rows are labelled, all others are not.
struct Fault {
    FaultKind kind = FaultKind::Drift;
    Index firstRow = 0;
    Index lastRow = 0; ///< included
    std::vector<std::size_t> channels; ///< that show it, ascending
    /// Drift and Spike: largest error in spans of the channel, Drift with its sign;
    /// ChangedFrequency: factor on the frequency; SlowLeak: opening at its end
    /// [L/min per square root of bar]; else 0.
    double strength = 0.0;
};

/// The faults of a recording of `rows` rows at `rate` [1/s], in the order of time. The first twelve
/// minutes are free of faults, and so are forty seconds before and after each. Eight minutes hold
/// one fault of each kind in random order; a shorter rest stays free.
[[nodiscard]] std::vector<Fault> planFaults(Rng rng, Index rows, double rate);

} // namespace stint::demo
