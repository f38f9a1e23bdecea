#include "core/model/classification_tensors.h"
#include "core/model/family.h"
#include "core/model/family_config.h"
#include "core/model/held_out_scores.h"
#include "core/model/packed_form.h"
#include "core/model/tensor_reader.h"
#include "core/model/tensor_writer.h"
#include "core/weights/packed_layer.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace stint {

namespace {

constexpr std::uintmax_t largestFile = 2'000'000'000;

// --- writing -------------------------------------------------------------------------------

/// Writes the parameters of variants, plain or packed.
class ParameterWriter {
public:
    ParameterWriter(TensorFile& file, bool packed) : m_file(file), m_packed(packed) { }

    void write(const FamilyVariant& variant);

private:
    void write(const std::string& prefix, const LinearParameters<float>& linear);
    void writeFloats(const std::string& name, const std::vector<float>& values);
    void writeTable(const std::string& name, const Matrix<float>& table);

    TensorFile& m_file;
    bool m_packed;
};

/// Numbers that 16 bits cannot hold stay as they are, in a packed file too.
void ParameterWriter::writeFloats(const std::string& name, const std::vector<float>& values)
{
    const auto halves = m_packed ? packHalves(values) : Result<std::vector<std::uint8_t>>(Error {});
    m_file.tensors[name] = halves
        ? Tensor::ofHalves({static_cast<std::int64_t>(values.size())}, *halves)
        : tensorOf(values);
}

void ParameterWriter::writeTable(const std::string& name, const Matrix<float>& table)
{
    m_file.tensors[name] = tensorOf(table);
    const std::vector<float> values = m_file.tensors[name].floats();
    const auto halves = m_packed ? packHalves(values) : Result<std::vector<std::uint8_t>>(Error {});
    if (halves)
        m_file.tensors[name] = Tensor::ofHalves({table.rows(), table.cols()}, *halves);
}

void ParameterWriter::write(const std::string& prefix, const LinearParameters<float>& linear)
{
    if (m_packed) {
        const auto packed = packLayer(linear);
        if (packed) {
            m_file.tensors[prefix + ".packed"]
                = Tensor::ofBytes({static_cast<std::int64_t>(packed->size())}, *packed);
            return;
        }
    }
    const bool signs
        = linear.format == WeightFormat::SparseBinary || linear.format == WeightFormat::Binary;
    if (linear.format == WeightFormat::SparseBinary)
        m_file.tensors[prefix + ".mask"]
            = bitPlane(linear.weight, [](float v) { return v != 0.0F; });
    m_file.tensors[prefix + (signs ? ".sign" : ".weight")] = signs
        ? bitPlane(linear.weight, [](float v) { return v > 0.0F; })
        : tensorOf(linear.weight);
    if (!linear.gain.empty())
        writeFloats(prefix + ".alpha", linear.gain);
    if (!linear.bias.empty())
        writeFloats(prefix + ".bias", linear.bias);
}

void ParameterWriter::write(const FamilyVariant& variant)
{
    const std::string prefix = toString(variant.name) + "/";
    const EncoderParameters<float>& p = variant.parameters;
    forEachLinear(p, [&](const std::string& name, const LinearParameters<float>& linear) {
        write(prefix + name, linear);
    });
    if (variant.config.norm != Norm::None) {
        forEachNorm(p, [&](const std::string& name, const NormParameters<float>& norm) {
            writeFloats(prefix + name + ".gain", norm.gain);
            writeFloats(prefix + name + ".bias", norm.bias);
        });
    }
    if (!p.positions.empty()
        && !(m_packed && p.positions == convert<float>(fixedPositions(variant.config))))
        writeTable(prefix + "positions", p.positions);
    if (!p.lagBias.empty())
        writeTable(prefix + "lag_bias", p.lagBias);
    if (variant.config.attention == AttentionMask::FixedMask) {
        const auto isKept = [](float v) { return v != 0.0F; };
        m_file.tensors[prefix + "query_mask"] = bitPlane(p.masks.query, isKept);
        m_file.tensors[prefix + "key_mask"] = bitPlane(p.masks.key, isKept);
        m_file.tensors[prefix + "value_mask"] = bitPlane(p.masks.value, isKept);
    }
    if (variant.config.newest == Newest::Hidden)
        writeFloats(prefix + "query_token", p.queryToken);
    if (!variant.thresholds[0].heldOut.empty())
        m_file.tensors[prefix + "held_out_scores"] = heldOutTensor(variant);
}

// --- reading -------------------------------------------------------------------------------

/// ±1 where a weight is kept, else 0. Empty if something was wrong with it or before it.
Matrix<float> readSigns(TensorReader& reader, const std::string& prefix, bool masked, Index outputs,
                        Index inputs)
{
    const Matrix<float> mask
        = masked ? reader.bits(prefix + ".mask", outputs, inputs) : Matrix<float> {};
    Matrix<float> weights = reader.bits(prefix + ".sign", outputs, inputs);
    if (!reader.problem().empty())
        return {};
    for (Index r = 0; r < outputs; ++r) {
        for (Index c = 0; c < inputs; ++c) {
            const bool kept = !masked || mask(r, c) != 0.0F;
            const bool positive = weights(r, c) != 0.0F;
            if (positive && !kept) {
                reader.fail("tensor \"" + prefix + ".sign\" marks weights that are not kept");
                return {};
            }
            if (kept)
                weights(r, c) = positive ? 1.0F : -1.0F;
        }
    }
    return weights;
}

LinearParameters<float> readLinear(TensorReader& reader, const std::string& prefix,
                                   WeightFormat format, Index outputs, Index inputs)
{
    LinearParameters<float> p;
    if (reader.has(prefix + ".packed")) {
        auto packed = unpackLayer(reader.bytes(prefix + ".packed"), format, outputs, inputs);
        if (packed)
            p = std::move(*packed);
        else
            reader.fail("tensor \"" + prefix + ".packed\": " + packed.error().message);
    }
    p.format = format;
    if (p.bias.empty() && reader.has(prefix + ".bias"))
        p.bias = reader.vector(prefix + ".bias", outputs);
    const bool signs = format == WeightFormat::Binary || format == WeightFormat::SparseBinary;
    if (p.gain.empty() && (signs || reader.has(prefix + ".alpha")))
        p.gain = reader.vector(prefix + ".alpha", outputs);
    if (p.weight.rows() > 0 || !reader.problem().empty())
        return p;
    p.weight = signs
        ? readSigns(reader, prefix, format == WeightFormat::SparseBinary, outputs, inputs)
        : reader.matrix(prefix + ".weight", outputs, inputs);
    return p;
}

void readVariant(TensorReader& reader, FamilyVariant& variant)
{
    const EncoderConfig& c = variant.config;
    const std::string prefix = toString(variant.name) + "/";
    const WeightFormat format = variant.name.weights;
    EncoderParameters<float>& p = variant.parameters;
    p.blocks.resize(static_cast<std::size_t>(c.layers));
    p.embed = readLinear(reader, prefix + "embed", p.embed.format, c.width, c.inputs);
    p.head = readLinear(reader, prefix + "head", p.head.format, c.outputs, c.width);
    forEachLinear(p, [&](const std::string& name, LinearParameters<float>& linear) {
        if (name == "embed" || name == "head")
            return;
        const bool expands = name.ends_with("expand");
        const bool contracts = name.ends_with("contract");
        linear = readLinear(reader, prefix + name, format, expands ? c.hidden : c.width,
                            contracts ? c.hidden : c.width);
    });
    if (c.norm != Norm::None) {
        const Index size = c.norm == Norm::Time ? c.window : c.width;
        forEachNorm(p, [&](const std::string& name, NormParameters<float>& norm) {
            norm.gain = reader.vector(prefix + name + ".gain", size);
            norm.bias = reader.vector(prefix + name + ".bias", size);
        });
    }
    if (c.positionsAreMade() && !reader.has(prefix + "positions"))
        p.positions = convert<float>(fixedPositions(c));
    else if (c.positionTableRows() > 0)
        p.positions = reader.matrix(prefix + "positions", c.positionTableRows(), c.width);
    if (c.positions == Positions::LagBias)
        p.lagBias = reader.matrix(prefix + "lag_bias", c.heads, c.window);
    if (c.attention == AttentionMask::FixedMask) {
        p.masks.query = reader.bits(prefix + "query_mask", c.window, c.width);
        p.masks.key = reader.bits(prefix + "key_mask", c.window, c.width);
        p.masks.value = reader.bits(prefix + "value_mask", c.window, c.width);
    }
    if (c.newest == Newest::Hidden)
        p.queryToken = reader.vector(prefix + "query_token", c.width);
    if (reader.has(prefix + "held_out_scores"))
        readHeldOut(reader, prefix + "held_out_scores", variant);
}

Result<Family> familyOf(TensorFile file)
{
    const auto config = file.metadata.find("stint.config");
    if (config == file.metadata.end())
        return Error {"it is a safetensors file, but not a model of this program"};
    Result<Family> family = parseConfig(config->second);
    if (!family)
        return family;
    const auto channels = static_cast<Index>(family->channels.size());
    const Index order = family->autoregression.order;
    TensorReader reader(file);
    const auto linear = [&](const std::string& prefix, Autoregression& a) {
        a.order = order;
        a.channels = channels;
        a.weights = reader.doubles(prefix + ".weight", channels, channels * order);
        a.intercept = reader.doubles(prefix + ".intercept", channels, 1);
    };
    if (family->task != ModelTask::Classify) {
        linear("autoregression", family->autoregression);
        Baselines& b = family->baselines;
        b.autoregression = family->autoregression;
    }
    if (family->task != ModelTask::Classify && reader.has("baselines.mean")) {
        Baselines& b = family->baselines;
        b.mean = reader.doubles("baselines.mean", channels, 1);
        b.components = reader.doublesOfAnyHeight("baselines.components", channels);
        b.precision = reader.doubles("baselines.precision", channels, channels);
    }
    if (family->task == ModelTask::Classify)
        readClassification(reader, *family);
    for (FamilyVariant& variant : family->variants)
        readVariant(reader, variant);
    reader.finish();
    if (!reader.problem().empty())
        return Error {reader.problem()};
    return family;
}

} // namespace

