#pragma once

#include "core/exchange/protobuf_writer.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// A value of a graph: what a node makes, a constant or an input, by its name.
using OnnxValue = std::string;

/// Builds an ONNX file (onnx.proto3, IR version 7, operator set 13) node by node, in the order of
/// computation. Every value has a name of its own; the builder makes them up where none is given.
class OnnxGraph {
public:
    /// Versions that are written: what every runtime since 2021 reads.
    static constexpr std::int64_t irVersion = 7;
    static constexpr std::int64_t operatorSet = 13;

    enum class Element { Float = 1, Int64 = 7 }; ///< numbers of onnx.proto3

    /// A dimension: a size, or a name where the caller chooses it.
    struct Dimension {
        std::int64_t size = 0;
        std::string name; ///< used if not empty
    };

    /// An attribute of a node.
    struct Attribute {
        std::string name;
        std::vector<std::int64_t> values;
        bool isList = false;
    };

    OnnxValue input(std::string_view name, Element element, const std::vector<Dimension>& shape);
    /// Makes `value` an output of the graph under its own name.
    void output(const OnnxValue& value, Element element, const std::vector<Dimension>& shape);

    /// Constants; `name` is taken as it is, or made up if empty.
    OnnxValue floats(std::string_view name, const std::vector<std::int64_t>& shape,
                     std::span<const float> values);
    OnnxValue integers(const std::vector<std::int64_t>& shape,
                       std::span<const std::int64_t> values);
    OnnxValue number(float value);
    /// A list of whole numbers, as shapes and positions are given.
    OnnxValue list(const std::vector<std::int64_t>& values);

    /// One operation. \param name of its result; made up if empty.
    OnnxValue node(std::string_view operation, const std::vector<OnnxValue>& inputs,
                   const std::vector<Attribute>& attributes = {}, std::string_view name = {});

    /// The whole file.
    [[nodiscard]] std::string file(std::string_view graphName, std::string_view producer,
                                   std::string_view description) const;

private:
    [[nodiscard]] static ProtobufWriter portOf(std::string_view name, Element element,
                                               const std::vector<Dimension>& shape);
    OnnxValue constant(std::string_view name, Element element,
                       const std::vector<std::int64_t>& shape, std::string_view raw);
    OnnxValue freshName(std::string_view operation);

    std::vector<ProtobufWriter> m_nodes, m_constants, m_inputs, m_outputs;
    int m_names = 0;
};

} // namespace stint
