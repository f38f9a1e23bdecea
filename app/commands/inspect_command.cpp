#include "app/commands/inspect_command.h"

#include "app/commands/preset_report.h"
#include "app/commands/storage_json.h"
#include "core/cost/state_floats.h"
#include "core/cost/storage.h"
#include "core/model/detector.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

using nlohmann::json;

json partsOf(const PartCounts& counts, const StorageReport& storage, bool executed)
{
    json parts = json::array();
    for (std::size_t p = 0; p < partCount; ++p) {
        const OpCounts& ops = counts.parts[p];
        parts.push_back({{"name", name(static_cast<Part>(p))},
                         {"flops", executed ? ops.executed : ops.operations},
                         {"bits", bitsOfPart(storage, static_cast<Part>(p))},
                         {"operations", ops.operations},
                         {"executed", ops.executed},
                         {"exponentials", ops.exponentials},
                         {"gains", ops.gains},
                         {"additions", ops.additions},
                         {"norms", ops.norms}});
    }
    return parts;
}

json modeOf(const std::shared_ptr<const Family>& family, Mode mode, bool executed)
{
    const FamilyVariant& variant = *family->find(mode.variant());
    const Tally tally = tallyOfOneStep(family, mode);
    const OpCounts total = tally.counted.total();
    const StorageReport storage = storageReport(variant.config, variant.parameters);
    json document {{"weights", name(mode.weights)},
                   {"attention", name(mode.attention)},
                   {"inference", name(mode.inference)},
                   {"flops_per_step", executed ? total.executed : total.operations},
                   {"executed_per_step", total.executed},
                   {"parameters", parameterCount(variant.config, variant.parameters)},
                   {"state_floats", stateFloats(variant.config, mode.inference)},
                   {"parts", partsOf(tally.counted, storage, executed)},
                   {"dense_window", tally.perStep.denseWindow},
                   {"dense_window_newest", tally.perStep.denseWindowNewest},
                   {"dense_step_t_window", tally.perStep.denseStepTWindow},
                   {"ratio_to_dense_window", tally.ratio()}};
    addStorage(document, storage);
    return document;
}

json documentOf(const std::shared_ptr<const Family>& family, bool executed)
{
    json channels = json::array();
    for (const FamilyChannel& c : family->channels)
        channels.push_back({{"name", c.name}, {"unit", c.unit}});
    json variants = json::array();
    std::uint64_t parameters = 0;
    for (const FamilyVariant& v : family->variants) {
        parameters += parameterCount(v.config, v.parameters);
        const Threshold& t = v.thresholds[0];
        variants.push_back({{"name", toString(v.name)},
                            {"window", v.config.window},
                            {"width", v.config.width},
                            {"heads", v.config.heads},
                            {"hidden", v.config.hidden},
                            {"layers", v.config.layers},
                            {"positions", name(v.config.positions)},
                            {"norm", name(v.config.norm)},
                            {"keep", v.keep},
                            {"threshold", t.value},
                            {"threshold_supported", t.supported},
                            {"threshold_remark", t.remark},
                            {"epochs", v.epochs},
                            {"best_epoch", v.bestEpoch},
                            {"validation_loss", v.validationLoss}});
    }
    json modes = json::array();
    json refused = json::array();
    for (const ModeStatus& status : family->modes()) {
        if (status.offered)
            modes.push_back(modeOf(family, status.mode, executed));
        else
            refused.push_back({{"mode", toString(status.mode)}, {"why", status.why}});
    }
    return {{"task", name(family->task)},
            {"channels", channels},
            {"parameters", parameters},
            {"variants", variants},
            {"modes", modes},
            {"not_offered", refused},
            {"remarks", family->training.remarks}};
}

