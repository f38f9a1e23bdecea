#pragma once

#include "core/encoder/encoder_config.h"

#include <algorithm>

namespace stint {

/// Where the attention of one head of the newest token begins in (L, H, newestKeys()).
[[nodiscard]] inline Index attentionAt(const EncoderConfig& config, Index layer, Index head)
{
    return (layer * config.heads + head) * config.newestKeys();
}

/// Softmax weights of the newest token in the order they are given out: lag 1 first, lag 0 last if
/// the token is its own key. Lags that a window of fewer rows does not have get zero.
/// \param weights  of `pastKeys` keys in the order of time, then of the token itself if it is one.
/// \param to       (newestKeys()) overwritten.
template <typename T>
void writeByLag(const EncoderConfig& config, const T* weights, Index pastKeys, T* to)
{
    T* end = std::reverse_copy(weights, weights + pastKeys, to);
    std::fill(end, to + config.past(), T {});
    if (config.newestIsKey())
        to[config.past()] = weights[pastKeys];
}

/// The same where every token sees itself only, (L, H, 1): all of it.
template <typename T>
void writeSelfOnly(const EncoderConfig& config, Index layer, T* attention)
{
    std::fill_n(attention + attentionAt(config, layer, 0), config.heads, T {1});
}

} // namespace stint
