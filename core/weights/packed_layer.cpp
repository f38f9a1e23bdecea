#include "core/weights/packed_layer.h"

namespace stint {

namespace {

// Bits of the first byte, above those that packWeights() sets.
constexpr std::uint8_t gainFollows = 16;
constexpr std::uint8_t biasFollows = 32;

/// Takes the last `count` floats of 16 bits off the bytes.
Result<std::vector<float>> takeHalves(std::span<const std::uint8_t>& bytes, Index count)
{
    const auto size = 2 * static_cast<std::size_t>(count);
    if (bytes.size() < size)
        return Error {"a packed layer ends too early; the file is damaged, use an undamaged copy"};
    const auto tail = bytes.last(size);
    bytes = bytes.first(bytes.size() - size);
    return unpackHalves(tail);
}

} // namespace

Result<std::vector<std::uint8_t>> packLayer(const LinearParameters<float>& linear)
{
    auto bytes = packWeights(linear);
    if (!bytes)
        return bytes;
    auto gain = packHalves(linear.gain);
    if (!gain)
        return gain;
    auto bias = packHalves(linear.bias);
    if (!bias)
        return bias;
    bytes->insert(bytes->end(), gain->begin(), gain->end());
    bytes->insert(bytes->end(), bias->begin(), bias->end());
    bytes->front()
        = static_cast<std::uint8_t>(bytes->front() | (linear.gain.empty() ? 0U : gainFollows)
                                    | (linear.bias.empty() ? 0U : biasFollows));
    return bytes;
}

Result<LinearParameters<float>> unpackLayer(std::span<const std::uint8_t> bytes,
                                            WeightFormat format, Index outputs, Index inputs)
{
    LinearParameters<float> linear;
    linear.format = format;
    const std::uint8_t first = bytes.empty() ? std::uint8_t {0} : bytes.front();
    if ((first & biasFollows) != 0) {
        auto bias = takeHalves(bytes, outputs);
        if (!bias)
            return bias.error();
        linear.bias = std::move(*bias);
    }
    if ((first & gainFollows) != 0) {
        auto gain = takeHalves(bytes, outputs);
        if (!gain)
            return gain.error();
        linear.gain = std::move(*gain);
    }
    std::vector<std::uint8_t> weights(bytes.begin(), bytes.end());
    if (!weights.empty())
        weights.front() = static_cast<std::uint8_t>(first & ~(gainFollows | biasFollows));
    auto weight = unpackWeights(weights, format, outputs, inputs);
    if (!weight)
        return weight.error();
    linear.weight = std::move(*weight);
    return linear;
}

} // namespace stint
