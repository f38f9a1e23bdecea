#include "app/desktop/window_settings.h"

#include <QSettings>

namespace stint::app {

namespace {

/// Settings of another arrangement of the window would do more harm than good.
constexpr int settingsVersion = 1;

} // namespace

void restoreWindow(ui::MainWindow& window)
{
    const QSettings settings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("stint"),
                             QStringLiteral("desktop"));
    if (settings.value(QStringLiteral("version")).toInt() != settingsVersion)
        return;
    window.restoreGeometry(settings.value(QStringLiteral("geometry")).toByteArray());
    window.restoreLayout(settings.value(QStringLiteral("layout")).toByteArray());
    window.playbackBar().setSpeed(settings.value(QStringLiteral("speed"), 10.0).toDouble());
    window.actions().logarithmic->setChecked(
        settings.value(QStringLiteral("logarithmic"), true).toBool());
}

void saveWindow(ui::MainWindow& window)
{
    QSettings settings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("stint"),
                       QStringLiteral("desktop"));
    settings.setValue(QStringLiteral("version"), settingsVersion);
    settings.setValue(QStringLiteral("geometry"), window.saveGeometry());
    settings.setValue(QStringLiteral("layout"), window.saveLayout());
    settings.setValue(QStringLiteral("speed"), window.playbackBar().speed());
    settings.setValue(QStringLiteral("logarithmic"), window.actions().logarithmic->isChecked());
}

} // namespace stint::app