Result<std::shared_ptr<const Family>> loadFamily(const std::string& path)
{
    const auto refuse = [&path](const std::string& why) {
        return Error {"\"" + path + "\" cannot be used as a model: " + why
                      + "; choose a .stint file or train a new one."};
    };
    std::error_code code;
    if (std::filesystem::is_directory(path, code))
        return refuse("it is a folder");
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return refuse("it does not exist or may not be read");
    const std::uintmax_t size = std::filesystem::file_size(path, code);
    if (code || size > largestFile)
        return refuse("it is too large");
    const std::string image {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (image.empty())
        return refuse("it is empty");
    Result<TensorFile> file = parseTensors(image);
    if (!file)
        return refuse(file.error().message);
    Result<Family> family = familyOf(std::move(*file));
    if (!family)
        return refuse(family.error().message);
    return std::shared_ptr<const Family>(std::make_shared<Family>(std::move(*family)));
}

Result<Done> saveFamily(const Family& family, const std::string& path)
{
    TensorFile file;
    file.metadata["format"] = "stint";
    file.metadata["stint.config"] = configText(family);
    if (family.task != ModelTask::Classify) {
        const TensorType type = family.packed ? TensorType::F16 : TensorType::F64;
        file.tensors["autoregression.weight"] = tensorOf(family.autoregression.weights, type);
        file.tensors["autoregression.intercept"] = tensorOf(family.autoregression.intercept, type);
    }
    const TensorType type = family.packed ? TensorType::F32 : TensorType::F64;
    if (family.baselines.fitted()) {
        file.tensors["baselines.mean"] = tensorOf(family.baselines.mean, type);
        file.tensors["baselines.components"] = tensorOf(family.baselines.components, type);
        file.tensors["baselines.precision"] = tensorOf(family.baselines.precision, type);
    }
    if (family.classification)
        writeClassification(file, *family.classification, type);
    ParameterWriter writer(file, family.packed);
    for (const FamilyVariant& variant : family.variants)
        writer.write(variant);

    const std::string image = serialiseTensors(file);
    const std::string temporary = path + ".part";
    const auto failed = [&](const std::string& what) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        return Error {"The model could not be saved as \"" + path + "\": " + what
                      + "; choose another place."};
    };
    {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        if (!out)
            return failed("the folder does not exist or may not be written");
        out.write(image.data(), static_cast<std::streamsize>(image.size()));
        out.flush();
        if (!out)
            return failed("the disk is full or was removed");
    }
    std::error_code code;
    std::filesystem::rename(temporary, path, code);
    if (code)
        return failed(code.message());
    return Done {};
}

} // namespace stint
