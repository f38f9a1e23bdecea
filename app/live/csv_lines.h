#pragma once

#include "app/live/live_rows.h"
#include "app/live/time_text.h"

#include <cstddef>
#include <string>
#include <vector>

namespace stint::app {

/// Writes rows of a device as the text of a recording: the time of day in the first column, then
/// one column per channel. Numbers read back as the same double; what is missing is empty.
///
/// Thread safety: none.
class CsvLines {
public:
    /// Columns of the file from now on.
    void setColumns(std::vector<WireChannel> columns);
    [[nodiscard]] const std::vector<WireChannel>& columns() const { return m_columns; }

    /// Appends "time,name [unit],…" and an end of line.
    void appendHeader(std::string& text) const;

    /// Appends one line per row. Channels that have no column are left out.
    void appendRows(const LiveRows& rows, std::string& text);

private:
    std::vector<WireChannel> m_columns;
    std::vector<std::ptrdiff_t> m_from; ///< (columns) channel of a block, -1: none
    TimeText m_time;
};

/// A name that may stand in a line of fields.
[[nodiscard]] std::string quotedField(const std::string& name, char delimiter = ',');

/// Whether every channel of `few` is, by name, one of `many`.
[[nodiscard]] bool hasAll(const std::vector<WireChannel>& many,
                          const std::vector<WireChannel>& few);

/// Whether both name the same channels in the same order.
[[nodiscard]] bool sameNames(const std::vector<WireChannel>& a, const std::vector<WireChannel>& b);

} // namespace stint::app
