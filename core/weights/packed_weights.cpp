#include "core/weights/packed_weights.h"

#include "core/base/rng.h"
#include "core/weights/half_float.h"
#include "core/weights/packed_mask.h"

#include <array>
#include <bit>
#include <cmath>

namespace stint {

namespace {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

/// What follows the mask; the two lowest bits of the first byte.
enum class Values : std::uint8_t { Signs, Halves, Floats, Drawn };

/// The next two bits of the first byte: 0 without a mask, else its context and 1.
constexpr std::array maskContexts {MaskContext::Layer, MaskContext::Rows, MaskContext::Columns};

constexpr std::uint8_t generatorVersion = 1; ///< of Rng's draws
constexpr std::size_t drawnBytes = 9; ///< version and state

bool isBinary(WeightFormat format)
{
    return format == WeightFormat::Binary || format == WeightFormat::SparseBinary;
}

bool isSparse(WeightFormat format)
{
    return format == WeightFormat::Sparse || format == WeightFormat::SparseBinary;
}

void append(Bytes& to, std::uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i)
        to.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(8 * i)));
}

std::uint64_t readWord(BytesView from, int bytes)
{
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value |= std::uint64_t {from[static_cast<std::size_t>(i)]} << static_cast<unsigned>(8 * i);
    return value;
}

Error damaged(const std::string& what)
{
    return Error {"packed weights " + what + "; the file is damaged, use an undamaged copy"};
}

/// True where the generator draws a value above the middle of its range: a positive weight.
bool drawnPositive(Rng& rng) { return (rng.next() >> 63U) != 0; }

/// The weights in row-major order, floats rounded as they will be stored: a weight that becomes
/// zero is then no longer kept, so that packing what was unpacked gives the same bytes.
Result<std::vector<float>> storedValues(const LinearParameters<float>& linear, PackedFloat floats)
{
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(linear.outputs() * linear.inputs()));
    const bool round = !isBinary(linear.format) && floats == PackedFloat::F16;
    for (Index r = 0; r < linear.outputs(); ++r) {
        for (Index c = 0; c < linear.inputs(); ++c) {
            float value = linear.weight(r, c);
            if (!std::isfinite(value))
                return Error {"A weight is not a number and cannot be stored."};
            if (round) {
                const auto half = halfFromFloat(value);
                if (!half)
                    return Error {"A weight is too large for 16 bits; store it in 32."};
                value = floatFromHalf(*half).value_or(0.0F);
            }
            values.push_back(value);
        }
    }
    return values;
}

WeightMask maskOf(const LinearParameters<float>& linear, const std::vector<float>& values)
{
    WeightMask mask {linear.outputs(), linear.inputs(), {}};
    mask.kept.reserve(values.size());
    for (const float v : values)
        mask.kept.push_back(!isSparse(linear.format) || v != 0.0F ? 1 : 0);
    return mask;
}

void appendSigns(Bytes& to, const std::vector<float>& values, const WeightMask& mask)
{
    unsigned bit = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (mask.kept[i] == 0)
            continue;
        if (bit == 0)
            to.push_back(0);
        to.back() = static_cast<std::uint8_t>(to.back() | ((values[i] > 0.0F ? 1U : 0U) << bit));
        bit = (bit + 1) % 8;
    }
}

void appendFloats(Bytes& to, const std::vector<float>& values, const WeightMask& mask, bool halves)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (mask.kept[i] == 0)
            continue;
        if (halves)
            append(to, halfFromFloat(values[i]).value_or(0), 2);
        else
            append(to, std::bit_cast<std::uint32_t>(values[i]), 4);
    }
}

bool signsAreDrawn(const std::vector<float>& values, const WeightMask& mask, std::uint64_t state)
{
    Rng rng(state);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool positive = drawnPositive(rng);
        if (mask.kept[i] != 0 && (values[i] > 0.0F) != positive)
            return false;
    }
    return true;
}

Values kindOf(const LinearParameters<float>& linear, const PackingRecipe& recipe)
{
    if (!isBinary(linear.format))
        return recipe.floats == PackedFloat::F16 ? Values::Halves : Values::Floats;
    return recipe.drawnFrom ? Values::Drawn : Values::Signs;
}

/// What the first byte says.
struct Header {
    Values values = Values::Signs;
    std::optional<MaskContext> mask;
};

Result<Header> readHeader(BytesView bytes, WeightFormat format)
{
    if (bytes.empty())
        return damaged("are empty");
    if (bytes[0] > 15)
        return Error {"packed weights of an unknown kind; a newer version of the program may read "
                      "them"};
    Header header;
    header.values = static_cast<Values>(bytes[0] & 3U);
    const std::size_t mask = bytes[0] >> 2U;
    if (mask > 0)
        header.mask = maskContexts.at(mask - 1);
    const bool floats = header.values == Values::Halves || header.values == Values::Floats;
    if (floats == isBinary(format) || header.mask.has_value() != isSparse(format))
        return damaged("are not those of " + std::string(name(format)) + " weights");
    return header;
}

/// Puts signs to the kept places; false if bytes are missing, left over or padded with ones.
bool readSigns(BytesView bytes, const WeightMask& mask, std::vector<float>& values)
{
    std::size_t bit = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (mask.kept[i] == 0)
            continue;
        if (bit / 8 >= bytes.size())
            return false;
        const bool positive = (static_cast<unsigned>(bytes[bit / 8]) >> (bit % 8) & 1U) != 0;
        values[i] = positive ? 1.0F : -1.0F;
        ++bit;
    }
    return bytes.size() == (bit + 7) / 8 && (bit % 8 == 0 || (bytes[bit / 8] >> (bit % 8)) == 0);
}

