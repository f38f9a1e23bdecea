#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stint {

/// The powers of ten that are exact as doubles.
inline constexpr std::array<double, 23> exactPowersOfTen {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// Digits read so far and how many there were.
struct DigitRun {
    std::uint64_t value = 0;
    std::ptrdiff_t count = 0;
};

/// The value of eight characters '0'..'9', the first one in the lowest byte: neighbours are joined
/// in pairs, then fours, then all.
inline std::uint64_t valueOfEight(std::uint64_t eight)
{
    eight -= 0x3030303030303030U;
    eight = (eight * 10U) + (eight >> 8U);
    constexpr std::uint64_t mask = 0x000000FF000000FFU;
    constexpr std::uint64_t low = 0x000F424000000064U; // 100 + (1000000 << 32)
    constexpr std::uint64_t high = 0x0000271000000001U; // 1 + (10000 << 32)
    return (((eight & mask) * low) + (((eight >> 16U) & mask) * high)) >> 32U;
}

/// Takes digits one by one.
inline const char* takeDigitsSlowly(const char* at, DigitRun& run)
{
    for (; *at >= '0' && *at <= '9'; ++at, ++run.count)
        run.value = run.value * 10 + static_cast<std::uint64_t>(*at - '0');
    return at;
}

/// Takes digits eight at a time: numbers of unlike length then cost no mispredicted branches.
/// `end` is where the text ends; it ends in a character that is no digit.
inline const char* takeDigits(const char* at, const char* end, DigitRun& run)
{
    if constexpr (std::endian::native != std::endian::little)
        return takeDigitsSlowly(at, run);
    if (end - at < 8)
        return takeDigitsSlowly(at, run);
    std::uint64_t eight = 0;
    std::memcpy(&eight, at, sizeof eight);
    // The high bit of a byte is set where it is no digit: below '0', or above '9'.
    const std::uint64_t offset = eight ^ 0x3030303030303030U;
    const std::uint64_t other = (offset | (offset + 0x0606060606060606U)) & 0xF0F0F0F0F0F0F0F0U;
    if (other == 0) {
        run.value = run.value * 100'000'000U + valueOfEight(eight);
        run.count += 8;
        return takeDigitsSlowly(at + 8, run);
    }
    const auto digits = static_cast<unsigned>(std::countr_zero(other)) / 8U;
    if (digits == 0)
        return at;
    // Leading zeros in place of what follows the digits.
    const unsigned shift = 64U - 8U * digits;
    eight = (eight << shift) | (0x3030303030303030U & ((std::uint64_t {1} << shift) - 1U));
    constexpr std::array<std::uint64_t, 8> scale {1,      10,      100,      1000,
                                                  10'000, 100'000, 1000'000, 10'000'000};
    run.value = run.value * scale[digits] + valueOfEight(eight);
    run.count += digits;
    return at + digits;
}

/// Reads the digits of an exponent behind 'e'; nullptr if there are none or too many to matter.
inline const char* readExponent(const char* at, int& exponent)
{
    const bool negative = *at == '-';
    if (negative || *at == '+')
        ++at;
    DigitRun run;
    at = takeDigitsSlowly(at, run);
    if (run.count == 0 || run.count > 4)
        return nullptr;
    exponent += negative ? -static_cast<int>(run.value) : static_cast<int>(run.value);
    return at;
}

/// Reads a decimal number of at most 19 digits with or without an exponent. Where its digits are
/// below 2^53 and its power of ten at most 22, both are exact doubles, so that one multiplication
/// or division rounds correctly (Clinger).
///
/// \param end end of the text, which ends in a character that belongs to no number.
/// \returns behind the number; nullptr if it is none or not of this kind, `value` undefined.
inline const char* readPlainNumber(const char* at, const char* end, char decimal, double& value)
{
    const bool negative = *at == '-';
    at += static_cast<std::ptrdiff_t>(negative) | static_cast<std::ptrdiff_t>(*at == '+');
    DigitRun run;
    at = takeDigits(at, end, run);
    int exponent = 0;
    if (*at == decimal) {
        const std::ptrdiff_t whole = run.count;
        at = takeDigits(at + 1, end, run);
        exponent = -static_cast<int>(run.count - whole);
    }
    if (run.count == 0 || run.count > 19)
        return nullptr;
    if (*at == 'e' || *at == 'E') {
        at = readExponent(at + 1, exponent);
        if (at == nullptr)
            return nullptr;
    }
    if (run.value > std::uint64_t {1} << 53U || exponent < -22 || exponent > 22)
        return nullptr;
    const auto digits = static_cast<double>(run.value);
    const double magnitude = exponent < 0
        ? digits / exactPowersOfTen[static_cast<std::size_t>(-exponent)]
        : digits * exactPowersOfTen[static_cast<std::size_t>(exponent)];
    // The sign as a bit: a branch on it would be mispredicted for every second number.
    value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude)
                                  | (std::uint64_t {negative} << 63U));
    return at;
}

} // namespace stint
