#include "core/encoder/encoder_config.h"

#include "core/base/parse_name.h"

#include <string>

namespace stint {

namespace {

bool recycles(Positions positions)
{
    return positions == Positions::Recycling || positions == Positions::RecyclingLearned;
}

/// Which parts do not go together.
std::optional<Error> contradiction(const EncoderConfig& c)
{
    if (c.attention == AttentionMask::FixedMask && c.newest != Newest::Visible)
        return Error {"The fixed mask is for classification, where the newest row is visible."};
    if (c.attention == AttentionMask::SelfOnly && c.newest == Newest::Hidden)
        return Error {"With self-only attention a hidden newest token would see nothing at all; "
                      "choose another newest token or another mask."};
    if (c.pooling == Pooling::Mean && c.newest != Newest::Visible)
        return Error {"The mean over the window needs a visible newest row."};
    if (c.positions == Positions::Rotary && c.headSize() % 2 != 0)
        return Error {"Rotary positions turn pairs of features; the size of a head ("
                      + std::to_string(c.headSize()) + ") must be even."};
    return std::nullopt;
}

} // namespace

std::string_view name(Positions positions)
{
    switch (positions) {
    case Positions::None:
        return "none";
    case Positions::WindowSine:
        return "window-sine";
    case Positions::WindowLearned:
        return "window-learned";
    case Positions::Recycling:
        return "recycling";
    case Positions::RecyclingLearned:
        return "recycling-learned";
    case Positions::Rotary:
        return "rotary";
    case Positions::LagBias:
        return "lag-bias";
    }
    return "";
}

std::string_view name(Norm norm)
{
    switch (norm) {
    case Norm::None:
        return "none";
    case Norm::Token:
        return "token";
    case Norm::Batch:
        return "batch";
    case Norm::Time:
        return "time";
    }
    return "";
}

std::string_view name(Newest newest)
{
    switch (newest) {
    case Newest::Hidden:
        return "hidden";
    case Newest::Repeated:
        return "repeated";
    case Newest::Zeroed:
        return "zeroed";
    case Newest::Visible:
        return "visible";
    }
    return "";
}

std::string_view name(Pooling pooling) { return pooling == Pooling::Newest ? "newest" : "mean"; }

std::string_view name(Activation activation)
{
    return activation == Activation::Relu ? "relu" : "gelu";
}

Result<Positions> parsePositions(std::string_view text)
{
    return parseName(text, allPositions, "positions");
}

Result<Norm> parseNorm(std::string_view text) { return parseName(text, allNorms, "norm"); }

Result<Newest> parseNewest(std::string_view text)
{
    return parseName(text, allNewest, "newest token");
}

Result<Pooling> parsePooling(std::string_view text)
{
    return parseName(text, allPoolings, "pooling");
}

Result<Activation> parseActivation(std::string_view text)
{
    return parseName(text, allActivations, "activation");
}

bool EncoderConfig::newestIsKey() const
{
    if (queryToken())
        return attention == AttentionMask::SelfOnly;
    return attention == AttentionMask::StepT ? newestSeesItself : true;
}

Index EncoderConfig::newestKeys() const
{
    if (attention == AttentionMask::SelfOnly)
        return 1;
    return past() + (newestIsKey() ? 1 : 0);
}

Index EncoderConfig::positionTableRows() const
{
    if (positionsOfWindow())
        return positionRows > 0 ? positionRows : window;
    if (recycles(positions))
        return positionRows > 0 ? positionRows : 2 * window;
    return 0;
}

Index EncoderConfig::period() const { return recycles(positions) ? positionTableRows() : 1; }

std::optional<Error> EncoderConfig::validate() const
{
    // The bounds are generous; they keep products of sizes far from overflow whatever a file says.
    const auto within
        = [](Index value, Index low, Index high) { return value >= low && value <= high; };
    if (!within(inputs, 1, 65536) || !within(outputs, 1, 4096))
        return Error {"An encoder needs 1 to 65536 inputs and 1 to 4096 outputs, not "
                      + std::to_string(inputs) + " and " + std::to_string(outputs) + "."};
    if (!within(window, 1, 8192) || (newest != Newest::Visible && window < 2))
        return Error {"The window must be 2 to 8192 rows, not " + std::to_string(window) + "."};
    if (!within(layers, 1, 16))
        return Error {"The encoder must have 1 to 16 layers, not " + std::to_string(layers) + "."};
    if (!within(heads, 1, 64) || !within(width, 1, 4096) || width % heads != 0)
        return Error {"The width (" + std::to_string(width)
                      + ", 1 to 4096) must be a multiple of the number of heads ("
                      + std::to_string(heads) + ", 1 to 64)."};
    if (!within(hidden, 1, 16384))
        return Error {"The feed-forward layer must have 1 to 16384 units, not "
                      + std::to_string(hidden) + "."};
    if (!within(positionRows, 0, 65536)
        || (positionTableRows() > 0 && positionTableRows() < window))
        return Error {"A table of positions needs a row for each of the " + std::to_string(window)
                      + " tokens of the window, not " + std::to_string(positionRows) + "."};
    if (!(qkvKeep > 0.0 && qkvKeep <= 1.0))
        return Error {"The fixed mask must keep a fraction between 0 and 1."};
    return contradiction(*this);
}

std::optional<std::string> continualRefusal(const EncoderConfig& c)
{
    if (c.norm == Norm::Time)
        return "Its norm runs over the tokens of the window, so every token changes with every "
               "row; only a norm per token, a batch norm or none can be streamed.";
    if (c.attention == AttentionMask::FixedMask)
        return "Its fixed mask blanks places of the window, so every token changes when the window "
               "slides.";
    const bool newestOnly = c.pooling == Pooling::Newest;
    const bool oneBlock = c.layers == 1 && newestOnly;
    const bool placeless = c.attention == AttentionMask::SelfOnly && newestOnly;
    if (c.positionsOfWindow() && !oneBlock && !placeless)
        return "Its positions are fixed to the window's start and change for every token when the "
               "window slides. With one block that can be streamed; with more, choose recycling or "
               "rotary positions or a bias per lag.";
    if (c.attention == AttentionMask::Full && c.newest == Newest::Zeroed && !oneBlock)
        return "Its zero row is seen by all other tokens, which therefore change with every row. "
               "With one block or step-t attention that can be streamed.";
    return std::nullopt;
}

Stepping continualStepping(const EncoderConfig& c)
{
    if (continualRefusal(c))
        return Stepping::None;
    const bool oneAnswer = c.layers == 1 && c.pooling == Pooling::Newest;
    return c.attention == AttentionMask::Full && !oneAnswer ? Stepping::Retroactive
                                                            : Stepping::TwoPath;
}

std::string continualName(const EncoderConfig& c)
{
    switch (continualStepping(c)) {
    case Stepping::None:
        return {};
    case Stepping::TwoPath:
        if (c.attention == AttentionMask::Full)
            return "single-output";
        return c.attention == AttentionMask::StepT ? "two-path Step-T" : "one token";
    case Stepping::Retroactive: {
        std::string text = "retroactive";
        const Index ordinary = c.layers - (c.pooling == Pooling::Newest ? 2 : 1);
        if (ordinary > 0)
            text += " + ordinary";
        return c.pooling == Pooling::Newest ? text + " + single-output" : text;
    }
    }
    return {};
}

} // namespace stint
