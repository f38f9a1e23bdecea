#include "app/desktop/demo_files.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

namespace stint::app {

Result<DemoFiles> findDemoFiles()
{
    QStringList folders {QCoreApplication::applicationDirPath()
                         + QStringLiteral("/../share/stint/demo")};
#ifdef STINT_RESOURCES_DIR
    folders.append(QStringLiteral(STINT_RESOURCES_DIR "/demo"));
#endif
    for (const QString& folder : folders) {
        const QFileInfo recording(folder + QStringLiteral("/demo.csv"));
        const QFileInfo model(folder + QStringLiteral("/demo.stint"));
        if (recording.isReadable() && model.isReadable())
            return DemoFiles {recording.absoluteFilePath().toStdString(),
                              model.absoluteFilePath().toStdString()};
    }
    return Error {"The demo files demo.csv and demo.stint were not found in "
                  + folders.join(QStringLiteral(" or ")).toStdString()
                  + "; install the program again to get them back."};
}

} // namespace stint::app
