#pragma once

#include "core/encoder/encoder_config.h"
#include "core/train/trainable_linear.h"

#include <vector>

namespace stint {

/// Rows of one window: [first, newest) are its past, `newest` its newest row.
struct WindowRows {
    Index first = 0;
    Index newest = 0;
    Index phase = 0; ///< added to row numbers where positions come from them
};

/// Which rows take part in one forward and backward pass, and who sees whom. One answer per window.
///
/// A sequence shares its past tokens: with Step-T or self-only attention what becomes of a past
/// token does not depend on the window, so the gradient over a whole stretch equals that of all its
/// windows. Windows have tokens of their own, each as many as it has rows; nothing is padded.
struct PassLayout {
    /// What a token attends to.
    struct Sight {
        Index first = 0; ///< token of the first key
        Index count = 0; ///< consecutive keys
        Index offset = 0; ///< place of the first key minus that of the token itself
        bool itself = false; ///< and to itself, last

        [[nodiscard]] bool onlyItself() const { return itself && count == 0; }
    };
    /// Tokens of one window in the order of time: [first, first + past), then `newest`.
    struct Window {
        Index first = 0;
        Index past = 0;
        Index newest = 0;
    };

    std::vector<Index> source; ///< (tokens) row that a token looks at; -1: none
    std::vector<Index> owner; ///< (tokens) answer whose rows `source` counts in
    std::vector<Index> position; ///< (tokens) number that its position is taken from
    std::vector<Index> place; ///< (tokens) in the window; with windows only
    std::vector<Sight> sees; ///< (tokens)
    std::vector<Window> windows; ///< (answers)
    /// Newest tokens stand behind all past ones, from token `past` on; otherwise each window is
    /// one stretch of tokens and past counts all tokens.
    Index past = 0;

    [[nodiscard]] Index tokens() const { return static_cast<Index>(source.size()); }
    [[nodiscard]] Index answers() const { return static_cast<Index>(windows.size()); }
    [[nodiscard]] bool newestApart() const { return past < tokens(); }
    [[nodiscard]] Index mostKeys() const; ///< of a token, at least 1
    /// All tokens in the order in which sums over them are formed: the newest first.
    [[nodiscard]] std::vector<RowRange> allTokens() const;

    /// Whether sequences give what windows would.
    [[nodiscard]] static bool sharesPast(const EncoderConfig& config);

    /// Answers for `rows` (ascending) of one recording, each from the n - 1 rows before it; only
    /// where sharesPast().
    [[nodiscard]] static PassLayout ofSequence(const EncoderConfig& config,
                                               const std::vector<Index>& rows, Index phase);

    /// One answer per window; a window has 1 to n rows, the newest included.
    [[nodiscard]] static PassLayout ofWindows(const EncoderConfig& config,
                                              const std::vector<WindowRows>& windows);
};

} // namespace stint
