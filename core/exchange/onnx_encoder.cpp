#include "core/exchange/onnx_encoder.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace stint {

namespace {

/// A logit that leaves no weight after the softmax, and no infinity on the way there.
constexpr float unseen = -1e30F;

std::vector<float> flat(const Matrix<float>& m, Index firstRow = 0)
{
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(m.rows() * m.cols()));
    for (Index r = firstRow; r < m.rows(); ++r)
        values.insert(values.end(), m.row(r), m.row(r) + m.cols());
    return values;
}

OnnxGraph::Attribute axes(std::int64_t axis) { return {"axes", {axis}, true}; }
OnnxGraph::Attribute axis(std::int64_t number) { return {"axis", {number}, false}; }
OnnxGraph::Attribute order(std::vector<std::int64_t> dimensions)
{
    return {"perm", std::move(dimensions), true};
}
OnnxGraph::Attribute keepDimensions(bool keep) { return {"keepdims", {keep ? 1 : 0}, false}; }

/// Whether token `query` of a full window attends to token `key`.
bool sees(const EncoderConfig& c, Index query, Index key)
{
    const Index newest = c.past();
    if (c.attention == AttentionMask::SelfOnly)
        return query == key;
    if (key == newest && c.queryToken())
        return false;
    if (c.attention == AttentionMask::StepT)
        return query < newest ? query == key : key < newest || c.newestIsKey();
    return true;
}

} // namespace

OnnxEncoder::OnnxEncoder(OnnxGraph& graph, const EncoderConfig& config,
                         const EncoderParameters<float>& parameters, std::string prefix)
    : m_graph(graph), m_config(config), m_parameters(parameters), m_prefix(std::move(prefix))
{ }

bool OnnxEncoder::needsRowNumber(const EncoderConfig& config) { return config.period() > 1; }

OnnxValue OnnxEncoder::constant(const std::string& name, const Matrix<float>& values,
                                const std::vector<std::int64_t>& shape)
{
    return m_graph.floats(name.empty() ? name : m_prefix + name, shape, flat(values));
}

OnnxValue OnnxEncoder::newestOf(const OnnxValue& z)
{
    return m_graph.node(
        "Slice",
        {z, m_graph.list({m_config.past()}), m_graph.list({m_config.window}), m_graph.list({1})});
}

/// scale (gain ⊙ (x Bᵀ) + bias)
OnnxValue OnnxEncoder::linear(const std::string& name, const LinearParameters<float>& layer,
                              const OnnxValue& x, float scale)
{
    Matrix<float> transposed(layer.inputs(), layer.outputs());
    for (Index r = 0; r < layer.outputs(); ++r) {
        const float gain = layer.gain.empty() ? 1.0F : layer.gain[static_cast<std::size_t>(r)];
        for (Index c = 0; c < layer.inputs(); ++c)
            transposed(c, r) = layer.weight(r, c) * gain * scale;
    }
    OnnxValue y = m_graph.node(
        "MatMul", {x, constant(name + ".weight", transposed, {layer.inputs(), layer.outputs()})});
    if (layer.bias.empty())
        return y;
    std::vector<float> bias = layer.bias;
    for (float& b : bias)
        b *= scale;
    return m_graph.node("Add",
                        {y, m_graph.floats(m_prefix + name + ".bias", {layer.outputs()}, bias)});
}

OnnxValue OnnxEncoder::norm(const std::string& name, const NormParameters<float>& parameters,
                            const OnnxValue& z)
{
    if (m_config.norm == Norm::None)
        return z;
    const bool overTime = m_config.norm == Norm::Time;
    const auto size = static_cast<std::int64_t>(parameters.gain.size());
    const std::vector<std::int64_t> shape
        = overTime ? std::vector<std::int64_t> {size, 1} : std::vector<std::int64_t> {size};
    const OnnxValue gain = m_graph.floats(m_prefix + name + ".gain", shape, parameters.gain);
    const OnnxValue bias = m_graph.floats(m_prefix + name + ".bias", shape, parameters.bias);
    OnnxValue normal = z;
    if (m_config.norm != Norm::Batch) {
        const auto mean = [this, overTime](const OnnxValue& of) {
            return m_graph.node("ReduceMean", {of}, {axes(overTime ? 1 : 2), keepDimensions(true)});
        };
        const OnnxValue centred = m_graph.node("Sub", {z, mean(z)});
        const OnnxValue variance = mean(m_graph.node("Mul", {centred, centred}));
        const OnnxValue deviation
            = m_graph.node("Sqrt", {m_graph.node("Add", {variance, m_graph.number(1e-5F)})});
        normal = m_graph.node("Div", {centred, deviation});
    }
    return m_graph.node("Add", {m_graph.node("Mul", {normal, gain}), bias});
}

