#include "app/commands/evaluate_command.h"

#include "app/commands/evaluation.h"
#include "app/commands/threshold_comparison.h"

#include <cmath>
#include <cstdio>
#include <utility>

namespace stint::app {

namespace {

using nlohmann::json;
using Recordings = std::vector<std::shared_ptr<const Recording>>;

/// A column of the table: key of the metrics and title.
struct TableColumn {
    const char* key;
    const char* title;
};

std::vector<TableColumn> columnsOf(ModelTask task)
{
    switch (task) {
    case ModelTask::Anomaly:
        return {{"auc_roc", "ROC"},
                {"auc_pr", "PR"},
                {"vus_pr", "VUS-PR"},
                {"best_f1", "best F1"},
                {"event_recall_at_1pct", "recall*"},
                {"f1_at_threshold", "F1 at thr"}};
    case ModelTask::Forecast:
        return {{"mse", "MSE"}, {"mae", "MAE"}};
    case ModelTask::Classify:
        return {{"accuracy", "accuracy"}, {"macro_f1", "macro F1"}};
    }
    return {};
}

void printTable(const json& document, ModelTask task)
{
    const std::vector<TableColumn> columns = columnsOf(task);
    const auto line = [&columns](const std::string& title, const json& m) {
        std::printf("%-40s", title.c_str());
        for (const TableColumn& column : columns) {
            const bool known = m.contains(column.key) && m[column.key].is_number();
            std::printf(" %9.4f", known ? m[column.key].get<double>() : std::nan(""));
        }
        std::printf("\n");
    };
    std::printf("%-40s", "");
    for (const TableColumn& column : columns)
        std::printf(" %9s", column.title);
    std::printf("\n");
    for (const json& mode : document["modes"]) {
        const std::string title = mode["weights"].get<std::string>() + "/"
            + mode["attention"].get<std::string>() + "/" + mode["inference"].get<std::string>();
        line(title, mode["metrics"]);
        for (const json& part : mode["parts"])
            line("  " + part["name"].get<std::string>() + " alone", part["metrics"]);
    }
    for (const json& baseline : document["baselines"])
        line(baseline["name"].get<std::string>(), baseline["metrics"]);
    if (task == ModelTask::Anomaly)
        std::printf("* of labelled events, at 1 %% false alarms\n");
}

/// The thresholds side by side, where there are several.
void printThresholds(const json& document)
{
    const auto number = [](const json& one, const char* key) {
        return one[key].is_number() ? one[key].get<double>() : std::nan("");
    };
    bool begun = false;
    for (const json& mode : document["modes"]) {
        if (!mode.contains("thresholds"))
            continue;
        if (!std::exchange(begun, true))
            std::printf("\n%-40s %9s %9s %9s %9s\n", "threshold", "target", "false", "recall",
                        "F1");
        std::printf("%s/%s/%s\n", mode["weights"].get<std::string>().c_str(),
                    mode["attention"].get<std::string>().c_str(),
                    mode["inference"].get<std::string>().c_str());
        for (const json& one : mode["thresholds"]) {
            const auto drift = one["drift"].get<Index>();
            const std::string title = "  " + one["threshold"].get<std::string>()
                + (drift > 0 ? " over " + std::to_string(drift) + " rows" : std::string());
            std::printf("%-40s %9.4f %9.4f %9.4f %9.4f\n", title.c_str(), number(one, "target"),
                        number(one, "false_alarm_rate"), number(one, "event_recall"),
                        number(one, "f1"));
        }
    }
    if (begun)
        std::printf(
            "false: share of the rows labelled normal that are above the threshold; recall: "
            "of labelled events\n");
}

void printTables(const json& document, ModelTask task)
{
    printTable(document, task);
    printThresholds(document);
}

Result<json> evaluateTask(const Evaluation& evaluation, ModelTask task)
{
    switch (task) {
    case ModelTask::Anomaly:
        return evaluateAnomalies(evaluation);
    case ModelTask::Forecast:
        return evaluateForecasts(evaluation);
    case ModelTask::Classify:
        break;
    }
    return evaluateClasses(evaluation);
}

/// What is to be compared with the calibrated threshold.
Result<std::vector<ThresholdMotion>> chosenMotions(const ModeOptions& options, ModelTask task)
{
    using Motions = std::vector<ThresholdMotion>;
    const auto choice = chosenThreshold(options);
    if (!choice)
        return choice.error();
    if (choice->value)
        return Error {"--threshold is auto or adaptive here; f1_at_threshold is for the "
                      "calibrated one."};
    if (!choice->motion)
        return Motions {};
    if (task != ModelTask::Anomaly)
        return Error {"Thresholds are compared where anomalies are labelled; leave out --threshold "
                      "and --threshold-drift for this model."};
    return comparedMotions(*choice->motion);
}

Result<Recordings> readAll(const std::vector<std::string>& paths,
                           const std::vector<std::string>& labels, const CommonOptions& common)
{
    Recordings recordings;
    for (const std::string& path : paths) {
        auto recording = readForCommand(path, labels, common);
        if (!recording)
            return recording.error();
        recordings.push_back(std::move(*recording));
    }
    return recordings;
}

Result<std::vector<Mode>> chosenModes(const Family& family, const std::vector<std::string>& texts)
{
    std::vector<Mode> modes;
    for (const std::string& text : texts) {
        ModeOptions options;
        options.mode = text;
        const auto mode = chosenMode(family, options);
        if (!mode)
            return mode.error();
        modes.push_back(*mode);
    }
    for (const ModeStatus& status : family.modes()) {
        if (texts.empty() && status.offered)
            modes.push_back(status.mode);
    }
    return modes;
}

} // namespace

int runEvaluate(const EvaluateOptions& options, const CommonOptions& common)
{
    const auto family = loadFamily(options.model);
    if (!family)
        return fail(family.error());
    const ModelTask task = (*family)->task;
    Evaluation evaluation;
    evaluation.family = *family;
    evaluation.labelColumn = options.labelColumn;
    evaluation.pointAdjusted = options.pointAdjusted;
    if (options.labelColumn.empty() && task != ModelTask::Forecast) {
        fail(std::string("Name the column that says what is true with --label-column."));
        return exitUsage;
    }
    std::vector<std::string> labels;
    if (!options.labelColumn.empty())
        labels.push_back(options.labelColumn);
    auto recordings = readAll(options.recordings, labels, common);
    if (!recordings)
        return fail(recordings.error());
    evaluation.recordings = std::move(*recordings);
    auto fitOn = readAll(options.fit, labels, common);
    if (!fitOn)
        return fail(fitOn.error());
    evaluation.fitOn = std::move(*fitOn);
    const auto rows = parseRows(options.rows);
    const auto rescale = parseRows(options.rescale);
    const auto modes = chosenModes(**family, options.modes);
    const auto motions = chosenMotions(options.threshold, task);
    if (!rows || !rescale || !modes || !motions) {
        fail(!rows          ? rows.error()
                 : !rescale ? rescale.error()
                 : !modes   ? modes.error()
                            : motions.error());
        return exitUsage;
    }
    if (!motions->empty() && !sayIfThresholdStands(common, **family, motions->front()))
        evaluation.motions = *motions;
    evaluation.rows = *rows;
    evaluation.rescale = *rescale;
    evaluation.modes = *modes;

    const auto document = evaluateTask(evaluation, task);
    if (!document)
        return fail(document.error());
    if ((*document)["baselines"].empty())
        say(common,
            "The model carries no plain baselines; name the recordings it was trained on with "
            "--fit to compare with them.");
    if (common.json)
        print(*document);
    else
        printTables(*document, task);
    return exitDone;
}

} // namespace stint::app
