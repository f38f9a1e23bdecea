#include "core/series/series_column.h"

#include "core/series/cell.h"
#include "core/series/time_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace stint {

namespace {

constexpr std::array<std::string_view, 8> seriesNames {"series_id",  "seriesid",  "sequence_id",
                                                       "sequenceid", "sample_id", "sampleid",
                                                       "case_id",    "caseid"};

std::string textOf(double value)
{
    char digits[32];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    return {std::begin(digits), end};
}

/// Whether the values rise from row to row within series, but for one step in ten.
bool risesWithin(const std::vector<double>& values, const std::vector<Index>& starts)
{
    std::size_t steps = 0;
    std::size_t rising = 0;
    std::size_t next = 0;
    for (std::size_t row = 0; row < values.size(); ++row) {
        if (next < starts.size() && static_cast<std::size_t>(starts[next]) == row) {
            ++next;
            continue;
        }
        ++steps;
        rising += row > 0 && values[row] > values[row - 1] ? 1U : 0U;
    }
    return steps > 0 && 10 * rising >= 9 * steps;
}

} // namespace

bool isSeriesName(const ColumnLayout& column)
{
    return std::ranges::find(seriesNames, lowerCase(column.name)) != seriesNames.end();
}

SeriesBreaks seriesOf(const std::vector<double>& values, const TextColumn& texts)
{
    SeriesBreaks series;
    const std::size_t rows = std::max(values.size(), texts.values.size());
    double number = std::nan("");
    std::int32_t text = -1;
    for (std::size_t row = 0; row < rows; ++row) {
        const bool missing = values.empty() ? texts.values[row] < 0 : std::isnan(values[row]);
        const bool same = values.empty() ? texts.values[row] == text : values[row] == number;
        if (row > 0 && (missing || same))
            continue;
        series.starts.push_back(static_cast<Index>(row));
        if (values.empty()) {
            text = texts.values[row];
            series.names.push_back(missing ? std::string {}
                                           : texts.texts[static_cast<std::size_t>(text)]);
        } else {
            number = values[row];
            series.names.push_back(missing ? std::string {} : textOf(number));
        }
    }
    return series;
}

std::optional<std::size_t> timeWithinSeries(const TableLayout& layout,
                                            const std::vector<std::vector<double>>& values,
                                            const std::vector<Index>& starts)
{
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        if (timeNameRank(layout.columns[c].header) > 0 && risesWithin(values[c], starts))
            return c;
    }
    return std::nullopt;
}

} // namespace stint
