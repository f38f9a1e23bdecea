#pragma once

#include <array>

namespace stint::test {

/// The formats of the streams that are tried, in the order of the byte that chooses them.
inline constexpr std::array<const char*, 22> fuzzedFormats {
    "csv",
    "csv:;,",
    "csv:tab",
    "csv:space",
    "csv:|",
    "labels",
    "labels:decimal=comma",
    "teleplot",
    "json",
    "comment",
    "comment:delimiter=semicolon,checksum=xor8",
    "dollar",
    "nmea",
    "frame:sync=AABB,size=1,number=f32,channels=2,checksum=sum8",
    "frame:sync=AA,size=2,size-endian=big,number=u8,channels=1",
    "frame:sync=AA55,size=0,payload=4,number=i16,channels=2,checksum=crc16-modbus",
    "cobs:number=f32,channels=1",
    "cobs:number=i16,channels=2,checksum=crc8",
    "slip:number=u16,endian=big,channels=1",
    "slip:number=i32,channels=1,checksum=fletcher16",
    "raw:number=f64,channels=1",
    "raw:number=i8,channels=3",
};

} // namespace stint::test
