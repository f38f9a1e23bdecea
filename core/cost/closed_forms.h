#pragma once

#include "core/cost/tally.h"
#include "core/encoder/encoder_config.h"

#include <cstdint>

namespace stint {

// What one answer costs, from the architecture alone. An operation is a multiply-add, as OpCounts
// counts them; the kernels' own counts must come to the same numbers.
//
// Symbols: m inputs, o outputs, n window, d width, f hidden units, L layers;
//   e  rows that are embedded: n where the newest row is visible, else n - 1. A hidden newest token
//      is a vector, a zeroed one a bias, a repeated one the embedding of the row before: nothing.
//   r  tokens that are keys of others with a full mask: n, or n - 1 beside a query token, which
//      nobody attends to and which has no key and no value. A full window is then n queries over r
//      keys.
//   s  1 where Step-T lets an ordinary newest token attend to itself (newestSeesItself), else 0.
// With e = r = n and s = 0 the forms are those of the method's table (SBT and Continual papers,
// every linear layer at every token that needs it). Pooling over the mean asks for the last block
// at all tokens, and for the head once; so does a norm over time, where "mean" stands below. A
// fixed mask costs what a full one does: it blanks results. Positions, norms, biases, softmax and
// gains are no operations.

/// Operations of one answer by part, for dense weights.
struct AnswerOperations {
    std::uint64_t embedding = 0;
    std::uint64_t projection = 0; ///< query, key, value
    std::uint64_t attention = 0; ///< scores and weighted sums, which no pruning touches
    std::uint64_t output = 0;
    std::uint64_t feedForward = 0;
    std::uint64_t head = 0;

    /// Linear layers of the blocks.
    [[nodiscard]] std::uint64_t blocks() const { return projection + output + feedForward; }
    [[nodiscard]] std::uint64_t total() const { return embedding + blocks() + head + attention; }

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

/// Full attention over the window, all n outputs of the last block, the head once:
/// e m d + L (2 r + 2 n) d² + 2 L n d f + d o; attention 2 L n r d.
[[nodiscard]] AnswerOperations fullWindow(const EncoderConfig& config);

/// Full attention, the last block only where the answer needs it. Newest token: as L - 1 blocks of
/// fullWindow(), then 2 r d² + 2 d² + 2 d f; attention 2 (L - 1) n r d + 2 r d. Mean: fullWindow().
[[nodiscard]] AnswerOperations fullWindowNewest(const EncoderConfig& config);

/// Step-T attention, the whole window recomputed, the last block only where the answer needs it:
/// e m d + (n - 1) ((L - 1) (3 d² + 2 d f) + 2 d²) + L (2 d² + 2 d f) + 2 s L d² + d o; attention
/// 2 L (n - 1 + s) d. Mean: (n - 1) L (3 d² + 2 d f) for the past tokens.
[[nodiscard]] AnswerOperations stepTWindow(const EncoderConfig& config);

/// Step-T attention on two paths, one row per answer: m d + (L - 1) (3 d² + 2 d f) + 2 d² for the
/// path of the row as past, L (2 d² + 2 d f) + d o for the newest token; attention
/// 2 L (n - 1 + s) d. Mean: L (3 d² + 2 d f) for the past path, whose outputs are kept.
/// Where the newest token attends to itself it needs keys and values of its own: in the first block
/// those of the past path if its row is visible, so 2 s (L - 1) d² more, or 2 s L d² if zeroed.
/// A row is embedded once, for the past path. So e has no part in it.
[[nodiscard]] AnswerOperations stepTStream(const EncoderConfig& config);

/// One block of full attention, newest token only, by one query over cached keys and values
/// (Continual paper, single output): m d + 2 d² for the row as key, 2 d² + 2 d f + d o for the
/// newest token; attention 2 r d. A zeroed newest token is its own key: 2 d² more. This is
/// stepTStream() at L = 1 with s = 1 for an ordinary newest token.
[[nodiscard]] AnswerOperations singleOutputStream(const EncoderConfig& config);

/// How the first block's attention is updated for one new and one removed row.
enum class RetroactiveUpdate {
    /// The Continual paper's: sums and weighted sums corrected by the two rows' exponentials:
    /// 7 r d - 3 d + 2 r (its multiplications, as for one head).
    Paper,
    /// This program's: exponentials are kept, a row and a column of them is new, the weighted sums
    /// are formed again; survives large logits: r² d + 2 r d.
    CachedExponentials,
};

/// Full attention of two and more blocks, or with pooling over the mean: the first block updated,
/// the others on its tokens. First block: 3 d² for the new row, n (d² + 2 d f) for all outputs,
/// attention as above; beside a query token d² more for its query, and attention 2 r d. Ordinary
/// blocks: (2 r + 2 n) d² + 2 n d f each, attention 2 n r d. Last block for the newest token:
/// (2 r + 2) d² + 2 d f, attention 2 r d; with the mean it is an ordinary one. Embedding m d, head
/// d o. Two blocks: retroactive + single output; more: retroactive + ordinary + single output.
/// Not for a zeroed newest token, whose neighbours all change.
[[nodiscard]] AnswerOperations retroactiveStream(const EncoderConfig& config,
                                                 RetroactiveUpdate update);

/// Every token to itself: what it attends to is its own value, no query, no key. Newest token:
/// m d (0 if its row is zeroed) + L (2 d² + 2 d f) + d o. Mean: e m d + n L (2 d² + 2 d f).
[[nodiscard]] AnswerOperations selfOnlyWindow(const EncoderConfig& config);

/// The same, where only the newest token is computed: m d (0 if its row is zeroed) +
/// L (2 d² + 2 d f) + d o.
[[nodiscard]] AnswerOperations selfOnlyStream(const EncoderConfig& config);

/// The form above for the configuration's attention, whole window at each row.
[[nodiscard]] AnswerOperations windowOperations(const EncoderConfig& config);

/// The form above for continualStepping(config), with cached exponentials. Requires that it can be
/// stepped.
[[nodiscard]] AnswerOperations continualOperations(const EncoderConfig& config);

/// The same with only these fractions of the weights, part by part; their sum is keptOperations().
[[nodiscard]] AnswerOperations keptParts(const AnswerOperations& dense, KeptFractions kept);

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
