#include "ui/plot/time_stack.h"

#include "ui/plot/theme.h"

#include <QScopedValueRollback>

#include <algorithm>

namespace stint::ui {

TimeStack::TimeStack(QCustomPlot& plot) : m_plot(plot), m_margins(new QCPMarginGroup(&plot))
{
    m_plot.plotLayout()->clear();
    m_plot.plotLayout()->setRowSpacing(0);
}

void TimeStack::reset(const TimeScale& scale, const QCPRange& range)
{
    m_plot.clearItems();
    m_plot.clearPlottables();
    m_plot.plotLayout()->clear();
    m_rects.clear();
    m_titles.clear();
    m_scale = scale;
    m_range = bounded(range);
}

QCPAxisRect* TimeStack::addRect(const QString& title, double stretch)
{
    auto* rect = new QCPAxisRect(&m_plot); // owned by the layout from the next lines on
    const int row = m_plot.plotLayout()->rowCount();
    m_plot.plotLayout()->addElement(row, 0, rect);
    m_plot.plotLayout()->setRowStretchFactor(row, stretch);
    rect->setMarginGroup(QCP::msLeft | QCP::msRight, m_margins);
    rect->setAutoMargins(QCP::msLeft | QCP::msRight | QCP::msBottom);
    rect->setMinimumMargins(QMargins(0, 0, 8, 0));
    rect->setMargins(QMargins(0, row == 0 ? m_plot.fontMetrics().height() / 2 : 2, 8, 2));
    rect->setRangeDrag(Qt::Horizontal);
    rect->setRangeZoom(Qt::Horizontal);
    rect->setMinimumSize(10, 10);
    QCPAxis* bottom = rect->axis(QCPAxis::atBottom);
    styleAxis(*bottom);
    styleAxis(*rect->axis(QCPAxis::atLeft));
    bottom->setTicker(m_scale.ticker());
    bottom->setRange(m_range);
    connect(bottom, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this,
            [this](const QCPRange& range) {
                if (!m_changing)
                    setRange(range);
            });
    m_rects.append(rect);
    setTitle(rect, title);
    showTimeOnLowestOnly();
    return rect;
}

void TimeStack::addElement(QCPLayoutElement* element)
{
    const int row = m_plot.plotLayout()->rowCount();
    m_plot.plotLayout()->addElement(row, 0, element);
    m_plot.plotLayout()->setRowStretchFactor(row, 0.001);
}

void TimeStack::setTitle(QCPAxisRect* rect, const QString& title)
{
    QCPItemText*& text = m_titles[rect];
    if (text == nullptr) {
        text = new QCPItemText(&m_plot); // owned by the plot
        text->setLayer(QStringLiteral("overlay"));
        text->position->setAxisRect(rect);
        text->position->setType(QCPItemPosition::ptAxisRectRatio);
        text->position->setCoords(0.0, 0.0);
        text->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        text->setClipAxisRect(rect);
        text->setPadding(QMargins(4, 0, 4, 0));
        text->setSelectable(false);
        QColor background = m_plot.palette().color(QPalette::Base);
        background.setAlphaF(0.75F);
        text->setBrush(background);
        text->setColor(m_plot.palette().color(QPalette::Text));
        text->setFont(m_plot.font());
    }
    text->setText(title);
    text->setVisible(!title.isEmpty());
}

QString TimeStack::title(QCPAxisRect* rect) const
{
    const QCPItemText* text = m_titles.value(rect);
    return text == nullptr ? QString() : text->text();
}

void TimeStack::setRange(const QCPRange& range)
{
    const QCPRange wanted = bounded(range);
    const bool changed = wanted != m_range;
    m_range = wanted;
    {
        const QScopedValueRollback guard(m_changing, true);
        for (QCPAxisRect* rect : std::as_const(m_rects))
            rect->axis(QCPAxis::atBottom)->setRange(m_range);
    }
    if (changed)
        Q_EMIT rangeChanged();
}

QCPRange TimeStack::wholeRange() const
{
    const double first = m_scale.position(0);
    const double last = m_scale.position(std::max<Index>(m_scale.rows() - 1, 1));
    const double margin = 0.01 * (last - first);
    return {std::min(first - margin, last - m_leastSpan), last + margin};
}

Index TimeStack::columns() const
{
    // Of the whole plot: the rects get their new size only while it is being drawn.
    return std::max(m_plot.width(), 50);
}

QCPRange TimeStack::bounded(QCPRange range) const
{
    const QCPRange whole = wholeRange();
    const double smallest = std::min(10.0 * m_scale.step(), whole.size());
    double size = std::clamp(range.size(), smallest, whole.size());
    if (!(size > 0.0)) // also catches NaN
        size = whole.size();
    // Rounding can put the last place left of the first one where everything is shown.
    const double rightmost = std::max(whole.lower, whole.upper - size);
    const double lower = std::clamp(range.center() - size / 2.0, whole.lower, rightmost);
    return {lower, lower + size};
}

void TimeStack::showTimeOnLowestOnly()
{
    for (QCPAxisRect* rect : std::as_const(m_rects)) {
        QCPAxis* bottom = rect->axis(QCPAxis::atBottom);
        const bool lowest = rect == m_rects.last();
        bottom->setTickLabels(lowest);
        bottom->setTicks(lowest);
        bottom->setLabel(lowest ? m_scale.label() : QString());
        rect->setAutoMargins(lowest ? QCP::msLeft | QCP::msRight | QCP::msBottom
                                    : QCP::msLeft | QCP::msRight);
    }
}

} // namespace stint::ui
