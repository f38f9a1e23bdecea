#pragma once

#include "core/encoder/encoder_config.h"

#include <cstdint>

namespace stint {

/// Numbers that a mode must keep between two rows, with the symbols of closed_forms.h and h heads;
/// buffers that only make a kernel faster are left out.
///
/// Window: the n - 1 rows before, (n - 1) m.
/// Two paths: keys and values of the past, 2 L (n - 1) d; pooling over the mean keeps the past
/// tokens' outputs too, (n - 1) d; a repeated newest token the embedding of the row before, d.
/// Self only: nothing, or with pooling over the mean (n - 1) d.
/// Retroactive: queries, keys, values and tokens of the window, 4 r d; logits and exponentials,
/// 2 h r²; sum and reference of each, 2 h r; and d for a repeated newest token.
[[nodiscard]] std::uint64_t stateFloats(const EncoderConfig& config, Inference inference);

/// What the Continual paper's updates keep. One block: 2 (n - 1) d. Two and more:
/// (n - 1) (1 + 2 d) + 2 n d, and n d for the residual.
[[nodiscard]] std::uint64_t continualPaperStateFloats(const EncoderConfig& config);

} // namespace stint
