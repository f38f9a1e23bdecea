#include "core/wire/payload_guess.h"

#include "core/wire/binary_numbers.h"
#include "core/wire/checksum.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace stint {

namespace {

constexpr std::size_t fewestFrames = 4;
constexpr double nearlyAll = 0.8;

std::vector<double> valuesOf(std::span<const std::uint8_t> payload, WireNumber number,
                             bool bigEndian)
{
    std::vector<double> values(payload.size() / numberBytes(number));
    readNumbers(payload, number, bigEndian, values.data());
    return values;
}

/// Part of the numbers that are zero or of a size that measurements have; 0 if nearly all are zero.
double sensiblePart(const Frames& payloads, WireNumber number, bool bigEndian)
{
    std::size_t count = 0;
    std::size_t sensible = 0;
    std::size_t zeros = 0;
    for (const auto payload : payloads) {
        for (const double value : valuesOf(payload, number, bigEndian)) {
            const double size = std::abs(value);
            ++count;
            zeros += size == 0.0 ? 1 : 0;
            sensible += size == 0.0 || (size >= 1e-6 && size <= 1e7) ? 1 : 0;
        }
    }
    // Every other number of doubles that are short looks like a zero of four bytes.
    const bool halfZeros = number == WireNumber::F32 && 2 * zeros >= count;
    return count == 0 || halfZeros || zeros * 10 > count * 9
        ? 0.0
        : static_cast<double>(sensible) / static_cast<double>(count);
}

/// How often each byte of the payload changes from frame to frame, 0..1.
std::vector<double> changes(const Frames& payloads)
{
    std::vector<double> parts(payloads.front().size(), 0.0);
    for (std::size_t f = 1; f < payloads.size(); ++f)
        for (std::size_t i = 0; i < parts.size(); ++i)
            parts[i] += payloads[f][i] != payloads[f - 1][i] ? 1.0 : 0.0;
    for (double& part : parts)
        part /= static_cast<double>(std::max<std::size_t>(payloads.size() - 1, 1));
    return parts;
}

/// Whether the high bytes of numbers of that size change less often than their low bytes.
bool highBytesAreCalm(const std::vector<double>& parts, std::size_t size, bool bigEndian)
{
    if (parts.size() % size != 0)
        return false;
    double low = 0.0;
    double high = 0.0;
    for (std::size_t begin = 0; begin < parts.size(); begin += size) {
        for (std::size_t i = 0; i + 1 < size; ++i) {
            const std::size_t lower = begin + (bigEndian ? size - 1 - i : i);
            const std::size_t upper = bigEndian ? lower - 1 : lower + 1;
            if (parts[upper] > parts[lower] + 0.1)
                return false;
        }
        low += parts[bigEndian ? begin + size - 1 : begin];
        high += parts[bigEndian ? begin : begin + size - 1];
    }
    return high < 0.8 * low;
}

/// Mean step from frame to frame.
double roughness(const Frames& payloads, WireNumber number, bool bigEndian)
{
    double sum = 0.0;
    std::vector<double> before = valuesOf(payloads.front(), number, bigEndian);
    for (const auto payload : payloads) {
        const std::vector<double> values = valuesOf(payload, number, bigEndian);
        for (std::size_t i = 0; i < values.size(); ++i)
            sum += std::abs(values[i] - before[i]);
        before = values;
    }
    return sum;
}

/// The usual type, unless the numbers jump much less with the other one.
NumberGuess wholeNumbers(const Frames& payloads, WireNumber usual, WireNumber other, bool bigEndian)
{
    const bool jumps
        = 2.0 * roughness(payloads, other, bigEndian) < roughness(payloads, usual, bigEndian);
    return {jumps ? other : usual, bigEndian, false};
}

} // namespace

WireChecksum guessChecksum(const Frames& frames)
{
    constexpr std::array kinds {
        WireChecksum::Crc32,       WireChecksum::Adler32,    WireChecksum::Crc16,
        WireChecksum::Crc16Modbus, WireChecksum::Crc16Ccitt, WireChecksum::Fletcher16,
        WireChecksum::Crc8,        WireChecksum::Sum8,       WireChecksum::Xor8};
    if (frames.size() < fewestFrames)
        return WireChecksum::None;
    // Frames that are all zeros fit most kinds.
    const auto isZero = [](std::span<const std::uint8_t> frame) {
        return std::ranges::all_of(frame, [](std::uint8_t byte) { return byte == 0; });
    };
    if (std::ranges::all_of(frames, isZero))
        return WireChecksum::None;
    for (const WireChecksum kind : kinds) {
        const auto fit = std::ranges::count_if(frames, [kind](std::span<const std::uint8_t> frame) {
            return frame.size() > checksumBytes(kind) && checksumFits(kind, frame);
        });
        if (static_cast<double>(fit) >= nearlyAll * static_cast<double>(frames.size()))
            return kind;
    }
    return WireChecksum::None;
}

NumberGuess guessNumbers(const Frames& payloads)
{
    constexpr double mostSensible = 0.98;
    if (payloads.empty() || payloads.front().empty())
        return {};
    const std::size_t size = payloads.front().size();
    for (const WireNumber number : {WireNumber::F32, WireNumber::F64})
        for (const bool bigEndian : {false, true})
            if (size % numberBytes(number) == 0
                && sensiblePart(payloads, number, bigEndian) >= mostSensible)
                return {number, bigEndian, true};
    const std::vector<double> parts = changes(payloads);
    for (const bool bigEndian : {false, true})
        if (highBytesAreCalm(parts, 4, bigEndian))
            return wholeNumbers(payloads, WireNumber::I32, WireNumber::U32, bigEndian);
    for (const bool bigEndian : {false, true})
        if (highBytesAreCalm(parts, 2, bigEndian))
            return wholeNumbers(payloads, WireNumber::I16, WireNumber::U16, bigEndian);
    return wholeNumbers(payloads, WireNumber::U8, WireNumber::I8, false);
}

} // namespace stint
