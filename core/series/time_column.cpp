#include "core/series/time_column.h"

#include "core/series/cell.h"
#include "core/series/time_names.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace stint {

namespace {

/// How neighbours that are both present differ.
struct Order {
    std::size_t pairs = 0;
    std::size_t rising = 0;
    std::size_t falling = 0;
};

Order orderOf(const std::vector<double>& values)
{
    Order order;
    double before = std::numeric_limits<double>::quiet_NaN();
    for (const double value : values) {
        if (!std::isfinite(value))
            continue;
        if (std::isfinite(before)) {
            ++order.pairs;
            order.rising += value > before ? 1U : 0U;
            order.falling += value < before ? 1U : 0U;
        }
        before = value;
    }
    return order;
}

bool mostlyOrdered(const Order& order)
{
    return order.rising > 0 && 10 * order.falling <= order.pairs;
}

bool mostlyRising(const Order& order)
{
    return order.rising > 0 && 10 * order.rising >= 9 * order.pairs;
}

/// The median of the positive differences of neighbours, from at least half a million of them where
/// there are more; 0 if there are none.
double medianStep(const std::vector<double>& values)
{
    constexpr std::size_t enough = 500'000;
    const std::size_t distance = values.size() / enough + 1;
    std::vector<double> steps;
    steps.reserve(values.size() / distance + 1);
    for (std::size_t i = 1; i < values.size(); i += distance)
        if (values[i] > values[i - 1] && std::isfinite(values[i] - values[i - 1]))
            steps.push_back(values[i] - values[i - 1]);
    if (steps.empty())
        return 0.0;
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle;
}

/// Calls `take` with every difference of neighbours that are both finite.
template <typename Take>
void forEachStep(const std::vector<double>& values, const Take& take)
{
    for (std::size_t i = 1; i < values.size(); ++i)
        if (std::isfinite(values[i]) && std::isfinite(values[i - 1]))
            take(values[i] - values[i - 1]);
}

bool risesEvenly(const std::vector<double>& values)
{
    const double median = medianStep(values);
    std::size_t steps = 0;
    std::size_t rising = 0;
    std::size_t even = 0;
    forEachStep(values, [&](double step) {
        ++steps;
        rising += step > 0.0 ? 1U : 0U;
        even += std::abs(step - median) <= 0.1 * median ? 1U : 0U;
    });
    return steps >= 7 && rising == steps && 10 * even >= 9 * steps;
}

bool namesADate(std::string_view header)
{
    const std::string lower = lowerCase(header);
    return lower.find("date") != std::string::npos || lower.find("datum") != std::string::npos;
}

/// Whether a step is one at which clocks are read if it is meant in days: 1.157e-5 is a second.
bool isClockStepInDays(double step)
{
    constexpr std::array<double, 18> seconds {0.1,   0.2,   0.5,   1.0,    2.0,    5.0,
                                              10.0,  15.0,  20.0,  30.0,   60.0,   120.0,
                                              300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0};
    return std::ranges::any_of(
        seconds, [step](double s) { return std::abs(step * 86400.0 - s) <= 0.002 * s; });
}

std::vector<double> sampledSeconds(const std::vector<std::string_view>& cells, DateOrder order)
{
    std::vector<double> seconds;
    for (const std::string_view cell : cells)
        if (const auto parts = splitDate(cell))
            if (const auto value = dateSeconds(*parts, order))
                seconds.push_back(*value);
    return seconds;
}

/// Of times that need not be in order.
double spanOf(const std::vector<double>& seconds)
{
    if (seconds.empty())
        return 0.0;
    const auto [least, most] = std::ranges::minmax(seconds);
    return most - least;
}

void setOrder(DateColumns& columns, const std::vector<std::string_view>& cells)
{
    const FoundDateOrder found = dateOrderOf(cells);
    columns.order = found.order;
    columns.orderGuessed = found.guessed;
}

bool sampleHasTime(const ColumnLayout& column)
{
    std::size_t with = 0;
    std::size_t dates = 0;
    for (const std::string_view cell : column.sample) {
        const auto parts = splitDate(cell);
        dates += parts ? 1U : 0U;
        with += parts && parts->hasTime ? 1U : 0U;
    }
    return 2 * with > dates;
}

/// The neighbour of a column of bare dates that holds times of day.
std::optional<std::size_t> timeOfDayBeside(const TableLayout& layout, std::size_t date)
{
    const auto& columns = layout.columns;
    if (columns[date].type != ColumnType::Date || sampleHasTime(columns[date]))
        return std::nullopt;
    if (date + 1 < columns.size() && columns[date + 1].type == ColumnType::TimeOfDay)
        return date + 1;
    if (date > 0 && columns[date - 1].type == ColumnType::TimeOfDay)
        return date - 1;
    return std::nullopt;
}

/// The column behind date and time that holds the milliseconds of a second.
std::optional<std::size_t> millisecondsBeside(const TableLayout& layout, const DateColumns& dates)
{
    constexpr std::array<std::string_view, 7> names {
        "ms", "msec", "millis", "millitm", "millisec", "milliseconds", "millisecond"};
    const std::size_t c = std::max(dates.date, dates.timeOfDay.value_or(0)) + 1;
    if (c >= layout.columns.size() || layout.columns[c].type != ColumnType::Number
        || std::ranges::find(names, lowerCase(layout.columns[c].name)) == names.end())
        return std::nullopt;
    const bool within = std::ranges::all_of(layout.columns[c].sample, [](std::string_view cell) {
        double value = 0.0;
        const CellKind kind = readCell(cell, '.', value);
        return kind == CellKind::Missing
            || (kind == CellKind::Number && value >= 0.0 && value < 1000.0);
    });
    return within ? std::optional(c) : std::nullopt;
}

/// How well a column of dates serves as time; 0 if it does not.
int dateFitness(const ColumnLayout& column)
{
    if (column.type != ColumnType::Date && column.type != ColumnType::TimeOfDay)
        return 0;
    const int rank = timeNameRank(column.header);
    const int fitness = 1 + 2 * rank + (column.type == ColumnType::Date ? 1 : 0);
    if (rank == 2)
        return fitness;
    const Order order = orderOf(sampledSeconds(column.sample, dateOrderOf(column.sample).order));
    return 10 * order.falling <= order.pairs ? fitness : 0;
}

/// How well a column of numbers serves as time; 0 if it does not. A clear name may repeat a time,
/// as coarse clocks do; a vague one must rise.
int numberFitness(int nameRank, const std::vector<double>& values)
{
    if (nameRank == 0)
        return 0;
    if (values.size() == 1) // has no order yet
        return std::isfinite(values.front()) ? nameRank : 0;
    const Order order = orderOf(values);
    if (mostlyRising(order))
        return 1 + nameRank;
    return nameRank == 2 && mostlyOrdered(order) ? 1 : 0;
}

} // namespace

