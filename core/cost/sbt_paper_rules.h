#pragma once

#include "core/encoder/encoder_config.h"

#include <cstdint>

namespace stint {

// The Sparse Binary Transformers paper's own way of counting, quirks included, so that its
// published numbers come out to the digit. It is lenient: query, key and value are counted at all n
// tokens, but embedding, output projection, feed-forward and head at one; biases, residuals, ReLU,
// batch norm and learned positions are free; a binary weight takes one bit whether it is kept or
// not, its mask, gain and bias none. For honest numbers see closed_forms.h and storage.h.
//
// Symbols: m inputs, o outputs, n window, d width, f hidden units, h heads, L layers, k fraction of
// weights kept; every product with k or a is cut to a whole number, layer by layer.

/// What the paper's tables say about one model.
struct SbtPaperCosts {
    std::uint64_t flops = 0; ///< multiply-adds per answer
    std::uint64_t parameters = 0; ///< all of a dense model, those not zero of a sparse binary one
    std::uint64_t bits = 0;

    friend bool operator==(const SbtPaperCosts&, const SbtPaperCosts&) = default;
};

/// Dense, full attention whatever the configuration says:
/// m d + p + L (3 n d² + n d + 2 n² d + h n² + d² + 2 d f + l) + d o, where p = n d with a fixed
/// table of positions, else 0, and l = 4 n d with a norm per token or over time, else 0.
/// Parameters: weights, biases, norms and a learned table of positions, of 32 bits each.
[[nodiscard]] SbtPaperCosts sbtPaperDense(const EncoderConfig& config);

/// Sparse binary in every linear layer. Step-T:
/// k m d + p + L (3 k n d² + n d + 2 (n - 1) d + h n + k d² + 2 k d f + l) + k d o. A fixed mask
/// that keeps a fraction a of query, key and value is billed as if whole rows vanished; in place of
/// n d + 2 (n - 1) d + h n: a n d + 3 n d + h ((a n)² d / h + n² + n (a n) d / h).
/// Full: n d + 2 n² d + h n². Parameters: kept weights and gains of norms; bits: 1 per weight, 32
/// per gain of a norm.
/// \param keep fraction of the weights kept, in (0, 1].
[[nodiscard]] SbtPaperCosts sbtPaperSparse(const EncoderConfig& config, double keep);

} // namespace stint
