#pragma once

#include "app/live/serial_settings.h"
#include "ui/panels/connect_choice.h"

#include <QStringList>

#include <optional>

namespace stint::app {

/// How a device was opened last, by the identity of its adapter; nothing if it never was.
[[nodiscard]] std::optional<ui::ConnectChoice> rememberedChoice(const QString& identity);

/// Keeps how a device was opened, for its identity and as the newest.
void rememberChoice(const ui::ConnectChoice& choice);

/// The commands on F2 to F10.
[[nodiscard]] QStringList rememberedCommands();
void rememberCommands(const QStringList& commands);

/// What the port is opened with.
[[nodiscard]] SerialSettings serialSettings(const ui::ConnectChoice& choice);

} // namespace stint::app