void printText(const json& d)
{
    std::printf("%s detector for %zu channels, %llu trained parameters\n",
                d["task"].get<std::string>().c_str(), d["channels"].size(),
                static_cast<unsigned long long>(d["parameters"].get<std::uint64_t>()));
    for (const json& v : d["variants"])
        std::printf("%-13s window %d, %d layers, width %d, %d heads, hidden %d, keep %g, threshold "
                    "%.4g, %d epochs\n",
                    v["name"].get<std::string>().c_str(), v["window"].get<int>(),
                    v["layers"].get<int>(), v["width"].get<int>(), v["heads"].get<int>(),
                    v["hidden"].get<int>(), v["keep"].get<double>(), v["threshold"].get<double>(),
                    v["epochs"].get<int>());
    std::printf("%-28s %14s %12s %10s %10s %10s\n", "mode", "FLOPs per step", "dense/this", "bits",
                "packed", "state");
    for (const json& m : d["modes"]) {
        const std::string title = m["weights"].get<std::string>() + "/"
            + m["attention"].get<std::string>() + "/" + m["inference"].get<std::string>();
        std::printf("%-28s %14llu %11.1fx %10llu %10llu %10llu\n", title.c_str(),
                    static_cast<unsigned long long>(m["flops_per_step"].get<std::uint64_t>()),
                    m["ratio_to_dense_window"].get<double>(),
                    static_cast<unsigned long long>(m["bits"].get<std::uint64_t>()),
                    static_cast<unsigned long long>(m["bits_packed"].get<std::uint64_t>()),
                    static_cast<unsigned long long>(m["state_floats"].get<std::uint64_t>()));
    }
    for (const json& r : d["not_offered"])
        std::printf("%-28s not offered: %s\n", r["mode"].get<std::string>().c_str(),
                    r["why"].get<std::string>().c_str());
}

} // namespace

Tally tallyOfOneStep(const std::shared_ptr<const Family>& family, Mode mode)
{
    const auto channels = static_cast<Index>(family->channels.size());
    const Index past = family->find(mode.variant())->config.past();
    Detector detector(family, mode, ScoreKind::Combined, past + 1);
    detector.reset(0);
    const Matrix<float> zeros(past + 1, channels);
    ResultBlock block;
    detector.step(zeros.row(0), zeros.stride(), past + 1, 0.0F, {}, block);
    return block.tally;
}

namespace {

int inspectModel(const InspectOptions& options, const CommonOptions& common, CostRules rules)
{
    if (options.keep) {
        fail("--keep is for presets; a trained model keeps the weights that it has.");
        return exitUsage;
    }
    if (rules == CostRules::SbtPaper || rules == CostRules::ContinualPaper) {
        fail("The papers' rules count the papers' own models; use them with --preset, or choose "
             "operations or executed.");
        return exitUsage;
    }
    const auto family = loadFamily(options.model);
    if (!family)
        return fail(family.error());
    const json document = documentOf(*family, rules == CostRules::Executed);
    if (common.json)
        print(document);
    else
        printText(document);
    return exitDone;
}

int inspectPreset(const InspectOptions& options, const CommonOptions& common, CostRules rules)
{
    auto preset = findPreset(options.preset);
    if (!preset) {
        fail(preset.error());
        return exitUsage;
    }
    if (rules == CostRules::Executed) {
        fail("Executed operations are counted while a model runs, and a preset has no trained "
             "model; use operations, or train a model and inspect that.");
        return exitUsage;
    }
    if (options.keep && !(*options.keep > 0.0 && *options.keep <= 1.0)) {
        fail("--keep must be a fraction above 0 and at most 1.");
        return exitUsage;
    }
    if (options.keep)
        *preset = withKeep(std::move(*preset), *options.keep);
    const json document = presetDocument(*preset, rules);
    if (common.json)
        print(document);
    else
        printPreset(document);
    return exitDone;
}

} // namespace

int runInspect(const InspectOptions& options, const CommonOptions& common)
{
    const auto rules = parseCostRules(options.rules);
    if (!rules) {
        fail(rules.error());
        return exitUsage;
    }
    if (options.model.empty() == options.preset.empty()) {
        fail("inspect needs a model file or --preset NAME, and not both.");
        return exitUsage;
    }
    return options.preset.empty() ? inspectModel(options, common, *rules)
                                  : inspectPreset(options, common, *rules);
}

} // namespace stint::app
