#pragma once

#include "core/wire/row_sink.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// Reads sentences such as "$PSENS,1.2,3.4*5A", whose check value is the exclusive or of the bytes
/// between '$' and '*'. A channel is called by its sentence and place, "PSENS 1"; fields of text
/// are left out.
class NmeaValues {
public:
    /// Gives a line to the sink. False where the sink said Stop.
    [[nodiscard]] bool take(std::string_view line, RowSink& sink);

    /// The first line of a stream: used only if it is whole.
    void takeFirst(std::string_view line, RowSink& sink);

private:
    [[nodiscard]] bool readFields(std::string_view body);

    std::map<std::string, std::vector<std::string>, std::less<>> m_labels; ///< by sentence
    std::vector<WireValue> m_values;
};

} // namespace stint
