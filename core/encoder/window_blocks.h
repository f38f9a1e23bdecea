#pragma once

#include "core/attention/head_attention.h"
#include "core/attention/row_turns.h"
#include "core/encoder/encoder.h"

namespace stint {

/// The blocks of an encoder on all tokens of one window: queries, keys and values of every token
/// that is asked for, under every mask.
///
/// Thread safety: none; owned by the stepping thread. All memory is allocated in the constructor.
template <typename T>
class WindowBlocks {
public:
    /// \param encoder    must outlive this object.
    /// \param allOutputs the last block answers for every token even if only the newest is used.
    explicit WindowBlocks(const Encoder<T>& encoder, bool allOutputs = false);

    /// Runs the blocks from `firstLayer` on.
    /// \param tokens    (count, d) in the order of time, the newest last; overwritten. What the
    /// last
    ///                  block was not asked for is void.
    /// \param row       number of the first token's row in its recording.
    /// \param attention (L, H, newestKeys()) as written by writeByLag(); those of the blocks that
    ///                  run are overwritten, if not null.
    void run(Index firstLayer, Matrix<T>& tokens, Index count, Index row, T* attention,
             PartCounts& counts) noexcept;

private:
    /// Which tokens take part in one block.
    struct Asked {
        Index count = 0; ///< tokens of the window
        Index keys = 0; ///< the first `keys` tokens have a key and a value
        Index firstQuery = 0; ///< this and later tokens attend to the keys
        Index firstOutput = 0; ///< this and later tokens go on
    };

    [[nodiscard]] Asked asked(Index layer, Index count) const noexcept;
    void project(Index layer, const Matrix<T>& tokens, const Asked& asked, OpCounts& ops) noexcept;
    void attend(Index layer, const Asked& asked, T* attention, OpCounts& ops) noexcept;

    const Encoder<T>& m_encoder;
    bool m_allOutputs;
    typename Encoder<T>::Scratch m_scratch;
    RowTurns<T> m_turns;
    Matrix<T> m_keys; // (n, d)
    Matrix<T> m_keysTransposed; // (d, n)
    Matrix<T> m_values; // (n, d)
    Matrix<T> m_queries; // (n, d)
    Matrix<T> m_attended; // (n, d)
    Matrix<T> m_weights; // (H, n)
};

extern template class WindowBlocks<float>;
extern template class WindowBlocks<double>;

} // namespace stint
