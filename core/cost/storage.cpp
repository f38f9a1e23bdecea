#include "core/cost/storage.h"

#include "core/weights/packed_weights.h"

#include <cmath>

namespace stint {

namespace {

using Count = std::uint64_t;

constexpr Count floatBits = 32;
constexpr Count halfBits = 16;

Count weightCount(const LinearParameters<float>& linear)
{
    return static_cast<Count>(linear.outputs() * linear.inputs());
}

Count elements(const Matrix<float>& matrix)
{
    return static_cast<Count>(matrix.rows() * matrix.cols());
}

bool isBinary(WeightFormat format)
{
    return format == WeightFormat::Binary || format == WeightFormat::SparseBinary;
}

bool isSparse(WeightFormat format)
{
    return format == WeightFormat::Sparse || format == WeightFormat::SparseBinary;
}

bool learned(Positions positions)
{
    return positions == Positions::WindowLearned || positions == Positions::RecyclingLearned;
}

Count plainWeightBits(const LinearParameters<float>& linear)
{
    if (!isBinary(linear.format))
        return floatBits * weightCount(linear);
    const auto rowBits = static_cast<Count>((linear.inputs() + 7) / 8 * 8);
    return (isSparse(linear.format) ? 2 : 1) * static_cast<Count>(linear.outputs()) * rowBits;
}

Count packedWeightBits(const LinearParameters<float>& linear)
{
    auto packed = packWeights(linear);
    if (!packed)
        packed = packWeights(linear, {.floats = PackedFloat::F32, .drawnFrom = {}});
    return packed ? 8 * static_cast<Count>(packed->size()) : plainWeightBits(linear);
}

/// Bits of a mask of which `kept` of `count` places are 1, at least.
double maskEntropy(double count, double kept)
{
    if (kept <= 0.0 || kept >= count)
        return 0.0;
    const double k = kept / count;
    return -count * (k * std::log2(k) + (1.0 - k) * std::log2(1.0 - k));
}

Count weightEntropy(const LinearParameters<float>& linear)
{
    const auto kept = static_cast<double>(linear.kept());
    const double mask = isSparse(linear.format)
        ? maskEntropy(static_cast<double>(weightCount(linear)), kept)
        : 0.0;
    const double each = isBinary(linear.format) ? 1.0 : static_cast<double>(halfBits);
    return static_cast<Count>(std::ceil(mask + each * kept));
}

/// Numbers that are floats in every form; `inPaper` of them count by the paper's rule.
StorageBits floats(Count count, Count inPaper)
{
    return {.plain = floatBits * count,
            .packed = halfBits * count,
            .entropy = halfBits * count,
            .paper = floatBits * inPaper};
}

StorageBits bitsOf(const LinearParameters<float>& linear, bool modelIsBinary)
{
    const auto kept = static_cast<Count>(linear.kept());
    const Count others = linear.gain.size() + linear.bias.size();
    StorageBits bits = floats(others, modelIsBinary ? 0 : others);
    bits += {.plain = plainWeightBits(linear),
             .packed = packedWeightBits(linear),
             .entropy = weightEntropy(linear),
             .paper = isBinary(linear.format) ? weightCount(linear) : floatBits * kept};
    return bits;
}

StorageBits bitsOf(const NormParameters<float>& norm, bool modelIsBinary)
{
    return floats(norm.gain.size() + norm.bias.size(),
                  norm.gain.size() + (modelIsBinary ? 0 : norm.bias.size()));
}

/// Everything beside the embedding's layer that stands before the blocks.
StorageBits tokenBits(const EncoderConfig& config, const EncoderParameters<float>& p,
                      bool modelIsBinary)
{
    const Count trained = p.queryToken.size() + elements(p.lagBias)
        + (learned(config.positions) ? elements(p.positions) : 0);
    StorageBits bits = floats(trained, modelIsBinary ? 0 : trained);
    if (!learned(config.positions))
        bits.plain += floatBits * elements(p.positions);
    for (const Matrix<float>* mask : {&p.masks.query, &p.masks.key, &p.masks.value}) {
        // One bit per entry; the paper takes its masks for free.
        const auto padded = static_cast<Count>(mask->rows() * ((mask->cols() + 7) / 8 * 8));
        bits += {.plain = padded, .packed = padded, .entropy = elements(*mask), .paper = 0};
    }
    return bits;
}

bool hasBinaryWeights(const EncoderParameters<float>& parameters)
{
    bool found = false;
    forEachLinear(parameters, [&found](const std::string&, const LinearParameters<float>& linear) {
        found = found || isBinary(linear.format);
    });
    return found;
}

} // namespace

StorageBits& StorageBits::operator+=(const StorageBits& other)
{
    plain += other.plain;
    packed += other.packed;
    entropy += other.entropy;
    paper += other.paper;
    return *this;
}

StorageBits StorageReport::blocks() const
{
    StorageBits sum = projection;
    sum += output;
    sum += feedForward;
    return sum;
}

StorageBits StorageReport::whole() const
{
    StorageBits sum = blocks();
    sum += embedding;
    sum += head;
    return sum;
}

StorageReport storageReport(const EncoderConfig& config, const EncoderParameters<float>& parameters)
{
    const bool binary = hasBinaryWeights(parameters);
    StorageReport report;
    report.embedding = bitsOf(parameters.embed, binary);
    report.embedding += tokenBits(config, parameters, binary);
    for (const BlockParameters<float>& block : parameters.blocks) {
        for (const LinearParameters<float>* linear : {&block.query, &block.key, &block.value})
            report.projection += bitsOf(*linear, binary);
        report.output += bitsOf(block.output, binary);
        report.output += bitsOf(block.attentionNorm, binary);
        report.feedForward += bitsOf(block.expand, binary);
        report.feedForward += bitsOf(block.contract, binary);
        report.feedForward += bitsOf(block.feedForwardNorm, binary);
    }
    report.head = bitsOf(parameters.head, binary);
    return report;
}

std::uint64_t storedBits(const LinearParameters<float>& linear)
{
    return plainWeightBits(linear) + floatBits * (linear.gain.size() + linear.bias.size());
}

std::uint64_t storedBits(const EncoderParameters<float>& parameters)
{
    Count bits = 0;
    forEachLinear(parameters, [&bits](const std::string&, const LinearParameters<float>& linear) {
        bits += storedBits(linear);
    });
    forEachNorm(parameters, [&bits](const std::string&, const NormParameters<float>& norm) {
        bits += floatBits * (norm.gain.size() + norm.bias.size());
    });
    for (const Matrix<float>* mask :
         {&parameters.masks.query, &parameters.masks.key, &parameters.masks.value})
        bits += static_cast<Count>(mask->rows() * ((mask->cols() + 7) / 8 * 8));
    return bits
        + floatBits
        * (parameters.queryToken.size() + elements(parameters.positions)
           + elements(parameters.lagBias));
}

std::uint64_t parameterCount(const EncoderConfig& config,
                             const EncoderParameters<float>& parameters)
{
    Count count = parameters.queryToken.size() + elements(parameters.lagBias)
        + (learned(config.positions) ? elements(parameters.positions) : 0);
    forEachNorm(parameters, [&count](const std::string&, const NormParameters<float>& norm) {
        count += norm.gain.size() + norm.bias.size();
    });
    forEachLinear(parameters, [&count](const std::string&, const LinearParameters<float>& linear) {
        count += weightCount(linear) + linear.gain.size() + linear.bias.size();
    });
    return count;
}

} // namespace stint
