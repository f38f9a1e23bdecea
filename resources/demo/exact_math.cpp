#include "resources/demo/exact_math.h"

#include <array>
#include <numbers>

namespace stint::demo {

namespace {

std::int64_t powerOfTen(int exponent)
{
    std::int64_t power = 1;
    for (int i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

} // namespace

double sineOfTurns(double turns)
{
    // To [-1/2, 1/2], then by sin(pi - x) = sin(x) to a quarter turn, where the series is short.
    double t = turns - static_cast<double>(static_cast<std::int64_t>(turns));
    if (t > 0.5)
        t -= 1.0;
    if (t < -0.5)
        t += 1.0;
    if (t > 0.25)
        t = 0.5 - t;
    if (t < -0.25)
        t = -0.5 - t;

    const double x = 2.0 * std::numbers::pi * t;
    const double square = x * x;
    // Taylor, Horner's scheme: 1/(2k+1)! with alternating signs, down from k = 7.
    constexpr std::array denominators {210.0, 156.0, 110.0, 72.0, 42.0, 20.0, 6.0};
    double sum = 1.0;
    for (const double denominator : denominators)
        sum = 1.0 - square / denominator * sum;
    return x * sum;
}

double between(Rng& rng, double low, double high)
{
    const double u = rng.uniform();
    return low + (high - low) * u;
}

double nearlyNormal(Rng& rng)
{
    double sum = -6.0;
    for (int i = 0; i < 12; ++i)
        sum += rng.uniform();
    return sum;
}

std::int64_t toFixedPoint(double value, int decimals)
{
    const double scaled = value * static_cast<double>(powerOfTen(decimals));
    return static_cast<std::int64_t>(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
}

double fromFixedPoint(std::int64_t fixed, int decimals)
{
    return static_cast<double>(fixed) / static_cast<double>(powerOfTen(decimals));
}

void appendFixedPoint(std::string& text, std::int64_t fixed, int decimals)
{
    const std::int64_t scale = powerOfTen(decimals);
    const std::int64_t size = fixed < 0 ? -fixed : fixed;
    if (fixed < 0)
        text += '-';
    text += std::to_string(size / scale);
    if (decimals == 0)
        return;
    const std::string fraction = std::to_string(size % scale);
    text += '.';
    text.append(static_cast<std::size_t>(decimals) - fraction.size(), '0');
    text += fraction;
}

} // namespace stint::demo
