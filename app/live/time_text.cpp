#include "app/live/time_text.h"

#include <chrono>
#include <cmath>
#include <cstdio>

namespace stint::app {

void TimeText::append(double seconds, std::string& text)
{
    using namespace std::chrono;
    const double whole = std::floor(seconds);
    auto second = static_cast<std::int64_t>(whole);
    auto micros = static_cast<std::int64_t>(std::lround((seconds - whole) * 1e6));
    if (micros == 1'000'000) {
        micros = 0;
        ++second;
    }
    if (second != m_second) {
        m_second = second;
        const sys_seconds at {std::chrono::seconds(second)};
        const sys_days day = floor<days>(at);
        const year_month_day date(day);
        const hh_mm_ss clock(at - day);
        char out[64];
        std::snprintf(
            out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.", int {date.year()},
            unsigned {date.month()}, unsigned {date.day()}, static_cast<int>(clock.hours().count()),
            static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
        m_prefix = out;
    }
    text += m_prefix;
    char digits[6];
    for (std::size_t i = sizeof digits; i-- > 0; micros /= 10)
        digits[i] = static_cast<char>('0' + micros % 10);
    text.append(digits, sizeof digits);
    text += 'Z';
}

} // namespace stint::app
