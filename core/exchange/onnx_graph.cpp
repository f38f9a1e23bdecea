#include "core/exchange/onnx_graph.h"

#include <bit>

namespace stint {

namespace {

static_assert(std::endian::native == std::endian::little,
              "constants are written as they stand in memory");

// Field numbers of onnx.proto3.
namespace model {
constexpr std::uint32_t irVersion = 1, producer = 2, description = 6, graph = 7, operatorSets = 8;
constexpr std::uint32_t operatorSetVersion = 2;
} // namespace model
namespace graph {
constexpr std::uint32_t node = 1, name = 2, constant = 5, input = 11, output = 12;
} // namespace graph
namespace nodes {
constexpr std::uint32_t input = 1, output = 2, name = 3, operation = 4, attribute = 5;
constexpr std::uint32_t attributeName = 1, integer = 3, integers = 8, attributeType = 20;
constexpr std::int64_t typeInteger = 2, typeIntegers = 7;
} // namespace nodes
namespace tensor {
constexpr std::uint32_t extents = 1, element = 2, name = 8, raw = 9;
} // namespace tensor
namespace port {
constexpr std::uint32_t name = 1, type = 2, tensorType = 1, element = 1, shape = 2, extent = 1;
constexpr std::uint32_t extentSize = 1, extentName = 2;
} // namespace port

template <typename T>
std::string_view rawBytes(std::span<const T> values)
{
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

} // namespace

OnnxValue OnnxGraph::freshName(std::string_view operation)
{
    return std::string(operation) + "_" + std::to_string(m_names++);
}

ProtobufWriter OnnxGraph::portOf(std::string_view name, Element element,
                                 const std::vector<Dimension>& shape)
{
    ProtobufWriter extents;
    for (const Dimension& dimension : shape) {
        ProtobufWriter extent;
        if (dimension.name.empty())
            extent.integer(port::extentSize, dimension.size);
        else
            extent.text(port::extentName, dimension.name);
        extents.message(port::extent, extent);
    }
    ProtobufWriter tensorType;
    tensorType.integer(port::element, static_cast<std::int64_t>(element));
    tensorType.message(port::shape, extents);
    ProtobufWriter type;
    type.message(port::tensorType, tensorType);
    ProtobufWriter described;
    described.text(port::name, name);
    described.message(port::type, type);
    return described;
}

OnnxValue OnnxGraph::input(std::string_view name, Element element,
                           const std::vector<Dimension>& shape)
{
    m_inputs.push_back(portOf(name, element, shape));
    return std::string(name);
}

void OnnxGraph::output(const OnnxValue& value, Element element, const std::vector<Dimension>& shape)
{
    m_outputs.push_back(portOf(value, element, shape));
}

OnnxValue OnnxGraph::constant(std::string_view name, Element element,
                              const std::vector<std::int64_t>& shape, std::string_view raw)
{
    OnnxValue value = name.empty() ? freshName("constant") : std::string(name);
    ProtobufWriter written;
    written.integers(tensor::extents, shape);
    written.integer(tensor::element, static_cast<std::int64_t>(element));
    written.text(tensor::name, value);
    written.text(tensor::raw, raw);
    m_constants.push_back(std::move(written));
    return value;
}

OnnxValue OnnxGraph::floats(std::string_view name, const std::vector<std::int64_t>& shape,
                            std::span<const float> values)
{
    return constant(name, Element::Float, shape, rawBytes(values));
}

OnnxValue OnnxGraph::integers(const std::vector<std::int64_t>& shape,
                              std::span<const std::int64_t> values)
{
    return constant({}, Element::Int64, shape, rawBytes(values));
}

OnnxValue OnnxGraph::number(float value) { return floats({}, {}, std::span(&value, 1)); }

OnnxValue OnnxGraph::list(const std::vector<std::int64_t>& values)
{
    return integers({static_cast<std::int64_t>(values.size())}, values);
}

OnnxValue OnnxGraph::node(std::string_view operation, const std::vector<OnnxValue>& inputs,
                          const std::vector<Attribute>& attributes, std::string_view name)
{
    OnnxValue value = name.empty() ? freshName(operation) : std::string(name);
    ProtobufWriter written;
    for (const OnnxValue& from : inputs)
        written.text(nodes::input, from);
    written.text(nodes::output, value);
    written.text(nodes::name, value);
    written.text(nodes::operation, operation);
    for (const Attribute& attribute : attributes) {
        ProtobufWriter inner;
        inner.text(nodes::attributeName, attribute.name);
        if (attribute.isList)
            inner.integers(nodes::integers, attribute.values);
        else
            inner.integer(nodes::integer, attribute.values.front());
        inner.integer(nodes::attributeType,
                      attribute.isList ? nodes::typeIntegers : nodes::typeInteger);
        written.message(nodes::attribute, inner);
    }
    m_nodes.push_back(std::move(written));
    return value;
}

std::string OnnxGraph::file(std::string_view graphName, std::string_view producer,
                            std::string_view description) const
{
    ProtobufWriter inner;
    for (const ProtobufWriter& node : m_nodes)
        inner.message(graph::node, node);
    inner.text(graph::name, graphName);
    for (const ProtobufWriter& constant : m_constants)
        inner.message(graph::constant, constant);
    for (const ProtobufWriter& port : m_inputs)
        inner.message(graph::input, port);
    for (const ProtobufWriter& port : m_outputs)
        inner.message(graph::output, port);
    ProtobufWriter operators;
    operators.integer(model::operatorSetVersion, operatorSet);
    ProtobufWriter whole;
    whole.integer(model::irVersion, irVersion);
    whole.text(model::producer, producer);
    whole.text(model::description, description);
    whole.message(model::graph, inner);
    whole.message(model::operatorSets, operators);
    return whole.bytes();
}

} // namespace stint
