#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stint::test {

/// What a test wants to know of an ONNX file, read by a small parser of its own.
struct OnnxFile {
    struct Node {
        std::string operation;
        std::vector<std::string> inputs, outputs;
    };
    struct Constant {
        std::string name;
        std::vector<std::int64_t> shape;
        std::int64_t element = 0; ///< 1 float, 7 int64
        std::size_t bytes = 0;
    };
    std::int64_t irVersion = 0;
    std::int64_t operatorSet = 0;
    std::string producer, description;
    std::vector<Node> nodes;
    std::vector<Constant> constants;
    std::vector<std::string> inputs, outputs;
};

/// Nothing if the bytes are not whole fields all the way down.
std::optional<OnnxFile> readOnnx(std::string_view bytes);

} // namespace stint::test
