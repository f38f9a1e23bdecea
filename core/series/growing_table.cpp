#include "core/series/growing_table.h"

#include "core/series/gzip.h"
#include "core/series/label_column.h"
#include "core/series/text_encoding.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

namespace stint {

namespace {

/// Enough to tell a byte order mark or a compressed file.
constexpr std::size_t firstBytes = 4;

/// Where line `number`, counted from 0, begins; npos if it does not.
std::size_t lineBegin(std::string_view text, std::size_t number)
{
    std::size_t at = 0;
    for (; number > 0; --number) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos)
            return end;
        at = end + 1;
    }
    return at;
}

} // namespace

GrowingTable::GrowingTable(std::string path, std::shared_ptr<const TableReading> reading)
    : m_path(std::move(path)),
      m_name(std::filesystem::path(m_path).filename().string()),
      m_reading(std::move(reading)),
      m_file(m_path, m_reading->encoding.name.starts_with("utf-16"))
{ }

void GrowingTable::beginAnew()
{
    const bool before = m_decoder.has_value();
    m_torn = m_torn || !m_text.empty();
    m_restarts += before ? 1U : 0U;
    m_gap = m_gap || m_rows > 0;
    m_bytes.clear();
    m_text.clear();
    m_decoder.reset();
    m_reader.reset();
}

/// Brings the bytes at hand behind the text.
void GrowingTable::decode()
{
    if (!m_decoder) {
        if (m_bytes.size() < firstBytes)
            return;
        m_bytes.erase(0, namedEncoding(m_bytes, m_reading->encoding.name).markBytes);
        m_decoder.emplace(m_reading->encoding.name, m_reading->carriageReturns);
    }
    const std::size_t before = m_text.size();
    m_text += m_bytes;
    m_bytes.clear();
    m_decoder->decode(m_text, before, false);
}

/// Compares what stands above the table. False: it is not all there yet.
Result<bool> GrowingTable::passHead()
{
    const std::string_view above = m_reading->above;
    const auto lines = static_cast<std::size_t>(std::ranges::count(above, '\n'));
    const std::size_t end = lineBegin(m_text, lines);
    if (end == std::string_view::npos)
        return false;
    // A preamble may say when the file was begun; the header is what its columns are known by.
    const std::size_t preamble = std::min(m_reading->layout.dialect.preambleLines, lines);
    const std::string_view text(m_text);
    const std::size_t from = lineBegin(text, preamble);
    if (text.substr(from, end - from) != above.substr(lineBegin(above, preamble)))
        return Error {m_path
                      + " begins with another header than when it was opened; open it again to "
                        "follow it as it is now."};
    m_text.erase(0, end);
    m_reader.emplace(m_reading->layout, m_reading->dates, std::vector<std::size_t> {}, 0);
    return true;
}

/// Times of day go on where the rows before ended, whatever the blocks.
void GrowingTable::continueDays(TimeAxis& time)
{
    constexpr double day = 86400.0;
    const auto first
        = std::ranges::find_if(time.seconds, [](double s) { return std::isfinite(s); });
    if (first == time.seconds.end())
        return;
    double days = 0.0;
    while (*first + days < m_newestTime - day / 2)
        days += day;
    for (double& seconds : time.seconds) {
        seconds += days;
        m_newestTime = std::isfinite(seconds) ? seconds : m_newestTime;
    }
}

TimeAxis GrowingTable::timeOf(TableRows& rows)
{
    const TableLayout& layout = m_reading->layout;
    if (m_reading->dates) {
        const ColumnLayout& column = layout.columns[m_reading->dates->date];
        TimeAxis time = dateAxis(column, std::move(rows.dateSeconds), std::move(rows.dateText));
        if (column.type == ColumnType::TimeOfDay)
            continueDays(time);
        return time;
    }
    if (m_reading->timeNumber)
        return numberAxis(layout.columns[*m_reading->timeNumber],
                          std::move(rows.values[*m_reading->timeNumber]), m_reading->timeUnit);
    TimeAxis time = rowAxis(rows.rows);
    for (double& number : time.seconds)
        number += static_cast<double>(m_rows);
    if (!layout.rate)
        return time;
    time.kind = TimeKind::Number;
    time.unit = "s";
    time.step = 1.0 / *layout.rate;
    for (double& number : time.seconds)
        number /= *layout.rate;
    return time;
}

void GrowingTable::take(GrownRows& out)
{
    TableRows rows = m_reader->takeRows();
    Recording& to = out.rows;
    if (std::exchange(m_torn, false)) {
        rows.badLines.insert(rows.badLines.begin(),
                             {0, "the last line of the file before was cut"});
        ++rows.badLineCount;
    }
    to.time = timeOf(rows);
    for (const std::size_t c : m_reading->channels) {
        const ColumnLayout& column = m_reading->layout.columns[c];
        to.channels.push_back({column.name, column.unit, std::move(rows.values[c])});
    }
    for (const std::size_t c : m_reading->labels)
        to.labels.push_back(makeLabel(m_reading->layout.columns[c], rows.values[c]));
    to.badLines = std::move(rows.badLines);
    to.badLineCount = rows.badLineCount;
    m_rows += rows.rows;
    m_badLines += rows.badLineCount;
    if (rows.rows > 0)
        out.gap = std::exchange(m_gap, false);
}

Result<GrowingTable::Found> GrowingTable::look(GrownRows& out)
{
    out = {};
    out.rows.path = m_path;
    out.rows.name = m_name;
    const Result<GrowingFile::Found> found = m_file.look(m_bytes, blockBytes);
    if (!found)
        return found.error();
    if (*found == GrowingFile::Found::Begun) {
        beginAnew();
        return Found::More;
    }
    if (*found != GrowingFile::Found::Bytes)
        return *found == GrowingFile::Found::Away ? Found::Away : Found::Nothing;
    if (!m_decoder && isGzip(m_bytes))
        return Error {m_path + " is compressed; only a plain text file can be followed."};
    decode();
    if (!m_reader) {
        const Result<bool> passed = passHead();
        if (!passed)
            return passed.error();
    }
    if (m_reader) {
        m_text.erase(0, m_reader->read(m_text, false));
        if (m_reader->tooShort())
            return Error {m_path
                          + " is not a table any more: most of its lines lack most of their cells; "
                            "check which program writes it."};
        take(out);
    }
    if (m_text.size() > longestLine)
        return Error {m_path
                      + " has a line of more than 16 MiB, which no table has; check which program "
                        "writes it."};
    return Found::More;
}

} // namespace stint
