#include "ui/plot/class_strip.h"

#include "ui/plot/theme.h"

#include <algorithm>

namespace stint::ui {

namespace {

/// The class of most of some rows; -1 if most have none.
class Majority {
public:
    int of(std::span<const std::int16_t> classes)
    {
        for (const std::int16_t c : classes) {
            const auto slot = static_cast<std::size_t>(c + 1);
            if (slot >= m_counts.size())
                m_counts.resize(slot + 1, 0);
            ++m_counts[slot];
        }
        const auto most = std::max_element(m_counts.begin(), m_counts.end());
        const int winner = static_cast<int>(most - m_counts.begin()) - 1;
        for (const std::int16_t c : classes)
            m_counts[static_cast<std::size_t>(c + 1)] = 0;
        return winner;
    }

private:
    std::vector<Index> m_counts {0}; // [0] counts rows without a class
};

} // namespace

std::vector<ClassSegment> classSegments(std::span<const std::int16_t> classes, Index first,
                                        Index last, Index columns, const TimeScale& scale)
{
    std::vector<ClassSegment> segments;
    first = std::max<Index>(first, 0);
    last = std::min(last, static_cast<Index>(classes.size()));
    if (first >= last)
        return segments;
    const Index part = std::max<Index>(1, (last - first) / std::max<Index>(columns, 1));
    const double half = scale.step() / 2.0;
    Majority majority;
    int before = -1;
    // Parts end at multiples of their size, so that a scrolled strip does not shimmer.
    for (Index begin = first - first % part; begin < last; begin += part) {
        const Index from = std::max(begin, first);
        const Index to = std::min(begin + part, last);
        const int now = majority.of(
            classes.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
        const double end = scale.position(to - 1) + half;
        if (now >= 0 && now == before)
            segments.back().end = end;
        else if (now >= 0)
            segments.push_back({scale.position(from) - half, end, now});
        before = now;
    }
    return segments;
}

ClassStrip::ClassStrip(QCustomPlot* plot, QCPAxisRect* rect, const QCPRange& lane,
                       QStringList names)
    : QCPAbstractItem(plot), m_rect(rect), m_lane(lane), m_names(std::move(names))
{
    setClipToAxisRect(true);
    setClipAxisRect(rect);
    setSelectable(false);
}

void ClassStrip::setSegments(std::vector<ClassSegment> segments)
{
    m_segments = std::move(segments);
}

double ClassStrip::selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const
{
    Q_UNUSED(position)
    Q_UNUSED(onlySelectable)
    Q_UNUSED(details)
    return -1.0;
}

void ClassStrip::draw(QCPPainter* painter)
{
    if (!m_rect)
        return;
    const QCPAxis* time = m_rect->axis(QCPAxis::atBottom);
    const QCPAxis* lanes = m_rect->axis(QCPAxis::atLeft);
    const double top = lanes->coordToPixel(m_lane.upper);
    const double bottom = lanes->coordToPixel(m_lane.lower);
    const QRectF visible(m_rect->rect());
    painter->setFont(parentPlot()->font());
    for (const ClassSegment& segment : m_segments) {
        QRectF area(QPointF(time->coordToPixel(segment.begin), top),
                    QPointF(time->coordToPixel(segment.end), bottom));
        area.setWidth(std::max(area.width(), 1.0));
        area &= visible;
        if (area.isEmpty())
            continue;
        painter->setPen(Qt::NoPen);
        painter->setBrush(classBrush(segment.classNumber));
        painter->drawRect(area);
        const QString name = m_names.value(segment.classNumber);
        if (painter->fontMetrics().horizontalAdvance(name) + 6 > area.width())
            continue;
        painter->setPen(parentPlot()->palette().color(QPalette::Text));
        painter->drawText(area, Qt::AlignCenter, name);
    }
}

} // namespace stint::ui
