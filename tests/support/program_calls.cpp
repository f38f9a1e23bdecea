#include "tests/support/program_calls.h"

#include "tests/support/small_family.h"

#include <QFile>

#include <nlohmann/json.hpp>

namespace stint::test {

namespace {

/// The made-up machine as a table; rows from `fault` on have a jump and the label 1.
QByteArray table(Index rows, std::uint64_t seed, Index fault)
{
    const Recording recording = test::madeUpRecording(rows, seed);
    QByteArray text = "time [s],flow [l/min],pressure [bar],level [%],anomaly\n";
    for (Index t = 0; t < rows; ++t) {
        const auto at = static_cast<std::size_t>(t);
        const bool faulty = t >= fault && t < fault + 20;
        text += QByteArray::number(recording.time.seconds[at], 'f', 1);
        for (const Channel& channel : recording.channels)
            text += ',' + QByteArray::number(channel.values[at] * (faulty ? 1.3 : 1.0), 'f', 6);
        text += faulty ? ",1\n" : ",0\n";
    }
    return text;
}

} // namespace

nlohmann::json Call::document() const
{
    return nlohmann::json::parse(out.toStdString(), nullptr, /*allow_exceptions=*/false);
}

bool Call::saysOneSentenceAbout(const QString& what) const
{
    const QString text = QString::fromUtf8(err);
    return text.startsWith(QStringLiteral("stint: ")) && text.count(u'\n') == 1
        && text.endsWith(QStringLiteral(".\n")) && text.contains(what);
}

void prepareCall(QProcess& process, const QStringList& arguments)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("DISPLAY"));
    environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
    environment.remove(QStringLiteral("QT_LOGGING_RULES"));
    process.setProcessEnvironment(environment);
    process.setProgram(QStringLiteral(STINT_PROGRAM));
    process.setArguments(arguments);
}

Call finishCall(QProcess& process)
{
    Call call;
    if (!process.waitForFinished(120'000)) {
        process.kill();
        process.waitForFinished();
        return call;
    }
    if (process.exitStatus() == QProcess::NormalExit)
        call.code = process.exitCode();
    call.out = process.readAllStandardOutput();
    call.err = process.readAllStandardError();
    return call;
}

Call stintCall(const QStringList& arguments, const QByteArray& input)
{
    QProcess process;
    prepareCall(process, arguments);
    process.start();
    process.write(input);
    process.closeWriteChannel();
    return finishCall(process);
}

QStringList trainArguments(const QString& recording, const QString& out, int epochs)
{
    return {QStringLiteral("train"),      recording,
            QStringLiteral("--out"),      out,
            QStringLiteral("--task"),     QStringLiteral("anomaly"),
            QStringLiteral("--epochs"),   QString::number(epochs),
            QStringLiteral("--window"),   QStringLiteral("8"),
            QStringLiteral("--width"),    QStringLiteral("8"),
            QStringLiteral("--hidden"),   QStringLiteral("16"),
            QStringLiteral("--patience"), QStringLiteral("100000"),
            QStringLiteral("--json")};
}

Call fillFolder(const QString& folder)
{
    const auto in = [&folder](const char* name) {
        return folder + QStringLiteral("/") + QString::fromLatin1(name);
    };
    if (!writeFile(in("normal.csv"), table(800, 1, 800))
        || !writeFile(in("faulty.csv"), table(700, 2, 500))
        || !writeFile(in("other.csv"), table(400, 3, 200)))
        return {};
    return stintCall(trainArguments(in("normal.csv"), in("m.stint"), 3));
}

bool writeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

QByteArray fileContents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace stint::test
