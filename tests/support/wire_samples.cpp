#include "tests/support/wire_samples.h"

#include "core/wire/binary_numbers.h"
#include "core/wire/checksum.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <random>

namespace stint::test {

namespace {

using Random = std::mt19937_64;

/// As near to the value as the number type comes, with a spread that suits it.
double fitted(const WireFormat& format, double value)
{
    if (!isBinary(format.kind))
        return std::round(value * 1000.0) / 1000.0;
    switch (format.number) {
    case WireNumber::U8:
        return std::clamp(std::round(value + 100.0), 0.0, 255.0);
    case WireNumber::I8:
        return std::clamp(std::round(value), -128.0, 127.0);
    case WireNumber::U16:
        return std::clamp(std::round(value * 200.0 + 20000.0), 0.0, 65535.0);
    case WireNumber::I16:
        return std::clamp(std::round(value * 200.0), -32768.0, 32767.0);
    case WireNumber::U32:
        return std::round(value * 1e5 + 1e8);
    case WireNumber::I32:
        return std::round(value * 1e5);
    case WireNumber::F32:
        return static_cast<double>(static_cast<float>(value));
    case WireNumber::F64:
        return value;
    }
    return value;
}

std::string numberText(double value, char decimal)
{
    std::array<char, 64> buffer {};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed, 3);
    std::string text(buffer.data(), end.ptr);
    std::ranges::replace(text, '.', decimal);
    return text;
}

template <typename Number>
void appendNumber(std::string& bytes, double value, bool bigEndian)
{
    const auto number = static_cast<Number>(value);
    std::array<char, sizeof(Number)> cell {};
    std::memcpy(cell.data(), &number, sizeof(Number));
    if (bigEndian)
        std::ranges::reverse(cell);
    bytes.append(cell.data(), cell.size());
}

void appendNumber(std::string& bytes, const WireFormat& format, double value)
{
    switch (format.number) {
    case WireNumber::U8:
        return appendNumber<std::uint8_t>(bytes, value, format.bigEndian);
    case WireNumber::I8:
        return appendNumber<std::int8_t>(bytes, value, format.bigEndian);
    case WireNumber::U16:
        return appendNumber<std::uint16_t>(bytes, value, format.bigEndian);
    case WireNumber::I16:
        return appendNumber<std::int16_t>(bytes, value, format.bigEndian);
    case WireNumber::U32:
        return appendNumber<std::uint32_t>(bytes, value, format.bigEndian);
    case WireNumber::I32:
        return appendNumber<std::int32_t>(bytes, value, format.bigEndian);
    case WireNumber::F32:
        return appendNumber<float>(bytes, value, format.bigEndian);
    case WireNumber::F64:
        return appendNumber<double>(bytes, value, format.bigEndian);
    }
}

const double* rowOf(const WireSeries& series, Index row)
{
    return series.values.data() + row * series.channels();
}

std::string delimited(const WireFormat& format, const WireSeries& series, Index row)
{
    std::string text;
    for (Index c = 0; c < series.channels(); ++c)
        text += (c == 0 ? std::string() : std::string(1, format.delimiter))
            + numberText(rowOf(series, row)[c], format.decimal);
    return text;
}

std::string nameOf(const WireSeries& series, Index channel)
{
    return series.names[static_cast<std::size_t>(channel)];
}

std::string labelled(const WireFormat& format, const WireSeries& series, Index row)
{
    std::string text;
    for (Index c = 0; c < series.channels(); ++c)
        text += (c == 0 ? "" : "\t") + nameOf(series, c) + ':'
            + numberText(rowOf(series, row)[c], format.decimal);
    return text + "\r\n";
}

std::string teleplot(const WireSeries& series, Index row)
{
    std::string text;
    for (Index c = 0; c < series.channels(); ++c) {
        const std::string& unit = series.units[static_cast<std::size_t>(c)];
        text += '>' + nameOf(series, c) + ':' + std::to_string(1000 + 10 * row) + ':'
            + numberText(rowOf(series, row)[c], '.') + (unit.empty() ? "" : "\xC2\xA7" + unit)
            + '\n';
    }
    return text;
}

/// The first channel stands alone, the others are nested.
std::string json(const WireSeries& series, Index row)
{
    std::string text = "{\"ts\":" + std::to_string(1000 + 10 * row);
    for (Index c = 0; c < series.channels(); ++c)
        text += (c == 1 ? ",\"in\":{\"" : ",\"") + nameOf(series, c)
            + "\":" + numberText(rowOf(series, row)[c], '.');
    return text + (series.channels() > 1 ? "}}\n" : "}\n");
}

std::span<const std::uint8_t> bytesOf(const std::string& text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string checksumText(WireChecksum kind, const std::string& payload)
{
    const std::uint32_t value = checksumOf(kind, bytesOf(payload));
    std::string text;
    for (std::size_t i = checksumBytes(kind); i-- > 0;)
        text += static_cast<char>((value >> (8 * i)) & 0xFFU);
    if (kind == WireChecksum::Crc16Modbus)
        std::ranges::reverse(text);
    return text;
}

std::string dollar(const WireSeries& series, Index row)
{
    WireFormat blanks;
    blanks.delimiter = ' ';
    return '$' + delimited(blanks, series, row) + ';';
}

std::string nmea(const WireSeries& series, Index row)
{
    const std::string body = "PSENS," + delimited(WireFormat {}, series, row);
    const auto check = static_cast<unsigned>(
        static_cast<std::uint8_t>(checksumText(WireChecksum::Xor8, body)[0]));
    const char* const digits = "0123456789ABCDEF";
    return '$' + body + '*' + digits[check >> 4U] + digits[check & 0xFU] + "\r\n";
}

std::string payloadOf(const WireFormat& format, const WireSeries& series, Index row)
{
    std::string payload;
    for (Index c = 0; c < series.channels(); ++c)
        appendNumber(payload, format, rowOf(series, row)[c]);
    return payload;
}

std::string sync(const WireFormat& format, const std::string& payload)
{
    std::string text(format.sync.begin(), format.sync.end());
    std::string size;
    for (int i = 0; i < format.sizeBytes; ++i)
        size += static_cast<char>((payload.size() >> (8U * static_cast<unsigned>(i))) & 0xFFU);
    if (format.sizeBigEndian)
        std::ranges::reverse(size);
    return text + size + payload + checksumText(format.checksum, payload);
}

std::string cobs(const std::string& frame)
{
    std::string text;
    std::string block;
    const auto flush = [&](char code) {
        text += code;
        text += block;
        block.clear();
    };
    for (const char c : frame) {
        if (c == '\0') {
            flush(static_cast<char>(block.size() + 1));
            continue;
        }
        block += c;
        if (block.size() == 254)
            flush('\xFF');
    }
    flush(static_cast<char>(block.size() + 1));
    return text + '\0';
}

std::string slip(const std::string& frame)
{
    std::string text = "\xC0";
    for (const char c : frame) {
        if (c == '\xC0')
            text += "\xDB\xDC";
        else if (c == '\xDB')
            text += "\xDB\xDD";
        else
            text += c;
    }
    return text + '\xC0';
}

std::string binary(const WireFormat& format, const std::string& payload)
{
    const std::string frame = payload + checksumText(format.checksum, payload);
    if (format.kind == WireKind::Cobs)
        return cobs(frame);
    return format.kind == WireKind::Slip ? slip(frame) : payload;
}

} // namespace

WireSeries wireSeries(const WireFormat& format, Index rows, Index channels, std::uint64_t seed)
{
    constexpr std::array<const char*, 4> names {"Temp", "Hum", "Speed", "acc"};
    constexpr std::array<const char*, 4> units {"\xC2\xB0"
                                                "C",
                                                "%", "km/h", ""};
    WireSeries series;
    Random random(seed);
    std::normal_distribution<double> noise(0.0, 0.7);
    for (Index c = 0; c < channels; ++c) {
        const auto kind = static_cast<std::size_t>(c % 4);
        series.names.push_back(c < 4 ? names[kind] : names[kind] + std::to_string(c));
        series.units.emplace_back(units[kind]);
    }
    for (Index r = 0; r < rows; ++r)
        for (Index c = 0; c < channels; ++c) {
            const auto t = static_cast<double>(r) / (10.0 + 3.0 * static_cast<double>(c));
            series.values.push_back(
                fitted(format, 23.0 + 20.0 * std::sin(t + static_cast<double>(c)) + noise(random)));
        }
    return series;
}

std::string wireSample(const WireFormat& format, const WireSeries& series, Index row)
{
    switch (format.kind) {
    case WireKind::Delimited:
        return delimited(format, series, row) + "\r\n";
    case WireKind::Labelled:
        return labelled(format, series, row);
    case WireKind::Teleplot:
        return teleplot(series, row);
    case WireKind::Json:
        return json(series, row);
    case WireKind::CommentFrame: {
        const std::string payload = delimited(format, series, row);
        return "/*" + payload + "*/" + checksumText(format.checksum, payload);
    }
    case WireKind::DollarFrame:
        return dollar(series, row);
    case WireKind::Nmea:
        return nmea(series, row);
    case WireKind::SyncFrame:
        return sync(format, payloadOf(format, series, row));
    case WireKind::Cobs:
    case WireKind::Slip:
    case WireKind::RawBinary:
        return binary(format, payloadOf(format, series, row));
    }
    return {};
}

std::string wireBytes(const WireFormat& format, const WireSeries& series)
{
    std::string bytes;
    for (Index row = 0; row < series.rows(); ++row)
        bytes += wireSample(format, series, row);
    return bytes;
}

std::string wireHeader(const WireFormat& format, const WireSeries& series)
{
    std::string text;
    for (Index c = 0; c < series.channels(); ++c)
        text += (c == 0 ? std::string() : std::string(1, format.delimiter)) + nameOf(series, c);
    return text + "\r\n";
}

std::string espBootText()
{
    return "ets Jun  8 2016 00:22:57\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 "
           "(SPI_FAST_FLASH_BOOT)\r\nconfigsip: 0, SPIWP:0xee\r\n"
           "clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00\r\n"
           "mode:DIO, clock div:1\r\nload:0x3fff0018,len:4\r\nload:0x3fff001c,len:1216\r\n"
           "ho 0 tail 12 room 4\r\nload:0x40078000,len:10944\r\nentry 0x400806a8\r\n";
}

std::string withBrokenBytes(std::string bytes, double part, std::uint64_t seed,
                            std::vector<std::uint8_t>* hit)
{
    if (hit != nullptr)
        hit->assign(bytes.size(), 0);
    if (part <= 0.0 || bytes.empty())
        return bytes;
    Random random(seed);
    const auto count = std::max<std::size_t>(
        1, static_cast<std::size_t>(part * static_cast<double>(bytes.size())));
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = random() % bytes.size();
        bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 + random() % 255));
        if (hit != nullptr)
            (*hit)[at] = 1;
    }
    return bytes;
}

