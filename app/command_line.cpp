#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace stint::app {

namespace {

void addCommon(CLI::App& app, CommonOptions& common)
{
    app.add_flag("--json", common.json, "Print one JSON document and nothing else");
    app.add_flag("--quiet", common.quiet, "No progress and no messages");
}

void addThreshold(CLI::App& app, ModeOptions& mode, const char* words)
{
    app.add_option("--threshold", mode.threshold, words);
    app.add_option("--threshold-drift", mode.thresholdDrift,
                   "Adaptive over the mean of the last so many rows, for a level that drifts");
}

void addMode(CLI::App& app, ModeOptions& mode)
{
    app.add_option("--mode", mode.mode, "WEIGHTS/ATTENTION/INFERENCE, e.g. sbt/step-t/continual");
    app.add_option("--weights", mode.weights, "dense, sparse, binary or sbt");
    app.add_option("--attention", mode.attention, "full, step-t or fixed-mask");
    app.add_option("--inference", mode.inference, "window or continual");
    addThreshold(app, mode, "auto (as calibrated), adaptive (moves with the rows) or a number");
}

void addArchitecture(CLI::App& app, TrainOptions& o)
{
    app.add_option("--window", o.window, "Rows that an answer looks at, its own included");
    app.add_option("--layers", o.layers, "Blocks of the encoder");
    app.add_option("--heads", o.heads, "Heads of each block");
    app.add_option("--width", o.width, "Size of a token; 0: twice the channels");
    app.add_option("--hidden", o.hidden, "Units of the feed-forward layers");
    app.add_option("--positions", o.positions,
                   "none, window-sine, window-learned, recycling, recycling-learned, rotary or "
                   "lag-bias");
    app.add_option("--norm", o.norm, "none, token, batch or time");
    app.add_option("--newest", o.newest,
                   "The newest token: hidden, repeated, zeroed or visible (reconstruction)");
    app.add_option("--pooling", o.pooling, "What the head reads: newest or mean");
    app.add_option("--lags", o.lags, "Rows that one token stacks");
    app.add_option("--skip", o.skip,
                   "What the encoder adds to: none, last-value or autoregression");
    app.add_flag("--no-gate", o.ungated, "The encoder's part beside a skip path starts at full");
    app.add_option("--season", o.season, "Rows of a season, for the seasonal baseline");
    app.add_option("--qkv-keep", o.qkvKeep, "Entries that a fixed mask keeps, 0 to 1");
}

void addOptimisation(CLI::App& app, TrainOptions& o)
{
    app.add_option("--keep", o.keep, "Fraction of weights kept in sparse variants");
    app.add_option(
        "--search", o.search,
        "How kept weights are found: scores (frozen weights) or straight-through; usually scores "
        "where half or more are kept");
    app.add_option("--gain", o.gain, "Of binary weights: paper, layer or row");
    app.add_option("--start", o.start,
                   "Of pruned weights: uniform, signed-constant or ranked-scores");
    app.add_flag("--packed", o.packed, "Write packed weights and floats of 16 bits");
    app.add_flag("--no-baselines", o.noBaselines,
                 "Leave the plain baselines out of the file; evaluate then needs --fit");
    app.add_flag("--binary-ends", o.binaryEnds, "Embedding and head are pruned and binary too");
    app.add_option("--epochs", o.epochs, "Passes over the training rows, at most");
    app.add_option("--patience", o.patience,
                   "Epochs without progress before it stops; 0: never, the last epoch counts");
    app.add_option("--learning-rate", o.learningRate, "Of the optimiser, at the start");
    app.add_option("--score-rate", o.scoreRate, "Learning rate of scores");
    app.add_flag("--constant-rate", o.constantRate, "The learning rates do not fall");
    app.add_option("--batch", o.batch, "Rows, or series, of one step of the optimiser");
    app.add_option("--clip", o.clip, "Most that the gradient's norm may be; 0: any");
    app.add_option("--stride", o.stride, "Every how many rows are trained on");
    app.add_option("--false-alarms", o.falseAlarms,
                   "Fraction of normal rows that may be above the threshold");
    app.add_option("--threshold-rule", o.thresholdRule,
                   "How it is taken from held-out rows: quantile, or pot (peaks over threshold)");
    app.add_option("--seed", o.seed, "Of every random draw");
    app.add_option("--threads", o.threads, "0: all cores");
}

void addTrain(CLI::App& parent, CommandLine& line)
{
    CLI::App* app = parent.add_subcommand("train", "Train a model family on normal rows");
    TrainOptions& o = line.train;
    addCommon(*app, line.common);
    app->add_option("recordings", o.recordings, "Recordings of normal operation")->required();
    app->add_option("--task", o.task, "anomaly, forecast or classify");
    app->add_option("--out", o.out, "Model file to write (.stint)")->required();
    app->add_option("--preset", o.preset, "recommended, or paper: the recipe of the SBT paper");
    app->add_option("--variants", o.variants, "WEIGHTS/ATTENTION, separated by commas")
        ->delimiter(',');
    app->add_option("--rows", o.rows, "A:B, rows of each recording to train on");
    app->add_option("--rescale", o.rescale,
                    "A:B, normal rows by which each recording is standardised itself");
    app->add_option("--label-column", o.labelColumns,
                    "Columns that are labels, not channels; the first one holds the classes");
    app->add_option("--channels", o.channels, "Channels to use, separated by commas")
        ->delimiter(',');
    addArchitecture(*app, o);
    addOptimisation(*app, o);
    app->callback([&line] { line.task = Task::Train; });
}

void addScore(CLI::App& parent, CommandLine& line)
{
    CLI::App* app = parent.add_subcommand("score", "Score every row of a recording");
    ScoreOptions& o = line.score;
    addCommon(*app, line.common);
    addMode(*app, o.mode);
    app->add_option("recording", o.recording, "Recording, or - for standard input")->required();
    app->add_option("--model", o.model, "Model file")->required();
    app->add_option("--out", o.out, "Scores to write (.csv), or - for standard output")->required();
    app->add_option("--score", o.mode.score, "combined, encoder or autoregression");
    app->add_option("--rescale", o.mode.rescale, "A:B, normal rows of this recording");
    app->add_flag("--follow", o.follow,
                  "Go on with the rows that are appended to the file, until Ctrl-C");
    app->add_option("--for", o.seconds, "Seconds after which following ends; 0: on Ctrl-C");
    app->callback([&line] { line.task = Task::Score; });
}

void addEvaluate(CLI::App& parent, CommandLine& line)
{
    CLI::App* app = parent.add_subcommand("evaluate", "Compare modes and baselines on labels");
    EvaluateOptions& o = line.evaluate;
    addCommon(*app, line.common);
    app->add_option("recordings", o.recordings, "Recordings with labels")->required();
    app->add_option("--model", o.model, "Model file")->required();
    app->add_option("--label-column", o.labelColumn,
                    "Column of 0 and 1, or of classes; a forecast needs none");
    app->add_flag("--point-adjusted", o.pointAdjusted,
                  "Also the point-adjusted F1, in which random scores look good");
    app->add_option("--rows", o.rows, "A:B, rows of each recording that are judged");
    app->add_option("--rescale", o.rescale, "A:B, normal rows of each recording");
    app->add_option("--fit", o.fit, "Recordings to fit the baselines on instead");
    app->add_option("--modes", o.modes, "Modes to compare, separated by commas; all if left out")
        ->delimiter(',');
    addThreshold(*app, o.threshold, "adaptive: compares it with the calibrated one");
    app->callback([&line] { line.task = Task::Evaluate; });
}

/// What a person knows better about a file than its detection.
void addReadChoices(CLI::App& app, DescribeOptions& o)
{
    app.add_option("--encoding", o.encoding, "Encoding of the text")
        ->check(CLI::IsMember({"utf-8", "utf-16le", "utf-16be", "windows-1252", "latin-1"}));
    app.add_option("--delimiter", o.delimiter, "Between cells: one character, tab or blanks");
    app.add_option("--decimal", o.decimal, "Decimal character, . or ,")
        ->check(CLI::IsMember({".", ","}));
    app.add_option("--preamble-lines", o.preambleLines, "Lines above the header")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--header-lines", o.headerLines, "Lines of names and units")
        ->check(CLI::NonNegativeNumber);
    auto* column = app.add_option("--time-column", o.timeColumn, "Header of the column of time");
    app.add_flag("--no-time-column", o.rowsAsTime, "The row number stands in for time")
        ->excludes(column);
    app.add_option("--time-unit", o.timeUnit,
                   "Of a time in numbers: ns, us, ms, s, min, h, d or spreadsheet day");
    app.add_option("--date-order", o.dateOrder, "Of dates such as 1/2/2024")
        ->check(CLI::IsMember({"day-first", "month-first"}));
    app.add_option("--leave-out", o.leftOut, "Headers of columns that are not read");
}

void addExchange(CLI::App& parent, CommandLine& line)
{
    CLI::App* imported = parent.add_subcommand("import", "Make a model of what PyTorch trained");
    ImportOptions& i = line.imported;
    addCommon(*imported, line.common);
    imported->add_option("parameters", i.parameters, "State dict (.safetensors)")->required();
    imported->add_option("--config", i.config, "What the tensors do not tell (.json)")->required();
    imported->add_option("--out", i.out, "Model file to write (.stint)")->required();
    imported->add_option("--calibrate", i.calibrate, "Recording of normal operation");
    imported->add_option("--rows", i.rows, "A:B, rows of it that are normal");
    imported->add_option("--label-column", i.labelColumns, "Columns that are labels, not channels");
    imported->add_option("--false-alarms", i.falseAlarmTarget,
                         "Fraction of normal rows that may be above the threshold");
    imported->callback([&line] { line.task = Task::Import; });

    CLI::App* exported = parent.add_subcommand("export", "Write one variant for another runtime");
    ExportOptions& e = line.exported;
    addCommon(*exported, line.common);
    exported->add_option("model", e.model, "Model file")->required();
    exported->add_option("--format", e.format, "onnx")->required();
    exported->add_option("--out", e.out, "File to write")->required();
    exported->add_option("--variant", e.variant, "WEIGHTS/ATTENTION, e.g. sbt/step-t");
    exported->add_option("--mode", e.mode, "WEIGHTS/ATTENTION/INFERENCE; its variant is written");
    exported->callback([&line] { line.task = Task::Export; });
}

void addListen(CLI::App& parent, CommandLine& line)
{
    CLI::App* app = parent.add_subcommand("listen", "Record and score a live device");
    ListenOptions& o = line.listen;
    addCommon(*app, line.common);
    addMode(*app, o.mode);
    app->add_option("--port", o.serial.port, "Serial port or pseudo-terminal; see stint ports")
        ->required();
    app->add_option("--baud", o.serial.baud, "Bits a second, any number that the driver takes");
    app->add_option("--data-bits", o.serial.dataBits, "5 to 8");
    app->add_option("--parity", o.parity, "none, even, odd, mark or space");
    app->add_option("--stop-bits", o.stopBits, "1, 1.5 or 2");
    app->add_option("--flow", o.flow, "none, hardware or software");
    app->add_flag("--no-dtr", o.noDtr, "Lower DTR, which restarts some boards");
    app->add_flag("--no-rts", o.noRts, "Lower RTS");
    app->add_option("--format", o.format,
                    "auto: found out in the first two seconds; or csv, csv:semicolon, labels, "
                    "teleplot, json, comment, dollar, nmea, frame:…, cobs:…, slip:…, raw:…");
    app->add_option("--model", o.model, "Model file that scores the rows");
    app->add_option("--score", o.mode.score, "combined, encoder or autoregression");
    app->add_option("--rescale", o.mode.rescale, "A:B, normal rows counted from the first one");
    app->add_option("--record", o.record, "Recording to write (.csv); never replaces a file");
    app->add_option("--raw", o.raw, "File for every byte as it came, beside a recording");
    app->add_option("--for", o.seconds, "Seconds after which it ends; 0: on Ctrl-C");
    app->footer(
        "In the document of --json every sample is counted once: samples = scored + skipped "
        "(the model could not keep up) + filling (the window, at first and after rows that "
        "were skipped or lost) + unwatched (no model, or not its channels).");
    app->callback([&line] { line.task = Task::Listen; });
}

void addPlay(CLI::App& parent, CommandLine& line)
{
    CLI::App* app = parent.add_subcommand(
        "play",
        "Write a recording to a port as a device would send it. With --port pty it makes a "
        "pseudo-terminal and tells its path, so that live mode can be tried without hardware");
    PlayOptions& o = line.play;
    addCommon(*app, line.common);
    app->add_option("recording", o.recording, "Recording")->required();
    app->add_option("--port", o.port, "Serial port or pseudo-terminal, or pty to make one")
        ->required();
    app->add_option("--baud", o.baud, "Bits a second of a serial port");
    app->add_option("--format", o.format,
                    "csv, csv:semicolon, labels, teleplot, json, comment, dollar or nmea");
    app->add_option("--rate", o.rate,
                    "Rows a second, 0: as fast as possible; left out: the recording's own pace");
    app->add_flag("--loop", o.loop, "From the start again, until Ctrl-C");
    app->callback([&line] { line.task = Task::Play; });
}

void addSmall(CLI::App& parent, CommandLine& line)
{
    CLI::App* describe = parent.add_subcommand("describe", "Show what was detected in a file");
    addCommon(*describe, line.common);
    describe->add_option("recording", line.describe.recording, "Recording")->required();
    describe->add_option("--label-column", line.describe.labelColumns, "Columns that are labels");
    addReadChoices(*describe, line.describe);
    describe->callback([&line] { line.task = Task::Describe; });

    CLI::App* inspect = parent.add_subcommand(
        "inspect", "Show architecture and costs of a model, or of a published one");
    addCommon(*inspect, line.common);
    inspect->add_option("model", line.inspect.model, "Model file");
    inspect->add_option("--preset", line.inspect.preset,
                        "An architecture of the papers, e.g. smd or smd-stream");
    inspect->add_option("--keep", line.inspect.keep,
                        "Fraction of weights kept in the preset's sparse variants");
    inspect->add_option("--rules", line.inspect.rules,
                        "operations, executed, sbt-paper or continual-paper");
    inspect->callback([&line] { line.task = Task::Inspect; });

    CLI::App* ports = parent.add_subcommand("ports", "List serial ports");
    addCommon(*ports, line.common);
    ports->callback([&line] { line.task = Task::Ports; });

    CLI::App* demo = parent.add_subcommand("demo", "Play the bundled recording");
    addCommon(*demo, line.common);
    addMode(*demo, line.mode);
    demo->add_flag("--headless", line.headless, "Without a window, through every mode");
    demo->add_flag("--safe-mode", line.safeMode, "Ignore saved settings");
    demo->add_option("--exit-after", line.exitAfter, "Seconds after which the program ends");
    demo->add_option("--screenshot", line.screenshot, "Picture of the window, taken at the end");
    demo->callback([&line] { line.task = Task::Demo; });

    CLI::App* snapshot
        = parent.add_subcommand("snapshot", "Draw the window after a recording was played");
    addCommon(*snapshot, line.common);
    addMode(*snapshot, line.mode);
    snapshot->add_option("recording", line.snapshot.recording, "Recording")->required();
    snapshot->add_option("--model", line.snapshot.model, "Model file")->required();
    snapshot->add_option("--out", line.snapshot.out, "Picture to write (.png)")->required();
    snapshot->callback([&line] { line.task = Task::Snapshot; });
}

} // namespace

std::optional<CommandLine> parseCommandLine(int argc, char** argv, int& exitCode)
{
    CommandLine line;
    CLI::App app {"Stint: frugal Transformers for live time series"};
    app.set_version_flag("--version", STINT_VERSION);
    app.require_subcommand(0, 1);
    app.fallthrough(false);
    app.add_option("files", line.files, "Recordings (.csv .tsv .txt .dat .gz) and models (.stint)");
    addMode(app, line.mode);
    app.add_flag("--follow", line.follow, "Show rows that are appended to the recording, too");
    app.add_flag("--safe-mode", line.safeMode, "Ignore saved settings");
    app.add_option("--exit-after", line.exitAfter, "Seconds after which the program ends");
    app.add_option("--screenshot", line.screenshot, "Picture of the window, taken at the end");
    addTrain(app, line);
    addScore(app, line);
    addEvaluate(app, line);
    addExchange(app, line);
    addListen(app, line);
    addPlay(app, line);
    addSmall(app, line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error, std::cout, std::cerr);
        exitCode = code == 0 ? exitDone : exitUsage;
        return std::nullopt;
    }
    return line;
}

} // namespace stint::app
