#pragma once

#include "app/live/serial_settings.h"

#include <QSerialPort>

#include <memory>
#include <string>

namespace stint::app {

/// How an attempt to open a port ended.
struct OpenedPort {
    std::unique_ptr<QSerialPort> port; ///< open, or nullptr
    std::string path; ///< that was opened, links followed
    bool refused = false; ///< the system or the driver did not let this process in
    std::string reason; ///< of the driver, without a full stop
};

/// Opens a port by the settings. The port belongs to the calling thread.
[[nodiscard]] OpenedPort openPort(const std::string& path, const SerialSettings& settings);

} // namespace stint::app
