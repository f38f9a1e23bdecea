#include "ui/panels/playback_bar.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <limits>

namespace stint::ui {

namespace {

constexpr std::array speedFactors {1.0, 2.0, 5.0, 10.0, 100.0, 0.0};

} // namespace

PlaybackBar::PlaybackBar(QAction* play, QAction* step, QWidget* parent)
    : QWidget(parent),
      m_slider(new QSlider(Qt::Horizontal, this)),
      m_place(new QLabel(this)),
      m_speed(new QComboBox(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 2, 4, 2);
    for (QAction* action : {play, step}) {
        auto* button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        // "Play" and "Pause" take turns; the button keeps the width of the longer word.
        button->setMinimumWidth(button->sizeHint().width() + 2 * fontMetrics().averageCharWidth());
        layout->addWidget(button);
    }
    layout->addWidget(m_slider, 1);
    layout->addWidget(m_place);
    layout->addWidget(new QLabel(tr("Speed"), this));
    layout->addWidget(m_speed);

    m_slider->setAccessibleName(tr("Place in the recording, in rows"));
    m_slider->setTracking(true);
    m_speed->setAccessibleName(tr("Playback speed"));
    for (const double factor : speedFactors)
        m_speed->addItem(factor > 0.0 ? tr("%1×").arg(factor) : tr("as fast as it goes"), factor);
    setSpeed(10.0);
    connect(m_slider, &QSlider::valueChanged, this, [this](int row) { Q_EMIT seekRequested(row); });
    connect(m_speed, &QComboBox::currentIndexChanged, this,
            [this] { Q_EMIT speedRequested(speed()); });
    setLive(false);
    setRows(0);
}

void PlaybackBar::setLive(bool live)
{
    m_live = live;
    m_speed->setEnabled(!live);
    m_speed->setToolTip(live ? tr("A device sets the pace; disconnect to play what it sent.")
                             : tr("Times the recording's own pace. Without a time column 1× is 10 "
                                  "rows a second."));
    m_slider->setToolTip(live ? m_speed->toolTip() : QString());
}

void PlaybackBar::setRows(Index rows)
{
    m_rows = rows;
    const QSignalBlocker blocker(m_slider);
    const Index last = std::min<Index>(std::max<Index>(rows, 0), std::numeric_limits<int>::max());
    m_slider->setRange(0, static_cast<int>(last));
    m_slider->setSingleStep(1);
    m_slider->setPageStep(static_cast<int>(std::max<Index>(last / 50, 1)));
    m_slider->setEnabled(rows > 0);
    setPosition(0, {});
}

void PlaybackBar::setPosition(Index next, const QString& time)
{
    if (!m_slider->isSliderDown()) {
        const QSignalBlocker blocker(m_slider);
        m_slider->setValue(static_cast<int>(std::min<Index>(next, m_slider->maximum())));
    }
    const QLocale locale;
    QString text = m_live ? tr("row %1").arg(locale.toString(static_cast<qlonglong>(next)))
                          : tr("%1 / %2").arg(locale.toString(static_cast<qlonglong>(next)),
                                              locale.toString(static_cast<qlonglong>(m_rows)));
    if (!time.isEmpty())
        text += QStringLiteral(" · ") + time;
    m_place->setText(text);
    // Only ever wider, so that the slider does not jump while numbers change.
    m_place->setMinimumWidth(std::max(m_place->minimumWidth(), m_place->sizeHint().width()));
}

double PlaybackBar::speed() const { return m_speed->currentData().toDouble(); }

bool PlaybackBar::setSpeed(double factor)
{
    for (int i = 0; i < m_speed->count(); ++i) {
        const double known = m_speed->itemData(i).toDouble();
        if (known >= factor && known <= factor) {
            m_speed->setCurrentIndex(i);
            return true;
        }
    }
    return false;
}

} // namespace stint::ui
