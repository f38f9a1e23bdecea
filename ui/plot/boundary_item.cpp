#include "ui/plot/boundary_item.h"

#include "ui/plot/theme.h"

#include <algorithm>

namespace stint::ui {

namespace {

constexpr double closest = 4.0; // [device independent pixels]

} // namespace

BoundaryItem::BoundaryItem(QCustomPlot* plot, QCPAxisRect* rect, std::vector<double> lines)
    : QCPAbstractItem(plot), m_rect(rect), m_lines(std::move(lines))
{
    setClipToAxisRect(true);
    setClipAxisRect(rect);
    setSelectable(false);
}

double BoundaryItem::selectTest(const QPointF& position, bool onlySelectable,
                                QVariant* details) const
{
    Q_UNUSED(position)
    Q_UNUSED(onlySelectable)
    Q_UNUSED(details)
    return -1.0;
}

void BoundaryItem::draw(QCPPainter* painter)
{
    if (!m_rect)
        return;
    const QCPAxis* axis = m_rect->axis(QCPAxis::atBottom);
    const auto first = std::lower_bound(m_lines.begin(), m_lines.end(), axis->range().lower);
    const auto last = std::upper_bound(first, m_lines.end(), axis->range().upper);
    // If they stood closer on the whole they would only make the picture grey.
    if (static_cast<double>(last - first) * closest > m_rect->width())
        return;
    painter->setPen(QPen(QColor(colours::grey), 1.0, Qt::DotLine));
    double before = -closest;
    for (auto line = first; line != last; ++line) {
        const double x = axis->coordToPixel(*line);
        if (x - before < closest)
            continue;
        before = x;
        painter->drawLine(QLineF(x, m_rect->top(), x, m_rect->bottom()));
    }
}

} // namespace stint::ui
