#include "app/commands/listen_command.h"

#include "app/live/live_feed.h"
#include "app/live/time_text.h"

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace stint::app {

namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr auto look = std::chrono::milliseconds(50);
constexpr std::size_t mostEvents = 10'000; ///< that are listed in the document

std::string timeText(double seconds)
{
    std::string text;
    TimeText().append(seconds, text);
    return text;
}

template <typename Enum>
bool choose(const std::string& word, const std::vector<std::pair<const char*, Enum>>& words,
            Enum& to)
{
    for (const auto& [name, value] : words) {
        if (word == name) {
            to = value;
            return true;
        }
    }
    return false;
}

Result<SerialSettings> settingsOf(const ListenOptions& options)
{
    SerialSettings settings = options.serial;
    using P = SerialParity;
    using S = SerialStopBits;
    using F = SerialFlow;
    if (!choose<P>(options.parity,
                   {{"none", P::None},
                    {"even", P::Even},
                    {"odd", P::Odd},
                    {"mark", P::Mark},
                    {"space", P::Space}},
                   settings.parity))
        return Error {"\"" + options.parity + "\" is no parity; none, even, odd, mark or space."};
    if (!choose<S>(options.stopBits, {{"1", S::One}, {"1.5", S::OneAndHalf}, {"2", S::Two}},
                   settings.stopBits))
        return Error {"\"" + options.stopBits + "\" stop bits cannot be set; 1, 1.5 or 2."};
    if (!choose<F>(options.flow,
                   {{"none", F::None}, {"hardware", F::Hardware}, {"software", F::Software}},
                   settings.flow))
        return Error {"\"" + options.flow + "\" is no flow control; none, hardware or software."};
    if (settings.baud <= 0 || settings.dataBits < 5 || settings.dataBits > 8)
        return Error {"--baud must be above 0 and --data-bits 5 to 8."};
    settings.dtr = !options.noDtr;
    settings.rts = !options.noRts;
    return settings;
}

Result<std::optional<LiveModel>> modelOf(const ListenOptions& options)
{
    using Model = std::optional<LiveModel>;
    if (options.model.empty())
        return Model {};
    const auto family = loadFamily(options.model);
    if (!family)
        return family.error();
    const auto play = playerOptions(**family, options.mode);
    if (!play)
        return play.error();
    const LivePlayerOptions live = liveOptions(*play);
    const auto possible = LivePlayer::create(*family, live);
    if (!possible)
        return possible.error();
    return Model {LiveModel {*family, live}};
}

/// Tells on stderr what changes while a device is listened to.
class Reporter {
public:
    explicit Reporter(const CommonOptions& common) : m_common(common) { }

    void report(const LiveState& state, const std::vector<LiveAlarm>& alarms)
    {
        tellOnce(m_problem, state.problem);
        tellOnce(m_guess, state.guess.format ? guessText(state) : std::string());
        tellOnce(m_doubt,
                 state.formatDoubtful
                     ? "Most lines do not fit the format any more: " + state.lastBadWhy
                     : std::string());
        tellOnce(m_remark, state.recorder.remark);
        tellOnce(m_recorder, state.recorder.problem);
        tellOnce(m_engine, state.engine.problem);
        for (const LiveAlarm& alarm : alarms)
            tell(alarmText(alarm));
        showProgress(state);
    }

    void endLine()
    {
        if (std::exchange(m_lineOpen, false))
            std::fputs("\r\033[K", stderr);
    }

private:
    void tell(const std::string& text)
    {
        endLine();
        say(m_common, text);
    }

    void tellOnce(std::string& known, const std::string& text)
    {
        // Figures in a sentence that keep growing are no news.
        const auto withoutDigits = [](std::string from) {
            std::erase_if(from, [](char c) { return c >= '0' && c <= '9'; });
            return from;
        };
        if (!text.empty() && withoutDigits(known) != withoutDigits(text))
            tell(text);
        known = text;
    }

    static std::string guessText(const LiveState& state)
    {
        return state.port + ": " + state.guess.sentence + " For example: " + state.guess.sample;
    }

    static std::string alarmText(const LiveAlarm& alarm)
    {
        char score[32];
        std::snprintf(score, sizeof score, "%.3g", static_cast<double>(alarm.peak));
        const std::string channel
            = alarm.topChannel.empty() ? std::string() : ", mostly " + alarm.topChannel;
        if (!alarm.ended)
            return timeText(alarm.begin) + " alarm begins" + channel;
        return timeText(alarm.end) + " alarm ends, begun " + timeText(alarm.begin) + channel
            + ", highest score " + score;
    }

    void showProgress(const LiveState& state)
    {
        const auto now = Clock::now();
        if (m_common.quiet || m_common.json || !stderrIsTerminal()
            || now - m_shown < std::chrono::seconds(1))
            return;
        m_shown = now;
        m_lineOpen = true;
        std::fprintf(stderr, "\r%llu samples, %.1f a second, %llu bad lines\033[K",
                     static_cast<unsigned long long>(state.counts.rows), state.rate,
                     static_cast<unsigned long long>(state.counts.badLines));
    }

    const CommonOptions& m_common;
    std::string m_problem, m_guess, m_doubt, m_remark, m_recorder, m_engine;
    Clock::time_point m_shown;
    bool m_lineOpen = false;
};

/// Alarms that have ended, for the document.
void addEvents(const std::vector<LiveAlarm>& alarms, json& events)
{
    for (const LiveAlarm& alarm : alarms) {
        if (!alarm.ended || events.size() >= mostEvents)
            continue;
        events.push_back({{"begin", timeText(alarm.begin)},
                          {"end", timeText(alarm.end)},
                          {"first_row", alarm.firstRow},
                          {"last_row", alarm.lastRow},
                          {"channel", alarm.topChannel},
                          {"share", alarm.topShare},
                          {"peak", numberOrNull(static_cast<double>(alarm.peak))}});
    }
}

/// Every sample is one of scored, skipped, filling and unwatched.
json documentOf(const LiveState& state, const json& events)
{
    json channels = json::array();
    for (const WireChannel& channel : state.channels)
        channels.push_back({{"name", channel.name}, {"unit", channel.unit}});
    return {{"port", state.port},
            {"format", state.format ? json(wireFormatText(*state.format)) : json(nullptr)},
            {"channels", channels},
            {"rate", state.rate},
            {"bytes", state.counts.bytes},
            {"samples", state.counts.rows},
            {"bad_lines", state.counts.badLines},
            {"reconnects", state.counts.reconnects},
            {"recorded", state.recorder.rows},
            {"files", state.recorder.files},
            {"dropped", state.recorder.unwritten},
            {"scored", state.engine.scored},
            {"skipped", state.engine.skipped},
            {"filling", state.engine.filling},
            {"unwatched", state.engine.unwatched},
            {"alarms", state.engine.alarms},
            {"threshold",
             state.engine.active ? numberOrNull(static_cast<double>(state.engine.threshold))
                                 : json(nullptr)},
            {"events", events}};
}

/// What made listening useless, as a sentence; empty if it was not.
std::string failureOf(const LiveState& state, const LiveState& before)
{
    if (!state.recorder.problem.empty())
        return state.recorder.problem;
    if (state.counts.rows > 0 && state.engine.active && state.engine.scored == 0
        && !state.engine.problem.empty())
        return state.engine.problem;
    if (!before.problem.empty() && state.counts.rows == 0)
        return before.problem;
    return {};
}

/// A port that will not open by itself, so that waiting for it makes no sense.
bool isHopeless(const LiveState& state)
{
    return state.phase == LivePhase::Opening
        && (state.failure == PortFailure::Permission || state.failure == PortFailure::Missing
            || state.failure == PortFailure::Other);
}

} // namespace

