#pragma once

#include "app/live/alarm_log.h"
#include "ui/window_actions.h"

#include <QObject>
#include <QSystemTrayIcon>

#include <memory>

namespace stint::app {

/// Tells of alarms that begin live by a sound and by the desktop, where the user asked for it.
class AlarmBell : public QObject {
    Q_OBJECT

public:
    explicit AlarmBell(ui::WindowActions& actions, QObject* parent = nullptr);

    /// Tells of an alarm that has begun; of one that has ended nothing.
    void take(const LiveAlarm& alarm);

    /// Alarms that began since it was made.
    [[nodiscard]] int alarms() const { return m_alarms; }

private:
    ui::WindowActions& m_actions;
    std::unique_ptr<QSystemTrayIcon> m_tray;
    int m_alarms = 0;
};

} // namespace stint::app
