#pragma once

#include "core/wire/wire_format.h"

#include <array>
#include <string_view>
#include <utility>

namespace stint {

/// What a kind of format is called in words for settings and for people.
struct KindNames {
    WireKind kind;
    std::string_view word;
    std::string_view people;
};

inline constexpr std::array<KindNames, 11> kinds {{
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

inline constexpr std::array<std::pair<WireNumber, std::string_view>, 8> numbers {{
    {WireNumber::U8, "u8"},
    {WireNumber::I8, "i8"},
    {WireNumber::U16, "u16"},
    {WireNumber::I16, "i16"},
    {WireNumber::U32, "u32"},
    {WireNumber::I32, "i32"},
    {WireNumber::F32, "f32"},
    {WireNumber::F64, "f64"},
}};

inline constexpr std::array<std::pair<WireChecksum, std::string_view>, 10> checksums {{
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

/// What a delimiter is called.
struct DelimiterNames {
    char character;
    std::string_view word;
    std::string_view people;
};

inline constexpr std::array<DelimiterNames, 5> delimiters {{
    {',', "comma", "commas"},
    {';', "semicolon", "semicolons"},
    {'\t', "tab", "tabs"},
    {' ', "space", "blanks"},
    {'|', "bar", "bars"},
}};

} // namespace stint
