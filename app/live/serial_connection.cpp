#include "app/live/serial_connection.h"

#include <filesystem>

namespace stint::app {

namespace {

QSerialPort::Parity toQt(SerialParity parity)
{
    switch (parity) {
    case SerialParity::None:
        return QSerialPort::NoParity;
    case SerialParity::Even:
        return QSerialPort::EvenParity;
    case SerialParity::Odd:
        return QSerialPort::OddParity;
    case SerialParity::Mark:
        return QSerialPort::MarkParity;
    case SerialParity::Space:
        return QSerialPort::SpaceParity;
    }
    return QSerialPort::NoParity;
}

QSerialPort::StopBits toQt(SerialStopBits bits)
{
    switch (bits) {
    case SerialStopBits::One:
        return QSerialPort::OneStop;
    case SerialStopBits::OneAndHalf:
        return QSerialPort::OneAndHalfStop;
    case SerialStopBits::Two:
        return QSerialPort::TwoStop;
    }
    return QSerialPort::OneStop;
}

QSerialPort::FlowControl toQt(SerialFlow flow)
{
    switch (flow) {
    case SerialFlow::None:
        return QSerialPort::NoFlowControl;
    case SerialFlow::Hardware:
        return QSerialPort::HardwareControl;
    case SerialFlow::Software:
        return QSerialPort::SoftwareControl;
    }
    return QSerialPort::NoFlowControl;
}

} // namespace

OpenedPort openPort(const std::string& path, const SerialSettings& settings)
{
    OpenedPort opened;
    std::error_code code;
    const std::filesystem::path target = std::filesystem::canonical(path, code);
    opened.path = code ? path : target.string();
    auto port = std::make_unique<QSerialPort>(QString::fromStdString(opened.path));
    port->setBaudRate(settings.baud);
    port->setDataBits(static_cast<QSerialPort::DataBits>(settings.dataBits));
    port->setParity(toQt(settings.parity));
    port->setStopBits(toQt(settings.stopBits));
    port->setFlowControl(toQt(settings.flow));
    if (!port->open(QIODevice::ReadWrite)) {
        opened.refused = port->error() == QSerialPort::PermissionError;
        opened.reason = port->errorString().toStdString();
        return opened;
    }
    // Opening raises both lines. A pseudo-terminal has none, which is no reason to refuse it.
    if (!settings.dtr)
        port->setDataTerminalReady(false);
    if (!settings.rts && settings.flow != SerialFlow::Hardware)
        port->setRequestToSend(false);
    port->clearError();
    opened.port = std::move(port);
    return opened;
}

} // namespace stint::app
