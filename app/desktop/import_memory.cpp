#include "app/desktop/import_memory.h"

#include <QCryptographicHash>
#include <QSettings>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

namespace stint::app {

namespace {

using nlohmann::json;

constexpr const char* layoutsGroup = "layouts";

std::unique_ptr<QSettings> openSettings(const QString& file)
{
    if (!file.isEmpty())
        return std::make_unique<QSettings>(file, QSettings::IniFormat);
    return std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope,
                                       QStringLiteral("stint"), QStringLiteral("imports"));
}

/// Names of columns are too long, and hold too much, for a key of settings.
QString keyOf(const std::string& layout)
{
    const QByteArray hash
        = QCryptographicHash::hash(QByteArray::fromStdString(layout), QCryptographicHash::Sha1);
    return QStringLiteral("%1/%2").arg(QString::fromLatin1(layoutsGroup),
                                       QString::fromLatin1(hash.toHex()));
}

template <typename T>
void put(json& object, const char* name, const std::optional<T>& value)
{
    if (value)
        object[name] = static_cast<std::int64_t>(*value);
}

template <typename T>
std::optional<T> take(const json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_integer())
        return std::nullopt;
    return static_cast<T>(found->get<std::int64_t>());
}

std::string toText(const ReadChoices& choices)
{
    json object = {{"encoding", choices.encoding},
                   {"timeUnit", choices.timeUnit},
                   {"leftOut", choices.leftOut}};
    put(object, "delimiter", choices.delimiter);
    put(object, "decimal", choices.decimal);
    put(object, "preambleLines", choices.preambleLines);
    put(object, "headerLines", choices.headerLines);
    put(object, "dateOrder", choices.dateOrder);
    if (choices.timeColumn)
        object["timeColumn"] = *choices.timeColumn;
    return object.dump();
}

ReadChoices fromText(const std::string& text)
{
    ReadChoices choices;
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object())
        return choices;
    const auto string = [&object](const char* name) {
        const auto found = object.find(name);
        return found != object.end() && found->is_string() ? found->get<std::string>()
                                                           : std::string();
    };
    choices.encoding = string("encoding");
    choices.timeUnit = string("timeUnit");
    choices.delimiter = take<char>(object, "delimiter");
    choices.decimal = take<char>(object, "decimal");
    choices.preambleLines = take<std::size_t>(object, "preambleLines");
    choices.headerLines = take<std::size_t>(object, "headerLines");
    choices.dateOrder = take<DateOrder>(object, "dateOrder");
    if (object.contains("timeColumn"))
        choices.timeColumn = string("timeColumn");
    const auto names = object.find("leftOut");
    if (names == object.end() || !names->is_array())
        return choices;
    for (const json& name : *names)
        if (name.is_string())
            choices.leftOut.push_back(name.get<std::string>());
    return choices;
}

} // namespace

ImportMemory::ImportMemory(QString file) : m_file(std::move(file)) { }

bool ImportMemory::empty() const
{
    const auto settings = openSettings(m_file);
    settings->beginGroup(QString::fromLatin1(layoutsGroup));
    return settings->childKeys().isEmpty();
}

ReadChoices ImportMemory::recall(const std::string& layout) const
{
    return fromText(openSettings(m_file)->value(keyOf(layout)).toString().toStdString());
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes what is remembered
void ImportMemory::remember(const std::string& layout, const ReadChoices& choices)
{
    const auto settings = openSettings(m_file);
    if (choices == ReadChoices {})
        settings->remove(keyOf(layout));
    else
        settings->setValue(keyOf(layout), QString::fromStdString(toText(choices)));
}

} // namespace stint::app
