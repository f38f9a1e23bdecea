#pragma once

#include "core/wire/row_sink.h"

#include <string_view>
#include <vector>

namespace stint {

/// Reads lines such as "Temp:23.6,Hum:45.1" and "A1: 5  Speed: 3 m/s": a label, a colon (or an
/// equals sign), a number, a unit or none; between them commas, semicolons, tabs or blanks.
class LabelledValues {
public:
    explicit LabelledValues(char decimal);

    /// Gives a line to the sink. False where the sink said Stop.
    [[nodiscard]] bool take(std::string_view line, RowSink& sink);

private:
    /// Reads one "label: number unit" from the front of `rest` and shortens it.
    [[nodiscard]] bool readOne(std::string_view& rest, const RowSink& sink);

    char m_decimal;
    std::vector<WireValue> m_values;
};

} // namespace stint
