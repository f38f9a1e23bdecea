#pragma once

#include "core/attention/head_attention.h"
#include "core/encoder/encoder.h"

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
        Newest, ///< the newest only: all that is used
        All, ///< every token, as the papers count a dense model
    };

    /// \param encoder must outlive this object.
    explicit WindowEncoder(const Encoder<T>& encoder, Outputs outputs = Outputs::Newest);

    /// \param x         (n - 1, m) rows before the newest, or (n, m) with it if it is visible; rows
    ///                  `xRow` apart, oldest first.
    /// \param row       number of the first row in its recording, for recycling positions.
    /// \param answer    (outputs, padded) overwritten.
    /// \param attention (L, H, keys of the newest) lag 1 first, lag 0 last if it attends to itself;
    ///                  overwritten if not null.
    void answer(const T* x, Index xRow, Index row, T* answer, T* attention,
                PartCounts& counts) noexcept;

private:
    void runLayer(Index layer, Index realTokens, T* attention, PartCounts& counts) noexcept;

    const Encoder<T>& m_encoder;
    Outputs m_outputs;
    typename Encoder<T>::Scratch m_scratch;
    Matrix<T> m_tokens; // (n, d), the newest last
    Matrix<T> m_keys; // (n, d)
    Matrix<T> m_keysTransposed; // (d, n)
    Matrix<T> m_values; // (n, d)
    Matrix<T> m_queries; // (n, d)
    Matrix<T> m_attended; // (n, d)
    Matrix<T> m_weights; // (H, n)
    Matrix<T> m_answers; // (n, outputs)
};

extern template class WindowEncoder<float>;
extern template class WindowEncoder<double>;

} // namespace stint
