#include "app/desktop/plot_picture.h"

#include <QFileInfo>
#include <QSvgGenerator>

namespace stint::app {

namespace {

bool writeSvg(QCustomPlot& plot, const QString& file)
{
    QSvgGenerator generator;
    generator.setFileName(file);
    generator.setSize(plot.size());
    generator.setViewBox(plot.rect());
    generator.setTitle(QFileInfo(file).completeBaseName());
    QCPPainter painter;
    if (!painter.begin(&generator))
        return false;
    painter.setMode(QCPPainter::pmVectorized);
    plot.toPainter(&painter, plot.width(), plot.height());
    return painter.end();
}

} // namespace

Result<Done> writePlotPicture(QCustomPlot& plot, const QString& file)
{
    constexpr double scale = 2.0; // for print
    const QString ending = QFileInfo(file).suffix().toLower();
    bool written = false;
    if (ending == QStringLiteral("svg"))
        written = writeSvg(plot, file);
    else if (ending == QStringLiteral("pdf"))
        written = plot.savePdf(file);
    else if (ending == QStringLiteral("png"))
        written = plot.savePng(file, 0, 0, scale);
    else
        return Error {file.toStdString()
                      + " is no picture; use a name that ends in .png, .svg or .pdf."};
    if (!written)
        return Error {file.toStdString() + " cannot be written; choose another folder."};
    return Done {};
}

} // namespace stint::app
