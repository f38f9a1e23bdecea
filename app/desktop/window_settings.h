#pragma once

#include "ui/main_window.h"

namespace stint::app {

/// Puts the window where it was when the program ended last; leaves it if nothing usable was kept.
void restoreWindow(ui::MainWindow& window);

/// Keeps size, place, arrangement and view settings for the next start.
void saveWindow(ui::MainWindow& window);

} // namespace stint::app
