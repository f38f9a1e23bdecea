#include "core/series/date_text.h"

#include "core/series/cell.h"

#include <algorithm>
#include <cstdint>
#include <string>

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

/// 1 to 12 for "Jan" to "December"; 0 for other words.
int takeMonthName(std::string_view& text)
{
    constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
    std::size_t length = 0;
    while (length < text.size() && isLetter(text[length]))
        ++length;
    if (length < 3 || length > 9)
        return 0;
    const std::size_t at = months.find(lowerCase(text.substr(0, 3)));
    text.remove_prefix(length);
    return at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
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
    if (!text.empty() && isLetter(text.front())) {
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

/// "Z", "UTC", "+01:00", "-0330" or "+02"; what is left must be empty.
bool takeOffset(std::string_view text, double& offset)
{
    offset = 0.0;
    text = trimmed(text);
    if (text.empty() || text == "Z" || text == "z" || text == "UTC" || text == "GMT")
        return true;
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

/// AM or PM in front of what is left; false if the hour does not fit it.
bool takeHalfOfDay(std::string_view& text, int& hours)
{
    const std::string_view rest = trimmed(text);
    const std::string half = lowerCase(rest.substr(0, 2));
    if (half != "am" && half != "pm")
        return true;
    text = rest.substr(2);
    if (hours < 1 || hours > 12)
        return false;
    hours = hours % 12 + (half == "pm" ? 12 : 0);
    return true;
}

/// A time of day; `colons` may be missing after a date that has no separators either.
bool takeTime(std::string_view text, DateParts& parts, bool colons)
{
    const auto separated = [&text, colons] { return take(text, ':') || !colons; };
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    double fraction = 0.0;
    if (takeDigits(text, 2, hours) == 0 || !separated() || takeDigits(text, 2, minutes) != 2)
        return false;
    const bool bareSeconds = !colons && !text.empty() && isDigit(text.front());
    if (bareSeconds || take(text, ':')) {
        if (takeDigits(text, 2, seconds) != 2)
            return false;
        if (take(text, '.') || take(text, ','))
            fraction = takeFraction(text);
    }
    double offset = 0.0;
    if (!takeHalfOfDay(text, hours) || !takeOffset(text, offset))
        return false;
    if (hours > 24 || minutes > 59 || seconds > 60)
        return false;
    parts.hasTime = true;
    parts.secondsOfDay = hours * 3600.0 + minutes * 60.0 + seconds + fraction - offset;
    return true;
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
    if (text.size() < 4 || text.size() > 48 || !isDigit(text.front()))
        return std::nullopt;
    if (text[1] == ':' || text[2] == ':') {
        if (!takeTime(text, parts, true))
            return std::nullopt;
        return parts;
    }
    const bool compact = takeCompactDate(text, parts);
    if (!compact && !takeDate(text, parts))
        return std::nullopt;
    if (text.empty())
        return parts;
    if (std::string_view("Tt _,-").find(text.front()) != std::string_view::npos)
        text = trimmed(text.substr(1));
    else if (!compact)
        return std::nullopt;
    if (!takeTime(text, parts, !compact))
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
