#pragma once

#include "core/wire/row_sink.h"

#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// Reads lines of delimited numbers, and lines of names that come before numbers. Buffers are used
/// again.
class DelimitedValues {
public:
    /// `delimiter` ' ' stands for a run of blanks.
    DelimitedValues(char delimiter, char decimal);

    /// Gives a whole line to the sink: its numbers as a sample, or its names to the samples that
    /// follow. False where the sink said Stop.
    [[nodiscard]] bool take(std::string_view line, RowSink& sink);

    /// Looks only for names, in the first line of a stream, which may lack its beginning.
    void takeFirst(std::string_view line, const RowSink& sink);

private:
    void split(std::string_view line, const RowSink& sink);
    [[nodiscard]] bool readNumbers(const RowSink& sink);
    [[nodiscard]] bool readUnits(const RowSink& sink);
    [[nodiscard]] bool readNames(const RowSink& sink);
    [[nodiscard]] bool mayNameNow(const RowSink& sink) const;
    void makeNames(const std::vector<std::string>& units);

    char m_delimiter;
    char m_decimal;
    std::vector<std::string_view> m_fields;
    std::vector<double> m_values;
    std::vector<std::string> m_header; ///< fields of the newest line of names
    std::vector<FieldName> m_names; ///< for the next sample; empty: none
};

} // namespace stint
