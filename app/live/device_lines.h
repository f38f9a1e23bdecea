#pragma once

#include "core/base/result.h"
#include "core/wire/wire_format.h"
#include "core/wire/wire_rows.h"

#include <span>
#include <string>
#include <vector>

namespace stint::app {

/// Writes rows the way a device would send them, in one of the text formats.
///
/// Thread safety: none.
class DeviceLines {
public:
    /// Errors: a binary format, or no channel.
    [[nodiscard]] static Result<DeviceLines> create(const WireFormat& format,
                                                    std::vector<WireChannel> channels);

    /// What comes before the first row: an end of line, since readers drop the first part of a
    /// line, and the line of names where the format has one.
    void appendStart(std::string& text) const;

    /// One row.
    /// \param values (C); what is missing is left empty or out, as the format has it.
    /// \param time   [s] of the row, for formats that carry it.
    void appendRow(std::span<const double> values, double time, std::string& text) const;

private:
    DeviceLines(const WireFormat& format, std::vector<WireChannel> channels);

    void appendFields(std::span<const double> values, char delimiter, std::string& text) const;
    void appendLabelled(std::span<const double> values, std::string& text) const;
    void appendTeleplot(std::span<const double> values, double time, std::string& text) const;
    void appendJson(std::span<const double> values, double time, std::string& text) const;
    void appendNmea(std::span<const double> values, std::string& text) const;

    WireFormat m_format;
    std::vector<WireChannel> m_channels; ///< names without the marks of the format
};

} // namespace stint::app
