#pragma once

#include "core/encoder/block_norm.h"
#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"
#include "core/kernels/op_counts.h"
#include "core/weights/linear.h"

#include <vector>

namespace stint {

/// Tokens to read, one per row.
template <typename T>
struct TokenRows {
    const T* first = nullptr;
    Index stride = 0; ///< from one row to the next
};

/// An encoder ready to run: the layers that all ways of stepping are made of. Each function works
/// on a block of rows. Shapes: m inputs, n window, d width, f hidden units, H heads.
///
/// A "place" is the number that a position is taken from: the row number in the recording, or the
/// place in the window for positions that are fixed to it.
///
/// Thread safety: immutable; scratch memory belongs to the caller.
template <typename T>
class Encoder {
public:
    /// The parameters must fit the configuration.
    Encoder(const EncoderConfig& config, const EncoderParameters<T>& parameters);

    struct Block {
        Linear<T> query, key, value, output, expand, contract;
        BlockNorm<T> attentionNorm, feedForwardNorm;
    };

    /// Memory for rest(), for blocks of up to `maxRows` rows.
    struct Scratch {
        Scratch(const EncoderConfig& config, Index maxRows);
        Matrix<T> projected; // (maxRows, d)
        Matrix<T> hidden; // (maxRows, f)
    };

    /// A bias for each head and key, as KeyValueView takes it; none without lag biases.
    struct LagBias {
        const T* first = nullptr;
        Index row = 0; ///< from one head to the next
    };

    [[nodiscard]] const EncoderConfig& config() const noexcept { return m_config; }
    [[nodiscard]] const Block& block(Index layer) const noexcept
    {
        return m_blocks[static_cast<std::size_t>(layer)];
    }
    /// 1 / sqrt(head size).
    [[nodiscard]] T attentionScale() const noexcept { return m_attentionScale; }

    /// Content of real rows: the embedding without a position.
    /// \param x (rows, m), rows `xRow` apart.
    /// \param z (rows, d), rows `zRow` apart, padded; overwritten.
    void embed(const T* x, Index xRow, Index rows, T* z, Index zRow,
               PartCounts& counts) const noexcept;

    /// Content of a newest token whose row is not looked at, (d) padded: the learned vector of a
    /// hidden one, the embedding of a zero row of a zeroed one, else zero.
    [[nodiscard]] const T* standIn() const noexcept { return m_standIn.data(); }

    /// Adds the positions of the places `place`, `place` + 1, …, if positions are added at all.
    void addPositions(T* z, Index zRow, Index rows, Index place, PartCounts& counts) const noexcept;

    /// Biases of keys in the order of time, of which the first is `lag` rows older than the query:
    /// 0 to n - 1. Keys younger than the query follow.
    [[nodiscard]] LagBias lagBias(Index lag) const noexcept;

    /// Zeroes the entries of queries, keys and values (rows, d) that the fixed mask does not keep;
    /// null pointers are left out. The first row has place 0 in the window.
    void applyFixedMasks(Index layer, Index rows, Matrix<T>* queries, Matrix<T>* keys,
                         Matrix<T>* values) const noexcept;

    /// What positions fixed to the window add to the keys and values of the first block, by place:
    /// (d, table rows), transposed as keys are, and (table rows, d). Empty with other positions.
    [[nodiscard]] const Matrix<T>& positionKeys() const noexcept { return m_positionKeys; }
    [[nodiscard]] const Matrix<T>& positionValues() const noexcept { return m_positionValues; }

    /// The rest of a block after attention, in place: output projection, residual, norm,
    /// feed-forward, residual, norm.
    /// \param attended (rows, d) concatenated heads.
    /// \param z        (rows, d) input of the block, overwritten by its output.
    void rest(Index layer, const TokenRows<T>& attended, Index rows, T* z, Index zRow,
              Scratch& scratch, PartCounts& counts) const noexcept;

    /// ReLU if configured, in place, of tokens that go to the head.
    void finishTokens(T* z, Index zRow, Index rows) const noexcept;

    /// The head on finished tokens.
    /// \param answer (rows, outputs), rows `answerRow` apart, padded.
    void head(const T* z, Index zRow, Index rows, T* answer, Index answerRow,
              PartCounts& counts) const noexcept;

    /// One answer from the outputs (rows, d) of the last block for the tokens of one window, the
    /// newest last: of the newest, or of the mean. Overwrites z.
    void pooledAnswer(T* z, Index zRow, Index rows, T* answer, PartCounts& counts) const noexcept;

private:
    void buildStandIn(const EncoderParameters<T>& parameters);
    void buildLagBias(const Matrix<T>& byLag);
    void buildPositionProjections(const EncoderParameters<T>& parameters);

    EncoderConfig m_config;
    Linear<T> m_embed;
    Matrix<T> m_positions;
    AlignedVector<T> m_standIn; // padded
    Matrix<T> m_lagBias; // (H, 2 n - 1): of the lags n - 1, …, 0, …, n - 1
    FixedMasks<T> m_masks;
    Matrix<T> m_positionKeys;
    Matrix<T> m_positionValues;
    std::vector<Block> m_blocks;
    Linear<T> m_head;
    T m_attentionScale;
};

extern template class Encoder<float>;
extern template class Encoder<double>;

} // namespace stint
