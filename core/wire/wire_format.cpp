#include "core/wire/wire_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace stint {

namespace {

struct KindNames {
    WireKind kind;
    std::string_view word;
    std::string_view people;
};

constexpr std::array<KindNames, 11> kinds {{
    {WireKind::Delimited, "csv", "text with "},
    {WireKind::Labelled, "labels", "text with labels, such as \"Temp:23.6\""},
    {WireKind::Teleplot, "teleplot", "Teleplot lines"},
    {WireKind::Json, "json", "JSON objects"},
    {WireKind::CommentFrame, "comment", "frames between /* and */ with "},
    {WireKind::DollarFrame, "dollar", "frames between $ and ;"},
    {WireKind::Nmea, "nmea", "sentences with check value, such as \"$PSENS,1.2*5A\""},
    {WireKind::SyncFrame, "frame", "binary frames that begin with "},
    {WireKind::Cobs, "cobs", "binary COBS frames"},
    {WireKind::Slip, "slip", "binary SLIP frames"},
    {WireKind::RawBinary, "raw", "binary numbers without marks"},
}};

constexpr std::array<std::pair<WireNumber, std::string_view>, 8> numbers {{
    {WireNumber::U8, "u8"},
    {WireNumber::I8, "i8"},
    {WireNumber::U16, "u16"},
    {WireNumber::I16, "i16"},
    {WireNumber::U32, "u32"},
    {WireNumber::I32, "i32"},
    {WireNumber::F32, "f32"},
    {WireNumber::F64, "f64"},
}};

constexpr std::array<std::pair<WireChecksum, std::string_view>, 10> checksums {{
    {WireChecksum::None, "none"},
    {WireChecksum::Sum8, "sum8"},
    {WireChecksum::Xor8, "xor8"},
    {WireChecksum::Crc8, "crc8"},
    {WireChecksum::Crc16, "crc16"},
    {WireChecksum::Crc16Modbus, "crc16-modbus"},
    {WireChecksum::Crc16Ccitt, "crc16-ccitt"},
    {WireChecksum::Fletcher16, "fletcher16"},
    {WireChecksum::Crc32, "crc32"},
    {WireChecksum::Adler32, "adler32"},
}};

struct DelimiterNames {
    char character;
    std::string_view word;
    std::string_view people;
};

constexpr std::array<DelimiterNames, 5> delimiters {{
    {',', "comma", "commas"},
    {';', "semicolon", "semicolons"},
    {'\t', "tab", "tabs"},
    {' ', "space", "blanks"},
    {'|', "bar", "bars"},
}};

constexpr std::size_t mostSyncBytes = 16;

const KindNames& namesOf(WireKind kind)
{
    return *std::ranges::find(kinds, kind, &KindNames::kind);
}

template <typename Enum, std::size_t N>
std::string_view wordOf(const std::array<std::pair<Enum, std::string_view>, N>& table, Enum value)
{
    return std::ranges::find(table, value, &std::pair<Enum, std::string_view>::first)->second;
}

bool isBinary(WireKind kind)
{
    return kind == WireKind::SyncFrame || kind == WireKind::Cobs || kind == WireKind::Slip
        || kind == WireKind::RawBinary;
}

bool isDelimited(WireKind kind)
{
    return kind == WireKind::Delimited || kind == WireKind::CommentFrame;
}

bool mayCheck(WireKind kind)
{
    return kind == WireKind::CommentFrame || (isBinary(kind) && kind != WireKind::RawBinary);
}

std::string delimiterText(const WireFormat& format)
{
    const auto* const known
        = std::ranges::find(delimiters, format.delimiter, &DelimiterNames::character);
    return (known == delimiters.end() ? '"' + std::string(1, format.delimiter) + '"'
                                      : std::string(known->people))
        + (format.decimal == ',' ? ", decimal comma" : ", decimal point");
}

std::string hexOf(const std::vector<std::uint8_t>& bytes)
{
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += "0123456789ABCDEF"[byte >> 4U];
        text += "0123456789ABCDEF"[byte & 0xFU];
    }
    return text;
}

