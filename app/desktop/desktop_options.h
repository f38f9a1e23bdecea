#pragma once

#include "core/base/mode.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace stint::app {

/// How the desktop application begins.
struct DesktopOptions {
    QStringList files; ///< opened in this order: recordings and models
    std::optional<Mode> mode; ///< instead of the model's cheapest
    std::optional<float> threshold; ///< instead of the model's own
    std::optional<double> exitAfter; ///< [s]
    QString screenshot; ///< file for a picture of the window, taken before it ends
    bool safeMode = false; ///< saved settings are neither read nor written
    bool follow = false; ///< the first recording, as it grows
    bool demo = false; ///< plays the demo at once
};

} // namespace stint::app
