#include "app/commands/describe_command.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

using nlohmann::json;

std::string delimiterName(char delimiter)
{
    switch (delimiter) {
    case '\t':
        return "tab";
    case ' ':
        return "blanks";
    default:
        return {delimiter};
    }
}

std::string kindName(TimeKind kind)
{
    switch (kind) {
    case TimeKind::Row:
        return "row";
    case TimeKind::Number:
        return "number";
    case TimeKind::Date:
        return "date";
    }
    return "";
}

/// A rate that the file tells without a column is a kind of its own.
std::string kindName(const TimeAxis& time)
{
    return time.kind == TimeKind::Number && time.column.empty() ? "rate" : kindName(time.kind);
}

Result<char> delimiterOf(const std::string& text)
{
    if (text == "tab" || text == "\\t")
        return '\t';
    if (text == "blanks" || text == "blank" || text == "space")
        return ' ';
    if (text.size() != 1 || text == "\"" || text == "\n")
        return Error {"\"" + text + "\" is no delimiter; use one character, tab or blanks."};
    return text.front();
}

Result<ReadChoices> choicesOf(const DescribeOptions& options)
{
    ReadChoices choices;
    choices.encoding = options.encoding;
    if (!options.delimiter.empty()) {
        const Result<char> delimiter = delimiterOf(options.delimiter);
        if (!delimiter)
            return delimiter.error();
        choices.delimiter = *delimiter;
    }
    if (!options.decimal.empty())
        choices.decimal = options.decimal.front();
    if (options.preambleLines >= 0)
        choices.preambleLines = static_cast<std::size_t>(options.preambleLines);
    if (options.headerLines >= 0)
        choices.headerLines = static_cast<std::size_t>(options.headerLines);
    if (options.rowsAsTime || !options.timeColumn.empty())
        choices.timeColumn = options.rowsAsTime ? std::string() : options.timeColumn;
    if (!options.dateOrder.empty())
        choices.dateOrder
            = options.dateOrder == "day-first" ? DateOrder::DayFirst : DateOrder::MonthFirst;
    choices.timeUnit = options.timeUnit;
    choices.leftOut = options.leftOut;
    return choices;
}

json channelOf(const Channel& channel)
{
    std::size_t missing = 0;
    double least = std::nan("");
    double most = std::nan("");
    for (const double v : channel.values) {
        if (!std::isfinite(v)) {
            ++missing;
            continue;
        }
        least = std::isnan(least) ? v : std::min(least, v);
        most = std::isnan(most) ? v : std::max(most, v);
    }
    const auto number = [](double v) { return std::isnan(v) ? json(nullptr) : json(v); };
    return {{"name", channel.name},
            {"unit", channel.unit},
            {"min", number(least)},
            {"max", number(most)},
            {"missing", missing}};
}

json documentOf(const Recording& r)
{
    json channels = json::array();
    for (const Channel& c : r.channels)
        channels.push_back(channelOf(c));
    json bad = json::array();
    for (const BadLine& b : r.badLines)
        bad.push_back({{"line", b.line}, {"why", b.why}});
    json labels = json::array();
    for (const LabelColumn& l : r.labels)
        labels.push_back(l.name);
    json classColumns = json::array();
    for (const ClassColumn& c : r.classColumns) {
        labels.push_back(c.name);
        classColumns.push_back({{"name", c.name}, {"classes", c.classes}});
    }
    return {{"rows", r.rows()},
            {"channels", channels},
            {"time",
             {{"column", r.time.column},
              {"kind", kindName(r.time)},
              {"unit", r.time.unit},
              {"start", r.rows() > 0 ? json(timeText(r, 0)) : json(nullptr)},
              {"step_s", r.time.step},
              {"gaps", r.time.gaps},
              {"duplicates", r.time.duplicates},
              {"non_monotonic", r.time.nonMonotonic},
              {"date_order_guessed", r.time.dateOrderGuessed}}},
            {"dialect",
             {{"encoding", r.dialect.encoding},
              {"delimiter", delimiterName(r.dialect.delimiter)},
              {"decimal", std::string(1, r.dialect.decimal)},
              {"quote", std::string(1, r.dialect.quote)},
              {"preamble_lines", r.dialect.preambleLines},
              {"header_lines", r.dialect.headerLines},
              {"eol", r.dialect.endOfLine},
              {"regularity", r.dialect.regularity}}},
            {"bad_lines", bad},
            {"bad_line_count", r.badLineCount},
            {"ignored_columns", r.ignoredColumns},
            {"labels", labels},
            {"classes", classColumns},
            {"series", {{"column", r.seriesColumn}, {"count", r.seriesStarts.size()}}}};
}

void printText(const json& d)
{
    const json& dialect = d["dialect"];
    std::printf("%lld rows, %zu channels\n", static_cast<long long>(d["rows"].get<std::int64_t>()),
                d["channels"].size());
    std::printf("written as %s, delimiter %s, decimal %s, %s, %d lines before the header, %d "
                "header lines\n",
                dialect["encoding"].get<std::string>().c_str(),
                dialect["delimiter"].get<std::string>().c_str(),
                dialect["decimal"].get<std::string>().c_str(),
                dialect["eol"].get<std::string>().c_str(), dialect["preamble_lines"].get<int>(),
                dialect["header_lines"].get<int>());
    const json& time = d["time"];
    std::printf("time: %s %s, step %g s, %d gaps, %d repeated, %d steps back\n",
                time["kind"].get<std::string>().c_str(), time["column"].get<std::string>().c_str(),
                time["step_s"].get<double>(), time["gaps"].get<int>(),
                time["duplicates"].get<int>(),
                time["non_monotonic"].get<int>() - time["duplicates"].get<int>());
    if (time["date_order_guessed"].get<bool>())
        std::printf("  dates fit both orders of day and month and are read with the month first; "
                    "--date-order day-first reads them the other way round\n");
    for (const json& c : d["channels"])
        std::printf("  %-28s %-10s min %-12s max %-12s missing %d\n",
                    c["name"].get<std::string>().c_str(), c["unit"].get<std::string>().c_str(),
                    c["min"].dump().c_str(), c["max"].dump().c_str(), c["missing"].get<int>());
    for (const json& l : d["labels"])
        std::printf("  label: %s\n", l.get<std::string>().c_str());
    for (const json& column : d["ignored_columns"])
        std::printf("  left out: %s\n", column.get<std::string>().c_str());
    for (const json& b : d["bad_lines"])
        std::printf("  line %d: %s\n", b["line"].get<int>(), b["why"].get<std::string>().c_str());
}

} // namespace

int runDescribe(const DescribeOptions& options, const CommonOptions& common)
{
    const Result<ReadChoices> choices = choicesOf(options);
    if (!choices) {
        fail(choices.error());
        return exitUsage;
    }
    const auto recording
        = readForCommand(options.recording, options.labelColumns, common, *choices);
    if (!recording)
        return fail(recording.error());
    const json document = documentOf(**recording);
    if (common.json)
        print(document);
    else
        printText(document);
    return exitDone;
}

} // namespace stint::app
