#include "core/model/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace stint {

namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little,
              "tensors are copied as they stand in memory");

constexpr std::size_t lengthBytes = 8;
constexpr std::uint64_t largestHeader = 100'000'000; // the limit of the reference reader

struct TypeName {
    TensorType type;
    const char* name;
    std::size_t size;
};
constexpr TypeName typeNames[] = {{TensorType::F16, "F16", 2},
                                  {TensorType::F32, "F32", 4},
                                  {TensorType::F64, "F64", 8},
                                  {TensorType::U8, "U8", 1},
                                  {TensorType::I64, "I64", 8}};

const TypeName& entryOf(TensorType type)
{
    for (const TypeName& entry : typeNames) {
        if (entry.type == type)
            return entry;
    }
    return typeNames[0];
}

template <typename T>
Tensor copied(TensorType type, std::vector<std::int64_t> shape, std::span<const T> values)
{
    Tensor t {type, std::move(shape), {}};
    t.bytes.resize(values.size_bytes());
    if (!values.empty())
        std::memcpy(t.bytes.data(), values.data(), values.size_bytes());
    return t;
}

template <typename T>
std::vector<T> elements(const Tensor& tensor)
{
    std::vector<T> values(tensor.bytes.size() / sizeof(T));
    if (!values.empty())
        std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(T));
    return values;
}

/// Bytes that a tensor of this shape takes; no value if the product overflows.
std::optional<std::uint64_t> bytesOf(const std::vector<std::int64_t>& shape, std::size_t size)
{
    std::uint64_t total = size;
    for (const std::int64_t extent : shape) {
        if (extent < 0)
            return std::nullopt;
        const auto e = static_cast<std::uint64_t>(extent);
        if (e != 0 && total > std::numeric_limits<std::uint64_t>::max() / e)
            return std::nullopt;
        total *= e;
    }
    return total;
}

struct Placed {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::string name;
    Tensor tensor;
};

/// One entry of the header, without its bytes.
Result<Placed> parseEntry(const std::string& name, const json& entry)
{
    const auto wrong
        = [&name](const std::string& what) { return Error {"tensor \"" + name + "\" " + what}; };
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape")
        || !entry.contains("data_offsets") || !entry["dtype"].is_string())
        return wrong("is not described");
    const TypeName* type = nullptr;
    for (const TypeName& known : typeNames) {
        if (entry["dtype"].get<std::string>() == known.name)
            type = &known;
    }
    if (type == nullptr)
        return wrong("has a type that is not known here");
    Placed placed;
    placed.name = name;
    placed.tensor.type = type->type;
    if (!entry["shape"].is_array())
        return wrong("has a shape that is not a list");
    for (const json& extent : entry["shape"]) {
        if (!extent.is_number_unsigned() || placed.tensor.shape.size() >= 8)
            return wrong("has a shape that makes no sense");
        placed.tensor.shape.push_back(extent.get<std::int64_t>());
    }
    const json& offsets = entry["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned()
        || !offsets[1].is_number_unsigned())
        return wrong("has no place in the file");
    placed.begin = offsets[0].get<std::uint64_t>();
    placed.end = offsets[1].get<std::uint64_t>();
    const auto expected = bytesOf(placed.tensor.shape, type->size);
    if (!expected || placed.end < placed.begin || placed.end - placed.begin != *expected)
        return wrong("does not have the length of its shape");
    return placed;
}

/// Copies the bytes of all entries, which must cover the data exactly.
Result<TensorFile> place(std::vector<Placed> all, std::string_view data, TensorFile file)
{
    // A tensor without elements begins where the next one does.
    std::sort(all.begin(), all.end(), [](const Placed& a, const Placed& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t at = 0;
    for (Placed& p : all) {
        if (p.begin != at)
            return Error {"tensor \"" + p.name + "\" overlaps another or leaves a gap"};
        if (p.end > data.size())
            return Error {"it is cut short: tensor \"" + p.name + "\" ends behind the file"};
        const std::string_view bytes = data.substr(p.begin, p.end - p.begin);
        p.tensor.bytes.assign(bytes.begin(), bytes.end());
        at = p.end;
        file.tensors.emplace(std::move(p.name), std::move(p.tensor));
    }
    if (at != data.size())
        return Error {"there is something behind its last tensor"};
    return file;
}

} // namespace

Tensor Tensor::ofFloats(std::vector<std::int64_t> shape, std::span<const float> values)
{
    return copied(TensorType::F32, std::move(shape), values);
}

Tensor Tensor::ofDoubles(std::vector<std::int64_t> shape, std::span<const double> values)
{
    return copied(TensorType::F64, std::move(shape), values);
}

Tensor Tensor::ofBytes(std::vector<std::int64_t> shape, std::vector<std::uint8_t> values)
{
    return {TensorType::U8, std::move(shape), std::move(values)};
}

Tensor Tensor::ofHalves(std::vector<std::int64_t> shape, std::vector<std::uint8_t> bytes)
{
    return {TensorType::F16, std::move(shape), std::move(bytes)};
}

std::vector<float> Tensor::floats() const
{
    return type == TensorType::F32 ? elements<float>(*this) : std::vector<float> {};
}

std::vector<double> Tensor::doubles() const
{
    return type == TensorType::F64 ? elements<double>(*this) : std::vector<double> {};
}

Result<TensorFile> parseTensors(std::string_view file)
{
    if (file.size() <= lengthBytes)
        return Error {"it is too short to be a model"};
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), lengthBytes);
    if (length > largestHeader || length < 2 || file[lengthBytes] != '{')
        return Error {"it does not start like a model"};
    if (length > file.size() - lengthBytes)
        return Error {"it is cut short inside its header"};
    const std::string_view header = file.substr(lengthBytes, length);
    const json parsed = json::parse(header, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_object())
        return Error {"its header cannot be read"};

    TensorFile result;
    std::vector<Placed> placed;
    for (const auto& [name, entry] : parsed.items()) {
        if (name == "__metadata__") {
            if (!entry.is_object())
                return Error {"its metadata cannot be read"};
            for (const auto& [key, value] : entry.items()) {
                if (!value.is_string())
                    return Error {"its metadata \"" + key + "\" is not text"};
                result.metadata[key] = value.get<std::string>();
            }
            continue;
        }
        Result<Placed> one = parseEntry(name, entry);
        if (!one)
            return one.error();
        placed.push_back(std::move(*one));
    }
    return place(std::move(placed), file.substr(lengthBytes + length), std::move(result));
}

std::string serialiseTensors(const TensorFile& file)
{
    json header = json::object();
    header["__metadata__"] = file.metadata;
    std::uint64_t at = 0;
    for (const auto& [name, tensor] : file.tensors) {
        header[name] = {{"dtype", entryOf(tensor.type).name},
                        {"shape", tensor.shape},
                        {"data_offsets", {at, at + tensor.bytes.size()}}};
        at += tensor.bytes.size();
    }
    std::string text = header.dump(-1, ' ', false, json::error_handler_t::replace);
    // Padded with blanks, so that the tensors start on a multiple of 8 bytes.
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const auto length = static_cast<std::uint64_t>(text.size());
    std::string image(lengthBytes, '\0');
    std::memcpy(image.data(), &length, lengthBytes);
    image += text;
    for (const auto& [name, tensor] : file.tensors)
        image.append(tensor.bytes.begin(), tensor.bytes.end());
    return image;
}

} // namespace stint
