#include "app/commands/score_command.h"

#include "app/commands/score_follow.h"
#include "app/commands/score_lines.h"
#include "core/series/csv_reader.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

Result<std::shared_ptr<const Recording>> readInput(const ScoreOptions& options,
                                                   const CommonOptions& common)
{
    if (options.recording != "-")
        return readForCommand(options.recording, {}, common);
    const std::string text {std::istreambuf_iterator<char>(std::cin),
                            std::istreambuf_iterator<char>()};
    Result<Recording> parsed = parseRecording(text, "standard input");
    if (!parsed)
        return parsed.error();
    return std::shared_ptr<const Recording>(std::make_shared<Recording>(std::move(*parsed)));
}

/// Plays to the end and writes every row. What was finished before Ctrl-C is kept.
Result<ScoreTotals> scoreAll(Player& player, const PlayerOptions& play, const Recording& recording,
                             ScoreLines& lines, std::ostream& out)
{
    ScoreTotals totals;
    ResultBlock block;
    std::string text;
    const std::stop_token stop = interruption();
    while (!stop.stop_requested() && player.advance(play.maxBlock, block) > 0) {
        text.clear();
        for (Index r = 0; r < block.rows; ++r)
            lines.append(text, recording, block.firstRow + r, block, r);
        out << text;
        if (!out)
            return Error {"The scores could not be written: the disk is full or was removed; "
                          "choose another place with --out."};
        totals.add(block);
    }
    return totals;
}

/// What is wrong about the options together; empty: nothing.
std::string usageProblem(const ScoreOptions& options)
{
    if (!std::isfinite(options.seconds) || options.seconds < 0.0)
        return "--for is a number of seconds, 0 for until interrupted.";
    if (options.seconds > 0.0 && !options.follow)
        return "--for ends what --follow begins; add --follow.";
    if (options.follow && options.recording == "-")
        return "--follow needs a file that grows, not standard input.";
    std::error_code ignored;
    if (options.follow && std::filesystem::equivalent(options.recording, options.out, ignored))
        return "The scores would be appended to the file that is followed; choose another --out.";
    return {};
}

} // namespace

int runScore(const ScoreOptions& options, const CommonOptions& common)
{
    if (const std::string wrong = usageProblem(options); !wrong.empty()) {
        fail(wrong);
        return exitUsage;
    }
    const auto family = loadFamily(options.model);
    if (!family)
        return fail(family.error());
    auto play = playerOptions(**family, options.mode);
    if (!play) {
        fail(play.error());
        return exitUsage;
    }
    play->keepForecast = (*family)->task == ModelTask::Forecast;
    if (options.follow)
        return followAndScore(options, common, *family, *play);
    const auto recording = readInput(options, common);
    if (!recording)
        return fail(recording.error());
    const auto player = Player::create(*recording, *family, *play);
    if (!player)
        return fail(player.error());

    sayIfThresholdStands(common, **family, play->motion);
    const bool toStdout = options.out == "-";
    const std::string temporary = options.out + ".part";
    const auto failed = [&temporary](const std::string& message) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        return fail(message);
    };
    std::ofstream file;
    if (!toStdout) {
        file.open(temporary, std::ios::binary | std::ios::trunc);
        if (!file)
            return fail("\"" + options.out
                        + "\" cannot be written; choose another place with --out.");
    }
    std::ostream& out = toStdout ? std::cout : file;
    out << scoreHeader(**recording, **family, (*player)->thresholdMoves());
    ScoreLines lines(**family,
                     levelOf(**family, (*player)->mode(), play->score, (*player)->threshold()));
    const auto totals = scoreAll(**player, *play, **recording, lines, out);
    if (!totals)
        return toStdout ? fail(totals.error()) : failed(totals.error().message);
    if (!toStdout) {
        file.close();
        if (!file)
            return failed("\"" + options.out
                          + "\" cannot be written: the disk is full or was removed; choose another "
                            "place with --out.");
        std::error_code code;
        std::filesystem::rename(temporary, options.out, code);
        if (code)
            return failed("\"" + options.out + "\" cannot be written: " + code.message()
                          + "; choose another place with --out.");
    }
    if (common.json && !toStdout)
        print(scoreDocument(*totals, (*recording)->rows(), (*player)->threshold(),
                            (*player)->thresholdMoves()));
    else
        say(common,
            summaryOf(*totals, **family, (*player)->threshold(), (*player)->thresholdMoves()));
    return interruption().stop_requested() ? exitInterrupted : exitDone;
}

} // namespace stint::app
