#include "core/series/csv_reader.h"

#include "core/series/class_column.h"
#include "core/series/label_column.h"
#include "core/series/long_table.h"
#include "core/series/series_column.h"
#include "core/series/table_reading.h"
#include "core/series/table_rows.h"
#include "core/series/text_sample.h"
#include "core/series/text_stream.h"
#include "core/series/time_choice.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <unistd.h>
#include <utility>

namespace stint {

namespace {

bool hasFinite(const std::vector<double>& values)
{
    return std::ranges::any_of(values, [](double v) { return std::isfinite(v); });
}

/// Moves the columns of a table to where they belong in a recording.
class RecordingBuilder {
public:
    RecordingBuilder(const TableLayout& layout, TableRows rows, const ReadOptions& options)
        : m_layout(layout), m_rows(std::move(rows)), m_options(options)
    { }

    /// False if no channel holds a number. \param reading gets what became of each column.
    bool build(const TimeChoice& choice, Recording& recording, TableReading& reading)
    {
        const std::optional<DateColumns>& dates = choice.dates;
        const std::optional<std::size_t> series = takeSeries(recording);
        const std::optional<std::size_t> time = takeTime(choice, series.has_value(), recording);
        for (std::size_t c = 0; c < m_layout.columns.size(); ++c) {
            const bool isDate
                = dates && (c == dates->date || c == dates->timeOfDay || c == dates->milliseconds);
            const std::size_t before = recording.channels.size();
            const std::size_t labels = recording.labels.size();
            if (c != time && c != series && !isDate)
                addColumn(c, recording);
            if (recording.channels.size() > before)
                reading.channels.push_back(c);
            if (recording.labels.size() > labels)
                reading.labels.push_back(c);
        }
        reading.series = series.has_value();
        reading.dates = dates;
        reading.timeNumber = series ? std::nullopt : time;
        if (reading.timeNumber)
            reading.timeUnit = timeUnitOf(recording.time.unit);
        recording.badLines = std::move(m_rows.badLines);
        recording.badLineCount = m_rows.badLineCount;
        return std::ranges::any_of(recording.channels,
                                   [](const Channel& c) { return hasFinite(c.values); });
    }

    /// What a table of several signals one below the other is refused with.
    [[nodiscard]] std::optional<Error> longTable(const Recording& recording,
                                                 const std::string& name) const
    {
        return recording.seriesStarts.empty()
            ? longTableError(m_layout, m_rows, recording.time, name)
            : std::nullopt;
    }

private:
    /// Gives the recording its time. Returns the column of numbers that it was made of, if it was.
    std::optional<std::size_t> takeTime(const TimeChoice& choice, bool series, Recording& recording)
    {
        const std::optional<DateColumns>& dates = choice.dates;
        if (dates) {
            recording.time = dateAxis(m_layout.columns[dates->date], std::move(m_rows.dateSeconds),
                                      std::move(m_rows.dateText));
            recording.time.dateOrderGuessed = dates->orderGuessed;
            return std::nullopt;
        }
        std::optional<std::size_t> time;
        if (series) {
            // The time within a series begins anew with each: rows stand in for it.
            time = timeWithinSeries(m_layout, m_rows.values, recording.seriesStarts);
            recording.time = rowAxis(m_rows.rows);
            if (time)
                recording.ignoredColumns.push_back(m_layout.columns[*time].name);
            return time;
        }
        time = choice.chosen ? choice.number : chooseTime();
        if (time)
            recording.time
                = numberAxis(m_layout.columns[*time], std::move(m_rows.values[*time]), choice.unit);
        else
            recording.time = m_layout.rate && !choice.chosen ? rateAxis(m_rows.rows, *m_layout.rate)
                                                             : rowAxis(m_rows.rows);
        return time;
    }

