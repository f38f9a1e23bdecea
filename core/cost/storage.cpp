#include "core/cost/storage.h"

namespace stint {

namespace {

constexpr std::uint64_t floatBits = 32;

std::uint64_t normNumbers(const EncoderParameters<float>& parameters)
{
    std::uint64_t count = 0;
    forEachNorm(parameters, [&count](const std::string&, const NormParameters<float>& norm) {
        count += norm.gain.size() + norm.bias.size();
    });
    return count;
}

} // namespace

std::uint64_t storedBits(const LinearParameters<float>& linear)
{
    const auto rows = static_cast<std::uint64_t>(linear.outputs());
    const auto cols = static_cast<std::uint64_t>(linear.inputs());
    const std::uint64_t bias = floatBits * linear.bias.size();
    if (linear.format == WeightFormat::SparseBinary)
        return 2 * rows * ((cols + 7) / 8 * 8) + floatBits * linear.gain.size() + bias;
    return floatBits * rows * cols + bias;
}

std::uint64_t storedBits(const EncoderParameters<float>& parameters)
{
    std::uint64_t bits = 0;
    forEachLinear(parameters, [&bits](const std::string&, const LinearParameters<float>& linear) {
        bits += storedBits(linear);
    });
    const auto positions
        = static_cast<std::uint64_t>(parameters.positions.rows() * parameters.positions.cols());
    return bits + floatBits * (normNumbers(parameters) + parameters.queryToken.size() + positions);
}

std::uint64_t parameterCount(const EncoderParameters<float>& parameters)
{
    std::uint64_t count = normNumbers(parameters) + parameters.queryToken.size();
    forEachLinear(parameters, [&count](const std::string&, const LinearParameters<float>& linear) {
        count += static_cast<std::uint64_t>(linear.outputs() * linear.inputs()) + linear.gain.size()
            + linear.bias.size();
    });
    return count;
}

} // namespace stint
