#include "core/train/encoder_pass.h"

#include "core/train/activations.h"
#include "core/train/reuse.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

template <typename T>
void add(const Matrix<T>& from, Index rows, Matrix<T>& to)
{
    for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < from.cols(); ++c)
            to(r, c) += from(r, c);
    }
}

} // namespace

template <typename T>
EncoderPass<T>::EncoderPass(const TrainableEncoder<T>& encoder)
    : m_encoder(encoder),
      m_attention(encoder),
      m_layers(static_cast<std::size_t>(encoder.config.layers))
{ }

/// The last block answers the newest tokens only, unless the head or a norm over time reads all.
template <typename T>
AnsweredTokens EncoderPass<T>::answered(const PassLayout& layout, std::size_t l) const
{
    const EncoderConfig& c = m_encoder.config;
    return {&layout,
            l + 1 == m_layers.size() && c.pooling == Pooling::Newest && c.norm != Norm::Time};
}

template <typename T>
const Matrix<T>& EncoderPass<T>::residual(const Layer& layer, const AnsweredTokens& who) const
{
    return who.newestOnly ? layer.newest : layer.in;
}

/// Tokens that come from the embedding: all but hidden ones.
template <typename T>
RowRange EncoderPass<T>::embedded(const PassLayout& layout) const
{
    return {0, m_encoder.config.newest == Newest::Hidden ? layout.past : layout.tokens()};
}

template <typename T>
void EncoderPass<T>::embed(const PassLayout& layout, const Matrix<T>& rows)
{
    const EncoderConfig& c = m_encoder.config;
    const T scale = c.scaleEmbedding ? std::sqrt(static_cast<T>(c.width)) : T {1};
    const RowRange real = embedded(layout);
    Matrix<T>& z = m_layers.front().in;
    fit(z, layout.tokens(), c.width);
    m_encoder.embed.forward(rows, real, z);
    for (Index t = 0; t < layout.tokens(); ++t) {
        if (t >= real.last)
            std::copy(m_encoder.queryToken.begin(), m_encoder.queryToken.end(), z.row(t));
        for (Index i = 0; t < real.last && i < c.width; ++i)
            z(t, i) *= scale;
        if (m_encoder.positions.empty())
            continue;
        const T* position = m_encoder.positions.row(layout.position[static_cast<std::size_t>(t)]
                                                    % m_encoder.positions.rows());
        for (Index i = 0; i < c.width; ++i)
            z(t, i) += position[i];
    }
}

template <typename T>
void EncoderPass<T>::feedForward(const TrainableBlock<T>& block, Index rows, Layer& layer) const
{
    const RowRange all {0, rows};
    if (m_encoder.config.activation == Activation::Relu) {
        block.expand.forward(layer.normed1, all, layer.hidden, /*relu=*/true);
    } else {
        fit(layer.expanded, rows, m_encoder.config.hidden);
        block.expand.forward(layer.normed1, all, layer.expanded);
        gelu(layer.expanded, rows, layer.hidden);
    }
    block.contract.forward(layer.hidden, all, layer.sum2);
}

template <typename T>
void EncoderPass<T>::run(const PassLayout& layout, std::size_t l, Matrix<T>& out)
{
    const EncoderConfig& c = m_encoder.config;
    const TrainableBlock<T>& block = m_encoder.blocks[l];
    Layer& layer = m_layers[l];
    const AnsweredTokens who = answered(layout, l);
    const Index rows = who.count();
    if (who.newestOnly) {
        fit(layer.newest, rows, c.width);
        for (Index a = 0; a < rows; ++a)
            std::copy_n(layer.in.row(who.token(a)), c.width, layer.newest.row(a));
    }
    for (Matrix<T>* m : {&layer.attended, &layer.sum1, &layer.normed1, &layer.sum2, &out})
        fit(*m, rows, c.width);
    fit(layer.hidden, rows, c.hidden);

    const NormTokens normed {who.rows(), &layout.windows};
    const bool learning = m_purpose == PassPurpose::Learn;
    const Matrix<T>& z = residual(layer, who);
    m_attention.forward(block, who, layer.in, z, layer.attention, layer.attended);
    block.output.forward(layer.attended, {0, rows}, layer.sum1);
    add(z, rows, layer.sum1);
    block.attentionNorm.forward(layer.sum1, normed, layer.normed1, learning, layer.attentionNorm);
    feedForward(block, rows, layer);
    add(layer.normed1, rows, layer.sum2);
    block.feedForwardNorm.forward(layer.sum2, normed, out, learning, layer.feedForwardNorm);
}

