#include "ui/panels/threshold_control.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>

#include <cmath>

namespace stint::ui {

ThresholdControl::ThresholdControl(QWidget* parent)
    : QWidget(parent),
      m_value(new QDoubleSpinBox(this)),
      m_automatic(new QToolButton(this)),
      m_motionButton(new QToolButton(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(tr("Threshold"), this);
    label->setBuddy(m_value);
    layout->addWidget(label);
    layout->addWidget(m_value);
    layout->addWidget(m_automatic);
    layout->addWidget(m_motionButton);
    m_value->setRange(0.0, 1e9);
    m_value->setDecimals(3);
    m_value->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    m_value->setKeyboardTracking(false);
    m_value->setFixedWidth(m_value->fontMetrics().horizontalAdvance(QStringLiteral("00000.000"))
                           + 3 * m_value->fontMetrics().height());
    m_value->setAccessibleName(tr("Threshold of the anomaly score"));
    m_value->setToolTip(tr("Rows with a higher score are alarms; the line in the plot can be "
                           "dragged, too."));
    m_automatic->setText(tr("Auto"));
    m_automatic->setFocusPolicy(Qt::TabFocus);
    m_automatic->setAccessibleName(tr("Use the model's own threshold"));
    addMotions();
    connect(m_value, &QDoubleSpinBox::valueChanged, this, &ThresholdControl::thresholdRequested);
    connect(m_automatic, &QToolButton::clicked, this, &ThresholdControl::automaticRequested);
    setThreshold(std::nan(""));
    setMotion({});
}

void ThresholdControl::addMotions()
{
    m_motionButton->setPopupMode(QToolButton::InstantPopup);
    m_motionButton->setFocusPolicy(Qt::TabFocus);
    m_motionButton->setAccessibleName(tr("Whether the model's own threshold moves"));
    auto* menu = new QMenu(m_motionButton);
    menu->setToolTipsVisible(true);
    auto* group = new QActionGroup(menu);
    const auto add = [&](const QString& text, const QString& toolTip) {
        QAction* action = menu->addAction(text);
        action->setToolTip(toolTip);
        action->setCheckable(true);
        group->addAction(action);
        return action;
    };
    m_still = add(tr("Fixed, as calibrated"), tr("One threshold for all rows"));
    m_adaptive = add(tr("Adaptive"),
                     tr("Goes on learning how high scores of normal rows come, from each row that "
                        "is no alarm. A seek or another mode sets it back."));
    m_drifting = add({}, {});
    m_motionButton->setMenu(menu);
    connect(m_still, &QAction::triggered, this, [this] { Q_EMIT motionRequested(Motion {}); });
    connect(m_adaptive, &QAction::triggered, this,
            [this] { Q_EMIT motionRequested(ThresholdMotion {}); });
    connect(m_drifting, &QAction::triggered, this,
            [this] { Q_EMIT motionRequested(ThresholdMotion {m_drift}); });
}

void ThresholdControl::setThreshold(double threshold)
{
    const bool known = std::isfinite(threshold);
    m_value->setEnabled(known);
    m_motionButton->setEnabled(known);
    setAutomatic(m_isAutomatic);
    // What is being typed must not be overwritten.
    if (!known || m_value->hasFocus())
        return;
    const QSignalBlocker blocker(m_value);
    m_value->setValue(threshold);
}

void ThresholdControl::setAutomatic(bool automatic)
{
    m_isAutomatic = automatic;
    m_automatic->setEnabled(m_value->isEnabled() && !automatic);
    m_automatic->setToolTip(automatic ? tr("The model's own threshold is in use.")
                                      : tr("Goes back to the model's own threshold"));
}

void ThresholdControl::setMotion(const Motion& motion)
{
    m_motion = motion;
    if (motion && motion->drift > 0)
        m_drift = motion->drift;
    showMotion();
}

void ThresholdControl::setMotionRefusal(const QString& whyNot)
{
    m_refusal = whyNot;
    showMotion();
}

void ThresholdControl::showMotion()
{
    const bool can = m_refusal.isEmpty();
    const bool moves = can && m_motion.has_value();
    const bool drifts = moves && m_motion->drift > 0;
    m_still->setChecked(!moves);
    m_adaptive->setChecked(moves && !drifts);
    m_drifting->setChecked(drifts);
    m_adaptive->setEnabled(can);
    m_drifting->setEnabled(can);
    m_drifting->setText(tr("Adaptive, follows drift over %1 rows").arg(m_drift));
    m_drifting->setToolTip(
        tr("The same over the mean score of the last %1 rows without an alarm. So many rows in "
           "alarm on end are taken as the new normal.")
            .arg(m_drift));
    m_motionButton->setText(drifts ? tr("With drift") : moves ? tr("Adaptive") : tr("Fixed"));
    m_motionButton->setToolTip(can ? tr("Whether the model's own threshold stands as calibrated or "
                                        "moves with the rows")
                                   : m_refusal);
}

} // namespace stint::ui
