#include "core/cost/sbt_paper_rules.h"

#include "core/cost/size_counts.h"

#include <array>
#include <utility>

namespace stint {

namespace {

using Count = SizeCounts::Count;

/// int(fraction * count), in doubles as the paper's program has it.
Count part(double fraction, Count count)
{
    return static_cast<Count>(fraction * static_cast<double>(count));
}

bool learned(Positions positions)
{
    return positions == Positions::WindowLearned || positions == Positions::RecyclingLearned;
}

Count positionFlops(const EncoderConfig& c, const SizeCounts& s)
{
    return c.positionTableRows() > 0 && !learned(c.positions) ? s.n * s.d : 0;
}

/// Of both norms of a block, two per element each.
Count normFlops(const EncoderConfig& c, const SizeCounts& s)
{
    return c.norm == Norm::Token || c.norm == Norm::Time ? 4 * s.n * s.d : 0;
}

/// Gains of all norms.
Count normGains(const EncoderConfig& c, const SizeCounts& s)
{
    if (c.norm == Norm::None)
        return 0;
    return 2 * s.layers * (c.norm == Norm::Time ? s.n : s.d);
}

/// Scaling of queries, attention and softmax of one block, all tokens to all.
Count fullAttention(const SizeCounts& s)
{
    return s.n * s.d + 2 * s.n * s.n * s.d + s.h * s.n * s.n;
}

Count fixedMaskAttention(const EncoderConfig& c, const SizeCounts& s)
{
    const Count rows = part(c.qkvKeep, s.n);
    const Count headSize = s.d / s.h;
    const Count perHead = rows * rows * headSize + s.n * s.n + s.n * rows * headSize;
    return part(c.qkvKeep, s.n * s.d) + 3 * s.n * s.d + s.h * perHead;
}

Count sparseAttention(const EncoderConfig& c, const SizeCounts& s)
{
    switch (c.attention) {
    case AttentionMask::StepT:
        return s.n * s.d + 2 * (s.n - 1) * s.d + s.h * s.n;
    case AttentionMask::FixedMask:
        return fixedMaskAttention(c, s);
    case AttentionMask::Full:
        return fullAttention(s);
    case AttentionMask::SelfOnly:
        return s.n * s.d;
    }
    return 0;
}

} // namespace

SbtPaperCosts sbtPaperDense(const EncoderConfig& config)
{
    const SizeCounts s(config);
    const Count block
        = 3 * s.n * s.d * s.d + fullAttention(s) + s.d * s.d + 2 * s.d * s.f + normFlops(config, s);
    const Count blockParameters = 4 * (s.d * s.d + s.d) + 2 * s.d * s.f + s.f + s.d;
    const Count table
        = learned(config.positions) ? static_cast<Count>(config.positionTableRows()) * s.d : 0;
    SbtPaperCosts costs;
    costs.flops = s.m * s.d + positionFlops(config, s) + s.layers * block + s.d * s.o;
    costs.parameters = s.m * s.d + s.d + s.layers * blockParameters + 2 * normGains(config, s)
        + s.d * s.o + s.o + table;
    costs.bits = 32 * costs.parameters;
    return costs;
}

SbtPaperCosts sbtPaperSparse(const EncoderConfig& config, double keep)
{
    const SizeCounts s(config);
    const Count block = 3 * part(keep, s.n * s.d * s.d) + sparseAttention(config, s)
        + part(keep, s.d * s.d) + 2 * part(keep, s.d * s.f) + normFlops(config, s);
    const std::array<std::pair<Count, Count>, 4> layers {
        {{1, s.m * s.d}, {4 * s.layers, s.d * s.d}, {2 * s.layers, s.d * s.f}, {1, s.d * s.o}}};
    SbtPaperCosts costs;
    costs.flops = part(keep, s.m * s.d) + positionFlops(config, s) + s.layers * block
        + part(keep, s.d * s.o);
    costs.parameters = normGains(config, s);
    costs.bits = 32 * normGains(config, s);
    for (const auto& [count, weights] : layers) {
        costs.parameters += count * part(keep, weights);
        costs.bits += count * weights;
    }
    return costs;
}

} // namespace stint
