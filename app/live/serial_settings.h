#pragma once

#include <cstdint>
#include <string>

namespace stint::app {

enum class SerialParity : std::uint8_t { None, Even, Odd, Mark, Space };
enum class SerialStopBits : std::uint8_t { One, OneAndHalf, Two };
enum class SerialFlow : std::uint8_t { None, Hardware, Software };

/// How a port is opened.
struct SerialSettings {
    std::string port; ///< path of the device, for example /dev/ttyACM0 or /dev/pts/3
    /// What the same adapter is found again by after it was unplugged, as PortInfo::identity has
    /// it. Empty: looked up once the path exists.
    std::string identity;
    int baud = 115'200; ///< any number > 0 that the driver takes
    int dataBits = 8; ///< 5..8
    SerialParity parity = SerialParity::None;
    SerialStopBits stopBits = SerialStopBits::One;
    SerialFlow flow = SerialFlow::None;
    bool dtr = true; ///< many boards restart when this line changes
    bool rts = true; ///< left to the driver with hardware flow control

    friend bool operator==(const SerialSettings&, const SerialSettings&) = default;
};

} // namespace stint::app
