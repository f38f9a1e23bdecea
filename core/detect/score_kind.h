#pragma once

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace stint {

/// Which prediction error a score is made of.
enum class ScoreKind {
    Combined, ///< the mean of both
    Encoder, ///< the encoder alone
    Autoregression, ///< the ridge autoregression alone
};

inline constexpr std::size_t scoreKindCount = 3;
inline constexpr std::array allScoreKinds {ScoreKind::Combined, ScoreKind::Encoder,
                                           ScoreKind::Autoregression};

/// "combined", "encoder", "autoregression".
[[nodiscard]] std::string_view name(ScoreKind kind);
[[nodiscard]] Result<ScoreKind> parseScoreKind(std::string_view text);

} // namespace stint
