#pragma once

#include "core/encoder/encoder_parameters.h"

#include <cstdint>

namespace stint {

/// Bits of some tensors by four ways of counting.
struct StorageBits {
    /// As in a model file: 32 per float; a binary weight 1 of sign and, where weights are pruned, 1
    /// of mask; rows of bits padded to whole bytes.
    std::uint64_t plain = 0;
    /// Bytes of the packed form (core/weights/packed_weights.h), floats of 16 bits. Tables of
    /// positions that are not learned are made anew and take none.
    std::uint64_t packed = 0;
    /// What no code of scattered masks can beat: H(k) per weight for the mask, k the fraction kept,
    /// 1 per kept sign, 16 per kept float, gain, bias and norm; rounded up.
    std::uint64_t entropy = 0;
    /// The SBT paper's rule. A model without binary weights: 32 per number. Else 1 per binary
    /// weight, kept or not, 32 per other kept weight and gain of a norm, nothing for the rest.
    std::uint64_t paper = 0;

    StorageBits& operator+=(const StorageBits& other);
    friend bool operator==(const StorageBits&, const StorageBits&) = default;
};

/// Where the bits of an encoder go.
struct StorageReport {
    StorageBits embedding; ///< with positions, biases per lag, fixed masks and the query token
    StorageBits projection; ///< query, key, value
    StorageBits output; ///< with its norm
    StorageBits feedForward; ///< with its norm
    StorageBits head;

    /// Signs, masks, gains, biases and norms of all blocks.
    [[nodiscard]] StorageBits blocks() const;
    [[nodiscard]] StorageBits whole() const;
};

/// Packs every layer and counts. Numbers that 16 bits cannot hold are counted at 32.
/// \param config that the parameters belong to.
[[nodiscard]] StorageReport storageReport(const EncoderConfig& config,
                                          const EncoderParameters<float>& parameters);

/// Bits that a linear layer takes in a model file (StorageBits::plain).
[[nodiscard]] std::uint64_t storedBits(const LinearParameters<float>& linear);

/// Bits of all tensors of an encoder in a model file (StorageBits::plain).
[[nodiscard]] std::uint64_t storedBits(const EncoderParameters<float>& parameters);

/// Trained numbers of an encoder: every weight once, gains, biases, norms, biases per lag and the
/// query token. A table of positions is not trained unless the configuration says so.
[[nodiscard]] std::uint64_t parameterCount(const EncoderConfig& config,
                                           const EncoderParameters<float>& parameters);

} // namespace stint