FoundDateOrder dateOrderOf(const std::vector<std::string_view>& cells)
{
    char separator = '/';
    bool differ = false;
    for (const std::string_view cell : cells) {
        const auto parts = splitDate(cell);
        if (!parts || !parts->hasDate || parts->yearFirst || parts->namedMonth)
            continue;
        separator = parts->separator;
        differ = differ || parts->part[0] != parts->part[1];
        if (parts->part[0] > 12)
            return {DateOrder::DayFirst, false};
        if (parts->part[1] > 12)
            return {DateOrder::MonthFirst, false};
    }
    if (separator != '/')
        return {DateOrder::DayFirst, false};
    const std::vector<double> byMonth = sampledSeconds(cells, DateOrder::MonthFirst);
    const std::vector<double> byDay = sampledSeconds(cells, DateOrder::DayFirst);
    const bool monthInOrder = orderOf(byMonth).falling == 0;
    const bool dayInOrder = orderOf(byDay).falling == 0;
    if (dayInOrder != monthInOrder)
        return {dayInOrder ? DateOrder::DayFirst : DateOrder::MonthFirst, false};
    // Days of one month are a likelier recording than the same day of many months.
    const double monthSpan = spanOf(byMonth);
    const double daySpan = spanOf(byDay);
    if (2.0 * daySpan < monthSpan || 2.0 * monthSpan < daySpan)
        return {daySpan < monthSpan ? DateOrder::DayFirst : DateOrder::MonthFirst, false};
    return {DateOrder::MonthFirst, differ};
}

