#pragma once

#include "core/base/types.h"
#include "core/wire/wire_format.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stint::test {

/// Values for a device to send: R samples of C channels.
struct WireSeries {
    std::vector<std::string> names; ///< (C)
    std::vector<std::string> units; ///< (C), empty texts: none
    std::vector<double> values; ///< (R, C)

    [[nodiscard]] Index channels() const { return static_cast<Index>(names.size()); }
    [[nodiscard]] Index rows() const
    {
        return names.empty() ? 0 : static_cast<Index>(values.size() / names.size());
    }
};

/// Slow waves with noise, rounded so that the format can hold them exactly. The same for the same
/// arguments.
[[nodiscard]] WireSeries wireSeries(const WireFormat& format, Index rows, Index channels,
                                    std::uint64_t seed = 1);

/// What one sample looks like on the wire. `row` counts the samples; Teleplot uses it as its time
/// in steps of 10 ms.
[[nodiscard]] std::string wireSample(const WireFormat& format, const WireSeries& series, Index row);

/// All samples, one after the other.
[[nodiscard]] std::string wireBytes(const WireFormat& format, const WireSeries& series);

/// A line of the names between delimiters.
[[nodiscard]] std::string wireHeader(const WireFormat& format, const WireSeries& series);

/// What an ESP32 prints when it starts.
[[nodiscard]] std::string espBootText();

/// Changes this part of the bytes, at least one if the part is not 0.
/// \param hit set to 1 for every byte that was changed, if not nullptr.
[[nodiscard]] std::string withBrokenBytes(std::string bytes, double part, std::uint64_t seed,
                                          std::vector<std::uint8_t>* hit = nullptr);

/// Bytes without any order.
[[nodiscard]] std::string randomBytes(std::size_t count, std::uint64_t seed);

/// Text at a rate that is not the device's: what a receiver makes of it.
[[nodiscard]] std::string wrongRateBytes(const std::string& sent, double rate, std::uint64_t seed);

/// MAVLink 2 frames of a vehicle.
[[nodiscard]] std::string mavlinkBytes(int frames, std::uint64_t seed);

} // namespace stint::test
