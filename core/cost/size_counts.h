#pragma once

#include "core/encoder/encoder_config.h"

#include <cstdint>

namespace stint {

/// The sizes of an encoder as the formulas of costs name them; the bounds of a configuration keep
/// every product below 2^63.
struct SizeCounts {
    using Count = std::uint64_t;

    explicit SizeCounts(const EncoderConfig& c)
        : m(static_cast<Count>(c.inputs)),
          o(static_cast<Count>(c.outputs)),
          n(static_cast<Count>(c.window)),
          d(static_cast<Count>(c.width)),
          f(static_cast<Count>(c.hidden)),
          h(static_cast<Count>(c.heads)),
          layers(static_cast<Count>(c.layers))
    { }

    Count m; ///< inputs of a row
    Count o; ///< values answered per row
    Count n; ///< tokens of the window
    Count d; ///< width of a token
    Count f; ///< hidden units of the feed-forward layer
    Count h; ///< heads
    Count layers; ///< L
};

} // namespace stint
