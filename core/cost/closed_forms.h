#pragma once

#include "core/cost/tally.h"
#include "core/encoder/encoder_config.h"

#include <cstdint>

namespace stint {

// What one answer costs, from the architecture alone. An operation is a multiply-add, as OpCounts
// counts them; the kernels' own counts must come to the same numbers.
//
// Symbols: m inputs, o outputs, n window, d width, f hidden units, L layers. r is the number of
// real rows in the window: n where the newest row is visible, n - 1 where a query token stands for
// it. Nobody attends to the query token, so it needs no key, no value and no embedding: a full
// window is then n queries over n - 1 keys. With r = n the forms are those of the method's table of
// closed forms (SBT and Continual papers, every linear layer at every token that needs it).

/// Operations of one answer by layer group, for dense weights.
struct AnswerOperations {
    std::uint64_t embedding = 0;
    std::uint64_t blocks = 0; ///< linear layers of the blocks
    std::uint64_t head = 0;
    std::uint64_t attention = 0; ///< scores and weighted sums, which no pruning touches

    [[nodiscard]] std::uint64_t total() const { return embedding + blocks + head + attention; }

    friend bool operator==(const AnswerOperations&, const AnswerOperations&) = default;
};

/// Fractions of the weights that are kept, by layer group, each in [0, 1].
struct KeptFractions {
    double embedding = 1.0;
    double blocks = 1.0;
    double head = 1.0;

    /// Every linear layer alike, as in the papers.
    [[nodiscard]] static KeptFractions everywhere(double keep) { return {keep, keep, keep}; }
    /// Embedding and head dense.
    [[nodiscard]] static KeptFractions inBlocks(double keep) { return {1.0, keep, 1.0}; }
};

/// Full attention over the window, all n outputs of the last block, the head at the newest token:
/// r m d + L (2 r + 2 n) d² + 2 L n d f + d o; attention 2 L n r d.
[[nodiscard]] AnswerOperations fullWindow(const EncoderConfig& config);

/// Full attention, the last block for the newest token only: as L - 1 blocks of fullWindow(), then
/// 2 r d² + 2 d² + 2 d f; attention 2 (L - 1) n r d + 2 r d.
[[nodiscard]] AnswerOperations fullWindowNewest(const EncoderConfig& config);

/// Step-T attention, the whole window recomputed, the last block for the newest token only:
/// r m d + (n - 1) ((L - 1) (3 d² + 2 d f) + 2 d²) + L (2 d² + 2 d f) + d o; attention
/// 2 L (n - 1) d.
[[nodiscard]] AnswerOperations stepTWindow(const EncoderConfig& config);

/// Step-T attention on two paths, one row per answer: m d + (L - 1) (3 d² + 2 d f) + 2 d² for the
/// path of the row as past, L (2 d² + 2 d f) + d o for the newest token; attention 2 L (n - 1) d.
/// A hidden row is embedded once, for the past path; the query token costs nothing. So r has no
/// part in it.
[[nodiscard]] AnswerOperations stepTStream(const EncoderConfig& config);

/// The total when only these fractions of the weights cost anything; a fraction of an operation is
/// dropped, as in the method's worked numbers.
[[nodiscard]] std::uint64_t keptOperations(const AnswerOperations& dense, KeptFractions kept);

/// Totals of the forms above with dense weights, whatever attention the configuration names.
[[nodiscard]] std::uint64_t denseWindowOperations(const EncoderConfig& config);
[[nodiscard]] std::uint64_t denseWindowNewestOperations(const EncoderConfig& config);
[[nodiscard]] std::uint64_t denseStepTWindowOperations(const EncoderConfig& config);
[[nodiscard]] std::uint64_t stepTStreamOperations(const EncoderConfig& config);

/// The three dense models that a saving is measured against, for an encoder of these sizes.
[[nodiscard]] Denominators denominators(const EncoderConfig& config);

} // namespace stint
