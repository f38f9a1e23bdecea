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
    if (watched == m_plot && event->type() == QEvent::Leave) {
        m_hoveredAt.reset();
        m_hoveredText.clear();
        Q_EMIT hovered({});
    }
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
        m_hoveredAt = event->pos(); // what is there is told with the next refresh
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

void InputsAndScoreView::tellHovered(const ResultStore& store)
{
    if (!m_hoveredAt)
        return;
    const QString text = textAt(*m_hoveredAt, store);
    if (text == m_hoveredText)
        return;
    m_hoveredText = text;
    Q_EMIT hovered(text);
}

QString InputsAndScoreView::textAt(const QPoint& position, const ResultStore& store) const
{
    QCPAxisRect* rect = m_plot->axisRectAt(position);
    if (rect == nullptr || m_scale.rows() == 0)
        return {};
    const Index row = m_scale.row(rect->axis(QCPAxis::atBottom)->pixelToCoord(position.x()));
    const QString place = tr("row %1 · %2").arg(row + 1).arg(m_scale.text(row));
    for (const ChannelRow& shown : m_channels) {
        if (shown.rect == rect)
            return place + channelText(shown, row, store);
    }
    return place + answerText(row, store);
}

QString InputsAndScoreView::channelText(const ChannelRow& shown, Index row,
                                        const ResultStore& store) const
{
    const Channel& channel = m_recording->channels[static_cast<std::size_t>(shown.channel)];
    const double actual = channel.values[static_cast<std::size_t>(row)];
    const QString unit = QString::fromStdString(channel.unit);
    const auto number = [&unit](double value) {
        const QString text = QString::number(value, 'g', 6);
        return unit.isEmpty() ? text : text + QChar(u' ') + unit;
    };
    QString text = tr(" · %1 = %2").arg(QString::fromStdString(channel.name), number(actual));
    if (!std::isfinite(actual))
        text = tr(" · %1 is missing; a model is given the last value, flagged")
                   .arg(QString::fromStdString(channel.name));
    const auto forecast = static_cast<double>(store.forecast().at(row, shown.forecastChannel));
    if (shown.forecast != nullptr && std::isfinite(forecast))
        text += tr(" · %1 %2 · error %3")
                    .arg(m_facts.task == ModelTask::Forecast ? tr("forecast") : tr("expected"),
                         number(forecast), number(actual - forecast));
    return text;
}

QString InputsAndScoreView::answerText(Index row, const ResultStore& store) const
{
    const auto r = static_cast<std::size_t>(row);
    const auto score = static_cast<double>(store.score()[r]);
    if (!classifies()) {
        if (!std::isfinite(score))
            return tr(" · no answer");
        const std::optional<Mode> mode = store.mode(row);
        const auto levels = m_facts.levels(mode.value_or(Mode {}).variant(),
                                           static_cast<double>(store.thresholdAt(row)));
        const QString shown
            = m_facts.task == ModelTask::Forecast ? tr(" · error %1") : tr(" · score %1");
        return shown.arg(shortNumber(score))
            + (levels ? tr(" (level %1)").arg(levels->fromRaw(score), 0, 'f', 2) : QString())
            + (store.thresholdMoves()
                   ? tr(" · threshold %1")
                         .arg(shortNumber(static_cast<double>(store.thresholdAt(row))))
                   : QString());
    }
    QString text;
    const ClassAnswers& answers = store.classAnswers();
    if (r < answers.chosen().size() && answers.chosen()[r] >= 0)
        text = tr(" · %1 %2 %")
                   .arg(m_facts.classes.value(answers.chosen()[r]))
                   .arg(100.0 * score, 0, 'f', 0);
    else
        text = tr(" · no answer");
    if (m_known && r < m_known->known.size() && m_known->known[r] >= 0)
        text += tr(" · known: %1").arg(m_facts.classes.value(m_known->known[r]));
    return text;
}

} // namespace stint::ui
