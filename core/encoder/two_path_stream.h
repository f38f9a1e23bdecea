#pragma once

#include "core/attention/head_attention.h"
#include "core/attention/key_value_cache.h"
#include "core/attention/placed_keys.h"
#include "core/attention/row_history.h"
#include "core/attention/row_turns.h"
#include "core/encoder/encoder.h"

#include <memory>
#include <vector>

namespace stint {

/// One token per new row, exact where what a past token becomes does not depend on the window it is
/// seen in: Step-T attention at any depth, one block of any attention that mixes all tokens
/// (Continual paper, single output), and no attention over time.
///
/// Row t takes two paths through the encoder: the *current* path as the newest token (one query per
/// layer over the cached keys and values of the n - 1 rows before), and the *past* path (value,
/// output, feed-forward) that fills the caches for later rows. A block of rows runs each path as
/// matrix products over all its rows; the result of a row does not depend on the block it is in.
///
/// Shapes: m inputs, n window, L layers, H heads. Thread safety: none; owned by the stepping
/// thread.
template <typename T>
class TwoPathStream {
public:
    /// \param encoder  with Stepping::TwoPath; must outlive the stream.
    /// \param maxBlock most rows of one step(). All memory is allocated here.
    TwoPathStream(const Encoder<T>& encoder, Index maxBlock);

    /// Forgets all rows; the next one has this number in its recording.
    void reset(Index row) noexcept;

    /// Rows still missing before an answer is that of a whole window.
    [[nodiscard]] Index warmUpRemaining() const noexcept;

    /// Rows that the next one has before it in its window, at most n - 1.
    [[nodiscard]] Index held() const noexcept;

    /// Takes in rows without answering; not counted, as a tally is of answers.
    void absorb(const T* x, Index xRow, Index rows) noexcept;

    /// Answers each row from the up to n - 1 rows before it (and itself if it is visible), then
    /// takes it in. Before the warm-up is over the window is that of the rows there are.
    /// \param x         (rows, m), rows `xRow` apart.
    /// \param answer    (rows, outputs), rows `answerRow` apart, padded; overwritten.
    /// \param attention (rows, L, H, newestKeys()) without padding, lag 1 first, lag 0 last if the
    ///                  newest token is its own key; overwritten if not null.
    void step(const T* x, Index xRow, Index rows, T* answer, Index answerRow, T* attention,
              PartCounts& counts) noexcept;

private:
    [[nodiscard]] Index pastKeys(Index r) const noexcept;
    [[nodiscard]] bool hasOwnKeys(Index layer) const noexcept;
    void embedPast(const T* x, Index xRow, Index rows, PartCounts& counts) noexcept;
    void embedCurrent(Index rows, PartCounts& counts) noexcept;
    void runPast(Index rows, PartCounts& counts) noexcept;
    void runCurrent(Index layer, Index rows, T* attention, PartCounts& counts) noexcept;
    void projectCurrent(Index layer, Index rows, OpCounts& ops) noexcept;
    void attendCurrent(Index layer, Index rows, Index r, T* attention, PartCounts& counts) noexcept;
    void runAlone(Index layer, Index rows, T* attention, PartCounts& counts) noexcept;
    void finish(Index rows, T* answer, Index answerRow, PartCounts& counts) noexcept;
    void advance(Index rows) noexcept;

    const Encoder<T>& m_encoder;
    Index m_maxBlock;
    bool m_alone; // nobody attends to anybody
    bool m_mean; // the outputs of past tokens are pooled
    std::vector<KeyValueCache<T>> m_caches; // one per layer
    RowHistory<T> m_outputs; // (n - 1, d) finished outputs of past tokens, if they are pooled
    typename Encoder<T>::Scratch m_scratch;
    RowTurns<T> m_turns; // of the rows of the block
    PlacedKeys<T> m_placed;
    Matrix<T> m_content; // (1 + maxBlock, d) embeddings: of the row before the block, and its own
    Matrix<T> m_past; // (maxBlock, d) tokens on the past path
    Matrix<T> m_current; // (maxBlock, d) tokens on the current path
    Matrix<T> m_keys; // (maxBlock, d)
    Matrix<T> m_values; // (maxBlock, d)
    Matrix<T> m_queries; // (maxBlock, d)
    Matrix<T> m_attended; // (maxBlock, d)
    Matrix<T> m_weights; // (H, n) of one query
    Index m_row = 0; // number of the next row
    Index m_held = 0; // rows taken in since the reset
};

extern template class TwoPathStream<float>;
extern template class TwoPathStream<double>;

} // namespace stint
