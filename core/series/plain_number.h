#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace stint {

/// The powers of ten that are exact as doubles.
inline constexpr std::array<double, 23> exactPowersOfTen {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// Reads the digits of an exponent behind 'e'; nullptr if there are none or too many to matter.
inline const char* readExponent(const char* at, int& exponent)
{
    const bool negative = *at == '-';
    if (negative || *at == '+')
        ++at;
    int value = 0;
    const char* const first = at;
    for (; *at >= '0' && *at <= '9'; ++at)
        value = at - first < 4 ? value * 10 + (*at - '0') : value;
    exponent += negative ? -value : value;
    return at == first || at - first > 4 ? nullptr : at;
}

/// Reads a decimal number of at most 19 digits with or without an exponent. Where its digits are
/// below 2^53 and its power of ten at most 22, both are exact doubles, so that one multiplication
/// or division rounds correctly (Clinger).
///
/// \param at in a text that ends in a character that belongs to no number.
/// \returns behind the number; nullptr if it is none or not of this kind, `value` undefined.
inline const char* readPlainNumber(const char* at, char decimal, double& value)
{
    const bool negative = *at == '-';
    if (negative || *at == '+')
        ++at;
    std::uint64_t digits = 0;
    const char* const first = at;
    for (; *at >= '0' && *at <= '9'; ++at)
        digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
    std::ptrdiff_t count = at - first;
    int exponent = 0;
    if (*at == decimal) {
        const char* const point = ++at;
        for (; *at >= '0' && *at <= '9'; ++at)
            digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
        count += at - point;
        exponent = -static_cast<int>(at - point);
    }
    if (count == 0 || count > 19)
        return nullptr;
    if (*at == 'e' || *at == 'E') {
        at = readExponent(at + 1, exponent);
        if (at == nullptr)
            return nullptr;
    }
    if (digits > std::uint64_t {1} << 53U || exponent < -22 || exponent > 22)
        return nullptr;
    const double whole = static_cast<double>(digits);
    const double power
        = exactPowersOfTen[static_cast<std::size_t>(exponent < 0 ? -exponent : exponent)];
    const double magnitude = exponent < 0 ? whole / power : whole * power;
    value = negative ? -magnitude : magnitude;
    return at;
}

} // namespace stint
