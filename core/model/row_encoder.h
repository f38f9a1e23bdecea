#pragma once

#include "core/base/matrix.h"
#include "core/detect/result_block.h"
#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"
#include "core/model/family.h"

#include <optional>
#include <vector>

namespace stint {

/// The attention of the newest token for some rows of a block, without padding.
struct AttentionRows {
    Index keys = 0; ///< of a whole window; lag 1 first, lag 0 last where the newest sees itself
    Index perRow = 0; ///< layers x heads x keys
    std::vector<float> weights; ///< (rows kept, L, H, keys)
};

/// Attention is kept for this many of the newest rows of a block: more than a view shows.
inline constexpr Index attentionHistory = 256;

/// Runs one variant over the rows of a recording, block by block, in either inference: keeps the
/// rows before the block, stacks lags to tokens, and asks the window or the stream.
///
/// A block goes: take(), answer() for some or all of its rows, advance(). C = channels, K = lags,
/// n = window. Thread safety: none. All memory is allocated in the constructor.
class RowEncoder {
public:
    /// \param variant must outlive this object.
    RowEncoder(const FamilyVariant& variant, Index channels, Index lags, Inference inference,
               Index maxBlock);

    [[nodiscard]] const EncoderConfig& config() const { return m_variant.config; }

    /// Rows before a row whose window is whole: n - 1 tokens, and the lags of the oldest.
    [[nodiscard]] Index lead() const { return config().past() + m_lags - 1; }

    /// From one row of the history to the next [floats]; the padding is zero.
    [[nodiscard]] Index rowStride() const { return m_history.stride(); }

    /// Row i of the block; i may be negative, down to the rows that are held.
    [[nodiscard]] const float* row(Index i) const { return m_history.row(m_before + i); }

    /// Rows taken in since the reset, those of the block not included.
    [[nodiscard]] Index held() const { return m_held; }

    /// Forgets all rows; the next one has this number.
    void reset(Index row) noexcept;

    /// Puts a block behind the rows before it. \param z (rows, C), rows `zRow` apart.
    void take(const float* z, Index zRow, Index rows) noexcept;

    /// Rows at the start of the block whose window is not whole yet.
    [[nodiscard]] Index unanswered(Index rows) const;

    /// Answers rows [first, first + count) of the block; after the rows before them were answered
    /// or absorbed. Windows that are not whole are answered from the rows held so far. \param
    /// answers   (count, outputs) overwritten from row 0. \param attention of the newest `keep`
    /// rows, if keep > 0.
    void answer(Index first, Index count, Matrix<float>& answers, Index keep,
                AttentionRows& attention, PartCounts& counts) noexcept;

    /// Hands the attention of answer() over to a result block, the buffers exchanged.
    /// \param keep  rows it was kept for. \param after number of the row after them.
    void handOver(AttentionRows& attention, Index keep, Index after, ResultBlock& out) const;

    /// Takes in rows [first, first + count) of the block without answering; nothing is counted.
    void absorb(Index first, Index count) noexcept;

    /// Ends the block of `rows` rows.
    void advance(Index rows) noexcept;

private:
    [[nodiscard]] const Matrix<float>& tokens() const { return m_lags > 1 ? m_stacked : m_history; }
    [[nodiscard]] const float* token(Index i) const { return tokens().row(m_before + i); }
    void answerByWindow(Index first, Index count, Matrix<float>& answers, Index keep,
                        AttentionRows& attention, PartCounts& counts) noexcept;

    const FamilyVariant& m_variant;
    Index m_channels;
    Index m_lags;
    Encoder<float> m_encoder;
    WindowEncoder<float> m_window;
    std::optional<ContinualStream<float>> m_stream;
    Matrix<float> m_history; // (lead + maxBlock, C): rows before the block, then the block
    Matrix<float> m_stacked; // (lead + maxBlock, K C): the same as tokens, where K > 1
    std::vector<float> m_blockAttention; // of a whole block
    Index m_row = 0; // number of the first row of the block
    Index m_held = 0;
    Index m_before = 0; // rows of history before the block, at most lead()
};

} // namespace stint