    /// The column that tells series apart, if there is one that is not all the same.
    std::optional<std::size_t> takeSeries(Recording& recording) const
    {
        for (std::size_t c = 0; c < m_layout.columns.size(); ++c) {
            if (!isSeriesName(m_layout.columns[c]))
                continue;
            SeriesBreaks found = seriesOf(m_rows.values[c], m_rows.texts[c]);
            if (found.starts.size() < 2)
                continue;
            recording.seriesStarts = std::move(found.starts);
            recording.seriesNames = std::move(found.names);
            recording.seriesColumn = m_layout.columns[c].header;
            return c;
        }
        return std::nullopt;
    }

    /// The only column of numbers is a channel, whatever its name.
    [[nodiscard]] std::optional<std::size_t> chooseTime() const
    {
        const auto time = chooseNumberColumn(m_layout, m_rows.values);
        for (std::size_t c = 0; time && c < m_rows.values.size(); ++c)
            if (c != *time && hasFinite(m_rows.values[c]))
                return time;
        return std::nullopt;
    }

    void addColumn(std::size_t c, Recording& recording)
    {
        const ColumnLayout& column = m_layout.columns[c];
        std::vector<double>& values = m_rows.values[c];
        const bool label = isLabelName(column, m_options.labelColumns);
        auto classes = mayNameClasses(column, m_options.labelColumns)
            ? classesOf(column.name, values, m_rows.texts[c])
            : std::nullopt;
        if (label && !values.empty() && isLabelContent(column, values)) {
            recording.labels.push_back(makeLabel(column, values));
            values = {};
        } else if (classes) {
            recording.classColumns.push_back(std::move(*classes));
        } else if (values.empty()) {
            recording.ignoredColumns.push_back(column.name);
        } else if (column.named || hasFinite(values)) {
            recording.channels.push_back({column.name, column.unit, std::move(values)});
        }
    }

    const TableLayout& m_layout;
    TableRows m_rows;
    const ReadOptions& m_options;
};

/// Columns of text whose cells say something about rows: classes and names of series.
std::vector<std::size_t> textsToRead(const TableLayout& layout, const ReadOptions& options)
{
    std::vector<std::size_t> columns;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        const ColumnLayout& column = layout.columns[c];
        const bool leftOut = std::ranges::find(options.choices.leftOut, column.header)
            != options.choices.leftOut.end();
        if (column.type == ColumnType::Text && !leftOut
            && (isLabelName(column, options.labelColumns) || isSeriesName(column)
                || isSignalName(column)))
            columns.push_back(c);
    }
    return columns;
}

/// Whether a table of about so many lines fits into the memory of this computer.
Result<Done> checkMemory(const TableLayout& layout, std::size_t lines, const std::string& name)
{
    const auto columns = std::ranges::count_if(layout.columns, [](const ColumnLayout& column) {
        return column.type == ColumnType::Number || column.type == ColumnType::Unknown;
    });
    const double needed = 8.0 * static_cast<double>(columns + 1) * static_cast<double>(lines);
    const double all
        = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    if (all <= 0.0 || needed < 0.9 * all)
        return Done {};
    const auto gibibytes = [](double bytes) {
        return std::to_string(static_cast<long>(std::ceil(bytes / 1073741824.0))) + " GiB";
    };
    return Error {name + " needs " + gibibytes(needed) + " of memory, and this computer has "
                  + gibibytes(all) + "; split it or leave out columns."};
}

Error tooShortError(const std::string& name)
{
    return Error {name
                  + " is not a table: most of its lines lack most of their cells; check which "
                    "program wrote it."};
}

/// Passes over everything above the table.
Result<Done> skipTo(TextStream& stream, std::size_t offset)
{
    while (stream.text().size() < offset && !stream.ended()) {
        if (Result<Done> filled = stream.fill(); !filled)
            return filled;
    }
    stream.consume(std::min(offset, stream.text().size()));
    return Done {};
}

/// Takes the rows of the table out of the text block by block.
Result<TableRows> readTable(ByteSource& source, TextStream& stream, RowReader& reader,
                            const std::string& name, const ReadOptions& options)
{
    constexpr std::size_t longestRecord = std::size_t {1} << 26U;
    for (;;) {
        const std::size_t consumed = reader.read(stream.text(), stream.ended());
        stream.consume(consumed);
        if (reader.tooShort() || (consumed == 0 && stream.text().size() > longestRecord))
            return tooShortError(name);
        if (options.progress && !options.progress(source.fraction()))
            return Error {"Reading " + name + " was stopped; open it again to read all of it."};
        if (stream.ended())
            return reader.finish();
        if (Result<Done> filled = stream.fill(); !filled)
            return filled.error();
    }
}

/// What reading rows on needs of a layout: no samples, whose text goes away, and no doubts.
TableLayout settledLayout(const TableLayout& found, const TableReading& reading)
{
    TableLayout layout = found;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
        ColumnLayout& column = layout.columns[c];
        column.sample.clear();
        if (column.type == ColumnType::Unknown)
            column.type = std::ranges::find(reading.channels, c) == reading.channels.end()
                ? ColumnType::Text
                : ColumnType::Number;
    }
    return layout;
}

