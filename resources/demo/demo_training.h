#pragma once

#include "core/train/trainer.h"

namespace stint::demo {

/// Rows of a simulated recording before its first fault: twelve minutes at ten rows a second.
inline constexpr Index normalRows = 7200;

/// How the bundled family is trained: the default variants on the normal rows. Tests train on other
/// recordings with the same settings.
[[nodiscard]] inline TrainSettings demoTraining()
{
    TrainSettings settings;
    settings.rows = {0, normalRows};
    settings.epochs = 40;
    settings.falseAlarmTarget = 1e-4; // at ten rows a second: less than one in ten minutes
    return settings;
}

} // namespace stint::demo
