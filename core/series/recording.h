#pragma once

#include "core/base/types.h"
#include "core/series/time_texts.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stint {

/// One measured quantity over the rows of a recording. NaN where a value is missing.
struct Channel {
    std::string name;
    std::string unit; ///< empty if not known
    std::vector<double> values; ///< (rows)
};

/// A column of 0 and 1 that marks rows, for example known anomalies. Never an input of a model.
struct LabelColumn {
    std::string name;
    std::vector<unsigned char> values; ///< (rows), 0 or 1
};

/// A column that names one of several classes per row, for example an activity or a speaker. Never
/// an input of a model.
struct ClassColumn {
    std::string name;
    std::vector<std::string> classes; ///< distinct texts; numbers ascending, others as they appear
    std::vector<std::int32_t>
        values; ///< (rows) index into classes, or -1 where the cell is missing
};

/// Most classes that a column may name; one with more is text for people.
inline constexpr std::size_t mostClasses = 256;

enum class TimeKind {
    Row, ///< no time column: the row number stands in, in rows
    Number, ///< a numeric column, converted to seconds
    Date, ///< date and time, seconds since 1970-01-01 00:00 UTC
};

/// When the rows were measured.
struct TimeAxis {
    TimeKind kind = TimeKind::Row;
    std::string column; ///< header of the column, empty for Row
    std::string unit; ///< as written in the file: "s", "ms", "us", "ns"; "date"; "row"
    std::vector<double> seconds; ///< (rows) [s]; the row number for Row; NaN where unreadable
    TimeTexts text; ///< (rows) as written, for Date only, so that it can be repeated
    double step = 1.0; ///< median difference of neighbours [s]
    std::size_t gaps = 0; ///< differences of more than 1.5 steps
    std::size_t nonMonotonic = 0; ///< rows whose time is not after the row before
    std::size_t duplicates = 0; ///< of these, rows whose time is that of the row before
    /// Dates whose day and month may as well be meant the other way round: "03/04/2024" throughout.
    /// They were read with the month first.
    bool dateOrderGuessed = false;
};

/// How the file was written.
struct Dialect {
    std::string encoding = "utf-8";
    char delimiter = ','; ///< ' ' stands for a run of blanks
    char decimal = '.';
    char quote = '"';
    std::size_t preambleLines = 0;
    std::size_t headerLines = 0;
    std::string endOfLine = "LF"; ///< "LF", "CRLF" or "CR"
    double regularity = 1.0; ///< share of sampled lines with as many cells as the table has columns
};

/// A line that was not used, or only in part.
struct BadLine {
    std::size_t line = 0; ///< counted from 1
    std::string why;
};

struct TableReading;

/// A recorded table of channels over time, column by column.
struct Recording {
    std::string path; ///< where it was read from
    std::string name; ///< file name for people
    std::vector<Channel> channels;
    std::vector<LabelColumn> labels;
    std::vector<ClassColumn> classColumns;
    /// Where a file holds many series one below the other: the first row of each, ascending, 0
    /// first. Empty: the whole recording is one series.
    std::vector<Index> seriesStarts;
    std::vector<std::string> seriesNames; ///< as written, one per series
    std::string seriesColumn; ///< header of the column that tells series apart
    TimeAxis time;
    Dialect dialect;
    std::vector<BadLine> badLines; ///< the first 1000
    std::size_t badLineCount = 0; ///< all of them
    std::vector<std::string> ignoredColumns; ///< columns of text, left out of the channels
    /// How rows that are appended to the file are to be read; null if it came from no file.
    std::shared_ptr<const TableReading> reading;

    [[nodiscard]] Index rows() const { return static_cast<Index>(time.seconds.size()); }

    /// The label column of that name, or nullptr.
    [[nodiscard]] const LabelColumn* label(const std::string& labelName) const;

    /// The column of that name as classes; one of 0 and 1 counts as two classes.
    [[nodiscard]] std::optional<ClassColumn> classes(const std::string& columnName) const;

    /// First rows of all series, and the number of rows at the end; {0, rows} without series.
    [[nodiscard]] std::vector<Index> seriesBounds() const;
};

/// The time of a row as the input wrote it: the text of a date (in UTC where it was not kept), else
/// the number in the unit of the column with as many digits as needed to read the same value back.
[[nodiscard]] std::string timeText(const Recording& recording, Index row);

} // namespace stint