int runListen(const ListenOptions& options, const CommonOptions& common)
{
    const std::stop_token stop = interruption();
    std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error like a full disk
    const auto settings = settingsOf(options);
    const auto usage = [](const Error& error) {
        fail(error.message);
        return exitUsage;
    };
    if (!settings)
        return usage(settings.error());
    if (!std::isfinite(options.seconds) || options.seconds < 0.0)
        return usage({"--for is a number of seconds, 0 for until interrupted."});
    if (options.record.empty() && !options.raw.empty())
        return usage({"--raw stands beside a recording; name one with --record."});
    std::optional<WireFormat> format;
    if (options.format != "auto") {
        const auto parsed = parseWireFormat(options.format);
        if (!parsed)
            return usage(parsed.error());
        format = *parsed;
    }
    const auto model = modelOf(options);
    if (!model)
        return fail(model.error());

    LiveFeed feed;
    if (*model) {
        sayIfThresholdStands(common, *(*model)->family, (*model)->options.motion);
        feed.setModel(**model);
    }
    if (!options.record.empty()) {
        const auto recording = feed.startRecording(options.record, options.raw);
        if (!recording)
            return fail(recording.error());
    }
    feed.start(*settings, format);
    Reporter reporter(common);
    std::vector<LiveAlarm> alarms;
    json events = json::array();
    const auto begin = Clock::now();
    LiveState before = feed.state();
    while (!stop.stop_requested() && !isHopeless(before)) {
        alarms.clear();
        feed.takeAlarms(alarms);
        reporter.report(before, alarms);
        addEvents(alarms, events);
        const std::chrono::duration<double> passed = Clock::now() - begin;
        if (options.seconds > 0.0 && passed.count() >= options.seconds)
            break;
        std::this_thread::sleep_for(look);
        before = feed.state();
    }
    feed.stop();
    const LiveState state = feed.state();
    alarms.clear();
    feed.takeAlarms(alarms);
    const std::string failure = failureOf(state, before);
    if (failure.empty())
        reporter.report(state, alarms);
    reporter.endLine();
    addEvents(alarms, events);
    if (common.json)
        print(documentOf(state, events));
    else
        say(common,
            std::to_string(state.counts.rows) + " samples, " + std::to_string(state.recorder.rows)
                + " recorded, " + std::to_string(state.engine.alarms) + " above the threshold");
    if (stop.stop_requested())
        return exitInterrupted;
    return failure.empty() ? exitDone : fail(failure);
}

} // namespace stint::app
