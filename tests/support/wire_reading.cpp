#include "tests/support/wire_reading.h"

#include <algorithm>
#include <limits>

namespace stint::test {

namespace {

void collect(const WireRows& rows, WireReading& reading)
{
    const auto channels = rows.channels.size();
    for (Index r = 0; r < rows.rows; ++r) {
        const auto row = static_cast<std::size_t>(r);
        const auto first = rows.values.begin() + static_cast<std::ptrdiff_t>(row * channels);
        reading.rows.push_back({rows.layout,
                                rows.channels,
                                {first, first + static_cast<std::ptrdiff_t>(channels)},
                                rows.deviceTime[row]});
    }
}

} // namespace

double WireReading::value(std::size_t row, const std::string& name) const
{
    const NamedRow& named = rows[row];
    const auto at = std::ranges::find(named.channels, name, &WireChannel::name);
    return at == named.channels.end()
        ? std::numeric_limits<double>::quiet_NaN()
        : named.values[static_cast<std::size_t>(at - named.channels.begin())];
}

void readOn(WireParser& parser, const std::string& bytes, WireReading& reading, double arrival)
{
    WireRows rows;
    std::span<const std::uint8_t> rest(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                       bytes.size());
    do {
        rest = rest.subspan(parser.parse(rest, arrival, rows));
        collect(rows, reading);
    } while (!rest.empty());
    reading.counts = parser.counts();
    reading.fit = parser.fit();
}

WireReading readWire(const WireFormat& format, const std::string& bytes, std::size_t piece)
{
    WireParser parser(format);
    WireReading reading;
    const std::size_t step = piece == 0 ? std::max<std::size_t>(bytes.size(), 1) : piece;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        readOn(parser, bytes.substr(at, step), reading);
    WireRows rows;
    parser.finish(0.0, rows);
    collect(rows, reading);
    reading.counts = parser.counts();
    reading.fit = parser.fit();
    return reading;
}

} // namespace stint::test
