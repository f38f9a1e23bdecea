#include "app/desktop/desktop_main.h"

#include "app/desktop/desktop_session.h"
#include "app/desktop/window_settings.h"
#include "ui/main_window.h"

#include <QScreen>
#include <QStyleFactory>
#include <QTextStream>
#include <QTimer>

#include <chrono>

namespace stint::app {

namespace {

constexpr QSize usualSize {1280, 800};

bool writeScreenshot(ui::MainWindow& window, const QString& file)
{
    if (window.grab().save(file))
        return true;
    QTextStream(stderr) << QStringLiteral("%1 could not be written; choose a folder that exists "
                                          "and a name that ends in .png.\n")
                               .arg(file);
    return false;
}

} // namespace

int runDesktop(QApplication& application, const DesktopOptions& options)
{
    // The same look everywhere, with the colours of the desktop.
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    ui::MainWindow window;
    window.resize(usualSize.boundedTo(window.screen()->availableSize()));
    if (!options.safeMode)
        restoreWindow(window);
    DesktopSession session(window);
    if (!options.safeMode)
        session.setImportMemory(std::make_unique<ImportMemory>());
    window.show();
    session.begin(options);
    if (options.exitAfter || !options.screenshot.isEmpty()) {
        constexpr double enoughToSee = 3.0; // [s], for a screenshot without a time
        const std::chrono::duration<double> wait(options.exitAfter.value_or(enoughToSee));
        QTimer::singleShot(std::chrono::duration_cast<std::chrono::milliseconds>(wait), &window,
                           [&window, &options] {
                               const bool good = options.screenshot.isEmpty()
                                   || writeScreenshot(window, options.screenshot);
                               QApplication::exit(good ? 0 : 1);
                           });
    }
    const int code = application.exec();
    if (!options.safeMode)
        saveWindow(window);
    return code;
}

} // namespace stint::app
