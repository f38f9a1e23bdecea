#pragma once

#include "app/commands/command.h"
#include "app/commands/demo_command.h"
#include "app/commands/describe_command.h"
#include "app/commands/evaluate_command.h"
#include "app/commands/export_command.h"
#include "app/commands/import_command.h"
#include "app/commands/inspect_command.h"
#include "app/commands/listen_command.h"
#include "app/commands/play_command.h"
#include "app/commands/ports_command.h"
#include "app/commands/score_command.h"
#include "app/commands/train_command.h"

#include <optional>
#include <string>
#include <vector>

namespace stint::app {

/// What the command line asks for.
enum class Task {
    Desktop,
    Demo,
    Describe,
    Train,
    Score,
    Evaluate,
    Inspect,
    Import,
    Export,
    Snapshot,
    Ports,
    Listen,
    Play
};

struct SnapshotRequest {
    std::string recording, model, out;
};

/// The command line, read. Only the options of the chosen task mean anything.
struct CommandLine {
    Task task = Task::Desktop;
    CommonOptions common;
    ModeOptions mode; ///< of score, snapshot and the desktop
    std::vector<std::string> files; ///< of the desktop
    bool headless = false; ///< of the demo
    bool safeMode = false;
    bool follow = false; ///< the first recording, as it grows
    double exitAfter = 0.0; ///< [s], 0: never
    std::string screenshot;
    DescribeOptions describe;
    TrainOptions train;
    ScoreOptions score;
    EvaluateOptions evaluate;
    InspectOptions inspect;
    ImportOptions imported;
    ExportOptions exported;
    SnapshotRequest snapshot;
    ListenOptions listen;
    PlayOptions play;
};

/// Reads the arguments. Help, version and mistakes are printed here.
/// \param exitCode of the program where nothing is left to do.
[[nodiscard]] std::optional<CommandLine> parseCommandLine(int argc, char** argv, int& exitCode);

} // namespace stint::app
