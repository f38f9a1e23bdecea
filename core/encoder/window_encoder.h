#pragma once

#include "core/encoder/window_blocks.h"

namespace stint {

/// Whole-window inference: embeds and encodes all n tokens for one answer. The definition that
/// every continual form is compared with.
///
/// Thread safety: none; owned by the stepping thread. All memory is allocated in the constructor.
template <typename T>
class WindowEncoder {
public:
    /// Which tokens the last layer answers for.
    enum class Outputs {
        Newest, ///< those that are used: the newest, or all for their mean
        All, ///< every token, as the papers count a dense model
    };

    /// \param encoder must outlive this object.
    explicit WindowEncoder(const Encoder<T>& encoder, Outputs outputs = Outputs::Newest);

    /// One whole window.
    /// \param x         (realRows(), m): the n - 1 rows before the newest, and the newest if it is
    ///                  visible; rows `xRow` apart, oldest first.
    /// \param row       number of the first row in its recording.
    /// \param answer    (outputs, padded) overwritten.
    /// \param attention (L, H, newestKeys()) lag 1 first, lag 0 last if the newest token is its own
    ///                  key; overwritten if not null.
    void answer(const T* x, Index xRow, Index row, T* answer, T* attention,
                PartCounts& counts) noexcept;

    /// A window of fewer rows, for a series shorter than the window: the missing rows do not exist,
    /// and the first one there is has place 0. Not with a norm over time.
    /// \param rows real rows, 0 to realRows(); 1 at least if the newest row is visible.
    void answer(const T* x, Index xRow, Index rows, Index row, T* answer, T* attention,
                PartCounts& counts) noexcept;

private:
    [[nodiscard]] Index embedAll(const T* x, Index xRow, Index rows, Index place,
                                 PartCounts& counts) noexcept;
    [[nodiscard]] Index embedNewest(const T* x, Index xRow, Index rows, Index place,
                                    PartCounts& counts) noexcept;
    void answerForOthers(Index count) noexcept;

    const Encoder<T>& m_encoder;
    Outputs m_outputs;
    WindowBlocks<T> m_blocks;
    Matrix<T> m_tokens; // (n, d), the newest last
    Matrix<T> m_answers; // (n, outputs)
};

extern template class WindowEncoder<float>;
extern template class WindowEncoder<double>;

} // namespace stint