/// ReLU, then the newest token or the mean over the window.
template <typename T>
void EncoderPass<T>::pool(const PassLayout& layout)
{
    const EncoderConfig& c = m_encoder.config;
    const bool compact = answered(layout, m_layers.size() - 1).newestOnly;
    const auto read = [&](Index row, Index i) {
        return c.reluBeforeHead ? std::max(m_top(row, i), T {}) : m_top(row, i);
    };
    fit(m_pooled, layout.answers(), c.width);
    for (Index w = 0; w < layout.answers(); ++w) {
        const PassLayout::Window& window = layout.windows[static_cast<std::size_t>(w)];
        for (Index i = 0; i < c.width; ++i) {
            T value = read(compact ? w : window.newest, i);
            if (c.pooling == Pooling::Mean) {
                for (Index j = 0; j < window.past; ++j)
                    value += read(window.first + j, i);
                value /= static_cast<T>(window.past + 1);
            }
            m_pooled(w, i) = value;
        }
    }
}

template <typename T>
void EncoderPass<T>::poolBackward(const PassLayout& layout, const Matrix<T>& dPooled)
{
    const EncoderConfig& c = m_encoder.config;
    const AnsweredTokens who = answered(layout, m_layers.size() - 1);
    fit(m_dOut, who.count(), c.width);
    m_dOut.setZero();
    const auto pass = [&](Index row, Index i, T d) {
        m_dOut(row, i) = c.reluBeforeHead && !(m_top(row, i) > T {}) ? T {} : d;
    };
    for (Index w = 0; w < layout.answers(); ++w) {
        const PassLayout::Window& window = layout.windows[static_cast<std::size_t>(w)];
        for (Index i = 0; i < c.width; ++i) {
            if (c.pooling == Pooling::Newest) {
                pass(who.newestOnly ? w : window.newest, i, dPooled(w, i));
                continue;
            }
            const T share = dPooled(w, i) / static_cast<T>(window.past + 1);
            for (Index j = 0; j < window.past; ++j)
                pass(window.first + j, i, share);
            pass(window.newest, i, share);
        }
    }
}

template <typename T>
const Matrix<T>& EncoderPass<T>::forward(const PassLayout& layout, const Matrix<T>& rows,
                                         PassPurpose purpose)
{
    m_purpose = purpose;
    m_attention.start(layout);
    embed(layout, rows);
    for (std::size_t l = 0; l < m_layers.size(); ++l)
        run(layout, l, l + 1 < m_layers.size() ? m_layers[l + 1].in : m_top);
    pool(layout);
    fit(m_answers, layout.answers(), m_encoder.config.outputs);
    m_encoder.head.forward(m_pooled, {0, layout.answers()}, m_answers);
    return m_answers;
}

