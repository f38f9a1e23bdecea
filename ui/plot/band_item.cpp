#include "ui/plot/band_item.h"

#include <algorithm>

namespace stint::ui {

BandItem::BandItem(QCustomPlot* plot, QCPAxisRect* rect, const BandStyle& style)
    : QCPAbstractItem(plot), m_rect(rect), m_style(style)
{
    setClipToAxisRect(true);
    setClipAxisRect(rect);
    setSelectable(false);
}

void BandItem::setBands(std::vector<QCPRange> bands) { m_bands = std::move(bands); }

double BandItem::selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const
{
    Q_UNUSED(position)
    Q_UNUSED(onlySelectable)
    Q_UNUSED(details)
    return -1.0;
}

void BandItem::draw(QCPPainter* painter)
{
    if (!m_rect || m_bands.empty())
        return;
    const QCPAxis* axis = m_rect->axis(QCPAxis::atBottom);
    const QCPRange visible = axis->range();
    auto band = std::lower_bound(m_bands.begin(), m_bands.end(), visible.lower,
                                 [](const QCPRange& b, double x) { return b.upper < x; });
    double left = 0.0;
    double right = -1.0;
    for (; band != m_bands.end() && band->lower <= visible.upper; ++band) {
        const double from = axis->coordToPixel(band->lower);
        const double to = std::max(axis->coordToPixel(band->upper), from + 1.0);
        // Bands that touch on the screen are drawn as one.
        if (right >= left && from <= right + 0.5) {
            right = std::max(right, to);
            continue;
        }
        if (right >= left)
            drawBand(*painter, m_rect->rect(), left, right);
        left = from;
        right = to;
    }
    if (right >= left)
        drawBand(*painter, m_rect->rect(), left, right);
}

void BandItem::drawBand(QCPPainter& painter, const QRect& area, double left, double right) const
{
    const QRectF whole(QPointF(left, area.top()), QPointF(right, area.bottom() + 1.0));
    QColor fill = m_style.colour;
    fill.setAlphaF(static_cast<float>(m_style.opacity));
    painter.setPen(Qt::NoPen);
    painter.setBrush(QBrush(fill, m_style.pattern));
    painter.drawRect(whole);

    QRectF bar = whole;
    const double height = std::max(3.0, area.height() / 16.0);
    if (m_style.bar == Qt::TopEdge)
        bar.setHeight(height);
    else
        bar.setTop(bar.bottom() - height);
    painter.setBrush(m_style.colour);
    painter.drawRect(bar);
}

} // namespace stint::ui
