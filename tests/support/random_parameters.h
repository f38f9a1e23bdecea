#pragma once

#include "core/base/rng.h"
#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"

#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace stint::test {

/// What random parameters look like.
struct RandomRecipe {
    WeightFormat format = WeightFormat::Dense; ///< of the linear layers in the blocks
    double keep = 1.0; ///< fraction of weights that a sparse layer keeps, exactly rounded
    bool sparseEnds = false; ///< embedding and head too, as in the papers
    bool bias = true;
    double queryScale = 1.0; ///< makes the attention logits larger
};

/// A layer whose output is about as large as its input. Sparse: exactly round(keep N) kept weights;
/// binary: gains that differ by row.
inline LinearParameters<double> randomLinear(Index outputs, Index inputs,
                                             const RandomRecipe& recipe, Rng& rng)
{
    const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
    LinearParameters<double> layer;
    layer.format = recipe.format;
    layer.weight.resize(outputs, inputs);
    const bool masked
        = recipe.format == WeightFormat::Sparse || recipe.format == WeightFormat::SparseBinary;
    const bool signs
        = recipe.format == WeightFormat::Binary || recipe.format == WeightFormat::SparseBinary;
    std::vector<Index> order(static_cast<std::size_t>(outputs * inputs));
    std::iota(order.begin(), order.end(), Index {0});
    if (masked) {
        for (std::size_t i = order.size(); i > 1; --i)
            std::swap(order[i - 1], order[static_cast<std::size_t>(rng.below(i))]);
        order.resize(static_cast<std::size_t>(
            std::llround(recipe.keep * static_cast<double>(outputs * inputs))));
    }
    for (const Index at : order)
        layer.weight(at / inputs, at % inputs)
            = signs ? (rng.below(2) == 0 ? -1.0 : 1.0) : rng.uniform(-bound, bound);
    for (Index r = 0; signs && r < outputs; ++r)
        layer.gain.push_back(bound * rng.uniform(0.3, 1.0));
    for (Index r = 0; recipe.bias && r < outputs; ++r)
        layer.bias.push_back(rng.uniform(-bound, bound));
    return layer;
}

inline NormParameters<double> randomNorm(const EncoderConfig& config, Rng& rng)
{
    NormParameters<double> norm;
    const Index size = config.norm == Norm::Time ? config.window : config.width;
    for (Index i = 0; config.norm != Norm::None && i < size; ++i) {
        norm.gain.push_back(rng.uniform(0.5, 1.5));
        norm.bias.push_back(rng.uniform(-0.5, 0.5));
    }
    return norm;
}

/// Makes the outputs of a layer larger.
inline void enlarge(LinearParameters<double>& layer, double factor)
{
    if (layer.gain.empty()) {
        for (double& w : layer.weight.storage())
            w *= factor;
    }
    for (double& g : layer.gain)
        g *= factor;
    for (double& b : layer.bias)
        b *= factor;
}

/// Random parameters that fit the configuration; positions are random too, so that a wrong place
/// cannot go unnoticed.
inline EncoderParameters<double> randomParameters(const EncoderConfig& config,
                                                  const RandomRecipe& recipe, std::uint64_t seed)
{
    Rng rng(seed);
    RandomRecipe ends = recipe;
    ends.format = recipe.sparseEnds ? recipe.format : WeightFormat::Dense;
    EncoderParameters<double> p;
    p.embed = randomLinear(config.width, config.inputs, ends, rng);
    p.head = randomLinear(config.outputs, config.width, ends, rng);
    const auto fill = [&rng](Matrix<double>& table, Index rows, Index cols, auto draw) {
        table.resize(rows, cols);
        for (Index r = 0; r < rows; ++r) {
            for (Index c = 0; c < cols; ++c)
                table(r, c) = draw(rng);
        }
    };
    const auto anywhere = [](Rng& from) { return from.uniform(-1.0, 1.0); };
    if (config.positionTableRows() > 0)
        fill(p.positions, config.positionTableRows(), config.width, anywhere);
    if (config.positions == Positions::LagBias)
        fill(p.lagBias, config.heads, config.window, anywhere);
    if (config.attention == AttentionMask::FixedMask) {
        for (Matrix<double>* mask : {&p.masks.query, &p.masks.key, &p.masks.value})
            fill(*mask, config.window, config.width,
                 [](Rng& from) { return from.below(2) == 0 ? 0.0 : 1.0; });
    }
    for (Index i = 0; config.newest == Newest::Hidden && i < config.width; ++i)
        p.queryToken.push_back(rng.uniform(-1.0, 1.0));
    const Index d = config.width;
    const Index f = config.hidden;
    for (Index l = 0; l < config.layers; ++l) {
        p.blocks.push_back({.query = randomLinear(d, d, recipe, rng),
                            .key = randomLinear(d, d, recipe, rng),
                            .value = randomLinear(d, d, recipe, rng),
                            .output = randomLinear(d, d, recipe, rng),
                            .expand = randomLinear(f, d, recipe, rng),
                            .contract = randomLinear(d, f, recipe, rng),
                            .attentionNorm = randomNorm(config, rng),
                            .feedForwardNorm = randomNorm(config, rng)});
        enlarge(p.blocks.back().query, recipe.queryScale);
    }
    return p;
}

/// (rows, cols) standard normal values.
inline std::vector<std::vector<double>> randomRows(Index rows, Index cols, std::uint64_t seed)
{
    Rng rng(seed);
    std::vector<std::vector<double>> x(static_cast<std::size_t>(rows),
                                       std::vector<double>(static_cast<std::size_t>(cols)));
    for (auto& row : x) {
        for (double& v : row)
            v = rng.normal();
    }
    return x;
}

/// The same numbers as the encoders take them.
template <typename T>
Matrix<T> asMatrix(const std::vector<std::vector<double>>& rows)
{
    Matrix<T> m(static_cast<Index>(rows.size()), static_cast<Index>(rows.front().size()));
    for (Index r = 0; r < m.rows(); ++r) {
        for (Index c = 0; c < m.cols(); ++c)
            m(r, c)
                = static_cast<T>(rows[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)]);
    }
    return m;
}

} // namespace stint::test
