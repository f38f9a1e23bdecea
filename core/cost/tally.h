#pragma once

#include "core/kernels/op_counts.h"

#include <cstdint>

namespace stint {

/// Operations per step of the three dense models that a saving is measured against, each counting
/// embedding, blocks and head (method: closed forms, core/cost/closed_forms.h).
struct Denominators {
    std::uint64_t denseWindow = 0; ///< dense, full attention, all n outputs: the papers' convention
    std::uint64_t denseWindowNewest
        = 0; ///< dense, full attention, answer for the newest token only
    std::uint64_t denseStepTWindow = 0; ///< dense, Step-T attention, window recomputed

    friend bool operator==(const Denominators&, const Denominators&) = default;
};

/// What a run has computed so far. `counted` is the sum of what the kernels counted, the linear
/// path included; the denominators leave the linear path out, so a saving is never flattered.
struct Tally {
    std::uint64_t steps = 0; ///< rows answered
    PartCounts counted; ///< of all steps together
    Denominators perStep;

    /// Operations of the papers' dense window over the same steps, divided by those counted; 0
    /// before the first step.
    [[nodiscard]] double ratio() const
    {
        const std::uint64_t own = counted.total().operations;
        return own == 0 ? 0.0
                        : static_cast<double>(perStep.denseWindow) * static_cast<double>(steps)
                / static_cast<double>(own);
    }
};

} // namespace stint
