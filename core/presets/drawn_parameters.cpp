#include "core/presets/drawn_parameters.h"

#include "core/base/rng.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

class Draw {
public:
    Draw(const PresetVariant& variant, std::uint64_t seed) : m_variant(variant), m_rng(seed) { }

    LinearParameters<float> linear(Index outputs, Index inputs, bool bias)
    {
        const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
        LinearParameters<float> layer;
        layer.format = m_variant.weights;
        layer.weight = matrix(outputs, inputs, bound);
        if (layer.format == WeightFormat::Sparse || layer.format == WeightFormat::SparseBinary)
            prune(layer.weight);
        if (layer.format == WeightFormat::Binary || layer.format == WeightFormat::SparseBinary) {
            for (float& w : layer.weight.storage())
                w = w > 0.0F ? 1.0F : w < 0.0F ? -1.0F : 0.0F;
            layer.gain.assign(static_cast<std::size_t>(outputs), static_cast<float>(bound / 2.0));
        }
        if (bias)
            layer.bias = vector(outputs, bound);
        return layer;
    }

    Matrix<float> matrix(Index rows, Index cols, double bound)
    {
        Matrix<float> m(rows, cols);
        for (Index r = 0; r < rows; ++r)
            std::generate(m.row(r), m.row(r) + cols, [this, bound] { return value(bound); });
        return m;
    }

    std::vector<float> vector(Index size, double bound)
    {
        std::vector<float> v(static_cast<std::size_t>(size));
        std::generate(v.begin(), v.end(), [this, bound] { return value(bound); });
        return v;
    }

    /// 1 where a fixed mask keeps an entry.
    Matrix<float> mask(Index rows, Index cols, double keep)
    {
        Matrix<float> m = matrix(rows, cols, 1.0);
        keepOnly(m, keep);
        for (Index r = 0; r < rows; ++r)
            std::transform(m.row(r), m.row(r) + cols, m.row(r),
                           [](float v) { return v != 0.0F ? 1.0F : 0.0F; });
        return m;
    }

private:
    float value(double bound)
    {
        const auto drawn = static_cast<float>(m_rng.uniform(-bound, bound));
        return drawn != 0.0F ? drawn : static_cast<float>(bound);
    }

    void prune(Matrix<float>& weights) { keepOnly(weights, m_variant.keep); }

    /// Zeroes int((1 - keep) N) of N entries, each choice equally likely.
    void keepOnly(Matrix<float>& entries, double keep)
    {
        auto left = static_cast<std::uint64_t>(entries.rows() * entries.cols());
        auto gone = static_cast<std::uint64_t>((1.0 - keep) * static_cast<double>(left));
        for (Index r = 0; r < entries.rows(); ++r) {
            for (Index c = 0; c < entries.cols(); ++c, --left) {
                if (m_rng.below(left) < gone) {
                    entries(r, c) = 0.0F;
                    --gone;
                }
            }
        }
    }

    const PresetVariant& m_variant;
    Rng m_rng;
};

NormParameters<float> norm(const EncoderConfig& config, Draw& draw)
{
    if (config.norm == Norm::None)
        return {};
    const Index size = config.norm == Norm::Time ? config.window : config.width;
    return {.gain = draw.vector(size, 1.0), .bias = draw.vector(size, 1.0)};
}

} // namespace

EncoderParameters<float> drawnParameters(const PresetVariant& variant, std::uint64_t seed)
{
    const EncoderConfig& c = variant.config;
    Draw draw(variant, seed);
    const bool everywhere = variant.biases != Biases::AttentionOnly;
    const bool projections = variant.biases != Biases::AllButProjections;
    EncoderParameters<float> p;
    p.embed = draw.linear(c.width, c.inputs, everywhere);
    if (c.positionTableRows() > 0)
        p.positions = draw.matrix(c.positionTableRows(), c.width, 1.0);
    if (c.positions == Positions::LagBias)
        p.lagBias = draw.matrix(c.heads, c.window, 1.0);
    if (c.attention == AttentionMask::FixedMask)
        p.masks = {draw.mask(c.window, c.width, c.qkvKeep), draw.mask(c.window, c.width, c.qkvKeep),
                   draw.mask(c.window, c.width, c.qkvKeep)};
    if (c.newest == Newest::Hidden)
        p.queryToken = draw.vector(c.width, 1.0);
    for (Index l = 0; l < c.layers; ++l)
        p.blocks.push_back({.query = draw.linear(c.width, c.width, projections),
                            .key = draw.linear(c.width, c.width, projections),
                            .value = draw.linear(c.width, c.width, projections),
                            .output = draw.linear(c.width, c.width, true),
                            .expand = draw.linear(c.hidden, c.width, everywhere),
                            .contract = draw.linear(c.width, c.hidden, everywhere),
                            .attentionNorm = norm(c, draw),
                            .feedForwardNorm = norm(c, draw)});
    p.head = draw.linear(c.outputs, c.width, everywhere);
    return p;
}

} // namespace stint
