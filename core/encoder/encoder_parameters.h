#pragma once

#include "core/encoder/encoder_config.h"
#include "core/weights/linear_parameters.h"

#include <string>
#include <vector>

namespace stint {

/// Gain and bias of a per-token norm; both (d), empty without a norm.
template <typename T>
struct NormParameters {
    std::vector<T> gain;
    std::vector<T> bias;

    friend bool operator==(const NormParameters&, const NormParameters&) = default;
};

template <typename T>
struct BlockParameters {
    LinearParameters<T> query, key, value, output; ///< (d, d)
    LinearParameters<T> expand; ///< (f, d), followed by ReLU
    LinearParameters<T> contract; ///< (d, f)
    NormParameters<T> attentionNorm, feedForwardNorm;

    friend bool operator==(const BlockParameters&, const BlockParameters&) = default;
};

/// Everything an encoder has learned, as it is stored.
template <typename T>
struct EncoderParameters {
    LinearParameters<T> embed; ///< (d, m)
    Matrix<T> positions; ///< (2 n, d) recycling, (n, d) window sine, or empty
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
    to.positions.resize(from.positions.rows(), from.positions.cols());
    for (Index r = 0; r < from.positions.rows(); ++r) {
        for (Index c = 0; c < from.positions.cols(); ++c)
            to.positions(r, c) = static_cast<To>(from.positions(r, c));
    }
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

/// Recycling table (2 n, d): pairs of sine and cosine with whole numbers of turns per period, from
/// 1 to n in geometric steps, so that the table closes on itself.
[[nodiscard]] Matrix<double> recyclingTable(Index window, Index width);

/// The usual table (n, d) of sines and cosines by place in the window.
[[nodiscard]] Matrix<double> windowSineTable(Index window, Index width);

} // namespace stint
