#include "app/desktop/device_settings.h"

#include <QSettings>
#include <QUrl>

#include <algorithm>

namespace stint::app {

namespace {

QSettings openSettings()
{
    return {QSettings::IniFormat, QSettings::UserScope, QStringLiteral("stint"),
            QStringLiteral("devices")};
}

QString groupOf(const QString& identity)
{
    return QStringLiteral("device-")
        + QString::fromLatin1(QUrl::toPercentEncoding(identity, {}, ".").replace('%', '='));
}

/// A number of a settings file, which anybody may have changed.
int numberIn(const QSettings& settings, const QString& key, int fallback, int low, int high)
{
    bool ok = false;
    const int value = settings.value(key, fallback).toInt(&ok);
    return ok ? std::clamp(value, low, high) : fallback;
}

} // namespace

std::optional<ui::ConnectChoice> rememberedChoice(const QString& identity)
{
    QSettings settings = openSettings();
    const QString group = groupOf(identity);
    if (identity.isEmpty() || !settings.childGroups().contains(group))
        return std::nullopt;
    settings.beginGroup(group);
    ui::ConnectChoice choice;
    constexpr int highestRate = 100'000'000;
    choice.port = settings.value(QStringLiteral("port")).toString();
    choice.identity = identity;
    choice.rate = numberIn(settings, QStringLiteral("rate"), 115'200, 1, highestRate);
    choice.dataBits = numberIn(settings, QStringLiteral("dataBits"), 8, 5, 8);
    choice.parity = numberIn(settings, QStringLiteral("parity"), 0, 0, 4);
    choice.stopBits = numberIn(settings, QStringLiteral("stopBits"), 0, 0, 2);
    choice.flow = numberIn(settings, QStringLiteral("flow"), 0, 0, 2);
    choice.dtr = settings.value(QStringLiteral("dtr"), true).toBool();
    choice.rts = settings.value(QStringLiteral("rts"), true).toBool();
    const QString format = settings.value(QStringLiteral("format")).toString();
    if (!format.isEmpty()) {
        const Result<WireFormat> read = parseWireFormat(format.toStdString());
        if (read)
            choice.format = *read;
    }
    return choice;
}

void rememberChoice(const ui::ConnectChoice& choice)
{
    const QString identity = choice.identity.isEmpty() ? choice.port : choice.identity;
    QSettings settings = openSettings();
    settings.beginGroup(groupOf(identity));
    settings.setValue(QStringLiteral("port"), choice.port);
    settings.setValue(QStringLiteral("rate"), choice.rate);
    settings.setValue(QStringLiteral("dataBits"), choice.dataBits);
    settings.setValue(QStringLiteral("parity"), choice.parity);
    settings.setValue(QStringLiteral("stopBits"), choice.stopBits);
    settings.setValue(QStringLiteral("flow"), choice.flow);
    settings.setValue(QStringLiteral("dtr"), choice.dtr);
    settings.setValue(QStringLiteral("rts"), choice.rts);
    settings.setValue(QStringLiteral("format"),
                      choice.format ? QString::fromStdString(wireFormatText(*choice.format))
                                    : QString());
}

QStringList rememberedCommands()
{
    return openSettings().value(QStringLiteral("commands")).toStringList();
}

void rememberCommands(const QStringList& commands)
{
    openSettings().setValue(QStringLiteral("commands"), commands);
}

SerialSettings serialSettings(const ui::ConnectChoice& choice)
{
    SerialSettings settings;
    settings.port = choice.port.toStdString();
    settings.identity = choice.identity.toStdString();
    settings.baud = choice.rate;
    settings.dataBits = choice.dataBits;
    settings.parity = static_cast<SerialParity>(choice.parity);
    settings.stopBits = static_cast<SerialStopBits>(choice.stopBits);
    settings.flow = static_cast<SerialFlow>(choice.flow);
    settings.dtr = choice.dtr;
    settings.rts = choice.rts;
    return settings;
}

} // namespace stint::app
