#include "ui/panels/threshold_control.h"

#include <QHBoxLayout>
#include <QLabel>

#include <cmath>

namespace stint::ui {

ThresholdControl::ThresholdControl(QWidget* parent)
    : QWidget(parent), m_value(new QDoubleSpinBox(this)), m_automatic(new QToolButton(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(tr("Threshold"), this);
    label->setBuddy(m_value);
    layout->addWidget(label);
    layout->addWidget(m_value);
    layout->addWidget(m_automatic);
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
    connect(m_value, &QDoubleSpinBox::valueChanged, this, &ThresholdControl::thresholdRequested);
    connect(m_automatic, &QToolButton::clicked, this, &ThresholdControl::automaticRequested);
    setThreshold(std::nan(""));
}

void ThresholdControl::setThreshold(double threshold)
{
    const bool known = std::isfinite(threshold);
    m_value->setEnabled(known);
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

} // namespace stint::ui
