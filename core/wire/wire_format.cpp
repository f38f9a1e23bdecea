#include "core/wire/wire_format.h"

#include "core/wire/format_words.h"

#include <algorithm>
#include <string_view>

namespace stint {

namespace {

const KindNames& namesOf(WireKind kind)
{
    return *std::ranges::find(kinds, kind, &KindNames::kind);
}

template <typename Enum, std::size_t N>
std::string_view wordOf(const std::array<std::pair<Enum, std::string_view>, N>& table, Enum value)
{
    return std::ranges::find(table, value, &std::pair<Enum, std::string_view>::first)->second;
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

/// A word with options behind it.
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

} // namespace stint
