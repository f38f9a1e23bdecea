#pragma once

#include "core/base/mode.h"
#include "core/base/result.h"
#include "core/base/types.h"

#include <optional>
#include <string>

namespace stint {

/// How a token learns where it stands.
enum class Positions {
    None,
    WindowSine, ///< sine and cosine of the place in the window: window inference only
    Recycling, ///< a table of 2 n rows used in rotation by row number; survives sliding
};

/// What follows each residual sum of a block.
enum class Norm {
    None,
    Token, ///< over the features of one token (LayerNorm, eps 1e-5)
};

/// What the newest token of a window is.
enum class Newest {
    Hidden, ///< a query token: a learned vector at the position of row t, which is not looked at
    Visible, ///< row t itself; attends to itself with a full mask, not with Step-T
};

[[nodiscard]] std::string_view name(Positions positions);
[[nodiscard]] std::string_view name(Norm norm);
[[nodiscard]] std::string_view name(Newest newest);

/// The architecture of one encoder: embedding, L blocks of attention and feed-forward with the
/// norm after each residual sum, and a linear head (SBT paper, section 3).
struct EncoderConfig {
    Index inputs = 1; ///< m, channels of a row
    Index outputs = 1; ///< values answered per row
    Index window = 32; ///< n, tokens, the newest included
    Index width = 16; ///< d, size of a token
    Index heads = 2; ///< h, divides d
    Index hidden = 128; ///< f, units of the feed-forward layer
    Index layers = 2; ///< L, blocks
    AttentionMask attention = AttentionMask::StepT;
    Positions positions = Positions::Recycling;
    Norm norm = Norm::None;
    Newest newest = Newest::Hidden;
    bool scaleEmbedding = true; ///< embedding times sqrt(d)
    bool reluBeforeHead = true;

    [[nodiscard]] Index headSize() const { return width / heads; }
    /// Real rows before the newest token, n - 1.
    [[nodiscard]] Index past() const { return window - 1; }
    /// Rows of the recycling table, 2 n.
    [[nodiscard]] Index period() const { return 2 * window; }
    /// Keys that the newest token attends to.
    [[nodiscard]] Index newestKeys() const
    {
        return newest == Newest::Visible && attention == AttentionMask::Full ? window : past();
    }

    /// What is wrong with it, in words.
    [[nodiscard]] std::optional<Error> validate() const;

    friend bool operator==(const EncoderConfig&, const EncoderConfig&) = default;
};

/// Why an encoder cannot be stepped continually, as a sentence; nothing if it can. The one place
/// where this is decided.
[[nodiscard]] std::optional<std::string> continualRefusal(const EncoderConfig& config);

} // namespace stint
