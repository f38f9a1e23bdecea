#pragma once

#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"

#include <vector>

namespace stint::test {

/// What the reference says about one window.
struct ReferenceAnswer {
    std::vector<double> answer; ///< (outputs)
    /// Softmax weights of the newest token, (L, H, newestKeys()): lag 1 first, lag 0 last if it
    /// attends to itself.
    std::vector<double> attention;
    double largestLogit = 0.0; ///< in magnitude, in all layers and heads
};

/// The encoder written down once more in plain nested loops, from the description of the method and
/// sharing no code with what it checks: an explicit n x n additive mask, softmax over all n tokens,
/// nothing cached and nothing left out.
/// \param rows (realRows(), m) or fewer, oldest first: of a window shorter by the missing ones.
/// \param row  number of the first row in its recording.
ReferenceAnswer referenceAnswer(const EncoderConfig& config,
                                const EncoderParameters<double>& parameters,
                                const std::vector<std::vector<double>>& rows, Index row);

} // namespace stint::test
