#include "app/commands/ports_command.h"

#include "app/live/port_list.h"
#include "app/live/port_problem.h"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

nlohmann::json hexOrNull(const std::optional<std::uint16_t>& id)
{
    if (!id)
        return nullptr;
    char text[8];
    std::snprintf(text, sizeof text, "%04x", unsigned {*id});
    return text;
}

} // namespace

int runPorts(const CommonOptions& common)
{
    nlohmann::json list = nlohmann::json::array();
    for (const PortInfo& port : listPorts()) {
        const PortAccess access = accessTo(port.path);
        const bool barred = access.exists && !access.allowed;
        const PortProblem problem
            = barred ? problemOf(port.path, access, true, {}) : PortProblem {};
        list.push_back({{"path", port.path},
                        {"product", port.product},
                        {"manufacturer", port.manufacturer},
                        {"serial_number", port.serialNumber},
                        {"vendor", hexOrNull(port.vendor)},
                        {"product_id", hexOrNull(port.productId)},
                        {"identity", port.identity},
                        {"problem", problem.sentence},
                        {"command", problem.command}});
        if (!common.json) {
            std::cout << describe(port) << '\n';
            if (barred)
                std::cout << "  " << problem.sentence << '\n';
        }
    }
    if (common.json)
        print({{"ports", list}});
    else if (list.empty())
        say(common,
            "No serial port was found; plug a device in, or try live mode without one: "
            "stint play RECORDING --port pty.");
    return exitDone;
}

} // namespace stint::app
