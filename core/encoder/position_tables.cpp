#include "core/encoder/encoder_parameters.h"

#include <cmath>
#include <numbers>

namespace stint {

Matrix<double> cyclicTable(Index period, Index width)
{
    const Index pairs = (width + 1) / 2;
    const Index mostTurns = period / 2;
    Matrix<double> table(period, width);
    for (Index i = 0; i < width; ++i) {
        const Index pair = i / 2;
        const double place
            = pairs > 1 ? static_cast<double>(pair) / static_cast<double>(pairs - 1) : 0.0;
        const double turns = std::round(std::pow(static_cast<double>(mostTurns), place));
        for (Index t = 0; t < period; ++t) {
            const double angle = 2.0 * std::numbers::pi * turns * static_cast<double>(t)
                / static_cast<double>(period);
            table(t, i) = i % 2 == 0 ? std::sin(angle) : std::cos(angle);
        }
    }
    return table;
}

Matrix<double> windowSineTable(Index window, Index width)
{
    Matrix<double> table(window, width);
    for (Index i = 0; i < width; ++i) {
        const Index even = i / 2 * 2;
        const double exponent = static_cast<double>(even) / static_cast<double>(width);
        const double rate = std::pow(10000.0, -exponent);
        for (Index t = 0; t < window; ++t) {
            const double angle = rate * static_cast<double>(t);
            table(t, i) = i % 2 == 0 ? std::sin(angle) : std::cos(angle);
        }
    }
    return table;
}

Matrix<double> fixedPositions(const EncoderConfig& config)
{
    if (config.positions == Positions::WindowSine)
        return windowSineTable(config.positionTableRows(), config.width);
    if (config.positions == Positions::Recycling)
        return cyclicTable(config.positionTableRows(), config.width);
    return {};
}

} // namespace stint
