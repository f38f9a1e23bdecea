#pragma once

#include "ui/plot/plot.h"

#include <QColor>
#include <QString>

/// How plots look: one place for colours, pens and the settings that keep drawing fast.
namespace stint::ui {

/// Colours that people with any colour vision can tell apart (Okabe and Ito).
namespace colours {
inline constexpr QRgb blue = 0xFF0072B2;
inline constexpr QRgb vermilion = 0xFFD55E00;
inline constexpr QRgb green = 0xFF009E73;
inline constexpr QRgb orange = 0xFFE69F00;
inline constexpr QRgb purple = 0xFFCC79A7;
inline constexpr QRgb sky = 0xFF56B4E9;
inline constexpr QRgb grey = 0xFF8A8A8A;
inline constexpr QRgb forecast = 0xFFC77700; ///< orange, darker, for thin lines on white
} // namespace colours

/// Pen of the n-th curve of a kind: a colour, and another dash pattern after each round of them.
[[nodiscard]] QPen curvePen(int n);

/// Pen of a forecast beside the measured curve: dashed where single rows can be seen; a curve that
/// is thinned out to its extremes is solid, because dashes would be lost in it.
[[nodiscard]] QPen forecastPen(bool thinned);

/// Area of the n-th class in strips, pale enough for text on it: the colour of curvePen(n), with
/// another pattern after each round of them.
[[nodiscard]] QBrush classBrush(int n);

/// Sets what every plot of the program shares: fast polylines, no antialiasing while dragging,
/// background and text colours of the widget's palette. Call once, after construction.
void preparePlot(QCustomPlot& plot);

/// Text, tick and grid colours of one axis from the palette of its plot, and its label.
void styleAxis(QCPAxis& axis, const QString& label = {});

/// Asks for a redraw at the end of the current event turn; several calls draw once.
void replotSoon(QCustomPlot& plot);

/// Colours from nothing (the background) to strong, for weights between 0 and 1. Lightness grows
/// steadily, so it reads without colour, too. Missing cells are grey.
[[nodiscard]] QCPColorGradient weightGradient();

/// A number for people: 4 significant digits, with k, M, G, T for thousands and so on.
[[nodiscard]] QString shortNumber(double value);

} // namespace stint::ui
