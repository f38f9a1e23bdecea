#pragma once

#include "app/desktop/desktop_options.h"

#include <QApplication>

namespace stint::app {

/// Shows the main window until it is closed, or until the time in the options is over. Returns the
/// exit code of the program; 1 if a screenshot that was asked for could not be written.
int runDesktop(QApplication& application, const DesktopOptions& options);

} // namespace stint::app
