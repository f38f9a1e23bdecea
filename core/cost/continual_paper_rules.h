#pragma once

#include "core/encoder/encoder_config.h"

#include <cstdint>

namespace stint {

// The Continual Transformers paper's own way of counting. Its FLOPs are the multiply-adds of linear
// layers, biases included, and the multiplications (not the additions and exponentials) of
// attention. For this program's numbers see closed_forms.h.

/// One head's scaled dot-product attention over n tokens of d numbers, per step.
struct AttentionCosts {
    std::uint64_t multiplications = 0;
    std::uint64_t additions = 0;
    std::uint64_t exponentials = 0;
    std::uint64_t stateBetween = 0; ///< numbers kept from step to step
    std::uint64_t statePeak = 0; ///< numbers held while a step is computed

    friend bool operator==(const AttentionCosts&, const AttentionCosts&) = default;
};

/// All n outputs anew: 2 n² d + 2 n d multiplications, 2 n² d - n d - n additions, n² exponentials;
/// state 3 (n d - 1), peak n² + 4 n d + 1. Requires n >= 1, d >= 1, as the others do.
[[nodiscard]] AttentionCosts regularAttention(std::uint64_t n, std::uint64_t d);

/// All n outputs updated: 7 n d + 2 n - 3 d, 6 n d + 3 n - 6 d - 3, 3 n - 2; state 4 n d + n - d -
/// 4, peak 5 n d + 2 n. Requires n >= 2.
[[nodiscard]] AttentionCosts retroactiveAttention(std::uint64_t n, std::uint64_t d);

/// The newest output: 2 n d + 2 d, 2 n d - d - 1, n; state 2 (n d - 1), peak 2 n d + n + 2 d.
[[nodiscard]] AttentionCosts singleOutputAttention(std::uint64_t n, std::uint64_t d);

/// FLOPs of one continual step. m inputs, o outputs, n window, d width, f hidden units, h heads of
/// d / h numbers. Embedding m d + d, head d o + o, and one block:
///   3 d² + h (2 n d/h + 2 d/h) + d (d + 1) + 2 d f + f + d + 2 d.
/// Two blocks: the first updates all tokens,
///   3 d² + h (7 n d/h + 2 n - 3 d/h) + n d (d + 1) + 2 n d f + f + d + 2 d,
/// and the second projects all n of them anew, 3 n d² in place of 3 d². Blocks between are as in
/// continualPaperRegularFlops(). One block comes to the published figure; two blocks to within half
/// a hundredth of it, which was counted by running the model.
[[nodiscard]] std::uint64_t continualPaperFlops(const EncoderConfig& config);

/// FLOPs of the regular model that the paper compares with: n m d + d, and per block
///   n (3 d² + d (d + 1)) + n (3 d + h) + 2 n d f + f + d,
/// and a head at every token, n d o + o. Its attention is counted as if a window were one token
/// long (3 d + h, instead of 2 n d + …), which is how 605.7 MFLOPs were published for one block of
/// THUMOS14; the true cost is higher, see fullWindow().
[[nodiscard]] std::uint64_t continualPaperRegularFlops(const EncoderConfig& config);

} // namespace stint
