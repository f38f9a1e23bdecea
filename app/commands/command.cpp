#include "app/commands/command.h"

#include "core/series/csv_reader.h"

#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>
#include <unistd.h>

namespace stint::app {

namespace {

std::optional<Index> parseIndex(std::string_view text)
{
    Index value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc {} || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

} // namespace

Result<std::optional<std::pair<Index, Index>>> parseRows(const std::string& text)
{
    using Rows = std::optional<std::pair<Index, Index>>;
    if (text.empty())
        return Rows {};
    const std::size_t colon = text.find(':');
    const Error wrong {"\"" + text + "\" is not a range of rows; write A:B, for example 0:400."};
    if (colon == std::string::npos)
        return wrong;
    const std::string_view view = text;
    const auto first = colon == 0 ? std::optional<Index>(0) : parseIndex(view.substr(0, colon));
    const auto last = colon + 1 == text.size()
        ? std::optional<Index>(std::numeric_limits<Index>::max() / 2)
        : parseIndex(view.substr(colon + 1));
    if (!first || !last || *first >= *last)
        return wrong;
    return Rows {std::pair(*first, *last)};
}

Result<ThresholdChoice> chosenThreshold(const ModeOptions& options)
{
    const std::string& text = options.threshold;
    const std::optional<Index>& drift = options.thresholdDrift;
    if (drift && (*drift < 1 || *drift > mostDrift))
        return Error {"--threshold-drift is a number of rows, 1 to " + std::to_string(mostDrift)
                      + "."};
    if (text == "adaptive" || (text == "auto" && drift))
        return ThresholdChoice {{}, ThresholdMotion {drift.value_or(0)}};
    if (text == "auto")
        return ThresholdChoice {};
    float value = 0.0F;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec != std::errc {} || parsed.ptr != end || !std::isfinite(value))
        return Error {"\"" + text + "\" is not a threshold; write auto, adaptive or a number."};
    if (drift)
        return Error {"A threshold that is set to " + text
                      + " does not move; leave out --threshold-drift, or write adaptive."};
    return ThresholdChoice {value, {}};
}

bool sayIfThresholdStands(const CommonOptions& common, const Family& family,
                          const std::optional<ThresholdMotion>& motion)
{
    const std::optional<Error> why = motion ? family.motionRefusal() : std::nullopt;
    if (why)
        say(common, why->message + " The calibrated threshold stands still.");
    return why.has_value();
}

Result<Mode> chosenMode(const Family& family, const ModeOptions& options)
{
    Mode mode = family.defaultMode();
    if (!options.mode.empty()) {
        auto parsed = parseMode(options.mode);
        if (!parsed)
            return parsed;
        mode = *parsed;
    }
    if (!options.weights.empty()) {
        const auto parsed = parseWeightFormat(options.weights);
        if (!parsed)
            return parsed.error();
        mode.weights = *parsed;
    }
    if (!options.attention.empty()) {
        const auto parsed = parseAttentionMask(options.attention);
        if (!parsed)
            return parsed.error();
        mode.attention = *parsed;
    }
    if (!options.inference.empty()) {
        const auto parsed = parseInference(options.inference);
        if (!parsed)
            return parsed.error();
        mode.inference = *parsed;
    }
    const auto refusal = family.refusal(mode);
    if (refusal)
        return Error {"Mode " + toString(mode) + " is not offered: " + refusal->message};
    return mode;
}

Result<PlayerOptions> playerOptions(const Family& family, const ModeOptions& options)
{
    PlayerOptions player;
    const auto mode = chosenMode(family, options);
    if (!mode)
        return mode.error();
    player.mode = *mode;
    const auto score = parseScoreKind(options.score);
    if (!score)
        return score.error();
    player.score = *score;
    const auto rescale = parseRows(options.rescale);
    if (!rescale)
        return rescale.error();
    if (*rescale)
        player.rescale = RowRange {(*rescale)->first, (*rescale)->second};
    const auto threshold = chosenThreshold(options);
    if (!threshold)
        return threshold.error();
    player.threshold = threshold->value;
    player.motion = threshold->motion;
    return player;
}

LivePlayerOptions liveOptions(const PlayerOptions& options)
{
    LivePlayerOptions live;
    live.mode = options.mode;
    live.threshold = options.threshold;
    live.motion = options.motion;
    live.rescale = options.rescale;
    live.score = options.score;
    live.keepForecast = options.keepForecast;
    return live;
}

Result<std::shared_ptr<const Recording>>
readForCommand(const std::string& path, const std::vector<std::string>& labelColumns,
               const CommonOptions& common, const ReadChoices& choices)
{
    const bool shown = stderrIsTerminal() && !common.quiet && !common.json;
    ReadOptions options;
    options.labelColumns = labelColumns;
    options.choices = choices;
    const std::stop_token stop = interruption();
    options.progress = [shown, stop](double fraction) {
        if (shown)
            std::fprintf(stderr, "\rreading %3.0f %%", 100.0 * fraction);
        return !stop.stop_requested();
    };
    Result<Recording> recording = readRecording(path, options);
    if (shown)
        std::fputs("\r               \r", stderr);
    if (!recording)
        return recording.error();
    return std::shared_ptr<const Recording>(std::make_shared<Recording>(std::move(*recording)));
}

int fail(const std::string& message)
{
    std::cerr << "stint: " << message << '\n';
    return exitFailed;
}

int fail(const Error& error)
{
    return interruption().stop_requested() ? exitInterrupted : fail(error.message);
}

void say(const CommonOptions& common, const std::string& message)
{
    if (!common.quiet)
        std::cerr << message << '\n';
}

void print(const nlohmann::json& document)
{
    std::cout << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

nlohmann::json numberOrNull(double value)
{
    return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

std::stop_token interruption()
{
    // A signal may do next to nothing, so a thread waits for it and asks the work to stop.
    static std::stop_source source;
    static const bool started = [] {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGINT);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        std::thread([signals] {
            int which = 0;
            sigwait(&signals, &which);
            source.request_stop();
            sigwait(&signals, &which);
            _exit(exitInterrupted);
        }).detach();
        return true;
    }();
    static_cast<void>(started);
    return source.get_token();
}

bool stderrIsTerminal() { return isatty(STDERR_FILENO) == 1; }

} // namespace stint::app
