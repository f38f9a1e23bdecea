#pragma once

#include "core/wire/wire_parser.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace stint::test {

/// A row with the names of its channels.
struct NamedRow {
    std::uint64_t layout = 0;
    std::vector<WireChannel> channels;
    std::vector<double> values;
    double deviceTime = 0.0;
};

/// Everything that a stream gives.
struct WireReading {
    std::vector<NamedRow> rows;
    WireCounts counts;
    double fit = 1.0;

    /// The value of a channel, NaN if the row has none of that name.
    [[nodiscard]] double value(std::size_t row, const std::string& name) const;
};

/// Parses bytes in pieces of `piece` bytes, or in one, to the end of the connection.
[[nodiscard]] WireReading readWire(const WireFormat& format, const std::string& bytes,
                                   std::size_t piece = 0);

/// The same with a parser that is in use already.
void readOn(WireParser& parser, const std::string& bytes, WireReading& reading,
            double arrival = 0.0);

} // namespace stint::test