void drawSigns(std::uint64_t state, const WeightMask& mask, std::vector<float>& values)
{
    Rng rng(state);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool positive = drawnPositive(rng);
        if (mask.kept[i] != 0)
            values[i] = positive ? 1.0F : -1.0F;
    }
}

/// Puts floats to the kept places; false if bytes are missing, left over or not numbers. A kept
/// zero in a sparse layer is refused too: its mask would not have kept it.
bool readFloats(BytesView bytes, bool halves, bool sparse, const WeightMask& mask,
                std::vector<float>& values)
{
    const std::size_t size = halves ? 2 : 4;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (mask.kept[i] == 0)
            continue;
        if (bytes.size() < size)
            return false;
        const auto word = static_cast<std::uint32_t>(readWord(bytes, halves ? 2 : 4));
        const auto value = halves ? floatFromHalf(static_cast<std::uint16_t>(word))
                                  : std::optional(std::bit_cast<float>(word));
        if (!value || !std::isfinite(*value) || (sparse && *value == 0.0F))
            return false;
        values[i] = *value;
        bytes = bytes.subspan(size);
    }
    return bytes.empty();
}

Matrix<float> asMatrix(const std::vector<float>& values, Index rows, Index cols)
{
    Matrix<float> matrix(rows, cols);
    for (Index r = 0; r < rows; ++r)
        std::copy(values.begin() + r * cols, values.begin() + (r + 1) * cols, matrix.row(r));
    return matrix;
}

} // namespace

Result<Bytes> packWeights(const LinearParameters<float>& linear, const PackingRecipe& recipe)
{
    const auto values = storedValues(linear, recipe.floats);
    if (!values)
        return values.error();
    const WeightMask mask = maskOf(linear, *values);
    const Values kind = kindOf(linear, recipe);

    Bytes bytes {static_cast<std::uint8_t>(kind)};
    if (kind == Values::Drawn) {
        if (!signsAreDrawn(*values, mask, *recipe.drawnFrom))
            return Error {"The signs of a layer are not those that its generator draws."};
        append(bytes, generatorVersion, 1);
        append(bytes, *recipe.drawnFrom, 8);
    }
    if (isSparse(linear.format)) {
        Bytes best;
        for (std::size_t i = 0; i < maskContexts.size(); ++i) {
            Bytes coded = encodeMask(mask, maskContexts.at(i));
            if (i > 0 && coded.size() >= best.size())
                continue;
            best = std::move(coded);
            bytes[0] = static_cast<std::uint8_t>(static_cast<std::size_t>(kind) | ((i + 1) << 2U));
        }
        bytes.insert(bytes.end(), best.begin(), best.end());
    }
    if (kind == Values::Signs)
        appendSigns(bytes, *values, mask);
    else if (kind != Values::Drawn)
        appendFloats(bytes, *values, mask, kind == Values::Halves);
    return bytes;
}

Result<Matrix<float>> unpackWeights(BytesView bytes, WeightFormat format, Index outputs,
                                    Index inputs)
{
    const auto header = readHeader(bytes, format);
    if (!header)
        return header.error();
    bytes = bytes.subspan(1);
    std::uint64_t state = 0;
    if (header->values == Values::Drawn) {
        if (bytes.size() < drawnBytes)
            return damaged("end too early");
        if (bytes[0] != generatorVersion)
            return Error {"packed weights were drawn by an unknown generator; a newer version of "
                          "the program may read them"};
        state = readWord(bytes.subspan(1), 8);
        bytes = bytes.subspan(drawnBytes);
    }
    const auto count = static_cast<std::size_t>(outputs * inputs);
    WeightMask mask {outputs, inputs, std::vector<std::uint8_t>(count, 1)};
    if (header->mask) {
        auto decoded = decodeMask(bytes, outputs, inputs, *header->mask);
        if (!decoded)
            return damaged("have a mask that cannot be read");
        mask = std::move(decoded->mask);
        bytes = bytes.subspan(decoded->consumed);
    }
    std::vector<float> values(count, 0.0F);
    bool complete = true;
    if (header->values == Values::Signs)
        complete = readSigns(bytes, mask, values);
    else if (header->values == Values::Drawn)
        complete = bytes.empty();
    else
        complete
            = readFloats(bytes, header->values == Values::Halves, isSparse(format), mask, values);
    if (!complete)
        return damaged("have values missing, left over or out of range");
    if (header->values == Values::Drawn)
        drawSigns(state, mask, values);
    return asMatrix(values, outputs, inputs);
}

Result<Bytes> packHalves(std::span<const float> values)
{
    Bytes bytes;
    bytes.reserve(2 * values.size());
    for (const float v : values) {
        const auto half = halfFromFloat(v);
        if (!half)
            return Error {"The value " + std::to_string(v) + " cannot be stored in 16 bits."};
        append(bytes, *half, 2);
    }
    return bytes;
}

Result<std::vector<float>> unpackHalves(BytesView bytes)
{
    if (bytes.size() % 2 != 0)
        return damaged("have half a value");
    std::vector<float> values;
    values.reserve(bytes.size() / 2);
    for (; !bytes.empty(); bytes = bytes.subspan(2)) {
        const auto value = floatFromHalf(static_cast<std::uint16_t>(readWord(bytes, 2)));
        if (!value)
            return damaged("hold a value that is not a number");
        values.push_back(*value);
    }
    return values;
}

} // namespace stint