Result<Recording> readSource(ByteSource& source, const std::string& name,
                             const ReadOptions& options)
{
    const Result<TextSample> sample = sampleText(source, name, options.choices.encoding);
    if (!sample)
        return sample.error();
    Result<TableLayout> layout = detectLayout(sample->text, name, options.choices);
    if (!layout)
        return layout.error();
    const Result<TimeChoice> time = applyChoices(options.choices, *layout, name);
    if (!time)
        return time.error();
    if (const Result<Done> fits = checkMemory(*layout, sample->lines, name); !fits)
        return fits.error();
    TextStream stream(source, sample->encoding, sample->endOfLine == "CR");
    if (const Result<Done> skipped = skipTo(stream, layout->dataOffset); !skipped)
        return skipped.error();
    RowReader reader(*layout, time->dates, textsToRead(*layout, options), sample->lines);
    Result<TableRows> rows = readTable(source, stream, reader, name, options);
    if (!rows)
        return rows.error();
    if (const Result<Done> same = source.checkUnchanged(); !same)
        return same.error();
    Recording recording;
    recording.dialect = layout->dialect;
    recording.dialect.encoding = sample->encoding.name;
    recording.dialect.endOfLine = sample->endOfLine;
    auto reading = std::make_shared<TableReading>();
    RecordingBuilder builder(*layout, std::move(*rows), options);
    if (!builder.build(*time, recording, *reading))
        return Error {name
                      + " has no column of measurements beside its time and labels; choose a "
                        "table with at least one more column of numbers."};
    if (std::optional<Error> error = builder.longTable(recording, name))
        return *std::move(error);
    reading->encoding = sample->encoding;
    reading->carriageReturns = sample->endOfLine == "CR";
    reading->layout = settledLayout(*layout, *reading);
    reading->above = sample->text.substr(0, layout->dataOffset);
    recording.reading = std::move(reading);
    if (options.progress)
        options.progress(1.0);
    return recording;
}

} // namespace

Result<Recording> parseRecording(std::string_view text, const std::string& name,
                                 const ReadOptions& options)
{
    const std::unique_ptr<ByteSource> source = bytesOf(text);
    Result<Recording> recording = readSource(*source, name, options);
    if (recording)
        recording->name = name;
    return recording;
}

Result<Recording> readRecording(const std::string& path, const ReadOptions& options)
{
    const Result<std::unique_ptr<ByteSource>> source
        = openBytes(path, [&options] { return !options.progress || options.progress(0.0); });
    if (!source)
        return source.error();
    Result<Recording> recording = readSource(**source, path, options);
    if (recording) {
        recording->path = path;
        recording->name = std::filesystem::path(path).filename().string();
    }
    return recording;
}

} // namespace stint
