#include "core/weights/half_float.h"

#include <bit>

namespace stint {

namespace {

constexpr std::uint32_t infiniteHalf = 0x7C00;

/// `value` shifted right by `shift` (1 to 31), rounded to nearest even.
std::uint32_t shiftedEven(std::uint32_t value, std::uint32_t shift)
{
    const std::uint32_t half = 1U << (shift - 1);
    const std::uint32_t rest = value & ((1U << shift) - 1);
    const std::uint32_t kept = value >> shift;
    const bool up = rest > half || (rest == half && (kept & 1U) != 0);
    return kept + (up ? 1U : 0U);
}

} // namespace

std::optional<std::uint16_t> halfFromFloat(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16U) & 0x8000U;
    const std::uint32_t exponent = (bits >> 23U) & 0xFFU;
    const std::uint32_t fraction = bits & 0x7FFFFFU;
    if (exponent == 0xFF)
        return std::nullopt;
    // The float 2^-14 is the smallest half with a full fraction; below it the fraction shrinks, and
    // below 2^-25 nothing is left of it.
    constexpr std::uint32_t smallestNormal = 127 - 14;
    if (exponent < smallestNormal - 11)
        return static_cast<std::uint16_t>(sign);
    std::uint32_t magnitude = 0;
    if (exponent < smallestNormal)
        magnitude = shiftedEven(fraction | 0x800000U, 13 + smallestNormal - exponent);
    else // rounding up may carry into the exponent, which is right
        magnitude = shiftedEven(((exponent - smallestNormal + 1) << 23U) | fraction, 13);
    if (magnitude >= infiniteHalf)
        return std::nullopt;
    return static_cast<std::uint16_t>(sign | magnitude);
}

std::optional<float> floatFromHalf(std::uint16_t half)
{
    const std::uint32_t exponent = (half >> 10U) & 0x1FU;
    const std::uint32_t fraction = half & 0x3FFU;
    if (exponent == 0x1F)
        return std::nullopt;
    const std::uint32_t sign = (half & 0x8000U) << 16U;
    if (exponent == 0) { // a whole multiple of 2^-24, exact in a float
        const float magnitude = static_cast<float>(fraction) * 0x1.0p-24F;
        return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
    }
    return std::bit_cast<float>(sign | ((exponent + 127 - 15) << 23U) | (fraction << 13U));
}

} // namespace stint
