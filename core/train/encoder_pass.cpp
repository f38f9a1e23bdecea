#include "core/train/encoder_pass.h"

#include "core/kernels/kernels.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

/// Room for rows x cols; allocates only when it grows. Old contents are void.
template <typename T>
void ensure(Matrix<T>& m, Index rows, Index cols)
{
    if (m.rows() != rows || m.cols() != cols)
        m.resize(rows, cols);
}

template <typename T>
void transpose(const Matrix<T>& from, Index rows, Matrix<T>& to)
{
    for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < from.cols(); ++c)
            to(c, r) = from(r, c);
    }
}

template <typename T>
void add(const Matrix<T>& from, Index rows, Matrix<T>& to)
{
    for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < from.cols(); ++c)
            to(r, c) += from(r, c);
    }
}

} // namespace

PassLayout PassLayout::sequence(Index keys, Index count, Index place)
{
    PassLayout layout;
    layout.keys = keys;
    for (Index i = 0; i < count; ++i) {
        layout.begin.push_back(i);
        layout.currentPlace.push_back(place + keys + i);
    }
    // The newest row of the stretch is nobody's past.
    for (Index j = 0; j < keys + count - 1; ++j)
        layout.pastPlace.push_back(place + j);
    return layout;
}

PassLayout PassLayout::windows(Index keys, const std::vector<Index>& places)
{
    PassLayout layout;
    layout.keys = keys;
    for (const Index place : places) {
        layout.begin.push_back(layout.past());
        for (Index j = 0; j < keys; ++j)
            layout.pastPlace.push_back(place + j);
        layout.currentPlace.push_back(place + keys);
    }
    return layout;
}

template <typename T>
EncoderPass<T>::EncoderPass(const TrainableEncoder<T>& encoder)
    : m_encoder(encoder), m_layers(static_cast<std::size_t>(encoder.config.layers))
{ }

template <typename T>
void EncoderPass<T>::reserve(Activations& a, Index tokens, bool attends) const
{
    const EncoderConfig& c = m_encoder.config;
    for (Matrix<T>* m : {&a.in, &a.attended, &a.sum1, &a.normed1, &a.sum2})
        ensure(*m, tokens, c.width);
    ensure(a.hidden, tokens, c.hidden);
    if (attends) {
        ensure(a.query, tokens, c.width);
        ensure(a.weights, tokens * c.heads, c.past());
    }
}

template <typename T>
void EncoderPass<T>::embed(const PassLayout& layout, const Matrix<T>& past)
{
    const EncoderConfig& c = m_encoder.config;
    const T scale = c.scaleEmbedding ? std::sqrt(static_cast<T>(c.width)) : T {1};
    Matrix<T>& z = m_layers.front().past.in;
    Matrix<T>& q = m_layers.front().current.in;
    m_encoder.embed.forward(past, layout.past(), z);
    const auto addPosition = [&](T* token, Index place) {
        if (m_encoder.positions.empty())
            return;
        const T* position = m_encoder.positions.row(place % m_encoder.positions.rows());
        for (Index i = 0; i < c.width; ++i)
            token[i] += position[i];
    };
    for (Index j = 0; j < layout.past(); ++j) {
        for (Index i = 0; i < c.width; ++i)
            z(j, i) *= scale;
        addPosition(z.row(j), layout.pastPlace[static_cast<std::size_t>(j)]);
    }
    for (Index j = 0; j < layout.current(); ++j) {
        std::copy(m_encoder.queryToken.begin(), m_encoder.queryToken.end(), q.row(j));
        addPosition(q.row(j), layout.currentPlace[static_cast<std::size_t>(j)]);
    }
}

template <typename T>
Index EncoderPass<T>::firstKey(const PassLayout& layout, bool isPast, Index token) const
{
    // A past token of a window sees the window it belongs to.
    return isPast ? token / layout.keys * layout.keys
                  : layout.begin[static_cast<std::size_t>(token)];
}

template <typename T>
void EncoderPass<T>::attend(const PassLayout& layout, Layer& layer, Activations& group, bool isPast)
{
    const EncoderConfig& c = m_encoder.config;
    const Kernels<T> kernel = kernels<T>();
    const T scale = T {1} / std::sqrt(static_cast<T>(c.headSize()));
    const Index tokens = isPast ? layout.past() : layout.current();
    for (Index t = 0; t < tokens; ++t) {
        const Index first = firstKey(layout, isPast, t);
        for (Index h = 0; h < c.heads; ++h) {
            const Index at = h * c.headSize();
            kernel.attend({.count = layout.keys,
                           .headSize = c.headSize(),
                           .scale = scale,
                           .query = group.query.row(t) + at,
                           .keys = layer.keyTransposed.row(at) + first,
                           .keyRow = layer.keyTransposed.stride(),
                           .values = layer.value.row(first) + at,
                           .valueRow = layer.value.stride(),
                           .weights = group.weights.row(t * c.heads + h),
                           .out = group.attended.row(t) + at});
        }
    }
}

