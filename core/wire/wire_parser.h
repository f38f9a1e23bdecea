#pragma once

#include "core/wire/wire_format.h"
#include "core/wire/wire_rows.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace stint {

/// What a parser has met since it was made.
struct WireCounts {
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
    std::uint64_t sampleBytes = 0; ///< bytes of lines or frames that were samples
    std::uint64_t badLines = 0; ///< lines or frames that were not samples: text, broken, checksum
    std::string lastBad; ///< the start of the newest of them, printable, at most 120 characters
    std::string lastBadWhy;
};

/// Turns the bytes of a device into rows. Bytes may be cut anywhere; what comes before the first
/// mark of a line or frame is dropped. Memory is bounded: a line or frame of more than 1 MiB is
/// counted as bad and passed over. Never fails: what does not fit is counted.
///
/// Channels are known by their label if they have one, else by their place. A label that was not
/// seen before, or another number of values that persists, changes the channels: the layout grows
/// and rows have NaN where a sample lacks one. Thread safety: none.
class WireParser {
public:
    explicit WireParser(const WireFormat& format);
    ~WireParser();
    WireParser(const WireParser&) = delete;
    WireParser& operator=(const WireParser&) = delete;

    /// Parses bytes that came in at `arrival` [s] and puts the rows into `out`, replacing what was
    /// there. Stops early where the channels change, so that all rows of a call have the same.
    /// \returns how many bytes were used; call again with the rest.
    [[nodiscard]] std::size_t parse(std::span<const std::uint8_t> bytes, double arrival,
                                    WireRows& out);

    /// The connection ended: a sample that is not complete is dropped, values that wait to be
    /// grouped to a row come out. Channels and counts stay.
    void finish(double arrival, WireRows& out);

    [[nodiscard]] const WireFormat& format() const;
    [[nodiscard]] const WireCounts& counts() const;

    /// Part of the newest lines or frames that were samples, 0..1; 1 before the first. Below one
    /// half for two seconds the format has probably changed.
    [[nodiscard]] double fit() const;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace stint
