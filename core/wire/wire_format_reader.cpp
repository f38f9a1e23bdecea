#include "core/wire/format_words.h"
#include "core/wire/wire_format.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace stint {

namespace {

constexpr std::size_t mostSyncBytes = 16;

std::optional<char> delimiterOf(std::string_view word)
{
    for (const DelimiterNames& known : delimiters)
        if (known.word == word || word == std::string_view(&known.character, 1))
            return known.character;
    const bool other = word.size() == 1 && static_cast<unsigned char>(word[0]) > ' '
        && static_cast<unsigned char>(word[0]) < 0x7F
        && std::string_view("0123456789+-.eE").find(word[0]) == std::string_view::npos;
    return other ? std::optional(word[0]) : std::nullopt;
}

template <typename Enum, std::size_t N>
bool readWord(const std::array<std::pair<Enum, std::string_view>, N>& table, std::string_view word,
              Enum& value)
{
    const auto* const found
        = std::ranges::find(table, word, &std::pair<Enum, std::string_view>::second);
    if (found == table.end())
        return false;
    value = found->first;
    return true;
}

template <typename Number>
bool readCount(std::string_view text, Number least, Number most, Number& value)
{
    Number read = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, read);
    if (result.ec != std::errc() || result.ptr != end || read < least || read > most)
        return false;
    value = read;
    return true;
}

bool readSync(std::string_view text, std::vector<std::uint8_t>& sync)
{
    if (text.empty() || text.size() % 2 != 0 || text.size() > 2 * mostSyncBytes)
        return false;
    sync.clear();
    for (std::size_t i = 0; i < text.size(); i += 2) {
        std::uint8_t byte = 0;
        const char* const end = text.data() + i + 2;
        if (const auto read = std::from_chars(text.data() + i, end, byte, 16);
            read.ec != std::errc() || read.ptr != end)
            return false;
        sync.push_back(byte);
    }
    return true;
}

bool readEndian(std::string_view word, bool& big)
{
    big = word == "big";
    return big || word == "little";
}

bool readTextOption(std::string_view name, std::string_view value, WireFormat& format)
{
    if (name == "delimiter") {
        const std::optional<char> delimiter = delimiterOf(value);
        format.delimiter = delimiter.value_or(format.delimiter);
        return delimiter.has_value();
    }
    format.decimal = value == "comma" ? ',' : '.';
    return value == "comma" || value == "point";
}

bool readFrameOption(std::string_view name, std::string_view value, WireFormat& format)
{
    if (name == "sync")
        return readSync(value, format.sync);
    if (name == "size")
        return readCount(value, 0, 2, format.sizeBytes);
    if (name == "size-endian")
        return readEndian(value, format.sizeBigEndian);
    return readCount<std::size_t>(value, 1, 65535, format.payloadBytes);
}

bool readNumberOption(std::string_view name, std::string_view value, WireFormat& format)
{
    if (name == "number")
        return readWord(numbers, value, format.number);
    if (name == "endian")
        return readEndian(value, format.bigEndian);
    return readCount<Index>(value, 1, 4096, format.channels);
}

/// What became of an option.
enum class Option { Good, Unknown, BadValue };

Option readOption(std::string_view name, std::string_view value, WireFormat& format)
{
    const auto isOneOf = [name](std::initializer_list<std::string_view> names) {
        return std::ranges::find(names, name) != names.end();
    };
    const WireKind kind = format.kind;
    bool good = false;
    const bool hasDecimal = isDelimited(kind) || kind == WireKind::Labelled;
    if ((isDelimited(kind) && name == "delimiter") || (hasDecimal && name == "decimal"))
        good = readTextOption(name, value, format);
    else if (mayCheck(kind) && name == "checksum")
        good = readWord(checksums, value, format.checksum);
    else if (kind == WireKind::SyncFrame && isOneOf({"sync", "size", "size-endian", "payload"}))
        good = readFrameOption(name, value, format);
    else if (isBinary(kind) && isOneOf({"number", "endian", "channels"}))
        good = readNumberOption(name, value, format);
    else
        return Option::Unknown;
    return good ? Option::Good : Option::BadValue;
}

std::string optionsOf(WireKind kind)
{
    if (kind == WireKind::CommentFrame)
        return "delimiter, decimal, checksum";
    if (isDelimited(kind))
        return "delimiter, decimal";
    if (kind == WireKind::Labelled)
        return "decimal";
    if (kind == WireKind::SyncFrame)
        return "sync, size, size-endian, payload, number, endian, channels, checksum";
    if (kind == WireKind::RawBinary)
        return "number, endian, channels";
    return isBinary(kind) ? "number, endian, channels, checksum" : "none";
}

Error formatError(std::string_view text, const std::string& why)
{
    return {"\"" + std::string(text) + "\" is not a format of a device: " + why + "."};
}

/// "csv:;,": the delimiter, and after it a comma if that is the decimal mark.
bool readShort(std::string_view options, WireFormat& format)
{
    if (options.size() > 1 && options.back() == ',' && options != ",,") {
        format.decimal = ',';
        options.remove_suffix(1);
    }
    const std::optional<char> delimiter = delimiterOf(options);
    format.delimiter = delimiter.value_or(',');
    return delimiter.has_value();
}

/// Why the parts do not make a format together, or nothing.
std::string contradiction(const WireFormat& format)
{
    if (isDelimited(format.kind) && format.delimiter == format.decimal)
        return "delimiter and decimal mark are the same";
    if (format.kind != WireKind::SyncFrame)
        return {};
    if (format.sync.empty())
        return "it needs sync bytes, such as sync=AABB";
    if (format.sizeBytes == 0 && format.payloadBytes == 0)
        return "it needs size=1, size=2 or payload=BYTES";
    return {};
}

} // namespace

Result<WireFormat> parseWireFormat(const std::string& text)
{
    const std::string_view whole = text;
    const std::size_t colon = whole.find(':');
    const std::string_view word = whole.substr(0, colon);
    const auto* const kind = std::ranges::find(kinds, word, &KindNames::word);
    if (kind == kinds.end()) {
        std::string known;
        for (const KindNames& names : kinds)
            known += (known.empty() ? "" : ", ") + std::string(names.word);
        return formatError(text, "use one of " + known);
    }
    WireFormat format;
    format.kind = kind->kind;
    std::string_view rest = colon == std::string_view::npos ? "" : whole.substr(colon + 1);
    const bool isShort = format.kind == WireKind::Delimited && rest.find('=') == rest.npos;
    if (isShort && !rest.empty()) {
        if (!readShort(rest, format))
            return formatError(text, "\"" + std::string(rest) + "\" is not a delimiter");
        rest = {};
    }
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        const std::size_t equals = std::min(part.find('='), part.size());
        const std::string_view value = part.substr(std::min(equals + 1, part.size()));
        const Option read = readOption(part.substr(0, equals), value, format);
        if (read == Option::Unknown)
            return formatError(text,
                               "\"" + std::string(part) + "\" is not one of the options of "
                                   + std::string(word) + ": " + optionsOf(format.kind));
        if (read == Option::BadValue)
            return formatError(text, "the value of \"" + std::string(part) + "\" cannot be used");
    }
    if (const std::string why = contradiction(format); !why.empty())
        return formatError(text, why);
    return format;
}

} // namespace stint
