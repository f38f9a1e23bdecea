#include "app/commands/demo_command.h"

#include "core/detect/alarms.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

using nlohmann::json;

struct ModeRun {
    Mode mode;
    Tally tally;
    double seconds = 0.0;
    float threshold = 0.0F;
    std::vector<float> scores;
    AlarmEvents events {alarmJoinGap};
};

Result<ModeRun> play(const std::shared_ptr<const Recording>& recording,
                     const std::shared_ptr<const Family>& family, Mode mode)
{
    PlayerOptions options;
    options.mode = mode;
    auto player = Player::create(recording, family, options);
    if (!player)
        return player.error();
    ModeRun run;
    run.mode = mode;
    run.threshold = (*player)->threshold();
    ResultBlock block;
    while ((*player)->advance(options.maxBlock, block) > 0) {
        if (interruption().stop_requested())
            return Error {"interrupted"};
        run.events.add(block);
        run.scores.insert(run.scores.end(), block.score.begin(), block.score.end());
        run.seconds += block.seconds;
        run.tally = block.tally;
    }
    return run;
}

json eventOf(const AlarmEvent& event, const Recording& recording, const Family& family)
{
    const bool known = event.topChannel >= 0;
    return {{"first_row", event.first},
            {"last_row", event.last},
            {"time", timeText(recording, event.first)},
            {"peak", event.peak},
            {"part", event.part == ScorePart::Encoder ? "encoder" : "autoregression"},
            {"top_channel",
             known ? family.channels[static_cast<std::size_t>(event.topChannel)].name : ""}};
}

json documentOf(const ModeRun& run, const Recording& recording, const Family& family)
{
    json events = json::array();
    for (const AlarmEvent& event : run.events.events())
        events.push_back(eventOf(event, recording, family));
    const std::uint64_t steps = std::max<std::uint64_t>(run.tally.steps, 1);
    return {{"weights", name(run.mode.weights)},
            {"attention", name(run.mode.attention)},
            {"inference", name(run.mode.inference)},
            {"steps", run.tally.steps},
            {"flops_per_step", run.tally.counted.total().operations / steps},
            {"executed_per_step", run.tally.counted.total().executed / steps},
            {"dense_flops_per_step", run.tally.perStep.denseWindow},
            {"ratio_to_dense_window", run.tally.ratio()},
            {"us_per_step", 1e6 * run.seconds / static_cast<double>(steps)},
            {"threshold", run.threshold},
            {"events", events}};
}

/// Largest difference of the scores of a variant between its two inferences.
double largestDifference(const std::vector<ModeRun>& runs)
{
    double worst = 0.0;
    for (const ModeRun& a : runs) {
        for (const ModeRun& b : runs) {
            if (!(a.mode.variant() == b.mode.variant()))
                continue;
            for (std::size_t i = 0; i < std::min(a.scores.size(), b.scores.size()); ++i) {
                const double d
                    = std::abs(static_cast<double>(a.scores[i]) - static_cast<double>(b.scores[i]));
                worst = std::isnan(d) ? worst : std::max(worst, d);
            }
        }
    }
    return worst;
}

long long rowsOf(const json& event)
{
    return event["last_row"].get<long long>() - event["first_row"].get<long long>() + 1;
}

void printText(const json& d)
{
    std::printf("%lld rows of \"%s\"\n", static_cast<long long>(d["rows"].get<std::int64_t>()),
                d["recording"].get<std::string>().c_str());
    std::printf("%-28s %14s %14s %9s %9s %7s\n", "mode", "FLOPs per step", "dense window", "saving",
                "us/step", "events");
    for (const json& m : d["modes"]) {
        const std::string title = m["weights"].get<std::string>() + "/"
            + m["attention"].get<std::string>() + "/" + m["inference"].get<std::string>();
        std::printf("%-28s %14llu %14llu %8.1fx %9.2f %7zu\n", title.c_str(),
                    static_cast<unsigned long long>(m["flops_per_step"].get<std::uint64_t>()),
                    static_cast<unsigned long long>(m["dense_flops_per_step"].get<std::uint64_t>()),
                    m["ratio_to_dense_window"].get<double>(), m["us_per_step"].get<double>(),
                    m["events"].size());
    }
    std::printf("largest difference between window and continual inference: %.1e\n",
                d["largest_difference_between_inferences"].get<double>());
    const json& best = d["modes"].back();
    std::printf("alarms of the last mode:\n");
    for (const json& e : best["events"])
        std::printf("  %8s s  %5lld rows  peak %7.2f  %-20s said by the %s\n",
                    e["time"].get<std::string>().c_str(), rowsOf(e), e["peak"].get<double>(),
                    e["top_channel"].get<std::string>().c_str(),
                    e["part"].get<std::string>().c_str());
}

} // namespace

int runDemo(const DemoOptions& options, const CommonOptions& common)
{
    const auto recording = readForCommand(options.recording, {}, common);
    if (!recording)
        return fail(recording.error());
    const auto family = loadFamily(options.model);
    if (!family)
        return fail(family.error());
    std::vector<ModeRun> runs;
    json modes = json::array();
    for (const ModeStatus& status : (*family)->modes()) {
        if (!status.offered)
            continue;
        auto run = play(*recording, *family, status.mode);
        if (!run)
            return fail(run.error());
        modes.push_back(documentOf(*run, **recording, **family));
        runs.push_back(std::move(*run));
    }
    const json document = {{"recording", (*recording)->name},
                           {"rows", (*recording)->rows()},
                           {"modes", modes},
                           {"largest_difference_between_inferences", largestDifference(runs)}};
    if (common.json)
        print(document);
    else
        printText(document);
    return exitDone;
}

} // namespace stint::app
