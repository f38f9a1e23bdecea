#pragma once

#include "core/base/mode.h"
#include "core/base/result.h"
#include "core/detect/row_judge.h"

#include <QSize>

#include <optional>
#include <string>

namespace stint::app {

/// A picture of the main window after a recording was played.
struct SnapshotOptions {
    std::string recording;
    std::string model;
    std::string output; ///< ends in .png
    std::optional<Mode> mode; ///< instead of the model's cheapest
    std::optional<float> threshold; ///< instead of the model's own
    std::optional<ThresholdMotion> motion; ///< of the model's own; nothing: it stands still
    QSize size {1280, 800}; ///< of the window [device independent pixels]
};

/// Plays a recording through a model to its end and draws the main window off screen. Needs a
/// QApplication (the "offscreen" platform will do). Returns the size of the picture in pixels.
[[nodiscard]] Result<QSize> renderSnapshot(const SnapshotOptions& options);

} // namespace stint::app