/// The newest token where it is no real row, (B, 1, d).
OnnxValue OnnxEncoder::newestContent(const OnnxValue& embedded)
{
    const Index d = m_config.width;
    if (m_config.newest == Newest::Repeated)
        return m_graph.node("Slice",
                            {embedded, m_graph.list({m_config.past() - 1}),
                             m_graph.list({m_config.past()}), m_graph.list({1})});
    std::vector<float> token(static_cast<std::size_t>(d));
    if (m_config.newest == Newest::Hidden) {
        token = m_parameters.queryToken;
    } else if (!m_parameters.embed.bias.empty()) {
        const double scale = m_config.scaleEmbedding ? std::sqrt(static_cast<double>(d)) : 1.0;
        for (std::size_t i = 0; i < token.size(); ++i)
            token[i] = static_cast<float>(static_cast<double>(m_parameters.embed.bias[i]) * scale);
    }
    // One for each window of the batch, whose number is known only when it runs.
    const OnnxValue batch = m_graph.node("Slice",
                                         {m_graph.node("Shape", {embedded}), m_graph.list({0}),
                                          m_graph.list({1}), m_graph.list({0})});
    const OnnxValue shape = m_graph.node("Concat", {batch, m_graph.list({1, d})}, {axis(0)});
    return m_graph.node("Expand", {m_graph.floats(m_prefix + "newest", {1, 1, d}, token), shape});
}

OnnxValue OnnxEncoder::withPositions(const OnnxValue& content, const OnnxValue& row)
{
    const Matrix<float>& table = m_parameters.positions;
    if (table.empty())
        return content;
    const Index n = m_config.window;
    const OnnxValue values = constant("positions", table, {table.rows(), m_config.width});
    if (!needsRowNumber(m_config)) {
        const OnnxValue places = m_graph.node(
            "Slice", {values, m_graph.list({0}), m_graph.list({n}), m_graph.list({0})});
        return m_graph.node("Add", {content, places});
    }
    std::vector<std::int64_t> count(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < count.size(); ++i)
        count[i] = static_cast<std::int64_t>(i) - m_config.past();
    const OnnxValue first = m_graph.node("Unsqueeze", {row, m_graph.list({1})});
    const OnnxValue rows = m_graph.node("Add", {first, m_graph.list(count)});
    const OnnxValue places = m_graph.node("Mod", {rows, m_graph.list({table.rows()})});
    return m_graph.node("Add", {content, m_graph.node("Gather", {values, places}, {axis(0)})});
}

OnnxValue OnnxEncoder::tokens(const OnnxValue& rows, const OnnxValue& row)
{
    const float scale
        = m_config.scaleEmbedding ? std::sqrt(static_cast<float>(m_config.width)) : 1.0F;
    OnnxValue content = linear("embed", m_parameters.embed, rows, scale);
    if (m_config.newest != Newest::Visible)
        content = m_graph.node("Concat", {content, newestContent(content)}, {axis(1)});
    return withPositions(content, row);
}

/// (B, tokens, d) to (B, H, tokens, head size), after the fixed mask if there is one.
OnnxValue OnnxEncoder::heads(const OnnxValue& projected, Index tokens, const Matrix<float>& mask)
{
    OnnxValue kept = projected;
    if (!mask.empty()) {
        const Index first = m_config.window - tokens;
        kept = m_graph.node(
            "Mul", {projected, m_graph.floats({}, {tokens, m_config.width}, flat(mask, first))});
    }
    const OnnxValue split = m_graph.node(
        "Reshape", {kept, m_graph.list({0, tokens, m_config.heads, m_config.headSize()})});
    return m_graph.node("Transpose", {split}, {order({0, 2, 1, 3})});
}

/// Rotary positions: x cos + (x with the two of each pair exchanged, the first negated) sin.
OnnxValue OnnxEncoder::turned(const OnnxValue& heads, Index first)
{
    if (m_config.positions != Positions::Rotary)
        return heads;
    const Index size = m_config.headSize();
    const Index tokens = m_config.window - first;
    Matrix<float> cosine(tokens, size);
    Matrix<float> sine(tokens, size);
    Matrix<float> exchange(size, size);
    for (Index i = 0; i < size; ++i) {
        const Index even = i - i % 2;
        const double rate
            = std::pow(10000.0, -static_cast<double>(even) / static_cast<double>(size));
        for (Index t = 0; t < tokens; ++t) {
            const double angle = static_cast<double>(first + t) * rate;
            cosine(t, i) = static_cast<float>(std::cos(angle));
            sine(t, i) = static_cast<float>(std::sin(angle));
        }
        if (i % 2 == 0)
            exchange(i + 1, i) = -1.0F;
        else
            exchange(i - 1, i) = 1.0F;
    }
    const OnnxValue crossed = m_graph.node("MatMul", {heads, constant({}, exchange, {size, size})});
    return m_graph.node("Add",
                        {m_graph.node("Mul", {heads, constant({}, cosine, {tokens, size})}),
                         m_graph.node("Mul", {crossed, constant({}, sine, {tokens, size})})});
}

