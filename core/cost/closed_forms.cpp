#include "core/cost/closed_forms.h"

#include <cmath>

namespace stint {

namespace {

using Count = std::uint64_t;

/// The sizes of a configuration as counts; its bounds keep every product below 2^63.
struct Sizes {
    explicit Sizes(const EncoderConfig& c)
        : m(static_cast<Count>(c.inputs)),
          o(static_cast<Count>(c.outputs)),
          n(static_cast<Count>(c.window)),
          d(static_cast<Count>(c.width)),
          f(static_cast<Count>(c.hidden)),
          layers(static_cast<Count>(c.layers)),
          real(c.newest == Newest::Visible ? n : n - 1)
    { }

    /// Output projection and feed-forward of one token.
    [[nodiscard]] Count rest() const { return d * d + 2 * d * f; }

    Count m, o, n, d, f, layers;
    Count real; // rows of the window that are looked at
};

/// Linear layers of one block with full attention, all outputs.
Count fullBlock(const Sizes& s) { return 2 * s.real * s.d * s.d + s.n * (s.d * s.d + s.rest()); }

} // namespace

AnswerOperations fullWindow(const EncoderConfig& config)
{
    const Sizes s(config);
    return {.embedding = s.real * s.m * s.d,
            .blocks = s.layers * fullBlock(s),
            .head = s.d * s.o,
            .attention = 2 * s.layers * s.n * s.real * s.d};
}

AnswerOperations fullWindowNewest(const EncoderConfig& config)
{
    const Sizes s(config);
    const Count last = 2 * s.real * s.d * s.d + s.d * s.d + s.rest();
    return {.embedding = s.real * s.m * s.d,
            .blocks = (s.layers - 1) * fullBlock(s) + last,
            .head = s.d * s.o,
            .attention = 2 * (s.layers - 1) * s.n * s.real * s.d + 2 * s.real * s.d};
}

AnswerOperations stepTWindow(const EncoderConfig& config)
{
    const Sizes s(config);
    // A past token attends to itself alone: key, value, output and feed-forward, no query.
    const Count pastToken = (s.layers - 1) * (2 * s.d * s.d + s.rest()) + 2 * s.d * s.d;
    const Count newestToken = s.layers * (s.d * s.d + s.rest());
    return {.embedding = s.real * s.m * s.d,
            .blocks = (s.n - 1) * pastToken + newestToken,
            .head = s.d * s.o,
            .attention = 2 * s.layers * (s.n - 1) * s.d};
}

AnswerOperations stepTStream(const EncoderConfig& config)
{
    const Sizes s(config);
    const Count pastToken = (s.layers - 1) * (2 * s.d * s.d + s.rest()) + 2 * s.d * s.d;
    const Count newestToken = s.layers * (s.d * s.d + s.rest());
    return {.embedding = s.m * s.d,
            .blocks = pastToken + newestToken,
            .head = s.d * s.o,
            .attention = 2 * s.layers * (s.n - 1) * s.d};
}

std::uint64_t keptOperations(const AnswerOperations& dense, KeptFractions kept)
{
    const double linear = kept.embedding * static_cast<double>(dense.embedding)
        + kept.blocks * static_cast<double>(dense.blocks)
        + kept.head * static_cast<double>(dense.head);
    // A whole number must not fall to the one below when the sum is a rounding error short of it.
    const double whole = std::floor(linear * (1.0 + 1e-14) + 1e-6);
    return static_cast<std::uint64_t>(whole) + dense.attention;
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
