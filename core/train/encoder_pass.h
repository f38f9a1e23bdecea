#pragma once

#include "core/train/trainable_encoder.h"

#include <vector>

namespace stint {

/// Which rows take part in one forward and backward pass, and who sees whom.
///
/// Past tokens are real rows; current tokens stand for the rows to be predicted. Current token i
/// attends to `keys` consecutive past tokens from begin[i]. With Step-T attention the past tokens
/// of a whole stretch of a recording are shared by all its current tokens (training on sequences);
/// with full attention each current token has past tokens of its own (training on windows), which
/// attend to each other.
struct PassLayout {
    Index keys = 0; ///< n - 1
    std::vector<Index> begin; ///< (current tokens) first past token seen
    std::vector<Index> pastPlace; ///< (past tokens) row number that the position comes from
    std::vector<Index> currentPlace; ///< (current tokens)

    [[nodiscard]] Index past() const { return static_cast<Index>(pastPlace.size()); }
    [[nodiscard]] Index current() const { return static_cast<Index>(currentPlace.size()); }

    /// `count` consecutive rows to predict from past rows place, place + 1, …: past token j is row
    /// place + j, current token i is row place + keys + i.
    [[nodiscard]] static PassLayout sequence(Index keys, Index count, Index place);

    /// One window per entry of `places`: past rows place … place + keys - 1, then the predicted
    /// one.
    [[nodiscard]] static PassLayout windows(Index keys, const std::vector<Index>& places);
};

/// Forward and backward pass of an encoder with a hidden newest token over one piece of a batch,
/// keeping the activations in between. The forward pass computes what the running encoder
/// computes (core/encoder), with the same kernels.
///
/// Shapes: P past tokens, C current tokens, m inputs, d width. Thread safety: none; several passes
/// may share one encoder while it is not changed.
template <typename T>
class EncoderPass {
public:
    explicit EncoderPass(const TrainableEncoder<T>& encoder);

    /// \param past (P, m) rows of the past tokens.
    /// \return predictions, (C, outputs); valid until the next call.
    const Matrix<T>& forward(const PassLayout& layout, const Matrix<T>& past);

    /// After forward() of the same layout. \param dAnswers (C, outputs), overwritten.
    void backward(const PassLayout& layout, const Matrix<T>& past, Matrix<T>& dAnswers,
                  EncoderGradient<T>& gradient);

private:
    /// Activations of one group of tokens (past or current) in one block; (tokens, …).
    struct Activations {
        Matrix<T> in, query, attended, sum1, normed1, hidden, sum2;
        Matrix<T> weights; ///< (tokens * heads, keys) softmax weights
    };
    struct Layer {
        Activations past, current;
        Matrix<T> key, value; ///< (P, d)
        Matrix<T> keyTransposed, valueTransposed; ///< (d, P)
    };

    void reserve(Activations& a, Index tokens, bool attends) const;
    void embed(const PassLayout& layout, const Matrix<T>& past);
    void attend(const PassLayout& layout, Layer& layer, Activations& group, bool isPast);
    void attendBackward(const PassLayout& layout, const Layer& layer, const Activations& group,
                        bool isPast, Index tokens);
    void rest(const TrainableBlock<T>& block, Activations& a, Index tokens, Matrix<T>& out);
    void restBackward(const TrainableBlock<T>& block, const Activations& a, Index tokens,
                      Matrix<T>& dOut, BlockGradient<T>& gradient);
    void layerBackward(const PassLayout& layout, Index l, BlockGradient<T>& gradient);
    [[nodiscard]] Index firstKey(const PassLayout& layout, bool isPast, Index token) const;

    const TrainableEncoder<T>& m_encoder;
    std::vector<Layer> m_layers;
    Matrix<T> m_top; // (C, d) output of the last block
    Matrix<T> m_headIn; // (C, d) after ReLU
    Matrix<T> m_answers;
    // Gradients flowing back.
    Matrix<T> m_dPast, m_dCurrent; // (P, d), (C, d)
    Matrix<T> m_dAttended, m_dHidden, m_dQuery;
    Matrix<T> m_dKeyTransposed, m_dValueTransposed; // (d, P)
    Matrix<T> m_dKey, m_dValue; // (P, d)
    AlignedVector<T> m_scratch;
};

extern template class EncoderPass<float>;
extern template class EncoderPass<double>;

} // namespace stint
