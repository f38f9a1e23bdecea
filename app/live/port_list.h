#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stint::app {

/// A serial port, or a path that somebody typed in.
struct PortInfo {
    std::string path; ///< for example /dev/ttyUSB0
    std::string product; ///< text of the adapter, empty if it has none
    std::string manufacturer;
    std::string serialNumber;
    std::optional<std::uint16_t> vendor; ///< USB ids, where the port has them
    std::optional<std::uint16_t> productId;
    /// What the adapter is found again by wherever it turns up: "usb:VID:PID:SERIAL" in hex, else
    /// the path of its link in /dev/serial/by-id, else its path.
    std::string identity;

    friend bool operator==(const PortInfo&, const PortInfo&) = default;
};

/// Every serial port of this machine, those with an adapter's text first, then by path. Takes some
/// milliseconds. Ports that a driver only reserves (no hardware behind) are left out.
[[nodiscard]] std::vector<PortInfo> listPorts();

/// What is known about a path, whether it is in the list or not; links are followed.
[[nodiscard]] PortInfo portAt(const std::string& path);

/// Where the adapter of an identity is now; nothing while it is away.
[[nodiscard]] std::optional<std::string> findPort(const std::string& identity);

/// One line for people: "/dev/ttyACM0 · Arduino Uno (2341:0043)".
[[nodiscard]] std::string describe(const PortInfo& port);

} // namespace stint::app
