#include "core/series/preamble_facts.h"

#include "core/series/cell.h"
#include "core/series/time_unit.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

namespace stint {

namespace {

/// A line as words in small letters and the first number in it.
struct FactLine {
    std::vector<std::string> before; ///< words before the number
    std::vector<std::string> after; ///< words after it
    std::optional<double> number;
};

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

FactLine splitLine(std::string_view text)
{
    FactLine line;
    const std::string lower = lowerCase(text);
    const char* at = lower.data();
    const char* const last = at + lower.size();
    while (at != last) {
        if (isLetter(*at)) {
            const char* const first = at;
            at = std::find_if_not(at, last, isLetter);
            (line.number ? line.after : line.before).emplace_back(first, at);
        } else if (isDigit(*at)) {
            double value = 0.0;
            const auto read = std::from_chars(at, last, value);
            if (!line.number && read.ec == std::errc {})
                line.number = value;
            at = std::max(read.ptr, at + 1);
        } else {
            ++at;
        }
    }
    return line;
}

bool begins(const std::vector<std::string>& words, std::string_view with)
{
    return std::ranges::any_of(words, [with](const std::string& w) { return w.starts_with(with); });
}

bool has(const std::vector<std::string>& words, std::string_view word)
{
    return std::ranges::find(words, word) != words.end();
}

/// How many hertz the unit that the line names has; 0 if it names none.
double hertzIn(const FactLine& line)
{
    for (const auto* words : {&line.after, &line.before}) {
        if (has(*words, "hz") || has(*words, "sps"))
            return 1.0;
        if (has(*words, "khz") || has(*words, "ksps"))
            return 1e3;
        if (has(*words, "mhz"))
            return 1e6;
    }
    return 0.0;
}

std::optional<double> rateIn(const FactLine& line)
{
    const auto& words = line.before;
    const bool named = begins(words, "sampl")
        && (has(words, "rate") || begins(words, "freq") || has(words, "samplerate")
            || has(words, "samplingrate"));
    const bool shortName = words.size() <= 2 && (has(words, "fs") || has(words, "sfreq"));
    const bool vague = has(words, "rate") || begins(words, "freq");
    const double hertz = hertzIn(line);
    if (named || shortName)
        return *line.number * (hertz > 0.0 ? hertz : 1.0);
    return vague && hertz > 0.0 ? std::optional(*line.number * hertz) : std::nullopt;
}

std::optional<double> intervalIn(const FactLine& line)
{
    const auto& words = line.before;
    const bool named = begins(words, "sampl")
        && (has(words, "interval") || has(words, "period") || has(words, "time"));
    const bool step = (has(words, "time") && has(words, "step")) || has(words, "timestep")
        || (!words.empty() && words.front() == "dt");
    if (!named && !step)
        return std::nullopt;
    for (const auto* list : {&line.after, &line.before})
        for (const std::string& word : *list)
            if (const auto unit = timeUnitOf(word))
                return toSeconds(*line.number, *unit);
    return line.number;
}

/// The entries of "Units:= V, A"; nothing if the line is about something else.
std::vector<std::string> unitsIn(std::string_view text, std::size_t columns)
{
    text = trimmed(text.substr(std::min(text.find_first_not_of("#%/*; \t\""), text.size())));
    const std::string lower = lowerCase(text.substr(0, 5));
    if (!lower.starts_with("unit"))
        return {};
    text.remove_prefix(lower == "units" ? 5 : 4);
    const std::size_t from = text.find_first_not_of(":=,;\t ");
    if (from == 0 || from == std::string_view::npos)
        return {};
    text.remove_prefix(from);
    for (const char delimiter : {'\t', ';', ',', ' '}) {
        std::vector<std::string> units;
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t end = std::min(text.find(delimiter, at), text.size());
            units.emplace_back(trimmed(text.substr(at, end - at)));
            at = end + 1;
        }
        if (units.size() == columns)
            return units;
    }
    const bool one = text.size() <= 16 && text.find_first_of("\t;, ") == std::string_view::npos;
    return one ? std::vector<std::string> {std::string(text)} : std::vector<std::string> {};
}

bool isSensible(std::optional<double> rate)
{
    return rate && std::isfinite(*rate) && *rate >= 1e-9 && *rate <= 1e12;
}

} // namespace

PreambleFacts preambleFacts(std::string_view preamble, std::size_t columns)
{
    PreambleFacts facts;
    while (!preamble.empty()) {
        const std::size_t end = std::min(preamble.find('\n'), preamble.size());
        const std::string_view text = preamble.substr(0, std::min(end, std::size_t {400}));
        preamble.remove_prefix(std::min(end + 1, preamble.size()));
        if (facts.units.empty())
            facts.units = unitsIn(text, columns);
        if (facts.rate)
            continue;
        const FactLine line = splitLine(text);
        if (!line.number || *line.number <= 0.0)
            continue;
        facts.rate = rateIn(line);
        if (const auto interval = facts.rate ? std::nullopt : intervalIn(line))
            facts.rate = 1.0 / *interval;
        if (!isSensible(facts.rate))
            facts.rate.reset();
    }
    return facts;
}

} // namespace stint
