#include "core/cost/state_floats.h"

namespace stint {

std::uint64_t stateFloats(const EncoderConfig& config, Inference inference)
{
    const auto past = static_cast<std::uint64_t>(config.past());
    const auto d = static_cast<std::uint64_t>(config.width);
    if (inference == Inference::Window)
        return past * static_cast<std::uint64_t>(config.inputs);
    const std::uint64_t repeated = config.newest == Newest::Repeated ? d : 0;
    if (continualStepping(config) == Stepping::Retroactive) {
        const auto heads = static_cast<std::uint64_t>(config.heads);
        const std::uint64_t r = config.queryToken() ? past : past + 1;
        return 4 * r * d + 2 * heads * r * r + 2 * heads * r + repeated;
    }
    const std::uint64_t pooled = config.pooling == Pooling::Mean ? past * d : 0;
    if (config.attention == AttentionMask::SelfOnly)
        return pooled;
    return 2 * static_cast<std::uint64_t>(config.layers) * past * d + pooled + repeated;
}

std::uint64_t continualPaperStateFloats(const EncoderConfig& config)
{
    const auto past = static_cast<std::uint64_t>(config.past());
    const auto d = static_cast<std::uint64_t>(config.width);
    if (config.layers == 1)
        return 2 * past * d;
    return past * (1 + 2 * d) + 3 * (past + 1) * d;
}

} // namespace stint
