#include "app/command_line.h"
#include "app/desktop/demo_files.h"
#include "app/desktop/desktop_main.h"
#include "app/desktop/snapshot.h"

#include <QApplication>

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace {

using namespace stint::app;

/// Qt wants a display unless it is told to draw into memory, and warns of what a desktop would
/// have; stderr belongs to our own sentences.
void drawOffScreen()
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    if (!qEnvironmentVariableIsSet("QT_LOGGING_RULES"))
        qputenv("QT_LOGGING_RULES", "*.warning=false");
}

/// The mode named on the command line before a model is there to ask; fields left out are those of
/// the cheapest mode.
stint::Result<std::optional<stint::Mode>> modeOf(const ModeOptions& options)
{
    using Chosen = std::optional<stint::Mode>;
    if (options.mode.empty() && options.weights.empty() && options.attention.empty()
        && options.inference.empty())
        return Chosen {};
    const std::string text = !options.mode.empty()
        ? options.mode
        : (options.weights.empty() ? "sbt" : options.weights) + "/"
            + (options.attention.empty() ? "step-t" : options.attention) + "/"
            + (options.inference.empty() ? "continual" : options.inference);
    const auto mode = stint::parseMode(text);
    if (!mode)
        return mode.error();
    return Chosen {*mode};
}

int showDesktop(int argc, char** argv, const CommandLine& line)
{
    const auto mode = modeOf(line.mode);
    const auto threshold = parseThreshold(line.mode.threshold);
    if (!mode || !threshold) {
        fail(!mode ? mode.error() : threshold.error());
        return exitUsage;
    }
    QApplication application(argc, argv);
    DesktopOptions options;
    for (const std::string& file : line.files)
        options.files << QString::fromStdString(file);
    options.mode = *mode;
    options.threshold = *threshold;
    if (line.exitAfter > 0.0)
        options.exitAfter = line.exitAfter;
    options.screenshot = QString::fromStdString(line.screenshot);
    options.safeMode = line.safeMode;
    options.follow = line.follow;
    options.demo = line.task == Task::Demo;
    return runDesktop(application, options);
}

int drawSnapshot(int argc, char** argv, const CommandLine& line)
{
    drawOffScreen();
    QApplication application(argc, argv);
    const auto mode = modeOf(line.mode);
    const auto threshold = parseThreshold(line.mode.threshold);
    if (!mode || !threshold) {
        fail(!mode ? mode.error() : threshold.error());
        return exitUsage;
    }
    SnapshotOptions options;
    options.recording = line.snapshot.recording;
    options.model = line.snapshot.model;
    options.output = line.snapshot.out;
    options.mode = *mode;
    options.threshold = *threshold;
    const auto size = renderSnapshot(options);
    if (!size)
        return fail(size.error());
    if (line.common.json)
        print({{"width", size->width()}, {"height", size->height()}});
    else
        say(line.common, "written to " + line.snapshot.out);
    return exitDone;
}

int playDemo(int argc, char** argv, const CommandLine& line)
{
    if (!line.headless)
        return showDesktop(argc, argv, line);
    const QCoreApplication application(argc, argv); // knows where the program lies
    const auto files = findDemoFiles();
    if (!files)
        return fail(files.error());
    return runDemo({files->recording, files->model}, line.common);
}

/// Ports are Qt's, and its threads want an application.
int useDevices(int argc, char** argv, const CommandLine& line)
{
    const QCoreApplication application(argc, argv);
    if (line.task == Task::Listen)
        return runListen(line.listen, line.common);
    if (line.task == Task::Play)
        return runPlay(line.play, line.common);
    return runPorts(line.common);
}

} // namespace

int main(int argc, char** argv)
{
    int exitCode = exitDone;
    const auto line = parseCommandLine(argc, argv, exitCode);
    if (!line)
        return exitCode;
    switch (line->task) {
    case Task::Desktop:
        return showDesktop(argc, argv, *line);
    case Task::Demo:
        return playDemo(argc, argv, *line);
    case Task::Snapshot:
        return drawSnapshot(argc, argv, *line);
    case Task::Describe:
        return runDescribe(line->describe, line->common);
    case Task::Train:
        return runTrain(line->train, line->common);
    case Task::Score:
        return runScore(line->score, line->common);
    case Task::Evaluate:
        return runEvaluate(line->evaluate, line->common);
    case Task::Inspect:
        return runInspect(line->inspect, line->common);
    case Task::Import:
        return runImport(line->imported, line->common);
    case Task::Export:
        return runExport(line->exported, line->common);
    case Task::Ports:
    case Task::Listen:
    case Task::Play:
        return useDevices(argc, argv, *line);
    }
    return exitUsage;
}
