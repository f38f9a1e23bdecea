#pragma once

#include "core/train/pass_layout.h"
#include "core/train/trainable_encoder.h"

#include <vector>

namespace stint {

/// What one block's attention keeps for the backward pass. T tokens, A answered ones (all, or the
/// newest only in a last block), H heads.
template <typename T>
struct AttentionState {
    Matrix<T> query; ///< (A, d)
    Matrix<T> key, value; ///< (T, d)
    Matrix<T> keyTransposed, valueTransposed; ///< (d, T)
    Matrix<T> weights; ///< (A * H, keys) softmax weights; the token's own key last
};

/// Tokens that a block answers: all of them, or the newest of each window only.
struct AnsweredTokens {
    const PassLayout* layout = nullptr;
    bool newestOnly = false;

    [[nodiscard]] Index count() const { return newestOnly ? layout->answers() : layout->tokens(); }
    /// Token of answered row `a`.
    [[nodiscard]] Index token(Index a) const
    {
        return newestOnly ? layout->windows[static_cast<std::size_t>(a)].newest : a;
    }
    [[nodiscard]] const PassLayout::Sight& sight(Index a) const
    {
        return layout->sees[static_cast<std::size_t>(token(a))];
    }
    /// In the order of sums.
    [[nodiscard]] std::vector<RowRange> rows() const;
};

/// Forward and backward pass of the attention of one block, from tokens to concatenated heads:
/// query, key and value projections, fixed mask, rotation, bias per lag, softmax. Scratch memory is
/// shared by the blocks of a pass.
template <typename T>
class AttentionPass {
public:
    explicit AttentionPass(const TrainableEncoder<T>& encoder) : m_encoder(encoder) { }

    /// Once per forward pass: what depends on the layout alone.
    void start(const PassLayout& layout);

    /// \param in       (T, d) input of the block
    /// \param answered (A, d) rows of it that are answered
    /// \param attended (A, d) overwritten
    void forward(const TrainableBlock<T>& block, const AnsweredTokens& who, const Matrix<T>& in,
                 const Matrix<T>& answered, AttentionState<T>& state, Matrix<T>& attended);

    /// First half: from dAttended to the query projection. \param dAnswered (A, d) added to.
    void backwardToQueries(std::size_t layer, const AnsweredTokens& who, const Matrix<T>& answered,
                           const AttentionState<T>& state, const Matrix<T>& dAttended,
                           Matrix<T>& dAnswered, EncoderGradient<T>& gradient);
    /// Second half: from keys and values to the tokens. \param dIn (T, d) added to.
    void backwardToTokens(const TrainableBlock<T>& block, const AnsweredTokens& who,
                          const Matrix<T>& in, Matrix<T>& dIn, BlockGradient<T>& gradient);

private:
    [[nodiscard]] bool selfOnly() const;
    [[nodiscard]] RowRange keyRows(const PassLayout& layout) const;
    [[nodiscard]] std::vector<RowRange> askingRows(const AnsweredTokens& who) const;
    void mask(const Matrix<T>& mask, const AnsweredTokens& who, RowRange rows, Matrix<T>& x) const;
    void turn(const AnsweredTokens& who, RowRange rows, T direction, Matrix<T>& x) const;
    void attend(const AnsweredTokens& who, Index a, AttentionState<T>& state, Matrix<T>& attended);
    void attendBackward(const AnsweredTokens& who, Index a, const AttentionState<T>& state,
                        const Matrix<T>& dAttended, Matrix<T>& dLagBias);
    void gather(const PassLayout::Sight& sight, Index token, const AttentionState<T>& state);

    const TrainableEncoder<T>& m_encoder;
    Matrix<T> m_turns; // (T, head size) cosine and sine of each pair's angle
    // Keys of one query that do not stand side by side.
    Matrix<T> m_nearKeys, m_nearValues, m_nearValuesTransposed, m_dNearKeys, m_dNearValues;
    Matrix<T> m_dQuery; // (A, d)
    Matrix<T> m_dKeyTransposed, m_dValueTransposed; // (d, T)
    Matrix<T> m_dKey, m_dValue; // (T, d)
    AlignedVector<T> m_scratch;
};

extern template class AttentionPass<float>;
extern template class AttentionPass<double>;

} // namespace stint