template <typename T>
void EncoderPass<T>::rest(const TrainableBlock<T>& block, Activations& a, Index tokens,
                          Matrix<T>& out)
{
    block.output.forward(a.attended, tokens, a.sum1);
    add(a.in, tokens, a.sum1);
    block.attentionNorm.forward(a.sum1, tokens, a.normed1);
    block.expand.forward(a.normed1, tokens, a.hidden, /*relu=*/true);
    block.contract.forward(a.hidden, tokens, a.sum2);
    add(a.normed1, tokens, a.sum2);
    block.feedForwardNorm.forward(a.sum2, tokens, out);
}

template <typename T>
const Matrix<T>& EncoderPass<T>::forward(const PassLayout& layout, const Matrix<T>& past)
{
    const EncoderConfig& c = m_encoder.config;
    const bool full = c.attention == AttentionMask::Full;
    const Index p = layout.past();
    for (std::size_t l = 0; l < m_layers.size(); ++l) {
        Layer& layer = m_layers[l];
        const bool pastGoesOn = l + 1 < m_layers.size();
        reserve(layer.current, layout.current(), true);
        if (pastGoesOn)
            reserve(layer.past, p, full);
        else
            ensure(layer.past.in, p, c.width);
        ensure(layer.key, p, c.width);
        ensure(layer.value, p, c.width);
        ensure(layer.keyTransposed, c.width, p);
        ensure(layer.valueTransposed, c.width, p);
    }
    ensure(m_top, layout.current(), c.width);
    ensure(m_headIn, layout.current(), c.width);
    ensure(m_answers, layout.current(), c.outputs);

    embed(layout, past);
    for (std::size_t l = 0; l < m_layers.size(); ++l) {
        Layer& layer = m_layers[l];
        const TrainableBlock<T>& block = m_encoder.blocks[l];
        const bool pastGoesOn = l + 1 < m_layers.size();
        block.key.forward(layer.past.in, p, layer.key);
        block.value.forward(layer.past.in, p, layer.value);
        transpose(layer.key, p, layer.keyTransposed);
        transpose(layer.value, p, layer.valueTransposed);
        block.query.forward(layer.current.in, layout.current(), layer.current.query);
        attend(layout, layer, layer.current, false);
        rest(block, layer.current, layout.current(),
             pastGoesOn ? m_layers[l + 1].current.in : m_top);
        if (!pastGoesOn)
            continue;
        if (full) {
            block.query.forward(layer.past.in, p, layer.past.query);
            attend(layout, layer, layer.past, true);
        } else {
            std::copy(layer.value.row(0), layer.value.row(p), layer.past.attended.row(0));
        }
        rest(block, layer.past, p, m_layers[l + 1].past.in);
    }
    for (Index t = 0; t < layout.current(); ++t) {
        for (Index i = 0; i < c.width; ++i)
            m_headIn(t, i) = c.reluBeforeHead ? std::max(m_top(t, i), T {}) : m_top(t, i);
    }
    m_encoder.head.forward(m_headIn, layout.current(), m_answers);
    return m_answers;
}

/// In: dOut with respect to the output of the block; afterwards with respect to its input along the
/// residual path, and m_dAttended with respect to what was attended to.
template <typename T>
void EncoderPass<T>::restBackward(const TrainableBlock<T>& block, const Activations& a,
                                  Index tokens, Matrix<T>& dOut, BlockGradient<T>& gradient)
{
    ensure(m_dHidden, tokens, m_encoder.config.hidden);
    ensure(m_dAttended, tokens, m_encoder.config.width);
    block.feedForwardNorm.backward(a.sum2, dOut, tokens, dOut, gradient.feedForwardNorm);
    block.contract.backward(a.hidden, dOut, tokens, &m_dHidden, false, gradient.contract);
    for (Index t = 0; t < tokens; ++t) {
        const T* active = a.hidden.row(t);
        T* d = m_dHidden.row(t);
        for (Index i = 0; i < a.hidden.cols(); ++i)
            d[i] = active[i] > T {} ? d[i] : T {};
    }
    block.expand.backward(a.normed1, m_dHidden, tokens, &dOut, true, gradient.expand);
    block.attentionNorm.backward(a.sum1, dOut, tokens, dOut, gradient.attentionNorm);
    block.output.backward(a.attended, dOut, tokens, &m_dAttended, false, gradient.output);
}

