#pragma once

#include "core/attention/retroactive_attention.h"
#include "core/attention/row_history.h"
#include "core/attention/row_turns.h"
#include "core/encoder/window_blocks.h"

namespace stint {

/// Full attention of two and more blocks, or pooled over all tokens, one row at a time: the first
/// block's attention of all rows to each other is updated for the new and the removed row
/// (RetroactiveAttention), what follows runs on the tokens of the window as in whole-window
/// inference (Continual paper, section 3.4).
///
/// A query token (hidden, repeated) is nobody's key: it is one query over the rows, which are then
/// the n - 1 before it, and the new row is taken in after the answer.
///
/// Operations of one answer, with r = realRows() rows held: embedding m d; first block 3 d² (4 d²
/// with a query token), attention r² d + 2 r d (+ 2 r d with a query token), output and
/// feed-forward of n tokens; the other blocks and the head as in the window.
///
/// Thread safety: none; owned by the stepping thread.
template <typename T>
class RetroactiveStream {
public:
    /// \param encoder  with Stepping::Retroactive; must outlive the stream.
    /// \param maxBlock most rows of one step(). All memory is allocated here.
    RetroactiveStream(const Encoder<T>& encoder, Index maxBlock);

    /// As TwoPathStream's functions of these names.
    void reset(Index row) noexcept;
    [[nodiscard]] Index warmUpRemaining() const noexcept;
    [[nodiscard]] Index held() const noexcept;
    void absorb(const T* x, Index xRow, Index rows) noexcept;
    void step(const T* x, Index xRow, Index rows, T* answer, Index answerRow, T* attention,
              PartCounts& counts) noexcept;

private:
    void project(const T* x, Index xRow, Index rows, PartCounts& counts) noexcept;
    void insert(Index r, PartCounts& counts) noexcept;
    void answerRow(Index r, T* answer, T* attention, PartCounts& counts) noexcept;
    void attendQueryToken(Index r, PartCounts& counts) noexcept;
    void advance(Index rows) noexcept;
    [[nodiscard]] BiasByLag<T> biasByLag() const noexcept;

    const Encoder<T>& m_encoder;
    Index m_maxBlock;
    RetroactiveAttention<T> m_rows;
    RowHistory<T> m_residuals; // (realRows, d) tokens that enter the first block
    WindowBlocks<T> m_blocks;
    typename Encoder<T>::Scratch m_scratch;
    RowTurns<T> m_turns; // of the rows of the block
    Matrix<T> m_content; // (1 + maxBlock, d) embeddings: of the row before the block, and its own
    Matrix<T> m_embedded; // (maxBlock, d) with positions
    Matrix<T> m_queries; // (maxBlock, d) scaled
    Matrix<T> m_keys; // (maxBlock, d)
    Matrix<T> m_values; // (maxBlock, d)
    Matrix<T> m_query; // (1, d) of a query token
    Matrix<T> m_tokens; // (n, d) of one window
    Matrix<T> m_attended; // (n, d)
    Matrix<T> m_weights; // (H, n) of the newest token
    Index m_row = 0; // number of the block's first row
    Index m_held = 0; // rows taken in since the reset
};

extern template class RetroactiveStream<float>;
extern template class RetroactiveStream<double>;

} // namespace stint
