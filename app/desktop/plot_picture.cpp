#include "app/desktop/plot_picture.h"

#include <QBuffer>
#include <QFileInfo>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

namespace stint::app {

namespace {

void drawVectors(QCustomPlot& plot, QPaintDevice& device)
{
    QCPPainter painter;
    if (!painter.begin(&device))
        return;
    painter.setWindow(plot.viewport());
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    plot.toPainter(&painter, plot.width(), plot.height());
    painter.end();
}

void drawSvg(QCustomPlot& plot, const QString& file, QBuffer& buffer)
{
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(plot.logicalDpiX()); // text is as large as on the screen
    generator.setSize(plot.size());
    generator.setViewBox(plot.rect());
    generator.setTitle(QFileInfo(file).completeBaseName());
    drawVectors(plot, generator);
}

void drawPdf(QCustomPlot& plot, const QString& file, QBuffer& buffer)
{
    QPdfWriter writer(&buffer);
    writer.setResolution(plot.logicalDpiX());
    writer.setTitle(QFileInfo(file).completeBaseName());
    writer.setPageSize(QPageSize(plot.size(), QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0.0, 0.0, 0.0, 0.0));
    drawVectors(plot, writer);
}

} // namespace

Result<PlotPicture> drawPlotPicture(QCustomPlot& plot, const QString& file)
{
    constexpr double scale = 2.0; // for print
    const QString ending = QFileInfo(file).suffix().toLower();
    PlotPicture picture;
    QBuffer buffer(&picture.file);
    buffer.open(QIODevice::WriteOnly);
    if (ending == QStringLiteral("svg"))
        drawSvg(plot, file, buffer);
    else if (ending == QStringLiteral("pdf"))
        drawPdf(plot, file, buffer);
    else if (ending == QStringLiteral("png"))
        picture.image = plot.toPixmap(0, 0, scale).toImage();
    else
        return Error {file.toStdString()
                      + " is no picture; use a name that ends in .png, .svg or .pdf."};
    buffer.close();
    return picture;
}

Result<Done> writePlotPicture(const PlotPicture& picture, const QString& file)
{
    QSaveFile target(file);
    const bool written = target.open(QIODevice::WriteOnly)
        && (picture.image.isNull() ? target.write(picture.file) == picture.file.size()
                                   : picture.image.save(&target, "PNG"))
        && target.commit();
    if (!written)
        return Error {file.toStdString() + " cannot be written; choose another folder."};
    return Done {};
}

} // namespace stint::app
