#pragma once

#include "core/base/result.h"
#include "ui/plot/plot.h"

#include <QByteArray>
#include <QImage>
#include <QString>

namespace stint::app {

/// What a plot showed when it was drawn.
struct PlotPicture {
    QImage image; ///< of .png; twice the size on the screen
    QByteArray file; ///< of .svg and .pdf: the whole file
};

/// Draws what a plot shows; the ending of the name chooses .png, .svg or .pdf. Belongs to the
/// thread of the plot. Errors: another ending.
[[nodiscard]] Result<PlotPicture> drawPlotPicture(QCustomPlot& plot, const QString& file);

/// Writes a picture to a file of its ending; one that is there is replaced as a whole. Any thread.
[[nodiscard]] Result<Done> writePlotPicture(const PlotPicture& picture, const QString& file);

} // namespace stint::app
