#pragma once

#include "core/wire/row_sink.h"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// Reads lines such as ">name:1627551892437:12.34§km/h" and groups them to rows: values with the
/// same time or, without times, values that come in one after the other until a name comes again.
class TeleplotValues {
public:
    /// Gives a line to the sink. False where the sink said Stop.
    [[nodiscard]] bool take(std::string_view line, RowSink& sink);

    /// The first line of a stream: used only if it is whole.
    void takeFirst(std::string_view line, RowSink& sink);

    /// Gives a group to the sink if it is older than a moment. False where the sink said Stop.
    [[nodiscard]] bool passTime(RowSink& sink);

    /// Gives the group to the sink. False where the sink said Stop.
    [[nodiscard]] bool flush(RowSink& sink);

private:
    struct Member {
        std::string name;
        std::string unit;
        double value = 0.0;
    };

    /// One line: all of its values have the same name.
    struct Telemetry {
        std::string_view name;
        std::string_view unit;
        std::vector<std::pair<double, double>> values; ///< time [ms] or NaN, value
    };

    [[nodiscard]] bool read(std::string_view line);
    [[nodiscard]] bool readValues(std::string_view text);
    [[nodiscard]] bool belongs(double time, const RowSink& sink) const;
    void add(double time, double value, const RowSink& sink);
    [[nodiscard]] bool complete() const;

    Telemetry m_line;
    std::size_t m_done = 0; ///< values of the line that comes again
    std::vector<Member> m_group; ///< the first m_size are in use
    std::size_t m_size = 0;
    double m_time = std::numeric_limits<double>::quiet_NaN(); ///< of the group [ms]
    double m_arrival = 0.0; ///< of its first value
    std::size_t m_lastSize = 0; ///< of the group before, and its last name
    std::string m_lastName;
    std::vector<WireValue> m_values;
};

} // namespace stint
