#pragma once

#include <QDir>
#include <QString>

namespace stint::test {

/// Where the reference numbers and the real recordings lie: a folder beside the checkout, not part
/// of it. Tests that need a file of it skip, and say so, when it is absent. The environment
/// variable STINT_RECORDED_DATA names another place.
inline QString recordedData(const QString& path)
{
    const QString root = qEnvironmentVariable("STINT_RECORDED_DATA",
                                              QStringLiteral(STINT_SOURCE_DIR "/../shared"));
    const QString file = QDir(root).filePath(path);
    return QFile::exists(file) ? file : QString();
}

} // namespace stint::test