/// m_dOut, with respect to the output of the block: afterwards with respect to its answered input
/// along the residual path; m_dAttended with respect to what was attended to.
template <typename T>
void EncoderPass<T>::restBackward(const TrainableBlock<T>& block, const AnsweredTokens& who,
                                  const Layer& layer, BlockGradient<T>& gradient)
{
    const EncoderConfig& c = m_encoder.config;
    const Index count = who.count();
    const NormTokens normed {who.rows(), &who.layout->windows};
    fit(m_dHidden, count, c.hidden);
    fit(m_dAttended, count, c.width);
    block.feedForwardNorm.backward(layer.sum2, layer.feedForwardNorm, m_dOut, normed, m_dOut,
                                   gradient.feedForwardNorm);
    for (const RowRange& rows : normed.rows)
        block.contract.backward(layer.hidden, m_dOut, rows, &m_dHidden, false, gradient.contract);
    if (c.activation == Activation::Relu)
        reluBackward(layer.hidden, count, m_dHidden);
    else
        geluBackward(layer.expanded, count, m_dHidden);
    for (const RowRange& rows : normed.rows)
        block.expand.backward(layer.normed1, m_dHidden, rows, &m_dOut, true, gradient.expand);
    block.attentionNorm.backward(layer.sum1, layer.attentionNorm, m_dOut, normed, m_dOut,
                                 gradient.attentionNorm);
    for (const RowRange& rows : normed.rows)
        block.output.backward(layer.attended, m_dOut, rows, &m_dAttended, false, gradient.output);
}

template <typename T>
void EncoderPass<T>::layerBackward(const PassLayout& layout, std::size_t l,
                                   EncoderGradient<T>& gradient)
{
    const TrainableBlock<T>& block = m_encoder.blocks[l];
    BlockGradient<T>& own = gradient.blocks[l];
    const Layer& layer = m_layers[l];
    const AnsweredTokens who = answered(layout, l);
    restBackward(block, who, layer, own);
    m_attention.backwardToQueries(l, who, residual(layer, who), layer.attention, m_dAttended,
                                  m_dOut, gradient);
    if (who.newestOnly) {
        fit(m_dIn, layout.tokens(), m_encoder.config.width);
        m_dIn.setZero();
        for (Index a = 0; a < who.count(); ++a)
            std::copy_n(m_dOut.row(a), m_dOut.cols(), m_dIn.row(who.token(a)));
        std::swap(m_dIn, m_dOut);
    }
    m_attention.backwardToTokens(block, who, layer.in, m_dOut, own);
}

template <typename T>
void EncoderPass<T>::embedBackward(const PassLayout& layout, const Matrix<T>& rows,
                                   EncoderGradient<T>& gradient)
{
    const EncoderConfig& c = m_encoder.config;
    const T scale = c.scaleEmbedding ? std::sqrt(static_cast<T>(c.width)) : T {1};
    const RowRange real = embedded(layout);
    for (Index t = 0; t < layout.tokens(); ++t) {
        T* d = m_dOut.row(t);
        if (!gradient.positions.empty()) {
            T* table = gradient.positions.row(layout.position[static_cast<std::size_t>(t)]
                                              % gradient.positions.rows());
            for (Index i = 0; i < c.width; ++i)
                table[i] += d[i];
        }
        for (Index i = 0; i < c.width; ++i) {
            if (t >= real.last)
                gradient.queryToken[static_cast<std::size_t>(i)] += d[i];
            else
                d[i] *= scale;
        }
    }
    m_encoder.embed.backward(rows, m_dOut, real, nullptr, false, gradient.embed);
}

template <typename T>
void EncoderPass<T>::backward(const PassLayout& layout, const Matrix<T>& rows,
                              const Matrix<T>& dAnswers, EncoderGradient<T>& gradient)
{
    fit(m_dPooled, layout.answers(), m_encoder.config.width);
    m_encoder.head.backward(m_pooled, dAnswers, {0, layout.answers()}, &m_dPooled, false,
                            gradient.head);
    poolBackward(layout, m_dPooled);
    for (std::size_t l = m_layers.size(); l > 0; --l)
        layerBackward(layout, l - 1, gradient);
    embedBackward(layout, rows, gradient);
}

template class EncoderPass<float>;
template class EncoderPass<double>;

} // namespace stint