/// From m_dAttended to m_dQuery and the transposed gradients of keys and values.
template <typename T>
void EncoderPass<T>::attendBackward(const PassLayout& layout, const Layer& layer,
                                    const Activations& group, bool isPast, Index tokens)
{
    const EncoderConfig& c = m_encoder.config;
    const Kernels<T> kernel = kernels<T>();
    const T scale = T {1} / std::sqrt(static_cast<T>(c.headSize()));
    ensure(m_dQuery, tokens, c.width);
    m_dQuery.setZero();
    m_scratch.resize(static_cast<std::size_t>(padded(layout.keys)));
    for (Index t = 0; t < tokens; ++t) {
        const Index first = firstKey(layout, isPast, t);
        for (Index h = 0; h < c.heads; ++h) {
            const Index at = h * c.headSize();
            kernel.attendGradient({.count = layout.keys,
                                   .headSize = c.headSize(),
                                   .scale = scale,
                                   .query = group.query.row(t) + at,
                                   .keys = layer.keyTransposed.row(at) + first,
                                   .values = layer.valueTransposed.row(at) + first,
                                   .row = layer.keyTransposed.stride(),
                                   .weights = group.weights.row(t * c.heads + h),
                                   .dOut = m_dAttended.row(t) + at,
                                   .dQuery = m_dQuery.row(t) + at,
                                   .dKeys = m_dKeyTransposed.row(at) + first,
                                   .dValues = m_dValueTransposed.row(at) + first,
                                   .scratch = m_scratch.data()});
        }
    }
}

template <typename T>
void EncoderPass<T>::layerBackward(const PassLayout& layout, Index l, BlockGradient<T>& gradient)
{
    const EncoderConfig& c = m_encoder.config;
    const bool full = c.attention == AttentionMask::Full;
    const bool pastGoesOn = l + 1 < c.layers;
    const Index p = layout.past();
    const Layer& layer = m_layers[static_cast<std::size_t>(l)];
    const TrainableBlock<T>& block = m_encoder.blocks[static_cast<std::size_t>(l)];

    ensure(m_dKeyTransposed, c.width, p);
    ensure(m_dValueTransposed, c.width, p);
    m_dKeyTransposed.setZero();
    m_dValueTransposed.setZero();

    restBackward(block, layer.current, layout.current(), m_dCurrent, gradient);
    attendBackward(layout, layer, layer.current, false, layout.current());
    block.query.backward(layer.current.in, m_dQuery, layout.current(), &m_dCurrent, true,
                         gradient.query);

    ensure(m_dKey, p, c.width);
    ensure(m_dValue, p, c.width);
    if (pastGoesOn) {
        restBackward(block, layer.past, p, m_dPast, gradient);
        if (full) {
            attendBackward(layout, layer, layer.past, true, p);
            block.query.backward(layer.past.in, m_dQuery, p, &m_dPast, true, gradient.query);
        }
    } else {
        ensure(m_dPast, p, c.width);
        m_dPast.setZero();
    }
    transpose(m_dKeyTransposed, c.width, m_dKey);
    transpose(m_dValueTransposed, c.width, m_dValue);
    if (pastGoesOn && !full)
        add(m_dAttended, p, m_dValue);
    block.key.backward(layer.past.in, m_dKey, p, &m_dPast, true, gradient.key);
    block.value.backward(layer.past.in, m_dValue, p, &m_dPast, true, gradient.value);
}

template <typename T>
void EncoderPass<T>::backward(const PassLayout& layout, const Matrix<T>& past, Matrix<T>& dAnswers,
                              EncoderGradient<T>& gradient)
{
    const EncoderConfig& c = m_encoder.config;
    ensure(m_dCurrent, layout.current(), c.width);
    m_encoder.head.backward(m_headIn, dAnswers, layout.current(), &m_dCurrent, false,
                            gradient.head);
    if (c.reluBeforeHead) {
        for (Index t = 0; t < layout.current(); ++t) {
            for (Index i = 0; i < c.width; ++i) {
                if (!(m_top(t, i) > T {}))
                    m_dCurrent(t, i) = T {};
            }
        }
    }
    for (Index l = c.layers - 1; l >= 0; --l)
        layerBackward(layout, l, gradient.blocks[static_cast<std::size_t>(l)]);

    const T scale = c.scaleEmbedding ? std::sqrt(static_cast<T>(c.width)) : T {1};
    for (Index j = 0; j < layout.past(); ++j) {
        for (Index i = 0; i < c.width; ++i)
            m_dPast(j, i) *= scale;
    }
    m_encoder.embed.backward(past, m_dPast, layout.past(), nullptr, false, gradient.embed);
    for (Index t = 0; t < layout.current(); ++t) {
        for (Index i = 0; i < c.width; ++i)
            gradient.queryToken[static_cast<std::size_t>(i)] += m_dCurrent(t, i);
    }
}

template class EncoderPass<float>;
template class EncoderPass<double>;

} // namespace stint
