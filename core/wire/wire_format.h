#pragma once

#include "core/base/result.h"
#include "core/base/types.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stint {

/// How a device writes its samples.
enum class WireKind : std::uint8_t {
    Delimited, ///< "23.5,1013.2,45.0\n", with or without a line of names
    Labelled, ///< "Temp:23.6,Hum:45.1\n"; a line may carry any subset of the channels
    Teleplot, ///< ">name:1627551892437:12.34§km/h\n"
    Json, ///< one object per line or back to back; nested names are joined by '/'
    CommentFrame, ///< "/*23.5,1013.2*/", checksum bytes may follow
    DollarFrame, ///< "$12 -3.5;"
    Nmea, ///< "$PSENS,1.2,3.4*5A\r\n"
    SyncFrame, ///< sync bytes, optional size, numbers, optional checksum
    Cobs, ///< frames of numbers that end with 0
    Slip, ///< frames of numbers between 0xC0
    RawBinary, ///< interleaved numbers without any mark; cannot be detected
};

/// Kinds whose samples are numbers in bytes.
[[nodiscard]] inline bool isBinary(WireKind kind)
{
    return kind == WireKind::SyncFrame || kind == WireKind::Cobs || kind == WireKind::Slip
        || kind == WireKind::RawBinary;
}

/// Kinds whose numbers stand between delimiters.
[[nodiscard]] inline bool isDelimited(WireKind kind)
{
    return kind == WireKind::Delimited || kind == WireKind::CommentFrame;
}

/// Kinds whose frames may have check bytes.
[[nodiscard]] inline bool mayCheck(WireKind kind)
{
    return kind == WireKind::CommentFrame || (isBinary(kind) && kind != WireKind::RawBinary);
}

/// Type of the numbers in a binary format.
enum class WireNumber : std::uint8_t { U8, I8, U16, I16, U32, I32, F32, F64 };

/// Check bytes at the end of a frame. More than one byte: high byte first, except Crc16Modbus.
enum class WireChecksum : std::uint8_t {
    None,
    Sum8,
    Xor8,
    Crc8, ///< polynomial 0x31, start 0xFF
    Crc16, ///< polynomial 0x1021, start 0xFFFF
    Crc16Modbus, ///< polynomial 0x8005 reflected, start 0xFFFF, low byte first
    Crc16Ccitt, ///< polynomial 0x1021, start 0
    Fletcher16,
    Crc32,
    Adler32,
};

/// The decision about a device: what its bytes mean.
struct WireFormat {
    WireKind kind = WireKind::Delimited;
    char delimiter = ','; ///< of Delimited and CommentFrame; ' ' stands for a run of blanks
    char decimal = '.';
    WireChecksum checksum = WireChecksum::None; ///< of CommentFrame, SyncFrame, Cobs, Slip
    // Binary kinds
    WireNumber number = WireNumber::F32;
    bool bigEndian = false;
    Index channels = 1; ///< numbers per sample
    std::vector<std::uint8_t> sync; ///< SyncFrame: at least one byte
    int sizeBytes = 0; ///< SyncFrame: 0, 1 or 2 bytes that count the payload
    bool sizeBigEndian = false;
    std::size_t payloadBytes = 0; ///< SyncFrame without size bytes: the fixed length

    friend bool operator==(const WireFormat&, const WireFormat&) = default;
};

/// One line for people, for example "text with commas, decimal point".
[[nodiscard]] std::string describe(const WireFormat& format);

/// The format as one word for options and settings, for example "csv", "csv:;,", "teleplot",
/// "frame:sync=AABB,size=1,number=f32,checksum=sum8"; parseWireFormat() reads it back.
[[nodiscard]] std::string wireFormatText(const WireFormat& format);

/// Errors: an unknown word or part of one, with the words that are known.
[[nodiscard]] Result<WireFormat> parseWireFormat(const std::string& text);

} // namespace stint
