#pragma once

#include "core/encoder/encoder_config.h"
#include "core/weights/linear_parameters.h"

#include <string>
#include <vector>

namespace stint {

/// Gain and bias of a norm; both (d), or (n) for a norm over time; empty without a norm. A batch
/// norm is folded: y = gain x + bias with the running statistics in both.
template <typename T>
struct NormParameters {
    std::vector<T> gain;
    std::vector<T> bias;

    friend bool operator==(const NormParameters&, const NormParameters&) = default;
};

template <typename T>
struct BlockParameters {
    LinearParameters<T> query, key, value, output; ///< (d, d)
    LinearParameters<T> expand; ///< (f, d), followed by the activation
    LinearParameters<T> contract; ///< (d, f)
    NormParameters<T> attentionNorm, feedForwardNorm;

    friend bool operator==(const BlockParameters&, const BlockParameters&) = default;
};

/// Entries of query, key and value that a fixed mask keeps: (n, d) of 0 and 1, by place in the
/// window, the same in every block (SBT paper, section 3.2); or (L n, d), block after block; empty
/// without such a mask.
template <typename T>
struct FixedMasks {
    Matrix<T> query, key, value;

    friend bool operator==(const FixedMasks&, const FixedMasks&) = default;
};

/// Everything an encoder has learned, as it is stored.
template <typename T>
struct EncoderParameters {
    LinearParameters<T> embed; ///< (d, m)
    Matrix<T> positions; ///< (table rows, d) added to the embedding, or empty
    Matrix<T> lagBias; ///< (H, n) added to logits by the distance of two tokens, or empty
    FixedMasks<T> masks;
    std::vector<T> queryToken; ///< (d) content of the hidden newest token, or empty
    std::vector<BlockParameters<T>> blocks;
    LinearParameters<T> head; ///< (outputs, d)

    friend bool operator==(const EncoderParameters&, const EncoderParameters&) = default;
};

/// Calls visit(name, linear) for each linear layer in file order, names as in a model file:
/// "embed", "block.0.attention.query", …, "head".
template <typename Parameters, typename Visit>
void forEachLinear(Parameters& parameters, Visit visit)
{
    visit(std::string("embed"), parameters.embed);
    for (std::size_t l = 0; l < parameters.blocks.size(); ++l) {
        const std::string block = "block." + std::to_string(l) + ".";
        auto& b = parameters.blocks[l];
        visit(block + "attention.query", b.query);
        visit(block + "attention.key", b.key);
        visit(block + "attention.value", b.value);
        visit(block + "attention.output", b.output);
        visit(block + "feed_forward.expand", b.expand);
        visit(block + "feed_forward.contract", b.contract);
    }
    visit(std::string("head"), parameters.head);
}

/// Calls visit(name, norm) for each norm of a block in file order.
template <typename Parameters, typename Visit>
void forEachNorm(Parameters& parameters, Visit visit)
{
    for (std::size_t l = 0; l < parameters.blocks.size(); ++l) {
        const std::string block = "block." + std::to_string(l) + ".";
        visit(block + "attention.norm", parameters.blocks[l].attentionNorm);
        visit(block + "feed_forward.norm", parameters.blocks[l].feedForwardNorm);
    }
}

/// The same numbers in another precision.
template <typename To, typename From>
[[nodiscard]] EncoderParameters<To> convert(const EncoderParameters<From>& from)
{
    const auto vector
        = [](const std::vector<From>& v) { return std::vector<To>(v.begin(), v.end()); };
    EncoderParameters<To> to;
    to.embed = convert<To>(from.embed);
    to.positions = convert<To>(from.positions);
    to.lagBias = convert<To>(from.lagBias);
    to.masks = {convert<To>(from.masks.query), convert<To>(from.masks.key),
                convert<To>(from.masks.value)};
    to.queryToken = vector(from.queryToken);
    for (const BlockParameters<From>& b : from.blocks) {
        to.blocks.push_back(
            {.query = convert<To>(b.query),
             .key = convert<To>(b.key),
             .value = convert<To>(b.value),
             .output = convert<To>(b.output),
             .expand = convert<To>(b.expand),
             .contract = convert<To>(b.contract),
             .attentionNorm = {vector(b.attentionNorm.gain), vector(b.attentionNorm.bias)},
             .feedForwardNorm = {vector(b.feedForwardNorm.gain), vector(b.feedForwardNorm.bias)}});
    }
    to.head = convert<To>(from.head);
    return to;
}

/// Table (period, d): pairs of sine and cosine with whole numbers of turns per period, from 1 to
/// half the period in geometric steps, so that the table closes on itself.
[[nodiscard]] Matrix<double> cyclicTable(Index period, Index width);

/// The usual table (n, d) of sines and cosines by place in the window.
[[nodiscard]] Matrix<double> windowSineTable(Index window, Index width);

/// The table of a configuration whose positions follow a formula (window sine, recycling), (table
/// rows, d); empty where they are learned or there is no table.
[[nodiscard]] Matrix<double> fixedPositions(const EncoderConfig& config);

} // namespace stint
