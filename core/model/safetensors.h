#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// Element types that this program writes and reads; I64 is read only, from files of others.
enum class TensorType { F16, F32, F64, U8, I64 };

/// A named array of a safetensors file, row-major.
struct Tensor {
    TensorType type = TensorType::F32;
    std::vector<std::int64_t> shape;
    std::vector<std::uint8_t> bytes; ///< little-endian elements

    [[nodiscard]] static Tensor ofFloats(std::vector<std::int64_t> shape,
                                         std::span<const float> values);
    [[nodiscard]] static Tensor ofDoubles(std::vector<std::int64_t> shape,
                                          std::span<const double> values);
    [[nodiscard]] static Tensor ofBytes(std::vector<std::int64_t> shape,
                                        std::vector<std::uint8_t> values);

    /// Floats of 16 bits, two bytes each.
    [[nodiscard]] static Tensor ofHalves(std::vector<std::int64_t> shape,
                                         std::vector<std::uint8_t> bytes);

    /// The elements; empty if the type is another.
    [[nodiscard]] std::vector<float> floats() const;
    [[nodiscard]] std::vector<double> doubles() const;
};

/// The contents of a safetensors file: an 8-byte little-endian header length, a JSON header that
/// gives each tensor its type, shape and place, and the raw tensors. Names in alphabetical order.
struct TensorFile {
    std::map<std::string, std::string> metadata; ///< strings only, as the format has it
    std::map<std::string, Tensor> tensors;
};

/// Reads a whole file image. Everything is checked before anything is used: lengths, types,
/// shapes, offsets (in order, without gap or overlap, to the end of the file).
/// \return an error that says what is wrong, without the file's name.
[[nodiscard]] Result<TensorFile> parseTensors(std::string_view file);

[[nodiscard]] std::string serialiseTensors(const TensorFile& file);

} // namespace stint
