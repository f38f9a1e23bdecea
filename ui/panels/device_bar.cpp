#include "ui/panels/device_bar.h"

#include "ui/plot/theme.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLocale>
#include <QSignalBlocker>
#include <QStyle>
#include <QVBoxLayout>

#include <cmath>

namespace stint::ui {

namespace {

const QList<double> usualTimeWindows {2.0, 10.0, 30.0, 60.0, 300.0}; // [s]
constexpr double usualTimeWindow = 10.0;

/// As long as it reads well in seconds, then minutes, hours and days.
QString durationText(double seconds)
{
    if (seconds < 120.0)
        return DeviceBar::tr("%1 s").arg(seconds);
    if (seconds < 7200.0)
        return DeviceBar::tr("%1 min").arg(std::round(seconds / 60.0));
    if (seconds < 172'800.0)
        return DeviceBar::tr("%1 h").arg(std::round(seconds / 3600.0));
    return DeviceBar::tr("%1 d").arg(std::round(seconds / 86'400.0));
}

QToolButton* buttonOf(QAction* action, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    return button;
}

} // namespace

DeviceBar::DeviceBar(QAction* change, QAction* record, QAction* followFile, QWidget* parent)
    : QFrame(parent),
      m_ofDevice({buttonOf(change, this), buttonOf(record, this)}),
      m_stopFollowing(new QToolButton(this)),
      m_sign(new QLabel(this)),
      m_sentence(new QLabel(this)),
      m_sample(new QLabel(this)),
      m_tries(new QWidget(this)),
      m_window(new QComboBox(this))
{
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(tr("Device"));
    m_sentence->setTextFormat(Qt::PlainText); // devices write what they like
    m_sentence->setWordWrap(true);
    m_sample->setTextFormat(Qt::PlainText);
    m_sample->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_sample->setAccessibleName(tr("Newest raw line"));
    // Long lines must not widen the window.
    m_sample->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    offerUsualTimeWindows();
    m_window->setAccessibleName(tr("Time that is shown"));
    m_window->setToolTip(tr("How much time is shown while the newest rows are followed."));
    connect(m_window, &QComboBox::currentIndexChanged, this,
            [this] { Q_EMIT timeWindowRequested(timeWindow()); });

    auto* top = new QHBoxLayout; // owned by the layout below
    top->addWidget(m_sign);
    top->addWidget(m_sentence, 1);
    for (QToolButton* button : m_ofDevice)
        top->addWidget(button);
    top->addWidget(m_stopFollowing);
    m_stopFollowing->setText(tr("Stop following"));
    m_stopFollowing->setIcon(style()->standardIcon(QStyle::SP_DialogCloseButton));
    m_stopFollowing->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_stopFollowing->setToolTip(tr("Lets go of the file; what it has stays in the window"));
    connect(m_stopFollowing, &QToolButton::clicked, followFile, &QAction::trigger);
    top->addSpacing(fontMetrics().averageCharWidth());
    top->addWidget(new QLabel(tr("Show the last"), this));
    top->addWidget(m_window);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 2, 6, 2);
    layout->setSpacing(2);
    layout->addLayout(top);
    layout->addWidget(m_sample);
    layout->addWidget(m_tries);
    auto* tries = new QHBoxLayout(m_tries);
    tries->setContentsMargins(0, 0, 0, 0);
    tries->addWidget(new QLabel(tr("Try another rate:"), m_tries));
    tries->addStretch(1);
    m_tries->setVisible(false);
    setFile(false);
    setFacts({});
}

void DeviceBar::setFile(bool file)
{
    m_file = file;
    for (QToolButton* button : m_ofDevice)
        button->setVisible(!file);
    m_stopFollowing->setVisible(file);
    m_sample->setVisible(!file);
    setAccessibleName(file ? tr("Followed file") : tr("Device"));
    m_sign->clear(); // of the other
}

void DeviceBar::offerTimeWindows(const QList<double>& windows, bool rows)
{
    const QSignalBlocker quiet(m_window);
    m_window->clear();
    for (const double window : windows)
        m_window->addItem(rows ? tr("%1 rows").arg(QLocale().toString(window, 'f', 0))
                               : durationText(window),
                          window);
    m_window->addItem(tr("all"), 0.0);
}

void DeviceBar::offerUsualTimeWindows()
{
    offerTimeWindows(usualTimeWindows, false);
    setTimeWindow(usualTimeWindow);
}

void DeviceBar::setFacts(const DeviceFacts& facts)
{
    if (m_sentence->text() != facts.sentence) {
        m_sentence->setText(facts.sentence);
        m_sentence->setAccessibleDescription(facts.sentence);
    }
    if (m_sign->pixmap(Qt::ReturnByValue).isNull() || facts.problem != m_problem) {
        m_problem = facts.problem;
        const int side = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
        m_sign->setPixmap(style()
                              ->standardIcon(m_problem    ? QStyle::SP_MessageBoxWarning
                                                 : m_file ? QStyle::SP_FileIcon
                                                          : QStyle::SP_DriveNetIcon)
                              .pixmap(side));
    }
    if (m_fullSample != facts.sample) {
        m_fullSample = facts.sample;
        elideSample();
    }
    if (toolTip() != facts.details)
        setToolTip(facts.details);
    showRates(facts.rates);
}

void DeviceBar::showRates(const QList<int>& rates)
{
    if (rates == m_shownRates)
        return;
    m_shownRates = rates;
    for (QPushButton* button : std::as_const(m_rates))
        button->deleteLater();
    m_rates.clear();
    auto* layout = qobject_cast<QHBoxLayout*>(m_tries->layout());
    for (const int rate : rates) {
        auto* button = new QPushButton(QString::number(rate), m_tries);
        button->setToolTip(tr("Opens the port again with %1 baud").arg(rate));
        layout->insertWidget(layout->count() - 1, button);
        connect(button, &QPushButton::clicked, this, [this, rate] { Q_EMIT rateRequested(rate); });
        m_rates.append(button);
    }
    m_tries->setVisible(!rates.isEmpty());
}

void DeviceBar::setTimeWindow(double seconds)
{
    for (int i = 0; i < m_window->count(); ++i) {
        if (std::abs(m_window->itemData(i).toDouble() - seconds) < 1e-9)
            m_window->setCurrentIndex(i);
    }
}

void DeviceBar::elideSample()
{
    m_sample->setText(m_sample->fontMetrics().elidedText(m_fullSample, Qt::ElideRight,
                                                         std::max(m_sample->width(), 100)));
    m_sample->setAccessibleDescription(m_fullSample);
}

void DeviceBar::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    elideSample();
}

} // namespace stint::ui
