#include "app/live/port_list.h"

#include <QSerialPortInfo>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <tuple>

namespace stint::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* linksById = "/dev/serial/by-id";

std::string usbIdentity(std::uint16_t vendor, std::uint16_t product, const std::string& serial)
{
    char ids[16];
    std::snprintf(ids, sizeof ids, "%04x:%04x", unsigned {vendor}, unsigned {product});
    return std::string("usb:") + ids + ":" + serial;
}

/// The link that names the adapter at a path; empty if there is none.
std::string linkById(const std::string& path)
{
    std::error_code code;
    for (fs::directory_iterator entry(linksById, code), end; !code && entry != end;
         entry.increment(code)) {
        std::error_code ignored;
        if (fs::canonical(entry->path(), ignored) == fs::path(path))
            return entry->path().string();
    }
    return {};
}

PortInfo toPortInfo(const QSerialPortInfo& info)
{
    PortInfo port;
    port.path = info.systemLocation().toStdString();
    port.product = info.description().toStdString();
    port.manufacturer = info.manufacturer().toStdString();
    port.serialNumber = info.serialNumber().toStdString();
    if (info.hasVendorIdentifier())
        port.vendor = info.vendorIdentifier();
    if (info.hasProductIdentifier())
        port.productId = info.productIdentifier();
    if (port.vendor && port.productId && !port.serialNumber.empty()) {
        port.identity = usbIdentity(*port.vendor, *port.productId, port.serialNumber);
    } else {
        const std::string link = linkById(port.path);
        port.identity = link.empty() ? port.path : link;
    }
    return port;
}

} // namespace

std::vector<PortInfo> listPorts()
{
    // The library below that knows the devices is not made for several threads at once.
    static std::mutex oneAtATime;
    QList<QSerialPortInfo> found;
    {
        const std::lock_guard lock(oneAtATime);
        found = QSerialPortInfo::availablePorts();
    }
    std::vector<PortInfo> ports;
    for (const QSerialPortInfo& info : found)
        ports.push_back(toPortInfo(info));
    std::ranges::sort(ports, {}, [](const PortInfo& port) {
        return std::tuple(port.product.empty(), port.path);
    });
    return ports;
}

PortInfo portAt(const std::string& path)
{
    std::error_code code;
    const fs::path target = fs::canonical(path, code);
    if (!code) {
        for (const PortInfo& port : listPorts())
            if (fs::path(port.path) == target)
                return port;
    }
    PortInfo port;
    port.path = path;
    port.identity = path;
    return port;
}

std::optional<std::string> findPort(const std::string& identity)
{
    if (identity.starts_with("usb:")) {
        for (const PortInfo& port : listPorts())
            if (port.identity == identity)
                return port.path;
        return std::nullopt;
    }
    std::error_code code;
    if (fs::exists(identity, code))
        return identity;
    return std::nullopt;
}

std::string describe(const PortInfo& port)
{
    std::string text = port.path;
    if (!port.product.empty())
        text += " · " + port.product;
    if (port.vendor && port.productId) {
        char ids[16];
        std::snprintf(ids, sizeof ids, "%04x:%04x", unsigned {*port.vendor},
                      unsigned {*port.productId});
        text += std::string(" (") + ids + ")";
    }
    return text;
}

} // namespace stint::app
