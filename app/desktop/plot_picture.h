#pragma once

#include "core/base/result.h"
#include "ui/plot/plot.h"

#include <QString>

namespace stint::app {

/// Writes what a plot shows as a picture; the ending of the name chooses .png (twice the size on
/// the screen), .svg or .pdf. Belongs to the thread of the plot.
[[nodiscard]] Result<Done> writePlotPicture(QCustomPlot& plot, const QString& file);

} // namespace stint::app
