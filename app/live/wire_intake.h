#pragma once

#include "app/live/format_search.h"
#include "app/live/live_rows.h"
#include "app/live/row_times.h"
#include "core/wire/wire_parser.h"

#include <functional>
#include <memory>
#include <optional>

namespace stint::app {

/// From the bytes of a device to timed rows: finds the format unless it was given, parses, numbers
/// and times the rows. Knows nothing of ports; times are [s] since 1970-01-01 UTC.
///
/// Thread safety: none; owned by the thread that reads the port.
class WireIntake {
public:
    /// \param sink gets every block of rows; it may take the buffers.
    explicit WireIntake(std::function<void(LiveRows&)> sink) : m_sink(std::move(sink)) { }

    /// What bytes mean from now on; nothing: found out again.
    void setFormat(const std::optional<WireFormat>& format);

    void take(std::span<const std::uint8_t> bytes, double arrival);

    /// Time passes, with or without bytes.
    void tick(double now);

    /// The connection was lost; the next rows come after a gap.
    void disconnect(double now);

    [[nodiscard]] const std::optional<WireFormat>& format() const { return m_format; }
    /// The newest decision.
    [[nodiscard]] const WireGuess& guess() const { return m_guess; }
    /// Counted over all formats.
    [[nodiscard]] std::uint64_t rows() const { return m_rows; }
    [[nodiscard]] std::uint64_t badLines() const;
    /// What the parser met; nullptr before a format is known.
    [[nodiscard]] const WireCounts* counts() const
    {
        return m_parser ? &m_parser->counts() : nullptr;
    }
    /// For two seconds most lines did not fit the format.
    [[nodiscard]] bool doubtful() const { return m_doubtful; }
    [[nodiscard]] double rate() const { return m_times.rate(); }
    /// Of the newest rows.
    [[nodiscard]] const std::vector<WireChannel>& channels() const { return m_channels; }

private:
    static constexpr double doubtAfter = 2.0; ///< [s]
    static constexpr double leastFit = 0.5;

    void decide(double now);
    void parse(std::span<const std::uint8_t> bytes, double arrival);
    void handOver();

    std::function<void(LiveRows&)> m_sink;
    std::optional<WireFormat> m_format;
    WireGuess m_guess;
    FormatSearch m_search;
    std::unique_ptr<WireParser> m_parser;
    RowTimes m_times;
    WireRows m_samples; ///< of the parser
    LiveRows m_out;
    std::uint64_t m_layout = 0; ///< of the newest rows
    std::vector<WireChannel> m_channels; ///< of them
    std::uint64_t m_parsers = 0; ///< made so far
    std::uint64_t m_rows = 0;
    std::uint64_t m_earlierBadLines = 0; ///< of parsers before this one
    bool m_gap = false; ///< before the next row
    bool m_doubtful = false;
    std::optional<double> m_misfitSince; ///< [s]
};

} // namespace stint::app
