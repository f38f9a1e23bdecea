#include "core/series/time_names.h"

#include "core/series/cell.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace stint {

namespace {

constexpr std::array<std::string_view, 20> timeWords {
    "time",   "timestamp",  "timestamps", "datetime", "date",   "millis",  "micros",
    "uptime", "elapsed",    "epoch",      "zeit",     "datum",  "uhrzeit", "temps",
    "heure",  "horodatage", "fecha",      "hora",     "tiempo", "tijd"};
constexpr std::array<std::string_view, 6> plainWords {"unix",  "utc",    "local",
                                                      "stamp", "sample", "elapsed"};
constexpr std::array<std::string_view, 5> shortNames {"t", "ts", "seconds", "sec", "secs"};

bool isWordCharacter(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || byte >= 0x80;
}

/// "Time_ms (UTC)" into "time", "ms", "utc"; "TimeUS" into "time", "us".
std::vector<std::string> wordsOf(std::string_view header)
{
    std::vector<std::string> words(1);
    const std::string lower = lowerCase(header);
    for (std::size_t i = 0; i < lower.size(); ++i) {
        const bool capital = lower[i] != header[i];
        const bool afterSmall = i > 0 && lower[i - 1] == header[i - 1];
        const bool begins = !isWordCharacter(lower[i]) || (capital && afterSmall);
        if (begins && !words.back().empty())
            words.emplace_back();
        if (isWordCharacter(lower[i]))
            words.back().push_back(lower[i]);
    }
    if (words.back().empty())
        words.pop_back();
    return words;
}

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& list, std::string_view word)
{
    return std::ranges::find(list, word) != list.end();
}

} // namespace

int timeNameRank(std::string_view header)
{
    if (header == "X_Value") // in the measurement files of LabVIEW
        return 1;
    const std::vector<std::string> words = wordsOf(header);
    bool timeWord = false;
    bool others = false;
    for (const std::string& word : words) {
        if (isOneOf(timeWords, word))
            timeWord = true;
        else if (!isOneOf(plainWords, word) && !timeUnitOf(word))
            others = true;
    }
    if (timeWord)
        return others ? 1 : 2;
    return !words.empty() && isOneOf(shortNames, words.front())
            && (words.size() == 1 || (words.size() == 2 && timeUnitOf(words.back())))
        ? 1
        : 0;
}

std::optional<TimeUnit> timeUnitInHeader(std::string_view header)
{
    const std::vector<std::string> words = wordsOf(header);
    if (words.empty())
        return std::nullopt;
    const std::string& last = words.back();
    // A header that is one letter is a name ("s", "h", "d"), not a unit.
    if (words.size() == 1 && last.size() < 3)
        return std::nullopt;
    return timeUnitOf(last);
}

} // namespace stint
