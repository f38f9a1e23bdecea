// The mouse in InputsAndScoreView: seeking, moving, zooming and dragging the threshold.

#include "ui/plot/theme.h"
#include "ui/views/inputs_and_score_view.h"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace stint::ui {

namespace {

constexpr int clickTolerance = 4; // [device independent pixels]

} // namespace

void InputsAndScoreView::connectMouse()
{
    connect(m_plot, &QCustomPlot::mousePress, this, &InputsAndScoreView::pressed);
    connect(m_plot, &QCustomPlot::mouseMove, this, &InputsAndScoreView::moved);
    connect(m_plot, &QCustomPlot::mouseRelease, this, &InputsAndScoreView::released);
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, [this] {
        m_clicking = false;
        fitAll();
    });
}

bool InputsAndScoreView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_plot && event->type() == QEvent::Resize) {
        m_channelsDirty = true;
        m_scoreDirty = true;
    }
    if (watched == m_plot && event->type() == QEvent::Leave)
        Q_EMIT hovered({});
    return View::eventFilter(watched, event);
}

bool InputsAndScoreView::nearThreshold(const QPoint& position) const
{
    if (!m_threshold->visible() || !m_scoreRect->rect().contains(position))
        return false;
    const double y = m_scoreRect->axis(QCPAxis::atLeft)->coordToPixel(m_thresholdValue);
    return std::abs(y - position.y()) <= 2 * clickTolerance;
}

void InputsAndScoreView::pressed(QMouseEvent* event)
{
    m_clicking = false;
    if (event->button() != Qt::LeftButton)
        return;
    m_pressedAt = event->pos();
    m_draggingThreshold = nearThreshold(event->pos());
    m_plot->setInteraction(QCP::iRangeDrag, !m_draggingThreshold);
    m_clicking = !m_draggingThreshold && m_plot->axisRectAt(event->pos()) != nullptr;
}

void InputsAndScoreView::moved(QMouseEvent* event)
{
    if (m_draggingThreshold) {
        const QCPAxis* left = m_scoreRect->axis(QCPAxis::atLeft);
        const QRect area = m_scoreRect->rect();
        const int y = std::clamp(event->pos().y(), area.top(), area.bottom());
        m_thresholdValue = std::max(left->pixelToCoord(y), 0.0);
        placeThreshold();
        replotSoon(*m_plot);
        Q_EMIT thresholdRequested(m_thresholdValue);
        return;
    }
    if (m_clicking && (event->pos() - m_pressedAt).manhattanLength() > clickTolerance) {
        m_clicking = false;
        Q_EMIT followingStopped();
    }
    if (event->buttons() == Qt::NoButton) {
        m_plot->setCursor(nearThreshold(event->pos()) ? Qt::SizeVerCursor : Qt::ArrowCursor);
        Q_EMIT hovered(textAt(event->pos()));
    }
}

void InputsAndScoreView::released(QMouseEvent* event)
{
    m_plot->setInteraction(QCP::iRangeDrag, true);
    const bool clicked = m_clicking && event->button() == Qt::LeftButton;
    m_clicking = false;
    m_draggingThreshold = false;
    if (!clicked || m_scale.rows() == 0)
        return;
    const double x = m_scoreRect->axis(QCPAxis::atBottom)->pixelToCoord(event->pos().x());
    Q_EMIT seekRequested(m_scale.row(x));
}

QString InputsAndScoreView::textAt(const QPoint& position) const
{
    QCPAxisRect* rect = m_plot->axisRectAt(position);
    if (rect == nullptr || m_scale.rows() == 0)
        return {};
    const Index row = m_scale.row(rect->axis(QCPAxis::atBottom)->pixelToCoord(position.x()));
    QString place = tr("row %1 · %2").arg(row + 1).arg(m_scale.text(row));
    for (const ChannelRow& shown : m_channels) {
        if (shown.rect != rect)
            continue;
        const Channel& channel = m_recording->channels[static_cast<std::size_t>(shown.channel)];
        return tr("%1 · %2 = %3 %4")
            .arg(place, QString::fromStdString(channel.name),
                 QString::number(channel.values[static_cast<std::size_t>(row)], 'g', 6),
                 QString::fromStdString(channel.unit));
    }
    return place;
}

} // namespace stint::ui
