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
    std::vector<BlockGradient<T>> blocks;

    void setZero();
    EncoderGradient& operator+=(const EncoderGradient& other);
};

template <typename T>
struct TrainableBlock {
    TrainableLinear<T> query, key, value, output, expand, contract;
    TrainableNorm<T> attentionNorm, feedForwardNorm;
};

/// The parameters of an encoder while they are trained. Embedding and head are float, whatever the
/// format of the blocks: binary ones cannot carry an amplitude in or out.
template <typename T>
struct TrainableEncoder {
    EncoderConfig config;
    TrainableLinear<T> embed, head;
    AlignedVector<T> queryToken; ///< (d, padded), starts at zero
    Matrix<T> positions; ///< fixed table
    std::vector<TrainableBlock<T>> blocks;
    AlignedVector<T> dQueryToken;
    std::vector<NormGradient<T>> dNorms; ///< two per block

    /// \param blockRecipe format and keep fraction of the linear layers in the blocks.
    TrainableEncoder(const EncoderConfig& config, const LinearRecipe& blockRecipe, Rng rng);

    /// After each optimiser step.
    void prepare();

    [[nodiscard]] EncoderGradient<T> zeroGradient() const;

    /// Makes the gradients of slots() those of `gradient`.
    void collect(const EncoderGradient<T>& gradient);

    /// Everything the optimiser moves.
    [[nodiscard]] std::vector<typename TrainableLinear<T>::Slot> slots();

    [[nodiscard]] EncoderParameters<T> parameters() const;
};

extern template struct EncoderGradient<float>;
extern template struct EncoderGradient<double>;
extern template struct TrainableEncoder<float>;
extern template struct TrainableEncoder<double>;

} // namespace stint
