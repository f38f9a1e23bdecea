#include "core/exchange/torch_import.h"

#include "core/exchange/torch_tensors.h"
#include "core/model/family_config.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace stint {

namespace {

constexpr std::uintmax_t largestParameters = 2'000'000'000;
constexpr std::uintmax_t largestDocument = 10'000'000;
constexpr Index mostLayers = 16;

LinearParameters<float> readLinear(TorchTensors& tensors, const std::string& weight,
                                   const std::string& bias, Index outputs, Index inputs)
{
    LinearParameters<float> p;
    p.weight = tensors.matrix(weight, outputs, inputs);
    p.bias = tensors.optionalVector(bias, outputs);
    return p;
}

LinearParameters<float> readModule(TorchTensors& tensors, const std::string& module, Index outputs,
                                   Index inputs)
{
    return readLinear(tensors, module + ".weight", module + ".bias", outputs, inputs);
}

/// Rows [first, first + d) of the joint projection.
LinearParameters<float> part(const LinearParameters<float>& joint, Index first, Index width)
{
    LinearParameters<float> p;
    p.weight.resize(width, width);
    for (Index r = 0; r < width; ++r)
        std::copy_n(joint.weight.row(first + r), width, p.weight.row(r));
    p.bias.assign(joint.bias.begin() + first, joint.bias.begin() + first + width);
    return p;
}

/// A layer norm as it is, a batch norm folded with its running statistics.
NormParameters<float> readNorm(TorchTensors& tensors, const std::string& module,
                               const EncoderConfig& config)
{
    if (config.norm == Norm::None)
        return {};
    const Index size = config.norm == Norm::Time ? config.window : config.width;
    NormParameters<float> norm {tensors.vector(module + ".weight", size),
                                tensors.vector(module + ".bias", size)};
    if (config.norm != Norm::Batch)
        return norm;
    const std::vector<float> mean = tensors.vector(module + ".running_mean", size);
    const std::vector<float> variance = tensors.vector(module + ".running_var", size);
    tensors.ignore(module + ".num_batches_tracked");
    if (!tensors.problem().empty())
        return norm;
    for (std::size_t i = 0; i < norm.gain.size(); ++i) {
        if (variance[i] < 0.0F) {
            tensors.fail("tensor \"" + module + ".running_var\" holds a variance below zero");
            return norm;
        }
        const double gain = static_cast<double>(norm.gain[i])
            / std::sqrt(static_cast<double>(variance[i]) + 1e-5);
        norm.bias[i] = static_cast<float>(static_cast<double>(norm.bias[i])
                                          - static_cast<double>(mean[i]) * gain);
        norm.gain[i] = static_cast<float>(gain);
    }
    return norm;
}

BlockParameters<float> readBlock(TorchTensors& tensors, const std::string& layer,
                                 const EncoderConfig& config)
{
    const Index d = config.width;
    const std::string attention = layer + "self_attn.";
    const LinearParameters<float> joint
        = readLinear(tensors, attention + "in_proj_weight", attention + "in_proj_bias", 3 * d, d);
    BlockParameters<float> block;
    if (tensors.problem().empty()) {
        block.query = part(joint, 0, d);
        block.key = part(joint, d, d);
        block.value = part(joint, 2 * d, d);
    }
    block.output = readModule(tensors, attention + "out_proj", d, d);
    block.expand = readModule(tensors, layer + "linear1", config.hidden, d);
    block.contract = readModule(tensors, layer + "linear2", d, config.hidden);
    block.attentionNorm = readNorm(tensors, layer + "norm1", config);
    block.feedForwardNorm = readNorm(tensors, layer + "norm2", config);
    return block;
}

/// What is added to tokens: a table by formula, or one that was learned.
Matrix<float> readPositions(TorchTensors& tensors, const ImportConfig& names,
                            const EncoderConfig& config)
{
    switch (config.positions) {
    case Positions::WindowSine:
    case Positions::Recycling:
        return convert<float>(fixedPositions(config));
    case Positions::WindowLearned:
    case Positions::RecyclingLearned:
        return tensors.matrix(names.positionTable, config.positionTableRows(), config.width);
    case Positions::None:
    case Positions::Rotary:
    case Positions::LagBias:
        break;
    }
    return {};
}

/// The sizes that the tensors have, in the configuration.
EncoderConfig sized(TorchTensors& tensors, const ImportConfig& names, const std::string& prefix)
{
    EncoderConfig config = names.encoder;
    const auto [width, inputs] = tensors.extents(names.embedding + ".weight");
    const auto [outputs, headInputs] = tensors.extents(names.head + ".weight");
    const auto [hidden, expandInputs] = tensors.extents(prefix + "layers.0.linear1.weight");
    config.width = width;
    config.inputs = inputs;
    config.outputs = outputs;
    config.hidden = hidden;
    config.layers = 0;
    while (config.layers <= mostLayers
           && tensors.has(prefix + "layers." + std::to_string(config.layers)
                          + ".self_attn.in_proj_weight"))
        ++config.layers;
    return config;
}

EncoderParameters<float> readParameters(TorchTensors& tensors, const ImportConfig& names,
                                        const std::string& prefix, const EncoderConfig& config)
{
    EncoderParameters<float> p;
    p.embed = readModule(tensors, names.embedding, config.width, config.inputs);
    p.head = readModule(tensors, names.head, config.outputs, config.width);
    for (Index layer = 0; layer < config.layers; ++layer)
        p.blocks.push_back(
            readBlock(tensors, prefix + "layers." + std::to_string(layer) + ".", config));
    p.positions = readPositions(tensors, names, config);
    if (config.positions == Positions::LagBias)
        p.lagBias = tensors.matrix(names.lagBias, config.heads, config.window);
    if (config.newest == Newest::Hidden)
        p.queryToken = tensors.vector(names.queryToken, config.width);
    return p;
}

/// Beside the encoder, until it is calibrated: an autoregression that predicts the mean, and
/// baselines to match.
void addPlainParts(Family& family)
{
    const auto channels = static_cast<Index>(family.channels.size());
    Autoregression& a = family.autoregression;
    a.order = 1;
    a.channels = channels;
    a.weights = RowMatrix::Zero(channels, channels);
    a.intercept = Eigen::VectorXd::Zero(channels);
    Baselines& b = family.baselines;
    b.mean = Eigen::VectorXd::Zero(channels);
    b.components = RowMatrix::Zero(0, channels);
    b.precision = RowMatrix::Identity(channels, channels);
    b.autoregression = a;
}

Result<std::string> contentsOf(const std::string& path, std::uintmax_t largest)
{
    std::error_code code;
    if (std::filesystem::is_directory(path, code))
        return Error {"it is a folder"};
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return Error {"it does not exist or may not be read"};
    const std::uintmax_t size = std::filesystem::file_size(path, code);
    if (code || size > largest)
        return Error {"it is too large"};
    return std::string {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Error refusal(const std::string& path, std::string why)
{
    while (!why.empty() && why.back() == '.')
        why.pop_back();
    return Error {"\"" + path + "\" cannot be imported: " + why + "."};
}

/// Whether the layers have as many inputs and outputs as the configuration names.
std::optional<Error> mismatch(const EncoderConfig& encoder, const ImportConfig& config)
{
    const auto channels = static_cast<Index>(config.channels.size());
    const bool classifies = config.task == ModelTask::Classify;
    const Index outputs = classifies ? static_cast<Index>(config.classes.size()) : channels;
    if (encoder.inputs != channels * config.lags)
        return Error {"its embedding takes " + std::to_string(encoder.inputs)
                      + " values, but the configuration has " + std::to_string(channels)
                      + " channels and " + std::to_string(config.lags) + " lags"};
    if (encoder.outputs != outputs)
        return Error {"its head gives " + std::to_string(encoder.outputs)
                      + " values, but the configuration has " + std::to_string(outputs)
                      + (classifies ? " classes" : " channels")};
    return std::nullopt;
}

/// What a threshold is before normal rows were looked at.
Threshold uncalibrated()
{
    Threshold threshold = calibrateThreshold({}, 0.0);
    threshold.remark = "The model was imported without normal rows to calibrate it on, so it "
                       "raises no alarm.";
    return threshold;
}

} // namespace

Result<Family> importedFamily(TensorFile file, const ImportConfig& config)
{
    TorchTensors tensors(file);
    const std::string prefix = config.hasPrefix ? config.prefix : tensors.prefixOfLayers();
    EncoderConfig encoder = sized(tensors, config, prefix);
    if (!tensors.problem().empty())
        return Error {tensors.problem()};
    if (const auto wrong = mismatch(encoder, config))
        return *wrong;
    if (const auto wrong = encoder.validate())
        return *wrong;
    Family family;
    family.task = config.task;
    family.lags = config.lags;
    family.skip = config.skip;
    family.classes = config.classes;
    family.wholeSeries = config.wholeSeries;
    family.channels = config.channels;
    family.standardiser = config.standardiser;
    family.training.remarks = config.remarks;
    FamilyVariant variant;
    variant.name = {WeightFormat::Dense, encoder.attention};
    variant.config = encoder;
    variant.parameters = readParameters(tensors, config, prefix, encoder);
    tensors.finish();
    if (!tensors.problem().empty())
        return Error {tensors.problem()};
    variant.thresholds.fill(uncalibrated());
    family.variants.push_back(std::move(variant));
    if (family.task != ModelTask::Classify)
        addPlainParts(family);
    // The file of a family decides what it can hold; better to be told now than when it is read.
    const auto readBack = parseConfig(configText(family));
    if (!readBack)
        return readBack.error();
    return family;
}

Result<Family> importTorch(const std::string& parameters, const std::string& config)
{
    const auto text = contentsOf(config, largestDocument);
    if (!text)
        return refusal(config, text.error().message + "; write one as the manual describes");
    const auto names = parseImportConfig(*text);
    if (!names)
        return refusal(config, names.error().message);
    const auto image = contentsOf(parameters, largestParameters);
    if (!image)
        return refusal(parameters, image.error().message);
    Result<TensorFile> file = parseTensors(*image);
    if (!file)
        return refusal(parameters,
                       file.error().message + "; save the state dict again as float32 safetensors");
    Result<Family> family = importedFamily(std::move(*file), *names);
    if (!family)
        return refusal(parameters, family.error().message);
    return family;
}

} // namespace stint
