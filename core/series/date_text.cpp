#include "core/series/date_text.h"

#include "core/series/cell.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace stint {

namespace {

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Takes up to `most` digits from the front; the number of digits taken, 0 if there are none.
std::size_t takeDigits(std::string_view& text, std::size_t most, int& value)
{
    std::size_t count = 0;
    value = 0;
    while (count < most && count < text.size() && isDigit(text[count]))
        value = value * 10 + (text[count++] - '0');
    text.remove_prefix(count);
    return count;
}

bool take(std::string_view& text, char c)
{
    if (text.empty() || text.front() != c)
        return false;
    text.remove_prefix(1);
    return true;
}

/// The months in the languages that loggers speak, each by a beginning that no other month of any
/// of them shares; longer ones first where one begins with the other.
struct MonthName {
    std::string_view begins;
    int month;
};
constexpr std::array<MonthName, 38> monthNames {
    {{"jan", 1},  {"gen", 1},        {"ene", 1},  {"feb", 2},        {"f\xC3\xA9v", 2}, {"fev", 2},
     {"mar", 3},  {"m\xC3\xA4r", 3}, {"mrz", 3},  {"mrt", 3},        {"maa", 3},        {"apr", 4},
     {"avr", 4},  {"abr", 4},        {"may", 5},  {"mai", 5},        {"mei", 5},        {"mag", 5},
     {"maj", 5},  {"juin", 6},       {"jun", 6},  {"giu", 6},        {"juil", 7},       {"jul", 7},
     {"lug", 7},  {"aug", 8},        {"ago", 8},  {"ao\xC3\xBB", 8}, {"aou", 8},        {"sep", 9},
     {"set", 9},  {"oct", 10},       {"okt", 10}, {"ott", 10},       {"nov", 11},       {"dec", 12},
     {"dez", 12}, {"dic", 12}}};

constexpr bool isWordByte(char c) { return isLetter(c) || static_cast<unsigned char>(c) >= 0x80; }

/// 1 to 12 for "Jan" to "December", also in other languages and with a dot behind it; 0 for other
/// words.
int takeMonthName(std::string_view& text)
{
    std::size_t length = 0;
    while (length < text.size() && isWordByte(text[length]))
        ++length;
    if (length < 3 || length > 12)
        return 0;
    std::string word = lowerCase(text.substr(0, length));
    text.remove_prefix(length);
    if (word.starts_with("d\xC3\xA9")) // "d\u00E9c"
        word.replace(1, 2, "e");
    const auto* const found = std::ranges::find_if(
        monthNames, [&word](const MonthName& name) { return word.starts_with(name.begins); });
    if (found == monthNames.end())
        return 0;
    if (length <= 5 && text.starts_with(". ")) // "14 janv. 2024"
        text.remove_prefix(1);
    return found->month;
}

bool takeDate(std::string_view& text, DateParts& parts)
{
    const std::size_t firstDigits = takeDigits(text, 4, parts.part[0]);
    if ((firstDigits != 4 && firstDigits != 1 && firstDigits != 2) || text.empty())
        return false;
    parts.yearFirst = firstDigits == 4;
    parts.separator = text.front();
    if (std::string_view("-/. ").find(parts.separator) == std::string_view::npos)
        return false;
    text.remove_prefix(1);
    if (parts.separator == '.' && text.size() > 1 && text.front() == ' ' && isWordByte(text[1])) {
        text.remove_prefix(1); // "14. March 2024"
        parts.separator = ' ';
    }
    if (!text.empty() && isWordByte(text.front())) {
        parts.part[1] = takeMonthName(text);
        parts.namedMonth = true;
        if (parts.part[1] == 0)
            return false;
    } else if (parts.separator == ' ' || takeDigits(text, 2, parts.part[1]) == 0) {
        return false;
    }
    if (!take(text, parts.separator))
        return false;
    const std::size_t lastDigits = takeDigits(text, 4, parts.part[2]);
    if (parts.yearFirst ? (lastDigits != 1 && lastDigits != 2)
                        : (lastDigits != 4 && lastDigits != 2))
        return false;
    if (lastDigits == 2 && !parts.yearFirst) // two digits: 1970 to 2069
        parts.part[2] += parts.part[2] < 70 ? 2000 : 1900;
    parts.hasDate = true;
    return true;
}

/// "20210120" with or without "T101132.5" or "101132" behind it, which is left.
bool takeCompactDate(std::string_view& text, DateParts& parts)
{
    if (text.size() < 8 || !std::all_of(text.begin(), text.begin() + 8, isDigit))
        return false;
    takeDigits(text, 4, parts.part[0]);
    takeDigits(text, 2, parts.part[1]);
    takeDigits(text, 2, parts.part[2]);
    parts.yearFirst = true;
    parts.hasDate = true;
    return true;
}

/// Hours east of Greenwich by the name of a zone; nothing if it is not known or means several.
std::optional<int> zoneHours(std::string_view name)
{
    struct Zone {
        std::string_view name;
        int hours;
    };
    constexpr std::array<Zone, 18> zones {{{"Z", 0},
                                           {"z", 0},
                                           {"UTC", 0},
                                           {"GMT", 0},
                                           {"WET", 0},
                                           {"CET", 1},
                                           {"MEZ", 1},
                                           {"WEST", 1},
                                           {"CEST", 2},
                                           {"MESZ", 2},
                                           {"EET", 2},
                                           {"EEST", 3},
                                           {"EST", -5},
                                           {"EDT", -4},
                                           {"MST", -7},
                                           {"PST", -8},
                                           {"PDT", -7},
                                           {"JST", 9}}};
    const auto* const found = std::ranges::find(zones, name, &Zone::name);
    return found == zones.end() ? std::nullopt : std::optional(found->hours);
}

/// "Z", "UTC", "CET", "+01:00", "GMT+01:00", "-0330" or "+02"; what is left must be empty.
bool takeOffset(std::string_view text, double& offset)
{
    offset = 0.0;
    text = trimmed(text);
    if (text.empty() || text == "Uhr" || text == "h")
        return true;
    if (const auto zone = zoneHours(text)) {
        offset = 3600.0 * *zone;
        return true;
    }
    if (text.size() > 3 && (text.starts_with("GMT") || text.starts_with("UTC")))
        text.remove_prefix(3);
    const bool negative = text.front() == '-';
    if (!negative && text.front() != '+')
        return false;
    text.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (takeDigits(text, 2, hours) != 2)
        return false;
    if (!text.empty()) {
        take(text, ':');
        if (takeDigits(text, 2, minutes) != 2)
            return false;
    }
    if (!text.empty() || hours > 15 || minutes > 59)
        return false;
    offset = (negative ? -60.0 : 60.0) * (hours * 60 + minutes);
    return true;
}

/// The digits after the decimal point of a second.
double takeFraction(std::string_view& text)
{
    constexpr std::int64_t enough = 1'000'000'000'000'000;
    std::int64_t digits = 0;
    std::int64_t scale = 1;
    while (!text.empty() && isDigit(text.front())) {
        if (scale < enough) {
            digits = digits * 10 + (text.front() - '0');
            scale *= 10;
        }
        text.remove_prefix(1);
    }
    return static_cast<double>(digits) / static_cast<double>(scale);
}

/// AM or PM in front of what is left, also "a. m." or a lone "a"; false if the hour does not fit
/// it.
bool takeHalfOfDay(std::string_view& text, int& hours)
{
    const std::string_view rest = trimmed(text);
    if (rest.empty())
        return true;
    const std::string half = lowerCase(rest.substr(0, 1));
    constexpr std::array<std::string_view, 4> spellings {"m", ".m.", ". m.", ".\xC2\xA0m."};
    if (half.front() != 'a' && half.front() != 'p')
        return true;
    const std::string lower = lowerCase(rest.substr(1, 5));
    const auto* const found = std::ranges::find_if(
        spellings, [&lower](std::string_view spelling) { return lower.starts_with(spelling); });
    if (found == spellings.end() && rest.size() > 1)
        return true;
    text = rest.substr(1 + (found == spellings.end() ? 0 : found->size()));
    if (hours < 1 || hours > 12)
        return false;
    hours = hours % 12 + (half.front() == 'p' ? 12 : 0);
    return true;
}

/// The fraction of a second: ".5", ",5" or, as instruments write milliseconds, ":500".
double takeSecondFraction(std::string_view& text)
{
    const bool colon = text.size() > 3 && text.front() == ':' && isDigit(text[1])
        && isDigit(text[2]) && isDigit(text[3]);
    return take(text, '.') || take(text, ',') || (colon && take(text, ':')) ? takeFraction(text)
                                                                            : 0.0;
}

/// What stands between hours and minutes: a colon, a dot behind a date, or nothing behind a date
/// that has no separators either.
enum class Between { Colon, ColonOrDot, ColonOrNothing };

/// A time of day, or a time that has passed, which may have more than 24 hours or begin with the
/// minutes ("59:30.1").
bool takeTime(std::string_view text, DateParts& parts, Between between)
{
    const bool bare = between == Between::ColonOrNothing;
    const char sign
        = between == Between::ColonOrDot && text.find(':') == std::string_view::npos ? '.' : ':';
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    double fraction = 0.0;
    if (takeDigits(text, between == Between::Colon ? 5 : 2, hours) == 0
        || (!take(text, sign) && !bare) || takeDigits(text, 2, minutes) != 2)
        return false;
    const bool bareSeconds = bare && !text.empty() && isDigit(text.front());
    if (bareSeconds || take(text, sign)) {
        if (takeDigits(text, 2, seconds) != 2)
            return false;
        fraction = takeSecondFraction(text);
    } else if (between == Between::Colon && (take(text, '.') || take(text, ','))) {
        fraction = takeFraction(text);
        seconds = std::exchange(minutes, std::exchange(hours, 0));
    }
    double offset = 0.0;
    if (!takeHalfOfDay(text, hours) || !takeOffset(text, offset))
        return false;
    if ((parts.hasDate && hours > 24) || minutes > 59 || seconds > 60)
        return false;
    parts.hasTime = true;
    parts.secondsOfDay = hours * 3600.0 + minutes * 60.0 + seconds + fraction - offset;
    return true;
}

/// Passes over "Thu ", "Thu, " or "Donnerstag, " where a date follows.
void passWeekday(std::string_view& text)
{
    std::size_t length = 0;
    while (length < text.size() && isWordByte(text[length]))
        ++length;
    std::string_view rest = text.substr(length);
    if (length < 2 || length > 12 || rest.empty())
        return;
    constexpr std::string_view days
        = "mo tu we th fr sa su di mi do so lu ma me je ve ju vi gi on to ti";
    std::string_view word = text;
    if (days.find(lowerCase(text.substr(0, 2))) % 3 != 0
        || (takeMonthName(word) != 0 && !rest.starts_with(",")))
        return;
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == ',' || rest.front() == '.'))
        rest.remove_prefix(1);
    if (!rest.empty() && rest.size() < text.size() - length)
        text = rest;
}

