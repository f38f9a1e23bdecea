#include "app/commands/train_command.h"

#include "core/train/trainer.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

using nlohmann::json;

/// Tried before the work is done rather than after it. Leaves nothing behind.
bool canBeWritten(const std::string& path)
{
    const std::string probe = path + ".part";
    const bool opened = std::ofstream(probe, std::ios::binary | std::ios::app).is_open();
    std::error_code ignored;
    std::filesystem::remove(probe, ignored);
    return opened;
}

void showEpoch(const TrainProgress& p)
{
    const bool rewrite = stderrIsTerminal();
    std::fprintf(stderr, "%s%3.0f %%  %-13s epoch %2d of %d  train %.5f  validation %.5f%s",
                 rewrite ? "\r" : "", 100.0 * p.fraction, toString(p.variant).c_str(), p.epoch,
                 p.epochs, p.trainLoss, p.validationLoss, rewrite ? "" : "\n");
}

json documentOf(const TrainOutcome& outcome, const std::string& task, const std::string& path)
{
    json variants = json::array();
    for (const VariantSummary& v : outcome.variants)
        variants.push_back({{"name", toString(v.variant)},
                            {"epochs", v.epochs},
                            {"best_epoch", v.bestEpoch},
                            {"train_loss", v.trainLoss},
                            {"validation_loss", numberOrNull(v.validationLoss)},
                            {"validation_accuracy", v.validationAccuracy},
                            {"seconds", v.seconds}});
    return {{"task", task},
            {"seconds", outcome.seconds},
            {"variants", variants},
            {"model", path},
            {"rows",
             {{"train", outcome.family->training.trainRows},
              {"validation", outcome.family->training.validationRows},
              {"calibration", outcome.family->training.calibrationRows}}},
            {"remarks", outcome.remarks}};
}

} // namespace

int runTrain(const TrainOptions& options, const CommonOptions& common)
{
    const auto settings = settingsOf(options);
    if (!settings) {
        fail(settings.error());
        return exitUsage;
    }
    if (!canBeWritten(options.out))
        return fail("\"" + options.out + "\" cannot be written; choose another place with --out.");
    std::vector<std::shared_ptr<const Recording>> recordings;
    for (const std::string& path : options.recordings) {
        auto recording = readForCommand(path, options.labelColumns, common);
        if (!recording)
            return fail(recording.error());
        recordings.push_back(std::move(*recording));
    }
    const TrainProgressCallback progress
        = common.quiet ? TrainProgressCallback {} : TrainProgressCallback {&showEpoch};
    const auto outcome = trainFamily(recordings, *settings, progress, interruption());
    if (stderrIsTerminal() && !common.quiet)
        std::fputc('\n', stderr);
    if (!outcome)
        return fail(outcome.error());
    const auto saved = saveFamily(*outcome->family, options.out);
    if (!saved)
        return fail(saved.error());
    for (const std::string& remark : outcome->remarks)
        say(common, "note: " + remark);
    if (common.json)
        print(documentOf(*outcome, options.task, options.out));
    else
        say(common,
            "trained " + std::to_string(outcome->variants.size()) + " variants in "
                + std::to_string(outcome->seconds) + " s; written to " + options.out);
    return exitDone;
}

} // namespace stint::app
