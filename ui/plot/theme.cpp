#include "ui/plot/theme.h"

#include <array>
#include <cmath>

namespace stint::ui {

QPen curvePen(int n)
{
    static constexpr std::array<QRgb, 6> palette {colours::blue,   colours::vermilion,
                                                  colours::green,  colours::orange,
                                                  colours::purple, colours::sky};
    static constexpr std::array<Qt::PenStyle, 4> dashes {Qt::SolidLine, Qt::DashLine, Qt::DotLine,
                                                         Qt::DashDotLine};
    const auto i = static_cast<std::size_t>(n);
    // A pen wider than 1 leaves the fast path of the raster engine.
    return {QColor(palette[i % palette.size()]), 1.0, dashes[(i / palette.size()) % dashes.size()]};
}

QPen forecastPen(bool thinned)
{
    return {QColor(colours::forecast), 1.0, thinned ? Qt::SolidLine : Qt::DashLine};
}

QBrush classBrush(int n)
{
    static constexpr std::array<Qt::BrushStyle, 4> patterns {Qt::SolidPattern, Qt::BDiagPattern,
                                                             Qt::FDiagPattern, Qt::Dense4Pattern};
    constexpr int colourCount = 6;
    QColor colour = curvePen(n).color();
    const auto round = static_cast<std::size_t>(n / colourCount) % patterns.size();
    colour.setAlphaF(round == 0 ? 0.45F : 0.7F);
    return {colour, patterns[round]};
}

void preparePlot(QCustomPlot& plot)
{
    plot.setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    plot.setNoAntialiasingOnDrag(true);
    plot.setBackground(plot.palette().brush(QPalette::Base));
    plot.setAutoAddPlottableToLegend(false);
}

void styleAxis(QCPAxis& axis, const QString& label)
{
    const QPalette palette = axis.parentPlot()->palette();
    const QColor text = palette.color(QPalette::Text);
    QColor line = text;
    line.setAlphaF(0.5F);
    QColor grid = text;
    grid.setAlphaF(0.12F);
    axis.setBasePen(QPen(line));
    axis.setTickPen(QPen(line));
    axis.setSubTickPen(Qt::NoPen);
    axis.setTickLabelColor(text);
    axis.setLabelColor(text);
    axis.grid()->setPen(QPen(grid));
    axis.grid()->setZeroLinePen(Qt::NoPen);
    axis.setLabel(label);
    const QFont font = axis.parentPlot()->font();
    axis.setTickLabelFont(font);
    axis.setLabelFont(font);
}

void replotSoon(QCustomPlot& plot) { plot.replot(QCustomPlot::rpQueuedReplot); }

QCPColorGradient weightGradient()
{
    QCPColorGradient gradient;
    gradient.clearColorStops();
    gradient.setColorStopAt(0.0, QColor(0xFB, 0xFB, 0xF5));
    gradient.setColorStopAt(0.15, QColor(0xBF, 0xDD, 0xEC));
    gradient.setColorStopAt(0.4, QColor(0x56, 0xA0, 0xCE));
    gradient.setColorStopAt(0.7, QColor(0x00, 0x5E, 0x96));
    gradient.setColorStopAt(1.0, QColor(0x06, 0x1F, 0x3D));
    gradient.setNanHandling(QCPColorGradient::nhNanColor);
    gradient.setNanColor(QColor(0xC8, 0xC8, 0xC8));
    return gradient;
}

QString shortNumber(double value)
{
    if (!std::isfinite(value))
        return QStringLiteral("–");
    struct Unit {
        double size;
        char letter;
    };
    static constexpr std::array<Unit, 4> units {
        Unit {1e12, 'T'}, {1e9, 'G'}, {1e6, 'M'}, {1e4, 'k'}};
    for (const Unit& unit : units) {
        if (std::abs(value) < unit.size)
            continue;
        const double scale = unit.letter == 'k' ? 1e3 : unit.size;
        return QString::number(value / scale, 'g', 4) + QChar(0x202F) + QLatin1Char(unit.letter);
    }
    return QString::number(value, 'g', 4);
}

} // namespace stint::ui