/// "Mar 14, 2024 9:59", "Mar 14 09:59:30 2024" (with a zone before the year): the month first.
bool takeMonthFirst(std::string_view& text, DateParts& parts)
{
    parts.part[1] = takeMonthName(text);
    text = trimmed(text);
    if (parts.part[1] == 0 || takeDigits(text, 2, parts.part[0]) == 0)
        return false;
    take(text, ',');
    if (!take(text, ' '))
        return false;
    text = trimmed(text);
    parts.namedMonth = true;
    parts.hasDate = true;
    parts.separator = ' ';
    const std::size_t colon = text.find(':');
    if (colon > 2) // or there is none: the year comes before the time
        return takeDigits(text, 4, parts.part[2]) == 4;
    const std::size_t before = text.rfind(' ');
    if (before == std::string_view::npos)
        return false;
    std::string_view year = text.substr(before + 1);
    text = trimmed(text.substr(0, before));
    return takeDigits(year, 4, parts.part[2]) == 4 && year.empty();
}

/// "2 days 03:00:00": the days of a time that has passed [s].
double takeDays(std::string_view& text, std::size_t digits)
{
    std::string_view rest = text;
    int days = 0;
    takeDigits(rest, digits, days);
    rest.remove_prefix(4);
    take(rest, 's');
    take(rest, ',');
    text = trimmed(rest);
    return 86400.0 * days;
}

