#pragma once

#include "core/base/types.h"
#include "ui/plot/plot.h"
#include "ui/plot/row_span.h"

#include <vector>

namespace stint::ui {

/// How a kind of band looks; kinds differ in pattern and place, not only in colour.
struct BandStyle {
    QColor colour;
    Qt::BrushStyle pattern = Qt::SolidPattern; ///< of the area
    double opacity = 0.2; ///< of the area, 0..1
    Qt::Edge bar = Qt::TopEdge; ///< where a solid bar marks the band: top or bottom
};

/// Any number of vertical bands over one axis rect, drawn as one item: thousands of them stay
/// cheap, and those narrower than a pixel are still seen.
class BandItem : public QCPAbstractItem {
    Q_OBJECT

public:
    /// The plot owns the item, as with every item of a plot.
    BandItem(QCustomPlot* plot, QCPAxisRect* rect, const BandStyle& style);

    /// Bands as ascending, disjoint pairs of axis coordinates {begin, end}.
    void setBands(std::vector<QCPRange> bands);

    [[nodiscard]] const std::vector<QCPRange>& bands() const { return m_bands; }

    /// Never selected by the mouse.
    double selectTest(const QPointF& position, bool onlySelectable,
                      QVariant* details = nullptr) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawBand(QCPPainter& painter, const QRect& area, double left, double right) const;

    QPointer<QCPAxisRect> m_rect;
    BandStyle m_style;
    std::vector<QCPRange> m_bands;
};

} // namespace stint::ui
