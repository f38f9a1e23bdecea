#pragma once

#include "core/train/attention_pass.h"
#include "core/train/pass_layout.h"
#include "core/train/trainable_encoder.h"

#include <vector>

namespace stint {

/// Whether a batch norm goes by the rows at hand (and a backward pass may follow) or by its running
/// means, as the running encoder does.
enum class PassPurpose { Learn, Measure };

/// Forward and backward pass of an encoder over one piece of a batch, keeping the activations in
/// between. The forward pass computes what the running encoder computes (core/encoder), with the
/// same kernels; the last block only what the head reads.
///
/// Shapes: T tokens, m inputs, d width. Thread safety: none; several passes may share one encoder
/// while it is not changed.
template <typename T>
class EncoderPass {
public:
    explicit EncoderPass(const TrainableEncoder<T>& encoder);

    /// \param rows (T, m) the row that each token looks at; zeros where it looks at none.
    /// \return answers, (windows, outputs); valid until the next call.
    const Matrix<T>& forward(const PassLayout& layout, const Matrix<T>& rows, PassPurpose purpose);

    /// After forward() of the same layout to learn. \param dAnswers (windows, outputs).
    void backward(const PassLayout& layout, const Matrix<T>& rows, const Matrix<T>& dAnswers,
                  EncoderGradient<T>& gradient);

private:
    /// Activations of one block; A answered tokens.
    struct Layer {
        Matrix<T> in; ///< (T, d)
        Matrix<T> newest; ///< (A, d) rows of `in`, where only the newest are answered
        Matrix<T> attended, sum1, normed1, sum2; ///< (A, d)
        Matrix<T> expanded, hidden; ///< (A, f) before and after the activation
        AttentionState<T> attention;
        NormMoments<T> attentionNorm, feedForwardNorm;
    };

    [[nodiscard]] AnsweredTokens answered(const PassLayout& layout, std::size_t l) const;
    [[nodiscard]] const Matrix<T>& residual(const Layer& layer, const AnsweredTokens& who) const;
    [[nodiscard]] RowRange embedded(const PassLayout& layout) const;
    void embed(const PassLayout& layout, const Matrix<T>& rows);
    void embedBackward(const PassLayout& layout, const Matrix<T>& rows,
                       EncoderGradient<T>& gradient);
    void run(const PassLayout& layout, std::size_t l, Matrix<T>& out);
    void feedForward(const TrainableBlock<T>& block, Index rows, Layer& layer) const;
    void restBackward(const TrainableBlock<T>& block, const AnsweredTokens& who, const Layer& layer,
                      BlockGradient<T>& gradient);
    void layerBackward(const PassLayout& layout, std::size_t l, EncoderGradient<T>& gradient);
    void pool(const PassLayout& layout);
    void poolBackward(const PassLayout& layout, const Matrix<T>& dPooled);

    const TrainableEncoder<T>& m_encoder;
    AttentionPass<T> m_attention;
    std::vector<Layer> m_layers;
    PassPurpose m_purpose = PassPurpose::Learn;
    Matrix<T> m_top; // output of the last block, (A, d)
    Matrix<T> m_pooled; // (windows, d) what the head reads
    Matrix<T> m_answers;
    // Gradients flowing back.
    Matrix<T> m_dOut; // (A, d) of a block's output, then of its answered input
    Matrix<T> m_dIn; // (T, d) of the input, where only the newest are answered
    Matrix<T> m_dAttended, m_dHidden, m_dPooled;
};

extern template class EncoderPass<float>;
extern template class EncoderPass<double>;

} // namespace stint
