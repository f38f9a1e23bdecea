#pragma once

#include "core/base/mode.h"
#include "core/base/result.h"
#include "core/base/types.h"

#include <array>
#include <optional>
#include <string>

namespace stint {

/// How a token learns where it stands. Only what does not change while the window slides can be
/// streamed at any depth: nothing, a recycling table, rotation, a bias per lag.
enum class Positions {
    None,
    WindowSine, ///< sine and cosine of the place in the window, added to the embedding
    WindowLearned, ///< a trained table by place in the window
    Recycling, ///< a fixed table of 2 n rows used in rotation by row number
    RecyclingLearned, ///< the same, trained
    Rotary, ///< queries and keys turned by an angle that grows with the row number
    LagBias, ///< a trained number per head and distance between two tokens, added to the logit
};

/// What follows each residual sum of a block.
enum class Norm {
    None,
    Token, ///< over the features of one token (LayerNorm, eps 1e-5)
    Batch, ///< by running statistics of each feature; at inference a gain and a bias per feature
    Time, ///< over the n tokens of a window, per feature (SBT paper): window inference only
};

/// What the newest token of a window is.
enum class Newest {
    Hidden, ///< a query token: a learned vector at the position of row t, which is not looked at
    Repeated, ///< a query token: the row before it once more, at the position of row t
    Zeroed, ///< an ordinary token whose row is zero (SBT paper, forecasting)
    Visible, ///< an ordinary token: row t itself
};

/// What the head reads.
enum class Pooling {
    Newest, ///< the newest token
    Mean, ///< the mean over all tokens of the window (classification)
};

/// Between the two layers of the feed-forward part.
enum class Activation {
    Relu,
    Gelu, ///< exact: x Φ(x)
};

inline constexpr std::array allPositions {
    Positions::None,      Positions::WindowSine,       Positions::WindowLearned,
    Positions::Recycling, Positions::RecyclingLearned, Positions::Rotary,
    Positions::LagBias};
inline constexpr std::array allNorms {Norm::None, Norm::Token, Norm::Batch, Norm::Time};
inline constexpr std::array allNewest {Newest::Hidden, Newest::Repeated, Newest::Zeroed,
                                       Newest::Visible};
inline constexpr std::array allPoolings {Pooling::Newest, Pooling::Mean};
inline constexpr std::array allActivations {Activation::Relu, Activation::Gelu};

/// The words of the command line and of the files.
[[nodiscard]] std::string_view name(Positions positions);
[[nodiscard]] std::string_view name(Norm norm);
[[nodiscard]] std::string_view name(Newest newest);
[[nodiscard]] std::string_view name(Pooling pooling);
[[nodiscard]] std::string_view name(Activation activation);
[[nodiscard]] Result<Positions> parsePositions(std::string_view text);
[[nodiscard]] Result<Norm> parseNorm(std::string_view text);
[[nodiscard]] Result<Newest> parseNewest(std::string_view text);
[[nodiscard]] Result<Pooling> parsePooling(std::string_view text);
[[nodiscard]] Result<Activation> parseActivation(std::string_view text);

/// The architecture of one encoder: embedding, L blocks of attention and feed-forward with the
/// norm after each residual sum, and a linear head (SBT paper, section 3; Continual paper,
/// section 3.4).
struct EncoderConfig {
    Index inputs = 1; ///< m, values of a row (channels times stacked lags)
    Index outputs = 1; ///< values answered per row
    Index window = 32; ///< n, tokens, the newest included
    Index width = 16; ///< d, size of a token
    Index heads = 2; ///< h, divides d
    Index hidden = 128; ///< f, units of the feed-forward layer
    Index layers = 2; ///< L, blocks
    AttentionMask attention = AttentionMask::StepT;
    Positions positions = Positions::Recycling;
    Index positionRows = 0; ///< of the table of positions; 0: 2 n recycling, n in the window
    Norm norm = Norm::None;
    Newest newest = Newest::Hidden;
    /// Step-T: whether an ordinary newest token attends to itself too (Continual paper) or to the
    /// past only (SBT paper). No part of it for a query token; with a full mask it always does.
    bool newestSeesItself = false;
    Pooling pooling = Pooling::Newest;
    Activation activation = Activation::Relu;
    bool scaleEmbedding = true; ///< embedding times sqrt(d)
    bool reluBeforeHead = true;
    double qkvKeep = 1.0; ///< fraction of query, key and value entries that a fixed mask keeps

    [[nodiscard]] Index headSize() const { return width / heads; }
    /// Rows before the newest token, n - 1.
    [[nodiscard]] Index past() const { return window - 1; }
    /// A query token: nobody attends to it, not even itself.
    [[nodiscard]] bool queryToken() const
    {
        return newest == Newest::Hidden || newest == Newest::Repeated;
    }
    /// Rows of the window that are looked at: n where the newest is visible, else n - 1.
    [[nodiscard]] Index realRows() const { return newest == Newest::Visible ? window : past(); }
    /// Whether every token may attend to every other that is a key.
    [[nodiscard]] bool mixesPast() const
    {
        return attention == AttentionMask::Full || attention == AttentionMask::FixedMask;
    }
    /// Keys of a whole window that the newest token attends to; 1 where it sees itself only.
    [[nodiscard]] Index newestKeys() const;
    /// Whether the newest token is among its own keys.
    [[nodiscard]] bool newestIsKey() const;
    /// Rows of the table of positions, 0 without a table.
    [[nodiscard]] Index positionTableRows() const;
    /// Whether positions are those of the window and change for a token while the window slides.
    [[nodiscard]] bool positionsOfWindow() const
    {
        return positions == Positions::WindowSine || positions == Positions::WindowLearned;
    }
    /// Whether that table follows from the configuration, and is not learned.
    [[nodiscard]] bool positionsAreMade() const
    {
        return positions == Positions::WindowSine || positions == Positions::Recycling;
    }
    /// Rows after which positions repeat; 1 where they do not depend on the row number.
    [[nodiscard]] Index period() const;

    /// What is wrong with it, in words.
    [[nodiscard]] std::optional<Error> validate() const;

    friend bool operator==(const EncoderConfig&, const EncoderConfig&) = default;
};

/// The ways in which an encoder can be stepped continually.
enum class Stepping {
    None, ///< only as a window
    TwoPath, ///< cached keys and values; one query per block: one block of any mask, or Step-T
    Retroactive, ///< block 1 updated for the new and the removed row, the others on its n tokens
};

/// The cheapest exact way, or None. The one place where this is decided.
[[nodiscard]] Stepping continualStepping(const EncoderConfig& config);

/// Why an encoder cannot be stepped continually, as a sentence; nothing if it can.
[[nodiscard]] std::optional<std::string> continualRefusal(const EncoderConfig& config);

/// What continual inference does for this encoder, in the terms of the papers: "single-output",
/// "retroactive + single-output", "two-path Step-T", …; empty if it cannot be stepped.
[[nodiscard]] std::string continualName(const EncoderConfig& config);

} // namespace stint