std::string randomBytes(std::size_t count, std::uint64_t seed)
{
    Random random(seed);
    std::string bytes(count, '\0');
    for (char& c : bytes)
        c = static_cast<char>(random() & 0xFFU);
    return bytes;
}

std::string wrongRateBytes(const std::string& sent, double rate, std::uint64_t seed)
{
    // The line as it is sent: a start bit 0, eight bits from the lowest, a stop bit 1.
    std::vector<bool> line;
    Random random(seed);
    for (const char c : sent) {
        line.push_back(false);
        for (unsigned bit = 0; bit < 8; ++bit)
            line.push_back(((static_cast<unsigned char>(c) >> bit) & 1U) != 0);
        line.insert(line.end(), 1 + random() % 3, true);
    }
    const auto level = [&](double at) {
        const auto bit = static_cast<std::size_t>(at);
        return bit >= line.size() || line[bit];
    };
    std::string got;
    const double step = 1.0 / rate; // bits of the sender per bit of the receiver
    for (double at = 0.0; at < static_cast<double>(line.size());) {
        if (level(at)) {
            at += 0.1;
            continue;
        }
        unsigned value = 0;
        for (unsigned bit = 0; bit < 8; ++bit)
            value |= level(at + (1.5 + bit) * step) ? 1U << bit : 0U;
        got += static_cast<char>(value);
        at += 9.5 * step;
    }
    return got;
}

std::string mavlinkBytes(int frames, std::uint64_t seed)
{
    Random random(seed);
    std::string bytes;
    for (int i = 0; i < frames; ++i) {
        const auto size = static_cast<std::size_t>(9 + random() % 24);
        std::string frame {'\xFD',
                           static_cast<char>(size),
                           '\0',
                           '\0',
                           static_cast<char>(i),
                           '\x01',
                           '\x01',
                           static_cast<char>(30 + random() % 4),
                           '\0',
                           '\0'};
        frame += randomBytes(size + 2, random());
        bytes += frame;
    }
    return bytes;
}

} // namespace stint::test
