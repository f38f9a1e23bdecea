#pragma once

#include "core/base/types.h"

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

namespace stint::test {

/// How a call of the program ended.
struct Call {
    int code = -1; ///< -1: it crashed or did not end
    QByteArray out, err;

    /// stdout as one JSON document and nothing else; discarded if it is not.
    [[nodiscard]] nlohmann::json document() const;
    /// stderr is one line that says what went wrong.
    [[nodiscard]] bool saysOneSentenceAbout(const QString& what) const;
};

/// Sets up a call of the built program, without a display.
void prepareCall(QProcess& process, const QStringList& arguments);

/// Waits for the end of a call, two minutes at most.
Call finishCall(QProcess& process);

/// Calls the program and waits for its end.
/// \param input what it reads from standard input.
Call stintCall(const QStringList& arguments, const QByteArray& input = {});

/// `train --json` of a small model that does not stop early.
QStringList trainArguments(const QString& recording, const QString& out, int epochs);

/// Writes normal.csv, faulty.csv and other.csv of the made-up machine, with the label "anomaly" at
/// their faults, and trains m.stint on the normal one. \return the call that trained.
Call fillFolder(const QString& folder);

bool writeFile(const QString& path, const QByteArray& bytes);
/// Empty if it cannot be read.
QByteArray fileContents(const QString& path);

} // namespace stint::test
