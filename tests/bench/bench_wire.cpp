// How fast bytes of a device become rows, per format.

#include "core/wire/wire_parser.h"
#include "tests/support/wire_samples.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace {

using Clock = std::chrono::steady_clock;

/// Parses everything in blocks as a driver hands them over; megabytes per second.
double speed(const stint::WireFormat& format, const std::string& bytes, std::uint64_t& rows)
{
    constexpr std::size_t block = 4096;
    stint::WireParser parser(format);
    stint::WireRows out;
    const std::span<const std::uint8_t> all(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            bytes.size());
    const auto begin = Clock::now();
    for (std::size_t at = 0; at < all.size();)
        at += parser.parse(all.subspan(at, std::min(block, all.size() - at)), 0.0, out);
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    rows = parser.counts().rows;
    return static_cast<double>(bytes.size()) / 1e6 / seconds.count();
}

} // namespace

int main()
{
    constexpr int runs = 7;
    for (const char* const word :
         {"csv", "csv:;,", "csv:space", "labels", "teleplot", "json", "comment", "dollar", "nmea",
          "frame:sync=AABB,size=1,number=f32,channels=8,checksum=sum8",
          "frame:sync=AABB,size=1,number=f32,channels=8,checksum=crc16",
          "cobs:number=f32,channels=8", "slip:number=i16,channels=8",
          "raw:number=f32,channels=8"}) {
        const auto format = stint::parseWireFormat(word);
        if (!format)
            return 1;
        const auto series = stint::test::wireSeries(*format, 20000, 8);
        std::string bytes;
        while (bytes.size() < 20'000'000)
            bytes += stint::test::wireBytes(*format, series);
        double best = 0.0;
        std::uint64_t rows = 0;
        for (int run = 0; run < runs; ++run)
            best = std::max(best, speed(*format, bytes, rows));
        const double perSecond
            = best * 1e6 * static_cast<double>(rows) / static_cast<double>(bytes.size());
        std::printf("%-60s %7.0f MB/s %10.0f samples of 8/s\n", word, best, perSecond);
    }
    return 0;
}
