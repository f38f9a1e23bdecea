#include "app/desktop/alarm_bell.h"

#include "ui/plot/theme.h"

#include <QApplication>
#include <QDateTime>
#include <QStyle>

#include <cmath>

namespace stint::app {

AlarmBell::AlarmBell(ui::WindowActions& actions, QObject* parent)
    : QObject(parent), m_actions(actions)
{
    connect(m_actions.desktopNotes, &QAction::toggled, this, [this](bool on) {
        if (!on) {
            m_tray.reset();
            return;
        }
        m_tray = std::make_unique<QSystemTrayIcon>(
            QApplication::style()->standardIcon(QStyle::SP_MessageBoxWarning));
        m_tray->setToolTip(tr("Stint watches a device"));
        m_tray->show();
    });
    ui::WindowActions::allow(*m_actions.desktopNotes, QSystemTrayIcon::isSystemTrayAvailable(),
                             tr("This desktop has no place for notifications."));
}

void AlarmBell::take(const LiveAlarm& alarm)
{
    if (alarm.ended)
        return;
    ++m_alarms;
    if (m_actions.beep->isChecked())
        QApplication::beep();
    if (!m_tray)
        return;
    const QString channel = QString::fromStdString(alarm.topChannel);
    const QDateTime begin
        = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(std::llround(alarm.begin * 1e3)));
    m_tray->showMessage(channel.isEmpty() ? tr("Alarm") : tr("Alarm: %1").arg(channel),
                        tr("%1, score %2")
                            .arg(begin.toString(QStringLiteral("HH:mm:ss")),
                                 ui::shortNumber(static_cast<double>(alarm.peak))),
                        QSystemTrayIcon::Warning);
}

} // namespace stint::app
