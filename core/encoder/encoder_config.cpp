#include "core/encoder/encoder_config.h"

namespace stint {

std::string_view name(Positions positions)
{
    switch (positions) {
    case Positions::None:
        return "none";
    case Positions::WindowSine:
        return "window-sine";
    case Positions::Recycling:
        return "recycling";
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
    }
    return "";
}

std::string_view name(Newest newest)
{
    switch (newest) {
    case Newest::Hidden:
        return "hidden";
    case Newest::Visible:
        return "visible";
    }
    return "";
}

std::optional<Error> EncoderConfig::validate() const
{
    // The bounds are generous; they keep products of sizes far from overflow whatever a file says.
    const auto within
        = [](Index value, Index low, Index high) { return value >= low && value <= high; };
    if (!within(inputs, 1, 4096) || !within(outputs, 1, 4096))
        return Error {"An encoder needs 1 to 4096 channels, not " + std::to_string(inputs) + "."};
    if (!within(window, 2, 8192))
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
    if (attention == AttentionMask::FixedMask)
        return Error {"The fixed mask is for classification; use full or step-t attention here."};
    return std::nullopt;
}

std::optional<std::string> continualRefusal(const EncoderConfig& config)
{
    if (config.positions == Positions::WindowSine)
        return "Its positions are fixed to the window's start and change for every token when the "
               "window slides; only recycling positions can be streamed.";
    if (config.attention == AttentionMask::Full)
        return "Full attention mixes the past tokens anew for every row; its continual form is not "
               "part of this version. Choose step-t attention, which streams exactly.";
    return std::nullopt;
}

} // namespace stint