std::optional<DateColumns> chooseDateColumns(const TableLayout& layout)
{
    std::optional<std::size_t> best;
    int most = 0;
    bool clearNumber = false;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        const int fitness = dateFitness(layout.columns[c]);
        if (fitness > most) {
            most = fitness;
            best = c;
        }
        clearNumber = clearNumber
            || (layout.columns[c].type == ColumnType::Number
                && timeNameRank(layout.columns[c].header) == 2);
    }
    if (!best)
        return std::nullopt;
    const int rank = timeNameRank(layout.columns[*best].header);
    const bool whole
        = layout.columns[*best].type == ColumnType::Date && sampleHasTime(layout.columns[*best]);
    if (clearNumber && (whole ? rank < 1 : rank < 2))
        return std::nullopt;
    DateColumns columns;
    columns.date = *best;
    // "date, time": the time of day has the clearer name if its neighbour is called "day".
    if (layout.columns[*best].type == ColumnType::TimeOfDay) {
        for (const std::size_t beside : {*best - 1, *best + 1})
            if (beside < layout.columns.size() && timeOfDayBeside(layout, beside) == best)
                columns.date = beside;
    }
    columns.timeOfDay = timeOfDayBeside(layout, columns.date);
    columns.milliseconds = millisecondsBeside(layout, columns);
    setOrder(columns, layout.columns[columns.date].sample);
    return columns;
}

std::optional<DateColumns> dateColumnsAt(const TableLayout& layout, std::size_t column)
{
    const ColumnType type = layout.columns[column].type;
    if (type != ColumnType::Date && type != ColumnType::TimeOfDay)
        return std::nullopt;
    DateColumns columns;
    columns.date = column;
    columns.timeOfDay = timeOfDayBeside(layout, column);
    columns.milliseconds = millisecondsBeside(layout, columns);
    setOrder(columns, layout.columns[column].sample);
    return columns;
}

std::optional<double> readDate(const DateColumns& columns, std::string_view date,
                               std::string_view timeOfDay)
{
    const auto parts = splitDate(date);
    if (!parts)
        return std::nullopt;
    auto seconds = dateSeconds(*parts, columns.order);
    if (!seconds || !columns.timeOfDay)
        return seconds;
    const auto time = splitDate(timeOfDay);
    if (!time || time->hasDate)
        return std::nullopt;
    return *seconds + time->secondsOfDay;
}

std::optional<std::size_t> chooseNumberColumn(const TableLayout& layout,
                                              const std::vector<std::vector<double>>& values)
{
    std::optional<std::size_t> best;
    int most = 0;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        if (values[c].empty() || !layout.columns[c].named)
            continue;
        // "x-axis" is no name of time, but its unit may tell; "Second" is but a unit.
        const std::string& header = layout.columns[c].header;
        const bool unitTells = c == 0
            && (timeUnitOf(layout.columns[c].unit) || (header.size() > 2 && timeUnitOf(header)));
        const int rank = std::max(timeNameRank(layout.columns[c].header), unitTells ? 1 : 0);
        const int fitness = numberFitness(rank, values[c]);
        if (fitness > most) {
            most = fitness;
            best = c;
        }
    }
    if (best || layout.columns.size() < 2)
        return best;
    // Without names, the first column that has a value in most rows may be the time.
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        if (layout.columns[c].named)
            return best;
        const auto missing = std::ranges::count_if(values[c], [](double v) { return !(v == v); });
        if (!values[c].empty() && 2 * missing <= std::ssize(values[c]))
            return risesEvenly(values[c]) ? std::optional(c) : best;
    }
    return best;
}

