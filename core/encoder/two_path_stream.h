#pragma once

#include "core/attention/head_attention.h"
#include "core/attention/key_value_cache.h"
#include "core/encoder/encoder.h"

#include <memory>
#include <vector>

namespace stint {

/// Step-T attention, one token per new row, exact at any depth.
///
/// With Step-T masking past tokens attend to themselves only, so what a past token becomes does not
/// depend on the window it is seen in. Row t therefore takes two paths through the encoder: the
/// *current* path as the newest token (one query per layer over the cached keys and values of the
/// n - 1 rows before), and the *past* path (value, output, feed-forward) that fills the caches for
/// later rows. A block of rows runs each path as matrix products over all its rows; the result of
/// a row does not depend on the block it is in.
///
/// Shapes: m inputs, n window, L layers, H heads. Thread safety: none; owned by the stepping
/// thread.
template <typename T>
class TwoPathStream {
public:
    /// \param encoder  Step-T attention, positions that survive sliding; must outlive the stream.
    /// \param maxBlock most rows of one step(). All memory is allocated here.
    TwoPathStream(const Encoder<T>& encoder, Index maxBlock);

    /// Forgets all rows; the next one has this number in its recording.
    void reset(Index row) noexcept;

    /// Rows still missing before an answer can be given.
    [[nodiscard]] Index warmUpRemaining() const noexcept;

    /// Takes in rows without answering; not counted, as a tally is of answers.
    void absorb(const T* x, Index xRow, Index rows) noexcept;

    /// Answers each row from the n - 1 rows before it (and itself if it is visible), then takes it
    /// in. Only when warmed up.
    /// \param x         (rows, m), rows `xRow` apart.
    /// \param answer    (rows, outputs), rows `answerRow` apart, padded; overwritten.
    /// \param attention (rows, L, H, n - 1) without padding, lag 1 first; overwritten if not null.
    void step(const T* x, Index xRow, Index rows, T* answer, Index answerRow, T* attention,
              PartCounts& counts) noexcept;

private:
    void runPast(Index rows, PartCounts& counts) noexcept;
    void runCurrent(Index layer, Index rows, T* attention, PartCounts& counts) noexcept;

    const Encoder<T>& m_encoder;
    Index m_maxBlock;
    std::vector<KeyValueCache<T>> m_caches; // one per layer
    typename Encoder<T>::Scratch m_scratch;
    Matrix<T> m_past; // (maxBlock, d) tokens on the past path
    Matrix<T> m_current; // (maxBlock, d) tokens on the current path
    Matrix<T> m_keys; // (maxBlock, d)
    Matrix<T> m_queries; // (maxBlock, d)
    Matrix<T> m_attended; // (maxBlock, d)
    Matrix<T> m_weights; // (H, n - 1) of one query
    Index m_row = 0; // number of the next row
    Index m_held = 0; // rows taken in since the reset
};

extern template class TwoPathStream<float>;
extern template class TwoPathStream<double>;

} // namespace stint