/// The digits that the text begins with; 0 if there are more than five.
std::size_t leadingDigits(std::string_view text)
{
    std::size_t digits = 0;
    while (digits < text.size() && digits < 6 && isDigit(text[digits]))
        ++digits;
    return digits < 6 ? digits : 0;
}

int daysInMonth(int year, int month)
{
    constexpr std::array<int, 12> days {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Days since 1970-01-01 in the Gregorian calendar; years are counted from March so that the leap
/// day is the last of its year.
std::int64_t daysSinceEpoch(int year, int month, int day)
{
    const std::int64_t y = year - (month <= 2 ? 1 : 0);
    const std::int64_t era = y / 400;
    const std::int64_t yearOfEra = y - era * 400;
    const std::int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146097 + dayOfEra - 719468;
}

} // namespace

std::optional<DateParts> splitDate(std::string_view text)
{
    text = trimmed(text);
    DateParts parts;
    if (text.size() < 4 || text.size() > 48)
        return std::nullopt;
    if (!isDigit(text.front())) {
        if (!isWordByte(text.front()))
            return std::nullopt;
        passWeekday(text);
    }
    if (text.empty())
        return std::nullopt;
    const bool yearFirst = text.size() > 4 && text[4] == '-';
    std::size_t digits = yearFirst ? 0 : leadingDigits(text);
    double days = 0.0;
    if (digits > 0 && text.substr(digits).starts_with(" day")) {
        days = takeDays(text, digits);
        digits = leadingDigits(text);
    }
    if (digits > 0 && digits < text.size() && text[digits] == ':') {
        if (!takeTime(text, parts, Between::Colon))
            return std::nullopt;
        parts.secondsOfDay += days;
        return parts;
    }
    const bool compact = takeCompactDate(text, parts);
    const bool monthFirst = !isDigit(text.empty() ? '0' : text.front());
    if (!compact && (monthFirst ? !takeMonthFirst(text, parts) : !takeDate(text, parts)))
        return std::nullopt;
    if (text.empty())
        return parts;
    if (std::string_view("Tt _,-").find(text.front()) != std::string_view::npos)
        text = trimmed(text.substr(1));
    else if (!compact && !monthFirst)
        return std::nullopt;
    if (!takeTime(text, parts, compact ? Between::ColonOrNothing : Between::ColonOrDot))
        return std::nullopt;
    return parts;
}

std::optional<double> dateSeconds(const DateParts& parts, DateOrder order)
{
    if (!parts.hasDate)
        return parts.secondsOfDay;
    int year = parts.part[0];
    int month = parts.part[1];
    int day = parts.part[2];
    if (!parts.yearFirst) {
        std::swap(year, day);
        if (!parts.namedMonth && order == DateOrder::MonthFirst)
            std::swap(month, day);
    }
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
        return std::nullopt;
    return static_cast<double>(daysSinceEpoch(year, month, day)) * 86400.0 + parts.secondsOfDay;
}

} // namespace stint