TimeUnit timeUnitOfColumn(const ColumnLayout& column, const std::vector<double>& values)
{
    if (const auto unit = timeUnitInHeader(column.header))
        return *unit;
    if (const auto unit = timeUnitOf(column.unit))
        return *unit;
    const auto first = std::ranges::find_if(values, [](double v) { return std::isfinite(v); });
    const double size = first == values.end() ? 0.0 : *first;
    // Seconds since 1970 for the years 1985 to 2500, in four units; the ranges do not overlap.
    if (size >= 5e17)
        return TimeUnit::Nanosecond;
    if (size >= 5e14)
        return TimeUnit::Microsecond;
    if (size >= 5e11)
        return TimeUnit::Millisecond;
    if (size >= 5e8 && size < 1.7e10)
        return TimeUnit::Second;
    const double step = medianStep(values);
    // Spreadsheets write dates as days since 1900.
    if (namesADate(column.header) && size > 2e4 && size < 8e4 && step <= 31.0)
        return TimeUnit::SpreadsheetDay;
    if (size > 3e4 && size < 6e4 && isClockStepInDays(step))
        return TimeUnit::SpreadsheetDay;
    // Recorders measure every five minutes or every few milliseconds, not every 67 minutes.
    const bool whole = std::ranges::all_of(
        values, [](double v) { return !std::isfinite(v) || v == std::floor(v); });
    if (whole && step >= 1000.0 && std::fmod(step, 300.0) != 0.0)
        return TimeUnit::Microsecond;
    return TimeUnit::Second;
}

TimeAxis rowAxis(std::size_t rows)
{
    TimeAxis time;
    time.unit = "row";
    time.seconds.resize(rows);
    for (std::size_t r = 0; r < rows; ++r)
        time.seconds[r] = static_cast<double>(r);
    return time;
}

TimeAxis rateAxis(std::size_t rows, double rate)
{
    TimeAxis time = rowAxis(rows);
    time.kind = TimeKind::Number;
    time.unit = "s";
    time.step = 1.0 / rate;
    for (double& seconds : time.seconds)
        seconds /= rate;
    return time;
}

TimeAxis numberAxis(const ColumnLayout& column, std::vector<double> values,
                    std::optional<TimeUnit> chosen)
{
    TimeAxis time;
    const TimeUnit unit = chosen ? *chosen : timeUnitOfColumn(column, values);
    time.kind = unit == TimeUnit::SpreadsheetDay ? TimeKind::Date : TimeKind::Number;
    time.column = column.header;
    time.unit = timeUnitName(unit);
    time.seconds = std::move(values);
    for (double& value : time.seconds) {
        const double seconds = toSeconds(value, unit);
        value = std::isfinite(seconds) ? seconds : std::numeric_limits<double>::quiet_NaN();
    }
    describeSteps(time);
    return time;
}

TimeAxis dateAxis(const ColumnLayout& column, std::vector<double> seconds, TimeTexts text)
{
    TimeAxis time;
    time.kind = TimeKind::Date;
    time.column = column.header;
    time.unit = "date";
    time.seconds = std::move(seconds);
    time.text = std::move(text);
    if (column.type == ColumnType::TimeOfDay) {
        constexpr double day = 86400.0;
        double days = 0.0;
        double before = -day;
        for (double& value : time.seconds) {
            if (std::isfinite(value)) {
                if (value + days < before - day / 2)
                    days += day;
                value += days;
                before = value;
            }
        }
    }
    describeSteps(time);
    return time;
}

void describeSteps(TimeAxis& time)
{
    const double median = medianStep(time.seconds);
    time.step = median > 0.0 ? median : 1.0;
    time.nonMonotonic = 0;
    time.duplicates = 0;
    time.gaps = 0;
    forEachStep(time.seconds, [&time](double step) {
        time.nonMonotonic += step <= 0.0 ? 1U : 0U;
        time.duplicates += step == 0.0 ? 1U : 0U;
        time.gaps += step > 1.5 * time.step ? 1U : 0U;
    });
}

} // namespace stint
