#pragma once

#include "core/stream/live_player.h"

#include <memory>

namespace stint::app {

/// What a model is to do with the rows of a device.
struct LiveModel {
    std::shared_ptr<const Family> family;
    LivePlayerOptions options; ///< the mode must be offered by the family
};

} // namespace stint::app
