#pragma once

#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"
#include "core/kernels/op_counts.h"
#include "core/weights/linear.h"

#include <vector>

namespace stint {

/// Normalisation of each row over its features, then gain and bias. Does nothing when empty.
template <typename T>
class TokenNorm {
public:
    TokenNorm() = default;
    explicit TokenNorm(const NormParameters<T>& parameters) : m_parameters(parameters) { }

    /// \param z (rows, d), rows `zRow` apart; overwritten.
    void apply(T* z, Index zRow, Index rows, OpCounts& ops) const noexcept;

private:
    NormParameters<T> m_parameters;
};

/// Tokens to read, one per row.
template <typename T>
struct TokenRows {
    const T* first = nullptr;
    Index stride = 0; ///< from one row to the next
};

/// An encoder ready to run: the layers that both ways of stepping are made of. Each function works
/// on a block of rows. Shapes: m inputs, d width, f hidden units.
///
/// Thread safety: immutable; scratch memory belongs to the caller.
template <typename T>
class Encoder {
public:
    /// The parameters must fit the configuration.
    Encoder(const EncoderConfig& config, const EncoderParameters<T>& parameters);

    struct Block {
        Linear<T> query, key, value, output, expand, contract;
        TokenNorm<T> attentionNorm, feedForwardNorm;
    };

    /// Memory for rest(), for blocks of up to `maxRows` rows.
    struct Scratch {
        Scratch(const EncoderConfig& config, Index maxRows);
        Matrix<T> projected; // (maxRows, d)
        Matrix<T> hidden; // (maxRows, f)
    };

    [[nodiscard]] const EncoderConfig& config() const noexcept { return m_config; }
    [[nodiscard]] const Block& block(Index layer) const noexcept
    {
        return m_blocks[static_cast<std::size_t>(layer)];
    }
    /// 1 / sqrt(head size).
    [[nodiscard]] T attentionScale() const noexcept { return m_attentionScale; }

    /// Tokens of real rows: embedding plus position.
    /// \param x     (rows, m), rows `xRow` apart.
    /// \param place number that the first row's position is taken from: the row number in the
    ///              recording, or the place in the window for positions that are fixed to it.
    /// \param z     (rows, d), rows `zRow` apart; overwritten.
    void embed(const T* x, Index xRow, Index rows, Index place, T* z, Index zRow,
               PartCounts& counts) const noexcept;

    /// Query tokens of hidden rows: the learned vector plus position.
    void embedHidden(Index rows, Index place, T* z, Index zRow, PartCounts& counts) const noexcept;

    /// The rest of a block after attention, in place: output projection, residual, norm,
    /// feed-forward, residual, norm.
    /// \param attended (rows, d) concatenated heads.
    /// \param z        (rows, d) input of the block, overwritten by its output.
    void rest(Index layer, const TokenRows<T>& attended, Index rows, T* z, Index zRow,
              Scratch& scratch, PartCounts& counts) const noexcept;

    /// ReLU if configured, then the head. Overwrites z.
    /// \param answer (rows, outputs), rows `answerRow` apart, padded.
    void answer(T* z, Index zRow, Index rows, T* answer, Index answerRow,
                PartCounts& counts) const noexcept;

private:
    void addPositions(T* z, Index zRow, Index rows, Index place, OpCounts& ops) const noexcept;

    EncoderConfig m_config;
    Linear<T> m_embed;
    Matrix<T> m_positions;
    AlignedVector<T> m_queryToken; // padded
    std::vector<Block> m_blocks;
    Linear<T> m_head;
    T m_attentionScale;
};

extern template class TokenNorm<float>;
extern template class TokenNorm<double>;
extern template class Encoder<float>;
extern template class Encoder<double>;

} // namespace stint