std::string binaryText(const WireFormat& format)
{
    std::string text = format.kind == WireKind::SyncFrame ? hexOf(format.sync) : std::string();
    if (format.sizeBytes > 0 && format.kind == WireKind::SyncFrame)
        text += format.sizeBytes == 1 ? " and a size" : " and a size of two bytes";
    text += ", " + std::to_string(format.channels) + " x "
        + std::string(wordOf(numbers, format.number));
    return text + (format.bigEndian ? " big-endian" : "");
}

// Writing as one word

class Options {
public:
    explicit Options(std::string_view kind) : m_text(kind) { }

    void add(std::string_view name, std::string_view value)
    {
        m_text += m_empty ? ':' : ',';
        m_empty = false;
        m_text.append(name).append("=").append(value);
    }

    [[nodiscard]] const std::string& text() const { return m_text; }

private:
    std::string m_text;
    bool m_empty = true;
};

std::string delimiterWord(char delimiter)
{
    const auto* const known = std::ranges::find(delimiters, delimiter, &DelimiterNames::character);
    return known == delimiters.end() ? std::string(1, delimiter) : std::string(known->word);
}

void addFrame(const WireFormat& format, Options& options)
{
    options.add("sync", hexOf(format.sync));
    options.add("size", std::to_string(format.sizeBytes));
    if (format.sizeBytes == 2 && format.sizeBigEndian)
        options.add("size-endian", "big");
    if (format.sizeBytes == 0)
        options.add("payload", std::to_string(format.payloadBytes));
}

void addNumbers(const WireFormat& format, Options& options)
{
    options.add("number", wordOf(numbers, format.number));
    if (format.bigEndian)
        options.add("endian", "big");
    options.add("channels", std::to_string(format.channels));
}

// Reading it back

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

enum class Option { Good, Unknown, BadValue };

Option readOption(std::string_view name, std::string_view value, WireFormat& format)
{
    const auto isOneOf = [name](std::initializer_list<std::string_view> names) {
        return std::ranges::find(names, name) != names.end();
    };
    const WireKind kind = format.kind;
    bool good = false;
    if (isDelimited(kind) && isOneOf({"delimiter", "decimal"}))
        good = readTextOption(name, value, format);
    else if (kind == WireKind::Labelled && name == "decimal")
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

std::string describe(const WireFormat& format)
{
    std::string text(namesOf(format.kind).people);
    if (isDelimited(format.kind))
        text += delimiterText(format);
    if (format.kind == WireKind::Labelled && format.decimal == ',')
        text += ", decimal comma";
    if (isBinary(format.kind))
        text += binaryText(format);
    if (mayCheck(format.kind) && format.checksum != WireChecksum::None)
        text += ", checksum " + std::string(wordOf(checksums, format.checksum));
    return text;
}

std::string wireFormatText(const WireFormat& format)
{
    const std::string_view word = namesOf(format.kind).word;
    if (format.kind == WireKind::Delimited) {
        if (format.delimiter == ',' && format.decimal == '.')
            return std::string(word);
        const bool named = format.delimiter == ' ' || format.delimiter == '\t';
        return std::string(word) + ':'
            + (named ? delimiterWord(format.delimiter) : std::string(1, format.delimiter))
            + (format.decimal == ',' ? "," : "");
    }
    Options options(word);
    if (format.kind == WireKind::CommentFrame && format.delimiter != ',')
        options.add("delimiter", delimiterWord(format.delimiter));
    const bool hasDecimal = isDelimited(format.kind) || format.kind == WireKind::Labelled;
    if (hasDecimal && format.decimal == ',')
        options.add("decimal", "comma");
    if (format.kind == WireKind::SyncFrame)
        addFrame(format, options);
    if (isBinary(format.kind))
        addNumbers(format, options);
    if (mayCheck(format.kind) && format.checksum != WireChecksum::None)
        options.add("checksum", wordOf(checksums, format.checksum));
    return options.text();
}

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
