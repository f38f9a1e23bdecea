#pragma once

#include "core/wire/wire_format.h"

#include <QList>
#include <QString>

#include <optional>

namespace stint::ui {

/// How a device is to be opened, as chosen in ConnectDialog. The numbers of parity, stop bits and
/// flow control are places in its lists.
struct ConnectChoice {
    QString port; ///< path
    QString identity; ///< of the adapter; empty: known by its path
    int rate = 115'200; ///< [baud]
    int dataBits = 8;
    int parity = 0; ///< none, even, odd, mark, space
    int stopBits = 0; ///< one, one and a half, two
    int flow = 0; ///< none, hardware, software
    bool dtr = true;
    bool rts = true;
    std::optional<WireFormat> format; ///< nothing: it is recognised
    QString recordFile; ///< recorded from the first row on; empty: not

    friend bool operator==(const ConnectChoice&, const ConnectChoice&) = default;
};

/// A port that can be chosen.
struct PortOffer {
    QString path;
    QString text; ///< for people: path and product
    QString identity;
    std::optional<ConnectChoice> remembered; ///< how it was opened last
};

/// The usual rates [baud], ascending.
[[nodiscard]] QList<int> usualRates();

} // namespace stint::ui
