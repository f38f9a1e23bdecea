#include "ui/panels/empty_state.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace stint::ui {

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent),
      m_demo(makeTarget(tr("&Play the demo"),
                        tr("A machine with ten sensors and a model that was trained for it"))),
      m_open(makeTarget(tr("&Open a recording"),
                        tr("A table of sensor values: CSV, TSV, text, also gzipped"))),
      m_connect(makeTarget(tr("&Connect a device"),
                           tr("A board at a serial port that sends numbers, read live")))
{
    auto* title = new QLabel(tr("Find anomalies in sensor recordings"), this);
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    title->setFont(large);
    title->setAlignment(Qt::AlignCenter);
    auto* hint = new QLabel(tr("You can also drop a file on this window."), this);
    hint->setAlignment(Qt::AlignCenter);

    auto* targets = new QHBoxLayout; // owned by the layout below
    targets->addStretch(1);
    targets->addWidget(m_demo);
    targets->addSpacing(2 * fontMetrics().averageCharWidth());
    targets->addWidget(m_open);
    targets->addSpacing(2 * fontMetrics().averageCharWidth());
    targets->addWidget(m_connect);
    targets->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(fontMetrics().height());
    layout->addStretch(1);
    layout->addWidget(title);
    layout->addLayout(targets);
    layout->addWidget(hint);
    layout->addStretch(1);
    connect(m_demo, &QPushButton::clicked, this, &EmptyState::demoRequested);
    connect(m_connect, &QPushButton::clicked, this, &EmptyState::connectRequested);
    connect(m_open, &QPushButton::clicked, this, &EmptyState::openRequested);
}

QPushButton* EmptyState::makeTarget(const QString& text, const QString& description)
{
    auto* button = new QPushButton(text, this);
    QFont large = button->font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    button->setFont(large);
    button->setToolTip(description);
    button->setAccessibleDescription(description);
    button->setMinimumSize(24 * fontMetrics().averageCharWidth() + 80, 5 * fontMetrics().height());
    return button;
}

void EmptyState::setDemoAvailable(bool available, const QString& why)
{
    m_demo->setEnabled(available);
    if (available)
        return;
    m_demo->setToolTip(why);
    m_demo->setAccessibleDescription(why);
}

} // namespace stint::ui