/// Softmax weights of the tokens from `first` on, (B, H, n - first, n).
OnnxValue OnnxEncoder::weights(const OnnxValue& query, const OnnxValue& key, Index first)
{
    const Index n = m_config.window;
    const Index queries = n - first;
    const bool lagBias = m_config.positions == Positions::LagBias;
    const Index planes = lagBias ? m_config.heads : 1;
    Matrix<float> added(planes * queries, n);
    Matrix<float> seen(queries, n);
    bool blind = false; // a token without any key has no weights, rather than equal ones
    for (Index q = 0; q < queries; ++q) {
        bool any = false;
        for (Index k = 0; k < n; ++k) {
            const bool visible = sees(m_config, first + q, k);
            const Index lag = std::abs(first + q - k);
            any = any || visible;
            seen(q, k) = visible ? 1.0F : 0.0F;
            for (Index h = 0; h < planes; ++h)
                added(h * queries + q, k) = !visible ? unseen
                    : lagBias                        ? m_parameters.lagBias(h, lag)
                                                     : 0.0F;
        }
        blind = blind || !any;
    }
    const auto scale
        = static_cast<float>(1.0 / std::sqrt(static_cast<double>(m_config.headSize())));
    const OnnxValue keyT = m_graph.node("Transpose", {key}, {order({0, 1, 3, 2})});
    const OnnxValue products = m_graph.node("MatMul", {query, keyT});
    const OnnxValue scaled = m_graph.node("Mul", {products, m_graph.number(scale)});
    const OnnxValue logits
        = m_graph.node("Add", {scaled, constant({}, added, {planes, queries, n})});
    const OnnxValue soft = m_graph.node("Softmax", {logits}, {axis(3)});
    return blind ? m_graph.node("Mul", {soft, constant({}, seen, {queries, n})}) : soft;
}

OnnxValue OnnxEncoder::activated(const OnnxValue& hidden)
{
    if (m_config.activation == Activation::Relu)
        return m_graph.node("Relu", {hidden});
    // x Φ(x), Φ by the error function
    const OnnxValue ratio = m_graph.node(
        "Mul", {hidden, m_graph.number(static_cast<float>(1.0 / std::numbers::sqrt2))});
    const OnnxValue one = m_graph.node("Add", {m_graph.node("Erf", {ratio}), m_graph.number(1.0F)});
    return m_graph.node("Mul", {hidden, m_graph.node("Mul", {one, m_graph.number(0.5F)})});
}

OnnxValue OnnxEncoder::block(std::size_t layer, const OnnxValue& z)
{
    const BlockParameters<float>& b = m_parameters.blocks[layer];
    const std::string at = "block." + std::to_string(layer) + ".";
    // The last block answers for the newest token only, unless something looks at the others.
    const bool last = layer + 1 == m_parameters.blocks.size() && m_config.norm != Norm::Time
        && m_config.pooling == Pooling::Newest;
    const Index n = m_config.window;
    const Index first = last ? m_config.past() : 0;
    const OnnxValue asking = last ? newestOf(z) : z;
    const FixedMasks<float>& masks = m_parameters.masks;
    const OnnxValue query = turned(
        heads(linear(at + "attention.query", b.query, asking), n - first, masks.query), first);
    const OnnxValue key = turned(heads(linear(at + "attention.key", b.key, z), n, masks.key), 0);
    const OnnxValue value = heads(linear(at + "attention.value", b.value, z), n, masks.value);
    const OnnxValue mixed = m_graph.node("MatMul", {weights(query, key, first), value});
    const OnnxValue turnedBack = m_graph.node("Transpose", {mixed}, {order({0, 2, 1, 3})});
    const OnnxValue attended
        = m_graph.node("Reshape", {turnedBack, m_graph.list({0, n - first, m_config.width})});
    const OnnxValue output = linear(at + "attention.output", b.output, attended);
    const OnnxValue middle
        = norm(at + "attention.norm", b.attentionNorm, m_graph.node("Add", {asking, output}));
    const OnnxValue hidden = activated(linear(at + "feed_forward.expand", b.expand, middle));
    const OnnxValue contracted = linear(at + "feed_forward.contract", b.contract, hidden);
    return norm(at + "feed_forward.norm", b.feedForwardNorm,
                m_graph.node("Add", {middle, contracted}));
}

OnnxValue OnnxEncoder::answer(const OnnxValue& rows, const OnnxValue& row)
{
    OnnxValue z = tokens(rows, row);
    for (std::size_t layer = 0; layer < m_parameters.blocks.size(); ++layer)
        z = block(layer, z);
    if (m_config.pooling == Pooling::Newest && m_config.norm == Norm::Time)
        z = newestOf(z);
    if (m_config.reluBeforeHead)
        z = m_graph.node("Relu", {z});
    // Of one token or of all: the mean over the tokens that are left.
    const OnnxValue pooled = m_graph.node("ReduceMean", {z}, {axes(1), keepDimensions(false)});
    return linear("head", m_parameters.head, pooled);
}

} // namespace stint
