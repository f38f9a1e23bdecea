#include "core/cost/closed_forms.h"

#include "core/cost/size_counts.h"

#include <cassert>
#include <cmath>

namespace stint {

namespace {

using Count = SizeCounts::Count;

/// The symbols of the header as counts.
struct Sizes : SizeCounts {
    explicit Sizes(const EncoderConfig& c)
        : SizeCounts(c),
          e(c.newest == Newest::Visible ? n : n - 1),
          r(c.queryToken() ? n - 1 : n),
          s(c.newestSeesItself && !c.queryToken() ? 1 : 0),
          allOutputs(c.pooling == Pooling::Mean || c.norm == Norm::Time)
    { }

    Count e, r, s;
    bool allOutputs; ///< the last block at all tokens
};

/// How many tokens go through each part of the blocks.
struct Tokens {
    Count projections = 0; ///< queries, keys and values
    Count outputs = 0; ///< output projection and feed-forward
    Count pairs = 0; ///< of a query and a key
};

AnswerOperations operations(const Sizes& s, Count embedded, const Tokens& tokens)
{
    return {.embedding = embedded * s.m * s.d,
            .projection = tokens.projections * s.d * s.d,
            .attention = 2 * tokens.pairs * s.d,
            .output = tokens.outputs * s.d * s.d,
            .feedForward = 2 * tokens.outputs * s.d * s.f,
            .head = s.d * s.o};
}

/// `count` blocks with full attention, all outputs.
void addFull(Tokens& tokens, const Sizes& s, Count count)
{
    tokens.projections += count * (2 * s.r + s.n);
    tokens.outputs += count * s.n;
    tokens.pairs += count * s.n * s.r;
}

/// The last block with full attention, newest token only.
void addFullNewest(Tokens& tokens, const Sizes& s)
{
    tokens.projections += 2 * s.r + 1;
    tokens.outputs += 1;
    tokens.pairs += s.r;
}

/// Step-T: `past` tokens that attend to themselves (the last block only if all tokens are pooled)
/// and the newest one, which has `own` keys and values of its own.
Tokens stepT(const Sizes& s, Count past, Count self, Count own)
{
    Tokens tokens;
    tokens.projections = past * s.layers * 2 + s.layers + 2 * own;
    tokens.outputs = past * (s.allOutputs ? s.layers : s.layers - 1) + s.layers;
    tokens.pairs = s.layers * (s.n - 1 + self);
    return tokens;
}

/// Keys and values that the newest token of a stream computes for itself: in the first block those
/// of the past path serve if its row is visible.
Count ownInStream(const Sizes& s, const EncoderConfig& config, Count self)
{
    return self * (config.newest == Newest::Visible ? s.layers - 1 : s.layers);
}

} // namespace

AnswerOperations fullWindow(const EncoderConfig& config)
{
    const Sizes s(config);
    Tokens tokens;
    addFull(tokens, s, s.layers);
    return operations(s, s.e, tokens);
}

AnswerOperations fullWindowNewest(const EncoderConfig& config)
{
    const Sizes s(config);
    if (s.allOutputs)
        return fullWindow(config);
    Tokens tokens;
    addFull(tokens, s, s.layers - 1);
    addFullNewest(tokens, s);
    return operations(s, s.e, tokens);
}

AnswerOperations stepTWindow(const EncoderConfig& config)
{
    const Sizes s(config);
    return operations(s, s.e, stepT(s, s.n - 1, s.s, s.s * s.layers));
}

AnswerOperations stepTStream(const EncoderConfig& config)
{
    const Sizes s(config);
    return operations(s, 1, stepT(s, 1, s.s, ownInStream(s, config, s.s)));
}

AnswerOperations singleOutputStream(const EncoderConfig& config)
{
    assert(config.layers == 1 && config.pooling == Pooling::Newest);
    const Sizes s(config);
    const Count self = config.queryToken() ? 0 : 1;
    return operations(s, 1, stepT(s, 1, self, ownInStream(s, config, self)));
}

AnswerOperations retroactiveStream(const EncoderConfig& config, RetroactiveUpdate update)
{
    assert(config.newest != Newest::Zeroed);
    assert(config.layers > 1 || config.pooling == Pooling::Mean);
    const Sizes s(config);
    const bool query = config.queryToken();
    Tokens tokens;
    tokens.projections = query ? 4 : 3;
    tokens.outputs = s.n;
    tokens.pairs = query ? s.r : 0;
    addFull(tokens, s, s.layers - (s.allOutputs ? 1 : 2));
    if (!s.allOutputs)
        addFullNewest(tokens, s);
    AnswerOperations all = operations(s, 1, tokens);
    if (update == RetroactiveUpdate::Paper)
        all.attention += 7 * s.r * s.d - 3 * s.d + 2 * s.r;
    else
        all.attention += s.r * s.r * s.d + 2 * s.r * s.d;
    return all;
}

AnswerOperations selfOnlyWindow(const EncoderConfig& config)
{
    const Sizes s(config);
    const Count tokens = (s.allOutputs ? s.n : 1) * s.layers;
    const Count newest = config.newest == Newest::Zeroed ? 0 : 1;
    return operations(s, s.allOutputs ? s.e : newest, {.projections = tokens, .outputs = tokens});
}

AnswerOperations selfOnlyStream(const EncoderConfig& config)
{
    const Sizes s(config);
    return operations(s, config.newest == Newest::Zeroed ? 0 : 1,
                      {.projections = s.layers, .outputs = s.layers});
}

AnswerOperations windowOperations(const EncoderConfig& config)
{
    switch (config.attention) {
    case AttentionMask::Full:
    case AttentionMask::FixedMask:
        return fullWindowNewest(config);
    case AttentionMask::StepT:
        return stepTWindow(config);
    case AttentionMask::SelfOnly:
        return selfOnlyWindow(config);
    }
    return {};
}

AnswerOperations continualOperations(const EncoderConfig& config)
{
    assert(!continualRefusal(config));
    if (config.attention == AttentionMask::SelfOnly)
        return selfOnlyStream(config);
    if (config.attention == AttentionMask::StepT)
        return stepTStream(config);
    return config.layers == 1 && config.pooling == Pooling::Newest
        ? singleOutputStream(config)
        : retroactiveStream(config, RetroactiveUpdate::CachedExponentials);
}

AnswerOperations keptParts(const AnswerOperations& dense, KeptFractions kept)
{
    // Part by part a fraction would be dropped several times; of the running sum it is dropped
    // once.
    double exact = 0.0;
    Count before = 0;
    const auto next = [&exact, &before](double fraction, Count count) {
        exact += fraction * static_cast<double>(count);
        // A whole number must not fall to the one below when the sum is a rounding error short.
        const auto now = static_cast<Count>(std::floor(exact * (1.0 + 1e-14) + 1e-6));
        const Count part = now - before;
        before = now;
        return part;
    };
    AnswerOperations parts;
    parts.embedding = next(kept.embedding, dense.embedding);
    parts.projection = next(kept.blocks, dense.projection);
    parts.output = next(kept.blocks, dense.output);
    parts.feedForward = next(kept.blocks, dense.feedForward);
    parts.head = next(kept.head, dense.head);
    parts.attention = dense.attention;
    return parts;
}

std::uint64_t keptOperations(const AnswerOperations& dense, KeptFractions kept)
{
    return keptParts(dense, kept).total();
}

std::uint64_t denseWindowOperations(const EncoderConfig& config)
{
    return fullWindow(config).total();
}

std::uint64_t denseWindowNewestOperations(const EncoderConfig& config)
{
    return fullWindowNewest(config).total();
}

std::uint64_t denseStepTWindowOperations(const EncoderConfig& config)
{
    return stepTWindow(config).total();
}

std::uint64_t stepTStreamOperations(const EncoderConfig& config)
{
    return stepTStream(config).total();
}

Denominators denominators(const EncoderConfig& config)
{
    return {.denseWindow = denseWindowOperations(config),
            .denseWindowNewest = denseWindowNewestOperations(config),
            .denseStepTWindow = denseStepTWindowOperations(config)};
}

} // namespace stint
