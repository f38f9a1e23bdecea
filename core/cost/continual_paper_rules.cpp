#include "core/cost/continual_paper_rules.h"

#include "core/cost/size_counts.h"

namespace stint {

namespace {

using Count = SizeCounts::Count;

/// One block of the regular model, all tokens.
Count regularBlock(const SizeCounts& s)
{
    return s.n * (3 * s.d * s.d + s.d * (s.d + 1)) + s.n * (3 * s.d + s.h) + 2 * s.n * s.d * s.f
        + s.f + s.d;
}

/// What follows attention at `tokens` tokens: output projection, feed-forward, norms.
Count rest(const SizeCounts& s, Count tokens)
{
    return tokens * s.d * (s.d + 1) + 2 * tokens * s.d * s.f + s.f + s.d + 2 * s.d;
}

} // namespace

AttentionCosts regularAttention(std::uint64_t n, std::uint64_t d)
{
    return {.multiplications = 2 * n * n * d + 2 * n * d,
            .additions = 2 * n * n * d - n * d - n,
            .exponentials = n * n,
            .stateBetween = 3 * (n * d - 1),
            .statePeak = n * n + 4 * n * d + 1};
}

AttentionCosts retroactiveAttention(std::uint64_t n, std::uint64_t d)
{
    return {.multiplications = 7 * n * d + 2 * n - 3 * d,
            .additions = 6 * n * d + 3 * n - 6 * d - 3,
            .exponentials = 3 * n - 2,
            .stateBetween = 4 * n * d + n - d - 4,
            .statePeak = 5 * n * d + 2 * n};
}

AttentionCosts singleOutputAttention(std::uint64_t n, std::uint64_t d)
{
    return {.multiplications = 2 * n * d + 2 * d,
            .additions = 2 * n * d - d - 1,
            .exponentials = n,
            .stateBetween = 2 * (n * d - 1),
            .statePeak = 2 * n * d + n + 2 * d};
}

std::uint64_t continualPaperFlops(const EncoderConfig& config)
{
    const SizeCounts s(config);
    const Count single = s.h * singleOutputAttention(s.n, s.d / s.h).multiplications;
    const Count ends = s.m * s.d + s.d + s.d * s.o + s.o;
    const Count projections = 3 * s.d * s.d;
    if (s.layers == 1)
        return ends + projections + single + rest(s, 1);
    const Count retroactive = s.h * retroactiveAttention(s.n, s.d / s.h).multiplications;
    return ends + projections + retroactive + rest(s, s.n) + (s.layers - 2) * regularBlock(s)
        + s.n * projections + single + rest(s, 1);
}

std::uint64_t continualPaperRegularFlops(const EncoderConfig& config)
{
    const SizeCounts s(config);
    return s.n * s.m * s.d + s.d + s.layers * regularBlock(s) + s.n * s.d * s.o + s.o;
}

} // namespace stint
