#include "core/exchange/onnx_export.h"

#include "core/exchange/onnx_encoder.h"

namespace stint {

namespace {

/// z = (x - mean) / scale within the limits that every way of running the model has.
OnnxValue standardised(OnnxGraph& graph, const Standardiser& standardiser, const OnnxValue& rows)
{
    const std::vector<float> mean(standardiser.mean.begin(), standardiser.mean.end());
    const std::vector<float> scale(standardiser.scale.begin(), standardiser.scale.end());
    const auto channels = static_cast<std::int64_t>(mean.size());
    const OnnxValue centred
        = graph.node("Sub", {rows, graph.floats("channels.mean", {channels}, mean)});
    const OnnxValue z
        = graph.node("Div", {centred, graph.floats("channels.scale", {channels}, scale)});
    return graph.node("Clip", {z, graph.number(-standardLimit), graph.number(standardLimit)});
}

/// Rows [first, first + count) of each window.
OnnxValue sliced(OnnxGraph& graph, const OnnxValue& rows, Index first, Index count)
{
    return graph.node("Slice",
                      {rows, graph.list({first}), graph.list({first + count}), graph.list({1})});
}

/// Tokens of several rows, the newest first: (B, real rows, lags C).
OnnxValue stacked(OnnxGraph& graph, const Family& family, const EncoderConfig& config,
                  const OnnxValue& z)
{
    if (family.lags == 1)
        return z;
    std::vector<OnnxValue> lags;
    for (Index lag = 0; lag < family.lags; ++lag)
        lags.push_back(sliced(graph, z, family.lags - 1 - lag, config.realRows()));
    return graph.node("Concat", lags, {{"axis", {2}, false}});
}

/// What the encoder's answer is added to, (B, C); empty if to nothing.
OnnxValue skipped(OnnxGraph& graph, const Family& family, const EncoderConfig& config,
                  const OnnxValue& z)
{
    const auto channels = static_cast<Index>(family.channels.size());
    const Index before = config.past() + family.lags - 1; // rows before the answered one
    if (family.skip == SkipPath::LastValue)
        return graph.node("Reshape", {sliced(graph, z, before - 1, 1), graph.list({-1, channels})});
    if (family.skip == SkipPath::None)
        return {};
    const Autoregression& a = family.autoregression;
    // Rows stand oldest first, so the last lag's weights come first.
    std::vector<float> weights;
    for (Index lag = a.order; lag >= 1; --lag) {
        for (Index from = 0; from < channels; ++from) {
            for (Index to = 0; to < channels; ++to)
                weights.push_back(static_cast<float>(a.weights(to, (lag - 1) * channels + from)));
        }
    }
    const std::vector<float> intercept(a.intercept.data(), a.intercept.data() + channels);
    const OnnxValue row = graph.node(
        "Reshape",
        {sliced(graph, z, before - a.order, a.order), graph.list({-1, a.order * channels})});
    const OnnxValue product = graph.node(
        "MatMul",
        {row, graph.floats("autoregression.weight", {a.order * channels, channels}, weights)});
    return graph.node("Add",
                      {product, graph.floats("autoregression.intercept", {channels}, intercept)});
}

/// The predicted row in the units of the channels.
OnnxValue predicted(OnnxGraph& graph, const OnnxValue& answer, const OnnxValue& skip)
{
    const OnnxValue z = skip.empty() ? answer : graph.node("Add", {answer, skip});
    return graph.node("Add", {graph.node("Mul", {z, "channels.scale"}), "channels.mean"}, {},
                      "prediction");
}

} // namespace

std::string onnxOf(const Family& family, const FamilyVariant& variant)
{
    using Element = OnnxGraph::Element;
    const EncoderConfig& config = variant.config;
    const auto channels = static_cast<Index>(family.channels.size());
    OnnxGraph graph;
    const OnnxValue rows = graph.input(
        "rows", Element::Float, {{0, "batch"}, {onnxRows(family, variant), {}}, {channels, {}}});
    OnnxValue row;
    if (OnnxEncoder::needsRowNumber(config))
        row = graph.input("row", Element::Int64, {{0, "batch"}});
    OnnxEncoder encoder(graph, config, variant.parameters, toString(variant.name) + "/");
    const OnnxValue z = standardised(graph, family.standardiser, rows);
    const OnnxValue answer = graph.node(
        "Identity", {encoder.answer(stacked(graph, family, config, z), row)}, {}, "answer");
    const std::vector<OnnxGraph::Dimension> shape {{0, "batch"}, {config.outputs, {}}};
    graph.output(answer, Element::Float, shape);
    if (family.task == ModelTask::Classify)
        graph.output(graph.node("Softmax", {answer}, {{"axis", {1}, false}}, "probabilities"),
                     Element::Float, shape);
    else
        graph.output(predicted(graph, answer, skipped(graph, family, config, z)), Element::Float,
                     shape);
    return graph.file("stint " + toString(variant.name), "stint",
                      "Window form of " + toString(variant.name) + " ("
                          + std::string(name(family.task))
                          + "); weights as floats, whatever their format.");
}

Index onnxRows(const Family& family, const FamilyVariant& variant)
{
    return variant.config.realRows() + family.lags - 1;
}

} // namespace stint
