#pragma once

#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"
#include "core/train/trainable_linear.h"
#include "core/train/trainable_norm.h"

#include <vector>

namespace stint {

/// Gradient of one block, as TrainableBlock.
template <typename T>
struct BlockGradient {
    LinearGradient<T> query, key, value, output, expand, contract;
    NormGradient<T> attentionNorm, feedForwardNorm;
};

/// Gradient of an encoder, summed over a piece of a batch; pieces add up.
template <typename T>
struct EncoderGradient {
    LinearGradient<T> embed, head;
    AlignedVector<T> queryToken; ///< (d, padded)
    Matrix<T> positions; ///< (table rows, d) of a learned table, or empty
    Matrix<T> lagBias; ///< (H, 2 n - 1) by signed distance, as TrainableEncoder::signedLagBias
    std::vector<BlockGradient<T>> blocks;

    void setZero();
    EncoderGradient& operator+=(const EncoderGradient& other);
};

template <typename T>
struct TrainableBlock {
    TrainableLinear<T> query, key, value, output, expand, contract;
    TrainableNorm<T> attentionNorm, feedForwardNorm;
};

/// The parameters of an encoder while they are trained.
template <typename T>
struct TrainableEncoder {
    EncoderConfig config;
    TrainableLinear<T> embed, head;
    AlignedVector<T> queryToken; ///< (d, padded), starts at zero
    Matrix<T> positions; ///< fixed table, or a learned one
    Matrix<T> lagBias; ///< (H, n) by distance, starts at zero; or empty
    /// (H, 2 n - 1): the same for a key `o` places behind the query in column n - 1 + o, so that
    /// the biases of consecutive keys stand side by side.
    Matrix<T> signedLagBias;
    FixedMasks<T> masks; ///< drawn once, never trained
    std::vector<TrainableBlock<T>> blocks;

    // Gradients of what is not in a layer, after collect().
    AlignedVector<T> dQueryToken;
    Matrix<T> dPositions, dLagBias;
    std::vector<NormGradient<T>> dNorms; ///< two per block

    /// Draws every layer from a generator of its own.
    TrainableEncoder(const EncoderConfig& config, const EncoderRecipe& recipe, Rng rng);

    /// After each optimiser step.
    void prepare();

    [[nodiscard]] EncoderGradient<T> zeroGradient() const;

    /// Makes the gradients of slots() those of `gradient`.
    void collect(const EncoderGradient<T>& gradient);

    /// Moves the running statistics of batch norms towards those of the batch.
    void absorbStatistics(const EncoderGradient<T>& gradient);

    /// Everything the optimiser moves.
    [[nodiscard]] std::vector<TrainedSlot<T>> slots();

    [[nodiscard]] EncoderParameters<T> parameters() const;

    [[nodiscard]] bool learnsPositions() const;
};

extern template struct EncoderGradient<float>;
extern template struct EncoderGradient<double>;
extern template struct TrainableEncoder<float>;
extern template struct TrainableEncoder<double>;

} // namespace stint
