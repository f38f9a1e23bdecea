#include "core/series/header_names.h"

#include "core/series/cell.h"
#include "core/series/time_names.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace stint {

namespace {

bool namesTime(const std::vector<std::string>& row)
{
    return std::ranges::any_of(row, [](const std::string& n) { return timeNameRank(n) == 2; });
}

std::size_t namesRow(const HeaderRows& rows)
{
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::set<std::string> different(rows[r].begin(), rows[r].end());
        different.erase(std::string());
        // Station and program stand above the names, as many of them as there are columns.
        const bool asMany
            = different.size() == most && r > 0 && namesTime(rows[r]) && !namesTime(rows[best]);
        if (different.size() > most || asMany) {
            most = different.size();
            best = r;
        }
    }
    return best;
}

/// Whether what stands in brackets is an index, as in "gyro[0]" or "acc[x]", and not a unit.
bool isIndex(std::string_view inside, bool attached)
{
    if (std::ranges::all_of(inside, [](char c) { return c >= '0' && c <= '9'; }))
        return true;
    return attached && inside.size() == 1
        && std::string_view("xyzijkXYZ").find(inside.front()) != std::string_view::npos;
}

/// Symbols that mean a unit wherever they stand behind a comma or a slash.
bool isUnitSymbol(std::string_view text)
{
    using namespace std::string_view_literals;
    constexpr std::array symbols {
        "V"sv,   "mV"sv,   "kV"sv,    "A"sv,     "mA"sv,  "kA"sv,   "W"sv,     "kW"sv,   "MW"sv,
        "kWh"sv, "Wh"sv,   "Ah"sv,    "mAh"sv,   "VA"sv,  "kVA"sv,  "var"sv,   "Hz"sv,   "kHz"sv,
        "MHz"sv, "Ohm"sv,  "kOhm"sv,  "F"sv,     "C"sv,   "K"sv,    "degC"sv,  "bar"sv,  "mbar"sv,
        "Pa"sv,  "kPa"sv,  "hPa"sv,   "MPa"sv,   "psi"sv, "N"sv,    "kN"sv,    "Nm"sv,   "g"sv,
        "kg"sv,  "t"sv,    "m"sv,     "mm"sv,    "cm"sv,  "km"sv,   "um"sv,    "l"sv,    "L"sv,
        "ml"sv,  "s"sv,    "ms"sv,    "us"sv,    "ns"sv,  "min"sv,  "h"sv,     "rpm"sv,  "1/min"sv,
        "deg"sv, "rad"sv,  "rad/s"sv, "deg/s"sv, "m/s"sv, "m/s2"sv, "m/s^2"sv, "km/h"sv, "l/min"sv,
        "l/h"sv, "m3/h"sv, "%"sv,     "%RH"sv,   "ppm"sv, "ppb"sv,  "lux"sv,   "lx"sv,   "dB"sv,
        "dBm"sv, "W/m2"sv, "T"sv,     "mT"sv,    "pH"sv,  "kg/h"sv, "mph"sv};
    if (std::ranges::find(symbols, text) != symbols.end())
        return true;
    // A degree sign, a micro sign or a raised number begins or ends no name.
    return text.size() <= 8
        && (text.starts_with("\xC2\xB0") || text.starts_with("\xC2\xB5")
            || text.starts_with("\xCE\xBC") || text.starts_with("\xCE\xA9")
            || text.starts_with("\xE2\x84\x83") || text.ends_with("\xC2\xB2")
            || text.starts_with("m\xC2\xB3"));
}

/// "Speed, km/h" or "U/V" into name and unit; nothing behind any other sign.
std::pair<std::string, std::string> splitAt(std::string_view header, char sign)
{
    const std::size_t at = header.find(sign);
    if (at == std::string_view::npos || at == 0)
        return {std::string(header), {}};
    const std::string_view unit = trimmed(header.substr(at + 1));
    if (!isUnitSymbol(unit))
        return {std::string(header), {}};
    return {std::string(trimmed(header.substr(0, at))), std::string(unit)};
}

/// "t/s;U/V": all names carry a unit, and none is a path.
bool unitsBehindSlashes(const std::vector<ColumnLayout>& columns)
{
    return columns.size() > 1 && std::ranges::all_of(columns, [](const ColumnLayout& column) {
               return column.header.find('/') != std::string::npos
                   && (!column.unit.empty() || !splitAt(column.header, '/').second.empty());
           });
}

/// "Time (s)" into "Time" and "s"; other texts stay whole.
std::pair<std::string, std::string> splitUnit(std::string_view header)
{
    const std::string whole(header);
    if (header.size() < 4 || (header.back() != ')' && header.back() != ']'))
        return splitAt(header, ',');
    const std::size_t open = header.rfind(header.back() == ')' ? '(' : '[');
    if (open == std::string_view::npos || open == 0)
        return {whole, {}};
    const std::string_view inside = trimmed(header.substr(open + 1, header.size() - open - 2));
    std::string_view name = trimmed(header.substr(0, open));
    if (name.size() > 2 && name.ends_with(" /")) // "v / (m/s)"
        name = trimmed(name.substr(0, name.size() - 1));
    if (inside.size() > 16 && !splitAt(name, ',').second.empty()) // "Temp, V (serial number 12345)"
        return splitAt(name, ',');
    if (inside.empty() || inside.size() > 16 || name.empty()
        || isIndex(inside, header[open - 1] != ' '))
        return {whole, {}};
    return {std::string(name), std::string(inside)};
}

/// Names are how a model finds its channels, so that two columns must not share one.
void makeUnique(std::vector<ColumnLayout>& columns)
{
    std::multiset<std::string> names;
    for (const ColumnLayout& column : columns)
        names.insert(column.name);
    for (ColumnLayout& column : columns)
        if (names.count(column.name) > 1)
            column.name = column.header;
    std::set<std::string> taken;
    for (ColumnLayout& column : columns) {
        const std::string plain = column.name;
        for (int copy = 2; !taken.insert(column.name).second; ++copy)
            column.name = plain + " " + std::to_string(copy);
    }
}

} // namespace

void nameColumns(const HeaderRows& rows, std::vector<ColumnLayout>& columns)
{
    const std::size_t names = namesRow(rows);
    const auto cellOf = [&](std::size_t row, std::size_t column) -> std::string {
        if (row >= rows.size())
            return {};
        // Row numbers have no name; a delimiter at the end of every row has none either.
        const bool shifted
            = rows[row].size() + 1 == columns.size() && columns.back().type != ColumnType::Unknown;
        const std::size_t shift = shifted ? 1 : 0;
        if (column < shift || column - shift >= rows[row].size())
            return {};
        return rows[row][column - shift];
    };
    for (std::size_t c = 0; c < columns.size(); ++c) {
        ColumnLayout& column = columns[c];
        column.header = cellOf(names, c);
        column.named = !column.header.empty();
        if (!column.named)
            column.header = "column " + std::to_string(c + 1);
        std::tie(column.name, column.unit) = splitUnit(column.header);
        const std::string unit = cellOf(names + 1, c);
        if (!unit.empty() && unit.size() <= 24)
            column.unit
                = splitUnit("x " + unit).second.empty() ? unit : splitUnit("x " + unit).second;
    }
    if (unitsBehindSlashes(columns)) {
        for (ColumnLayout& column : columns)
            if (column.unit.empty())
                std::tie(column.name, column.unit) = splitAt(column.header, '/');
    }
    makeUnique(columns);
}

} // namespace stint
